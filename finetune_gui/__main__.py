"""Start: no arguments open the window, a command runs on the command line."""

import sys

from finetune_gui import cli


def main(argv: list[str] | None = None) -> int:
    """Run the app; returns the exit code."""
    if sys.stdout is None or sys.stderr is None:  # a window without a console
        from finetune_gui.logs import give_streams

        give_streams()
    return cli.run(sys.argv[1:] if argv is None else argv, open_window)


def open_window(*, dataset: str | None = None, demo: bool = False) -> int:
    """Open the window. Qt is imported here, so that the other commands do without."""
    from finetune_gui.ui.app import run_window

    return run_window(sys.argv[:1], dataset=dataset, demo=demo)


if __name__ == "__main__":
    import multiprocessing

    multiprocessing.freeze_support()  # first of all, for frozen bundles
    sys.exit(main())
