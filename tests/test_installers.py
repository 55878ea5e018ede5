"""The recipes of the installers, on a small payload. What is inside a real one is tried by tests/packaging."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from installers import contents, elf, linux, project, windows

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="scripts of POSIX, and NSIS as Debian has it")


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    """A bundle of two scripts and a library, as it comes out of the archive."""
    folder = tmp_path / "unpacked ü" / "finetune-gui"
    (folder / "_internal").mkdir(parents=True)
    for name in ("finetune-gui", "finetune-gui-window"):
        (folder / name).write_text("#!/bin/sh\necho started\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    (folder / "_internal" / "library.so").write_bytes(b"\x7fELF")
    return folder


# --- the script of the Linux archive -----------------------------------------------------------------------------


@pytest.fixture
def archive(payload: Path) -> Path:
    folder = payload.parent
    linux.fill("finetune-gui.desktop", folder / "share" / "applications" / "finetune-gui.desktop")
    linux.fill("metainfo.xml", folder / "share" / "metainfo" / f"{project.APP_ID}.metainfo.xml")
    (folder / "share" / "icons" / "hicolor" / "16x16" / "apps").mkdir(parents=True)
    (folder / "share" / "icons" / "hicolor" / "16x16" / "apps" / "finetune-gui.png").write_bytes(b"PNG")
    for script in ("install.sh", "uninstall.sh"):
        linux.fill(script, folder / script, ID=project.APP_ID)
    return folder


def sh(script: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {"HOME": str(home), "PATH": os.environ["PATH"]}
    return subprocess.run(["sh", str(script), *arguments], env=env, capture_output=True, text=True, check=False)


def files_of(folder: Path) -> set[str]:
    files = (file for file in folder.rglob("*") if not file.is_dir() or file.is_symlink())
    return {str(file.relative_to(folder)) for file in files if file.name != "mimeinfo.cache"}  # the desktop's own


def test_the_archive_is_installed_replaced_and_removed(archive: Path, tmp_path: Path) -> None:
    home = tmp_path / "home of Zoë"
    mine = home / ".local" / "share" / "finetune-gui" / "runs" / "run" / "config.json"
    mine.parent.mkdir(parents=True)
    mine.write_text("{}", encoding="utf-8")
    assert sh(archive / "install.sh", home).returncode == 0
    app = home / ".local" / "opt" / "finetune-gui"
    started = subprocess.run([home / ".local" / "bin" / "finetune-gui"], capture_output=True, text=True, check=True)
    assert started.stdout == "started\n"
    entry = (home / ".local" / "share" / "applications" / "finetune-gui.desktop").read_text(encoding="utf-8")
    assert f'Exec="{app}/finetune-gui-window" %f' in entry

    (archive / "finetune-gui" / "_internal" / "library.so").unlink()  # the next version is without it
    assert sh(archive / "install.sh", home).returncode == 0
    assert not (app / "_internal" / "library.so").exists()
    assert [path.name for path in app.parent.iterdir()] == ["finetune-gui"]

    fetched = mine.parent.parent.parent / "gpu-support" / "bundle" / "finetune-gui"
    fetched.parent.mkdir(parents=True)
    fetched.touch()  # the app's own, wherever it lies
    assert sh(app / "uninstall.sh", home).returncode == 0
    assert files_of(home) == {str(mine.relative_to(home))}


@pytest.mark.parametrize(
    ("target", "sentence"),
    [("taken", "is not Finetune GUI"), ("with $HOME", "menus cannot deal with"), ("file/below", "cannot be made")],
)
def test_a_bad_place_is_one_sentence(archive: Path, tmp_path: Path, target: str, sentence: str) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = sh(archive / "install.sh", tmp_path / "home", "--to", str(tmp_path / target))
    assert done.returncode == 2
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list((tmp_path / "taken").iterdir()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_what_runs_is_not_replaced(archive: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copy(shutil.which("sleep") or "", archive / "finetune-gui" / "finetune-gui-window")
    assert sh(archive / "install.sh", home).returncode == 0
    app = home / ".local" / "opt" / "finetune-gui"
    with subprocess.Popen([app / "finetune-gui-window", "60"]) as running:
        for script in (archive / "install.sh", app / "uninstall.sh"):
            done = sh(script, home)
            assert done.returncode == 2
            assert "close it first" in done.stderr
        running.kill()
    assert (app / "finetune-gui-window").exists()


# --- Windows -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("makensis") is None, reason="needs makensis (Debian: nsis)")
@pytest.mark.parametrize("beside", [False, True], ids=["inside", "zip-beside"])
def test_the_windows_installer_compiles(payload: Path, tmp_path: Path, beside: bool) -> None:
    icon = tmp_path / "finetune-gui.ico"
    Image.new("RGBA", (32, 32)).save(icon)
    archive = tmp_path / "payload.zip" if beside else None
    if archive:
        windows.make_zip(payload, archive)
        assert set(zipfile.ZipFile(archive).namelist()) == files_of(payload)
    installer = tmp_path / "finetune-gui-setup.exe"
    windows.make_installer(payload, icon, "1.2.3", installer, archive)
    assert installer.read_bytes()[:2] == b"MZ"


# --- what is in and what is not ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    [
        "nvidia/cudnn/lib/libcudnn_adv.so.9",
        "nvidia/cudnn/lib/libcudnn_engines_tensor_ir.so.9",
        "nvidia/cu13/lib/libcublasLt.so.13",
        "nvidia/cu13/lib/libcupti.so.13",  # torch's part for the CPU is linked to it
        "torch/lib/libtorch_cuda.so",
        "torch/testing/__init__.py",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        "PySide6/Qt/plugins/multimedia/libffmpegmediaplugin.so",  # the camera, and all that it is linked to
        *(f"PySide6/Qt/lib/libQt6{name}.so.6" for name in ("Multimedia", "Network", "Quick", "Qml", "QmlModels")),
        *(f"PySide6/Qt6{name}.dll" for name in ("Multimedia", "Network", "Quick", "Qml", "QmlMeta")),
        "finetune_gui/resources/export/predict.py",
    ],
)
def test_what_is_needed_stays(place: str) -> None:
    assert contents.reason(place) is None


@pytest.mark.parametrize(
    "place",
    [
        "nvidia/cu13/lib/libcusolverMg.so.12",
        "torch/lib/libtorch_cuda_linalg.so",
        "torch/include/ATen/ATen.h",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6/Qt/translations/qtdeclarative_de.qm",
        "PySide6/Qt/lib/libQt6QuickControls2.so.6",
        "PySide6/Qt6QmlLocalStorage.dll",
        "libpulse.so.0",
    ],
)
def test_what_is_not_needed_goes(place: str) -> None:
    assert contents.reason(place) is not None


def test_what_only_the_camera_needs_is_no_condition_of_the_package(tmp_path: Path) -> None:
    found = find_spec("PySide6.QtMultimedia")
    if found is None or found.origin is None or not sys.platform.startswith("linux"):
        pytest.skip("Qt Multimedia of Linux is not installed")
    library = tmp_path / "libQt6Multimedia.so.6"
    shutil.copy(Path(found.origin).parent / "Qt" / "lib" / library.name, library)
    assert "libpulse.so.0" in elf.linked_to(library)
    for name in elf.linked_to(library):
        if name.startswith(("libQt6", "libstdc++", "libgcc")):
            shutil.copy(library, tmp_path / name)  # as if it were in the bundle
    assert not any("pulse" in package for package in linux.dependencies(tmp_path))
    build = SimpleNamespace(flavour="cpu", version="1.2.3", bundle=tmp_path)
    fields = dict(line.split(": ", 1) for line in linux.control_text(build, 1).splitlines() if ": " in line)
    assert {"libpulse0", "libxrandr2"} <= set(fields["Recommends"].split(", "))
    assert "pulse" not in fields["Depends"]


def test_the_app_may_ask_for_the_camera_of_macos() -> None:
    entitlements = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    assert entitlements["com.apple.security.device.camera"] is True
    assert '"NSCameraUsageDescription": "' in (PACKAGING / "finetune-gui.spec").read_text(encoding="utf-8")


def test_there_is_nothing_to_check_before_it_is_built(tmp_path: Path) -> None:
    command = [sys.executable, str(PACKAGING / "build.py"), "--check", str(tmp_path / "no.deb")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("package: There is no ")
