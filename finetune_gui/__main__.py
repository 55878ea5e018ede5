"""Start: no arguments open the window, a command runs on the command line."""

import io
import os
import sys

from finetune_gui import cli
from finetune_gui.bundle import leave_libraries_to_others


def main(argv: list[str] | None = None) -> int:
    """Run the app; returns the exit code."""
    leave_libraries_to_others()
    _give_streams()
    if "FINETUNE_GUI_PARENT" in os.environ:
        from finetune_gui.engine.child import leave_with_parent  # it imports what the others do without

        leave_with_parent()
    return cli.run(sys.argv[1:] if argv is None else argv, open_window)


def window_main(argv: list[str] | None = None) -> int:
    """The same for who has no console: what keeps the window from opening is shown in a message box."""
    leave_libraries_to_others()
    _give_streams()
    argv = sys.argv[1:] if argv is None else argv
    if len(argv) == 1 and os.path.isabs(argv[0]):  # a folder that was dropped on the icon
        argv = ["app", *argv]
    return cli.run(argv, open_window_or_tell)


def open_window(*, dataset: str | None = None, demo: bool = False) -> int:
    """Open the window. Qt is imported here, so that the other commands do without."""
    from finetune_gui.ui.app import run_window

    return run_window(sys.argv[:1], dataset=dataset, demo=demo)


def open_window_or_tell(*, dataset: str | None = None, demo: bool = False) -> int:
    """Open the window, or say in a message box why not."""
    try:
        return open_window(dataset=dataset, demo=demo)
    except Exception as error:
        from finetune_gui.last_words import show_error
        from finetune_gui.logs import log_bug

        log_bug()
        show_error(error)
        return cli.BUG


def _give_streams() -> None:
    if sys.stdout is None or sys.stderr is None:  # a window without a console
        from finetune_gui.logs import give_streams

        give_streams()
    for stream in (sys.stdout, sys.stderr):  # names hold any letter; pipes of Windows lack most, and JSON is UTF-8
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


if __name__ == "__main__":
    import multiprocessing

    multiprocessing.freeze_support()  # first of all, for frozen bundles
    sys.exit(main())
