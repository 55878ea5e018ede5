"""Paths of any length, also on Windows, which opens those of more than 260 characters only in a form of their own."""

import ntpath
import os

_LIMIT = 240  # 260 characters, less what a name adds


def long_path(path: str, *, on_windows: bool = os.name == "nt") -> str:
    """The path in a form that Windows opens whatever its length. The same everywhere else."""
    if not on_windows or len(path) < _LIMIT or path.startswith("\\\\?\\"):
        return path
    path = ntpath.abspath(path)
    return f"\\\\?\\UNC\\{path[2:]}" if path.startswith("\\\\") else f"\\\\?\\{path}"
