"""The way from the command line to the window, which stands beside it: the caller hands in what opens it."""

import argparse
from collections.abc import Callable

# Called with `dataset` and `demo` by name; returns the app's exit code when the window is closed.
OpenWindow = Callable[..., int]


def window(arguments: argparse.Namespace) -> int:
    """Open the window."""
    code: int = arguments.open_window(dataset=arguments.folder)
    return code
