"""Windows: an installer made by NSIS, per user."""

import hashlib
import shutil
import zipfile
from pathlib import Path

from installers import project
from installers.bundle import run, size
from installers.project import Build, PackageError

SCRIPT = project.PACKAGING / "windows" / "installer.nsi"
NSIS_LIMIT = 2_000_000_000  # bytes of one installer


def wrap(build: Build) -> list[Path]:
    """The installer; for the CUDA flavour with a zip that lies beside it, which is too large to be inside."""
    archive = None
    if size(build.bundle) > NSIS_LIMIT:
        archive = build.artifact(".zip")
        make_zip(build.bundle, archive)
    installer = build.artifact("-setup.exe")
    make_installer(build.bundle, build.extras / "finetune-gui.ico", build.version, installer, archive)
    return [installer, archive] if archive else [installer]


def make_zip(bundle: Path, target: Path) -> None:
    """A zip that Windows itself can unpack."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for file in sorted(bundle.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(bundle))


def make_installer(bundle: Path, icon: Path, version: str, target: Path, archive: Path | None = None) -> None:
    """Compile the installer.

    Args:
        bundle: What is installed.
        icon: An .ico file.
        version: Of the app.
        target: The installer.
        archive: A zip of the bundle that lies beside the installer, instead of the bundle inside.
    """
    makensis = shutil.which("makensis")
    if makensis is None:
        raise PackageError("makensis is not there: install NSIS 3 and put it on the path.")
    values = {
        "BUNDLE": bundle,
        "ICON": icon,
        "VERSION": version,
        "OUTPUT": target,
        "SIZE_KB": str(size(bundle) // 1024),
    }
    if archive:
        with archive.open("rb") as stream:
            values |= {"ARCHIVE": archive.name, "SHA256": hashlib.file_digest(stream, "sha256").hexdigest()}
    defines = [f"-D{name}={value}" for name, value in values.items()]
    run([makensis, "-V2", "-WX", *defines, SCRIPT], "See above what makensis says.")
