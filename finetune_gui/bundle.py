"""What is different where the app runs as a bundle, without a Python of the system."""

import os
import sys

PARENT_VARIABLE = "FINETUNE_GUI_PARENT"  # tells a child whose it is: see engine/child.py

COMMAND = "finetune-gui"  # the executable of the command line, beside that of the window

_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")


def is_bundle() -> bool:
    """Whether this is the app of an installer."""
    return bool(getattr(sys, "frozen", False))


def app_command() -> list[str]:
    """How to start a command of this app again: in a bundle not by the window's executable, which has no output."""
    if not is_bundle():
        return [sys.executable, "-m", "finetune_gui"]
    folder, running = os.path.split(sys.executable)
    return [os.path.join(folder, COMMAND + os.path.splitext(running)[1])]


def leave_libraries_to_others() -> None:
    """Give programs of the system that are started from here, such as a browser, their own libraries.

    The bundle's loader adds its folder to ``LD_LIBRARY_PATH`` and keeps the value before under another name. This
    process has read it long ago, so it may be put back.
    """
    if not is_bundle():
        return
    for name in _LIBRARY_PATHS:
        before = os.environ.pop(f"{name}_ORIG", None)
        if before is not None:
            os.environ[name] = before
        else:
            os.environ.pop(name, None)


def environment_for_another() -> dict[str, str]:
    """The environment for a program that is a bundle, too, but not this one: it must not take files of ours.

    The loader, and what runs before our code (QT_PLUGIN_PATH), have left paths of this bundle in it.
    """
    inside = getattr(sys, "_MEIPASS", None)
    others = {name: value for name, value in os.environ.items() if not (inside and value.startswith(inside))}
    return others | {"PYINSTALLER_RESET_ENVIRONMENT": "1"}
