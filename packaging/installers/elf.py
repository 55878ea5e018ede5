"""What Linux programs and libraries are linked to."""

import re
import subprocess
from functools import cache
from pathlib import Path

Version = tuple[int, int]


def is_binary(file: Path) -> bool:
    """Whether a file is a program or library; a link to one counts as well."""
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def linked_to(file: Path) -> set[str]:
    """Names of the libraries that the loader looks for."""
    return set(re.findall(r"^\s*NEEDED\s+(\S+)", _headers(file.resolve()), re.MULTILINE))


def c_library(file: Path) -> Version:
    """The newest version of the C library that is asked for; (0, 0) if none is."""
    versions = re.findall(r"\bGLIBC_(\d+)\.(\d+)", _headers(file.resolve()))
    return max(((int(major), int(minor)) for major, minor in versions), default=(0, 0))


@cache
def _headers(file: Path) -> str:
    return subprocess.run(["objdump", "-p", str(file)], capture_output=True, text=True, check=False).stdout
