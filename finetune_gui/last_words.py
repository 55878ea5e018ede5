"""Tells that the window cannot open, by what the system has for messages: Qt may be what does not work.

A window that is started from a menu has no console. Whatever happens before it is there would go unnoticed.
"""

import re
import subprocess
import sys
import traceback

from finetune_gui import paths

TITLE = "Finetune GUI"

_WINDOWS_ERROR_ICON = 0x10
_APPLE_SCRIPT = "on run argv\ndisplay alert (item 1 of argv) message (item 2 of argv) as critical\nend run"
_MISSING_LIBRARY = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")


def explain(error: BaseException) -> str:
    """What happened and what to do, in plain words."""
    told = str(error) or type(error).__name__
    missing = _MISSING_LIBRARY.search(told)
    if missing:
        what = f"The system has no {missing[1]}. Install the package that brings it, then start again."
    elif isinstance(error, ImportError):
        what = f"A part of the app is missing or damaged ({told}). Install it again."
    else:
        what = f"{type(error).__name__}: {told}"
    return f"The window could not open.\n\n{what}\n\nMore is in {paths.log_file()}"


def show(text: str) -> None:
    """Show a message and wait until it is read; print it, too, for whoever has a console."""
    print(text, file=sys.stderr)
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, TITLE, _WINDOWS_ERROR_ICON)
    else:
        _show_by_program(text)


def show_error(error: BaseException) -> None:
    """The same of an exception; its traceback is printed."""
    traceback.print_exception(error)
    show(explain(error))


def _show_by_program(text: str) -> None:
    """The first program that is there; desktops have one of them each."""
    programs = (
        ["osascript", "-e", _APPLE_SCRIPT, TITLE, text],
        ["zenity", "--error", "--no-markup", "--no-wrap", "--title", TITLE, "--text", text],
        ["kdialog", "--title", TITLE, "--error", text],
        ["xmessage", "-center", "-title", TITLE, text],
        ["notify-send", "--urgency=critical", TITLE, text],
    )
    for program in programs:
        try:
            done = subprocess.run(program, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        except OSError:
            continue
        if done.returncode in (0, 1):  # 1: it was closed in another way than by its button
            return
