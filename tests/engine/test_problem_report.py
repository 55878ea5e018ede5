"""What a report holds, what it never holds, and that it is written whole."""

import zipfile
from pathlib import Path

import pytest

from finetune_gui import paths
from finetune_gui.engine.anonymous import anonymous
from finetune_gui.engine.config import DataConfig, TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import EvaluationFinished, Mistake, RunFailed
from finetune_gui.engine.problem_report import MAX_BYTES, collect_report, save_report
from finetune_gui.engine.runs import EventLog, RunFolder
from tests.drawing import draw_image


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a user, with images in it."""
    folder = tmp_path / "home" / "ann"
    (folder / "photos").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    draw_image(0, 0).save(folder / "photos" / "patient.png")
    return folder


@pytest.fixture
def run(home: Path) -> RunFolder:
    """A run that failed, with an image beside its files."""
    run = RunFolder.create(home / "runs" / "one", TrainConfig(data=DataConfig(path=str(home / "photos"))))
    mistake = Mistake(path=str(home / "photos" / "patient.png"), target=0, predicted=1, confidence=0.9, loss=2.0)
    log = EventLog(run)
    log.append(
        EvaluationFinished(
            split="val",
            num_images=1,
            loss=1.0,
            accuracy=0.0,
            macro_f1=0.0,
            classes=(),
            confusion=(),
            mistakes=(mistake,),
        )
    )
    log.append(RunFailed(message=f"{home}/photos is gone."))
    log.close()
    draw_image(0, 0).save(run.path / "patient.png")
    run.split_file.write_text('{"train": ["patient.png"]}')
    return run


def test_a_report_holds_what_is_needed_and_no_image(home: Path, run: RunFolder, tmp_path: Path) -> None:
    paths.log_dir().mkdir()
    paths.log_file().write_text("x" * MAX_BYTES + f"\nreading {home}/photos with hf_abcdefghijkl\n")
    files = collect_report(traceback=f'File "{home}/app.py"\nZeroDivisionError', run_path=run.path)
    path = save_report(files, tmp_path / "report.zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        held = {name: archive.read(name).decode() for name in archive.namelist()}
    assert held == {file.name: file.text for file in files}  # what was shown is what was saved
    assert set(held) == {
        "traceback.txt", "versions.txt", "hardware.json", "finetune-gui.log", "run/config.json", "run/events.jsonl",
    }  # fmt: skip
    assert held["traceback.txt"].startswith('File "~/app.py"')
    assert "torch: " in held["versions.txt"]
    assert "memory_total" in held["hardware.json"]
    assert held["finetune-gui.log"] == "reading ~/photos with hf_…\n"
    assert '"~/photos"' in held["run/config.json"]
    assert "~/photos is gone." in held["run/events.jsonl"]
    everything = "".join(held.values())
    assert str(home) not in everything
    assert "patient.png" not in everything
    assert [entry.name for entry in tmp_path.glob("*.part")] == []


def test_a_report_without_anything_to_report(home: Path) -> None:
    files = collect_report(run_path=home / "no run")
    assert [file.name for file in files] == ["versions.txt", "hardware.json"]
    assert all(file.size == len(file.text.encode()) for file in files)
    with pytest.raises(EngineError, match="could not be written"):
        save_report(files, home / "photos" / "patient.png" / "report.zip")


def test_names_that_only_begin_like_the_home_folder_stay(home: Path) -> None:
    assert anonymous(f"{home} {home}/a {home}a {home}-b") == f"~ ~/a {home}a {home}-b"
    assert anonymous("hf_0123456789 is a token, hf_hub is none") == "hf_… is a token, hf_hub is none"


def test_a_home_folder_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: "C:\\Users\\Ann")
    assert anonymous('"C:\\\\Users\\\\Ann\\\\x" C:\\Users\\Ann\\y C:/Users/Ann/z') == '"~\\\\x" ~\\y ~/z'
