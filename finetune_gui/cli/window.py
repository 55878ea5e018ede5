"""The way from the command line to the window, which stands beside it: the caller hands in what opens it."""

import argparse
from collections.abc import Callable

OpenWindow = Callable[..., int]  # takes the names dataset and demo; returns the app's exit code when the window is closed


def window(arguments: argparse.Namespace) -> int:
    """Open the window."""
    code: int = arguments.open_window(dataset=arguments.folder)
    return code
