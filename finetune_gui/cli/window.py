"""The way from the command line to the window, which stands beside it: the caller hands in what opens it."""

import argparse
from typing import Protocol


class OpenWindow(Protocol):
    """Opens the window and returns the exit code of the app."""

    def __call__(self, *, dataset: str | None = None, demo: bool = False) -> int:
        """Returns when the window is closed."""


def window(arguments: argparse.Namespace) -> int:
    """Open the window."""
    code: int = arguments.open_window(dataset=arguments.folder)
    return code
