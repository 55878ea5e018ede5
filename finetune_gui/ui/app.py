"""The way into the window. Imports neither Qt nor torch until it is called."""

import importlib
import sys


def run_window(argv: list[str], *, demo: bool = False, dataset: str | None = None) -> int:
    """Show the window until it is closed.

    Args:
        argv: Arguments for Qt, the program's name first.
        demo: Load the sample images and start to train on them.
        dataset: Folder to open at once.

    Returns:
        The exit code.
    """
    if sys.platform == "win32":
        importlib.import_module("torch")  # imported after Qt it has been seen to fail loading its libraries
    from finetune_gui.ui.application import run

    return run(argv, demo=demo, dataset=dataset)
