"""Linux: a .deb, a .tar.zst with an install script, and an AppImage where appimagetool is there."""

import datetime
import os
import re
import shutil
import sys
from pathlib import Path

from installers import elf, icons, project
from installers.bundle import run, size
from installers.project import Build, PackageError

sys.path.insert(0, str(project.ROOT))

from dev import CAMERA_LIBRARIES, QT_LIBRARIES

TEMPLATES = project.PACKAGING / "linux"
INSTALLED = Path("opt") / project.NAME  # of the .deb
LEVEL = 10  # of zstd: a tenth smaller than its default of 3, and unpacked as quickly
DEB_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}

# What PyInstaller leaves to the system on purpose: the C library, and drivers' own libraries.
_C_LIBRARY = re.compile(r"^(ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv|nsl)\.so.*)$")
_DRIVERS = re.compile(r"^lib(cuda|nvidia-ml|ibverbs|mlx5|rdmacm)\.so.*$")
_DATA = ("fontconfig-config", "xkb-data")  # what libraries that are brought look for in the system
# Libraries of the system that Qt and others need, beyond those that `dev.py` knows.
_FURTHER = {
    "libX11.so.6": ("libx11-6",),
    "libXext.so.6": ("libxext6",),
    "libxcb.so.1": ("libxcb1",),
    "libxcb-glx.so.0": ("libxcb-glx0",),
    "libfreetype.so.6": ("libfreetype6",),
    "libz.so.1": ("zlib1g",),
    "libexpat.so.1": ("libexpat1",),
    "libGLX.so.0": ("libglx0",),
    "libOpenGL.so.0": ("libopengl0",),
    "libGLdispatch.so.0": ("libglvnd0",),
    "libdrm.so.2": ("libdrm2",),
    "libwayland-client.so.0": ("libwayland-client0",),
    "libwayland-cursor.so.0": ("libwayland-cursor0",),
    "libwayland-egl.so.1": ("libwayland-egl1",),
    "libgthread-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libgobject-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libgio-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
}


def wrap(build: Build) -> list[Path]:
    """Make everything that can be made on this machine."""
    share = build.folder / "share"
    make_share(build, share)
    made = [make_tar(build, share), make_deb(build, share)]
    tool = shutil.which("appimagetool")
    return [*made, make_appimage(build, share, tool)] if tool else made


def make_share(build: Build, share: Path) -> None:
    """What desktops look for: entry, icons, metadata; checked where the tools for that are there."""
    shutil.rmtree(share, ignore_errors=True)
    entry = share / "applications" / f"{project.NAME}.desktop"
    metainfo = share / "metainfo" / f"{project.APP_ID}.metainfo.xml"
    fill("finetune-gui.desktop", entry)
    fill("metainfo.xml", metainfo, ID=project.APP_ID, VERSION=build.version, DATE=build_date())
    for pixels in icons.SIZES:
        copy(build.extras / f"{pixels}.png", share / f"icons/hicolor/{pixels}x{pixels}/apps/{project.NAME}.png")
    copy(icons.SOURCE, share / f"icons/hicolor/scalable/apps/{project.NAME}.svg")
    check_by(["appstreamcli", "validate", "--no-net", metainfo])
    checked = build.extras / f"{project.NAME}.desktop"
    fill("finetune-gui.desktop", checked, EXEC=project.WINDOW)
    check_by(["desktop-file-validate", checked])


def build_date() -> str:
    """Today, or what a reproducible build says is today."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    moment = (
        datetime.datetime.fromtimestamp(int(seconds), datetime.UTC) if seconds else datetime.datetime.now(datetime.UTC)
    )
    return moment.date().isoformat()


def fill(template: str, target: Path, **values: str) -> None:
    """Write a file from a template: @NAME@ is replaced by a value."""
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def copy(source: Path, target: Path) -> None:
    """Copy a file to a folder that may not be there yet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def check_by(command: list[str | Path]) -> None:
    """Have a file looked at by a validator that this machine may have."""
    if shutil.which(str(command[0])):
        run(command, "Mend what it says.")
    else:
        print(f"{command[0]} is not there, so {Path(command[-1]).name} was not checked.")


def link_tree(source: Path, target: Path) -> None:
    """A copy that takes no room: the files are hard links."""
    shutil.copytree(source, target, symlinks=True, copy_function=os.link)


# --- .tar.zst --------------------------------------------------------------------------------------------------------


def make_tar(build: Build, share: Path) -> Path:
    """An archive that is unpacked anywhere, with scripts that install and remove it."""
    name = f"{project.NAME}-{build.version}"
    stage = fresh(build.folder / "tar") / name
    link_tree(build.bundle, stage / project.NAME)
    link_tree(share, stage / "share")
    for script in ("install.sh", "uninstall.sh"):
        fill(script, stage / script, ID=project.APP_ID)
        (stage / script).chmod(0o755)
    target = build.artifact(".tar.zst")
    compress = f"zstd -{LEVEL} -T0 -q"
    owner = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name"]
    run(["tar", *owner, "-I", compress, "-cf", target, "-C", stage.parent, name], "Is there room on the disk?")
    shutil.rmtree(stage.parent)
    return target


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


