"""Names, texts and places that all installers share."""

import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGING = ROOT / "packaging"
BUILD = ROOT / "build" / "package"
DIST = ROOT / "dist"

NAME = "finetune-gui"
TITLE = "Finetune GUI"
APP_ID = "io.github.finetune_gui.FinetuneGui"  # of the macOS bundle and the AppStream entry
WINDOW = "finetune-gui-window"  # the executable without a console
COMMAND = "finetune-gui"  # the one for the command line
SUMMARY = "Teach a pretrained network to tell your own images apart"

Flavour = Literal["cuda", "cpu"]
FLAVOURS: tuple[Flavour, ...] = ("cuda", "cpu")


class PackageError(Exception):
    """Something that the person at the keyboard can mend; the message says how."""


@dataclass(frozen=True, kw_only=True)
class Build:
    """One bundle in the making.

    Attributes:
        flavour: With CUDA's libraries or without.
        version: Of the app.
    """

    flavour: Flavour
    version: str

    @property
    def folder(self) -> Path:
        """Where everything is made that is thrown away afterwards."""
        return BUILD / self.flavour

    @property
    def environment(self) -> Path:
        """The Python environment that is bundled."""
        return self.folder / "environment"

    @property
    def extras(self) -> Path:
        """What is made for the bundle before it: licenses and icons."""
        return self.folder / "extras"

    @property
    def bundle(self) -> Path:
        """The one-dir bundle: two executables and `_internal`."""
        return self.folder / "bundle" / NAME

    def artifact(self, ending: str) -> Path:
        """The file that people download, such as `finetune-gui-0.1.0-linux-x86_64-cuda.deb`."""
        return DIST / f"{NAME}-{self.version}-{system()}-{machine()}-{self.flavour}{ending}"


def version() -> str:
    """The app's version, read without importing it."""
    text = (ROOT / "finetune_gui" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    if found is None:
        raise PackageError("finetune_gui/__init__.py has no __version__.")
    return found[1]


def system() -> str:
    """`linux`, `windows` or `macos`."""
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")


def machine() -> str:
    """`x86_64` or `arm64`, however the system calls it."""
    return {"amd64": "x86_64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
