"""Disks that are really small, full or read-only: file systems in memory, which root may mount on Linux."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

LITTER = "litter"
PAGE = 4096  # bytes that the smallest file takes


@dataclass(frozen=True)
class SmallDisk:
    """A disk with nothing on it but what a test puts there.

    Attributes:
        path: Where it is mounted.
    """

    path: Path

    def leave(self, room: int) -> None:
        """Fill the disk but for ``room`` bytes, in whole pages."""
        litter = self.path / LITTER
        litter.unlink(missing_ok=True)
        status = os.statvfs(self.path)
        taken = (status.f_bavail * status.f_frsize - room) // PAGE * PAGE
        with litter.open("wb") as file:
            if taken > 0:
                os.posix_fallocate(file.fileno(), 0, taken)

    def protect(self) -> None:
        """Let nobody write any more, not even root."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.path)], check=True)

    def content(self) -> dict[str, bytes]:
        """All files by path, without what fills the disk; folders by their path alone."""
        return {
            str(path.relative_to(self.path)): path.read_bytes() if path.is_file() else b""
            for path in sorted(self.path.rglob("*"))
            if path.name != LITTER
        }


@contextmanager
def small_disk(path: Path, size: int) -> Iterator[SmallDisk]:
    """A disk of so many bytes, mounted at a folder that is made for it. Skips the test where that is not allowed."""
    path.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a disk")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)
