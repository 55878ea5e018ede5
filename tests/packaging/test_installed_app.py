"""What a user without Python does with the app after the installation. The tests build on each other, in this order."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from finetune_gui.engine.licenses import load
from tests.packaging.conftest import OLD_PARTS, OLD_VERSION, InstalledApp, dpkg, field, wait_for

NOBODY = 65534
READY = "everything was ready after"  # a window tells it in its log


@pytest.fixture(scope="session")
def files_before(app: InstalledApp) -> dict[str, tuple[int, int]]:
    return files_of(app.folder)


def files_of(folder: Path) -> dict[str, tuple[int, int]]:
    facts = ((file, file.lstat()) for file in folder.rglob("*") if not file.is_dir())
    return {str(file.relative_to(folder)): (fact.st_size, fact.st_mtime_ns) for file, fact in facts}


@pytest.fixture(scope="session")
def sample(app: InstalledApp) -> Path:
    """The sample images that `demo` draws."""
    [folder] = (path for path in (app.data / "samples").iterdir() if path.is_dir())
    return folder


@pytest.fixture(scope="session")
def run(app: InstalledApp) -> Path:
    return app.home / "run"


def test_the_upgrade_leaves_nothing_of_the_older_version(app: InstalledApp, request: pytest.FixtureRequest) -> None:
    package: Path = request.config.getoption("--package")
    status = (app.root / "var" / "lib" / "dpkg" / "status").read_text(encoding="utf-8")
    assert f"Version: {field(package, 'Version')}\n" in status
    assert OLD_VERSION not in status
    listing = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True).stdout
    assert len(files_of(app.folder)) == sum(
        "./opt/finetune-gui/" in line and not line.startswith("d") for line in listing.splitlines()
    )
    assert not any((app.folder / part).exists() for part in OLD_PARTS)
    assert not (app.folder / OLD_PARTS[1]).parent.exists()
    assert (app.data / "mine" / "notes.txt").read_text(encoding="utf-8") == "of the user"


def test_doctor(app: InstalledApp, files_before: dict[str, tuple[int, int]]) -> None:
    [facts] = app.json("doctor")
    assert str(app.folder / "finetune-gui") in facts["System"]["python"]
    assert "not installed" not in facts["Versions"].values()
    assert facts["Folders"]["runs"] == str(app.data / "runs")
    assert "cpu" in facts["Devices"]
    assert files_before


def test_demo_needs_no_network_and_no_display(app: InstalledApp) -> None:
    events = app.json("demo", "--headless", "--epochs", "2")
    finished = next(event for event in events if event["event"] == "RunFinished")
    assert finished["outcome"] == "completed"
    evaluated = next(event for event in events if event["event"] == "EvaluationFinished")
    assert evaluated["accuracy"] > 0.5


def test_training_that_goes_through_the_whole_network(app: InstalledApp, sample: Path, run: Path) -> None:
    arguments = ("--preset", "all", "--augment", "strong", "--epochs", "1", "--batch-size", "16")
    events = app.json("train", str(sample), "--out", str(run), *arguments)
    assert any(event["event"] == "EpochCompleted" for event in events)
    assert (run / "report.json").is_file()


@pytest.mark.parametrize("kind", ["onnx", "safetensors"])
def test_export_agrees_with_the_run_and_predicts(app: InstalledApp, sample: Path, run: Path, kind: str) -> None:
    out = app.home / f"exported {kind}"
    finished = app.json("export", str(run), "--format", kind, "--out", str(out))[-1]
    assert finished["event"] == "ExportFinished"
    assert (out / "predict.py").is_file()
    image = next(sample.rglob("*.jpg"), None) or next(sample.rglob("*.png"))
    answers = [app.json("predict", str(model), str(image))[0] for model in (run, out)]
    assert answers[0]["top"][0]["class"] == answers[1]["top"][0]["class"]


def test_processes_that_look_at_images(app: InstalledApp, sample: Path) -> None:
    """Thousands of images are inspected by worker processes, which are gone when the parent is killed."""
    many = app.home / "many"
    for number in range(10):
        shutil.copytree(sample, many / str(number))
    process = app.start("finetune-gui", "inspect", str(many))
    wait_for(lambda: len(app.processes()) >= 3 or process.poll() is not None)
    assert process.poll() is None
    process.kill()
    process.communicate()
    wait_for(lambda: not app.processes(), seconds=20)
    assert json.loads(app.run("inspect", str(many), "--json").splitlines()[0])


def test_compiling_is_a_warning_not_a_crash(app: InstalledApp, sample: Path) -> None:
    arguments = ("--compile", "--preset", "all", "--epochs", "1", "--out", str(app.home / "compiled"))
    events = app.json("train", str(sample), *arguments)
    assert any(event["event"] == "WarningRaised" and "compile" in event["message"] for event in events)
    assert any(event["event"] == "RunFinished" for event in events)


def test_a_mistake_is_one_sentence(app: InstalledApp) -> None:
    told = app.run("train", str(app.home / "nothing here"), code=2)
    assert "Traceback" not in told


def test_the_window_trains_the_sample(app: InstalledApp, display: str) -> None:
    before = set((app.data / "runs").iterdir())
    window = app.start("finetune-gui-window", "demo", DISPLAY=display)
    try:
        [run] = wait_for(lambda: set((app.data / "runs").iterdir()) - before or window.poll() is not None)
        wait_for(lambda: (run / "report.json").is_file() or window.poll() is not None)
        assert window.poll() is None
        window.send_signal(signal.SIGTERM)  # a polite request, as at the end of a session
        out, errors = window.communicate(timeout=60)
    finally:
        window.kill()
    assert window.returncode == 0, errors
    assert "Traceback" not in out + errors


def test_a_window_that_is_killed_leaves_no_process(app: InstalledApp, display: str) -> None:
    before = set((app.data / "runs").iterdir())
    window = app.start("finetune-gui-window", "demo", DISPLAY=display)
    wait_for(lambda: set((app.data / "runs").iterdir()) - before or window.poll() is not None)
    assert window.poll() is None
    window.kill()
    window.communicate()
    wait_for(lambda: not app.processes(), seconds=20)


def test_two_windows_at_once(app: InstalledApp, display: str) -> None:
    log = app.home / ".local" / "state" / "finetune-gui" / "log" / "finetune-gui.log"
    ready = log.read_text(encoding="utf-8").count(READY)
    windows = [app.start("finetune-gui-window", DISPLAY=display) for _ in range(2)]
    wait_for(
        lambda: (
            log.read_text(encoding="utf-8").count(READY) == ready + 2
            or any(window.poll() is not None for window in windows)
        )
    )
    for window in windows:
        window.send_signal(signal.SIGTERM)
    for window in windows:
        _, errors = window.communicate(timeout=60)
        assert window.returncode == 0, errors


def test_a_folder_that_cannot_be_written_to(app: InstalledApp, place: Path) -> None:
    home = place / "home of nobody"
    home.mkdir()
    before: tuple[str, ...] = ()
    if os.geteuid() == 0:  # root writes everywhere
        os.chown(home, NOBODY, NOBODY)
        before = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        before = (shutil.which(before[0]) or "", *before[1:])
    else:
        subprocess.run(["chmod", "-R", "a-w", str(app.folder)], check=True)
    theirs = InstalledApp(app.root, home)
    assert "accuracy" in theirs.run("demo", "--headless", "--epochs", "1", before=before).lower()


def test_the_cpu_flavour_fetches_cuda_and_goes_on_with_it(app: InstalledApp, request: pytest.FixtureRequest) -> None:
    """The volumes lie beside the package; they are brought by hand, since the release is not there yet."""
    package: Path = request.config.getoption("--package")
    volumes = sorted(package.parent.glob("*-cuda.[0-9][0-9][0-9].zip"))
    [before] = app.json("gpu-support")
    if before["state"] == "none" or not volumes:
        pytest.skip("this package has nothing to fetch, or what it fetches is not beside it")
    fetched = app.data / "gpu-support"
    (fetched / "downloads").mkdir(parents=True)
    for volume in volumes:
        (fetched / "downloads" / volume.name).symlink_to(volume.resolve())
    assert app.json("gpu-support", "--fetch")[-1]["state"] == "ready"
    assert all(volume.is_file() for volume in volumes)
    [facts] = app.json("doctor")
    assert str(fetched / "bundle" / "finetune-gui") in facts["System"]["python"]
    assert facts["GPU support"]["state"] == "fetched, and in use"
    events = app.json("demo", "--headless", "--epochs", "1")
    assert any(event["event"] == "RunFinished" for event in events)
    assert app.json("gpu-support", "--remove") == [{"removed": True}]
    assert not fetched.exists()


def test_the_camera_is_there_and_nothing_else_of_its_package(app: InstalledApp) -> None:
    qt = app.folder / "_internal" / "PySide6"
    assert {file.name for file in (qt / "Qt" / "plugins" / "multimedia").iterdir()} == {"libffmpegmediaplugin.so"}
    assert (qt / "QtMultimedia.abi3.so").is_file()
    others = ("Charts", "WebEngine", "3D", "Pdf", "Positioning", "QuickControls2", "MultimediaWidgets")
    assert [file.name for other in others for file in qt.rglob(f"*Qt*{other}*")] == []


def test_licenses_of_all_parts_are_there(app: InstalledApp) -> None:
    licenses = load(app.folder / "_internal" / "finetune_gui" / "resources" / "licenses.json")
    names = {entry.name for entry in licenses}
    assert {"Finetune GUI", "Python", "torch", "PySide6_Essentials", "shiboken6", "pyinstaller"} <= names
    assert {"PySide6_Addons", "FFmpeg (of Qt Multimedia)"} <= names
    assert sum(bool(entry.texts) for entry in licenses) > 50


def test_nothing_was_written_into_the_installation(app: InstalledApp, files_before: dict[str, tuple[int, int]]) -> None:
    assert files_of(app.folder) == files_before


def test_removing_it_leaves_what_is_the_users(app: InstalledApp, request: pytest.FixtureRequest) -> None:
    mine = files_of(app.home)
    dpkg(app.root, "--purge", field(request.config.getoption("--package"), "Package"))
    assert not app.folder.exists()
    assert not [file for file in (app.root / "usr").rglob("*") if not file.is_dir()]
    assert files_of(app.home) == mine