# --- .deb ------------------------------------------------------------------------------------------------------------


def make_deb(build: Build, share: Path) -> Path:
    """A package for Debian 12, Ubuntu 22.04 and later, in /opt, with both programs on the path."""
    stage = fresh(build.folder / "deb")
    link_tree(build.bundle, stage / INSTALLED)
    shutil.copytree(share, stage / "usr" / "share")
    fill(
        "finetune-gui.desktop",
        stage / f"usr/share/applications/{project.NAME}.desktop",
        EXEC=f"/{INSTALLED}/{project.WINDOW}",
    )
    for program in (project.WINDOW, project.COMMAND):
        link = stage / "usr" / "bin" / program
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(f"/{INSTALLED}/{program}")
    copy(project.ROOT / "LICENSE", stage / "usr" / "share" / "doc" / package_name(build) / "copyright")
    control = stage / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(control_text(build, size(stage)), encoding="utf-8")
    target = build.artifact(".deb")
    options = ["--root-owner-group", "-Zzstd", f"-z{LEVEL}"]
    run(["dpkg-deb", *options, "--build", stage, target], "Is there room on the disk?")
    shutil.rmtree(stage)
    return target


def package_name(build: Build) -> str:
    """The CUDA flavour has the plain name."""
    return project.NAME if build.flavour == "cuda" else f"{project.NAME}-{build.flavour}"


def control_text(build: Build, installed: int) -> str:
    """What dpkg must know. The two flavours stand in for each other, so that one replaces the other."""
    other = project.NAME if build.flavour == "cpu" else f"{project.NAME}-cpu"
    fields = {
        "Package": package_name(build),
        "Version": build.version,
        "Architecture": DEB_ARCHITECTURES.get(project.machine(), project.machine()),
        "Maintainer": "The developers of Finetune GUI <noreply@finetune-gui.invalid>",
        "Section": "science",
        "Priority": "optional",
        "Installed-Size": str(installed // 1024),
        "Depends": ", ".join(dependencies(build.bundle)),
        "Recommends": ", ".join(["xdg-utils", "zenity | kdialog", *map(" | ".join, CAMERA_LIBRARIES.values())]),
        "Conflicts": other,
        "Replaces": other,
        "Description": f"{project.SUMMARY}\n Drop a folder of photos on the window, press Train, watch the network"
        "\n learn, take the model away. Everything runs on this machine, with a GPU or without.",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def dependencies(bundle: Path) -> list[str]:
    """Debian's packages that the bundle needs: the C library of the right age, and libraries that it does not bring.

    What only the camera needs is recommended, not demanded.

    Raises:
        PackageError: It needs a library that nobody has looked at yet.
    """
    binaries = [file for file in bundle.rglob("*") if elf.is_binary(file)]
    missing = {name for file in binaries for name in elf.linked_to(file)} - {file.name for file in binaries}
    newest = max(elf.c_library(file) for file in binaries)
    names = {**QT_LIBRARIES, **_FURTHER}
    packages = {f"libc6 (>= {'.'.join(map(str, newest))})", *_DATA}
    for library in sorted(missing):
        if library in names:
            packages.add(" | ".join(names[library]))
        elif not (library in CAMERA_LIBRARIES or _C_LIBRARY.match(library) or _DRIVERS.match(library)):
            raise PackageError(f"The bundle needs {library}, which it neither brings nor asks of the system.")
    return sorted(packages)


# --- AppImage -----------------------------------------------------------------------------------------------------


def make_appimage(build: Build, share: Path, tool: str) -> Path:
    """One file that runs by itself; appimagetool compresses it."""
    stage = fresh(build.folder / "AppDir")
    link_tree(build.bundle, stage / "usr" / "lib" / project.NAME)
    shutil.copytree(share, stage / "usr" / "share")
    fill("finetune-gui.desktop", stage / f"{project.NAME}.desktop", EXEC=project.WINDOW)
    copy(build.extras / "256.png", stage / f"{project.NAME}.png")
    start = stage / "AppRun"
    start.write_text(f'#!/bin/sh\nexec "$APPDIR/usr/lib/{project.NAME}/{project.WINDOW}" "$@"\n', encoding="utf-8")
    start.chmod(0o755)
    target = build.artifact(".AppImage")
    environment = os.environ | {"ARCH": {"arm64": "aarch64"}.get(project.machine(), project.machine())}
    run([tool, "--no-appstream", "--comp", "zstd", stage, target], "See above what appimagetool says.", environment)
    shutil.rmtree(stage)
    return target
