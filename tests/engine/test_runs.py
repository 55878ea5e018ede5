"""Run folders and atomic files."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from finetune_gui.engine.config import DataConfig, TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import EpochCompleted, RunFailed, RunFinished, RunResumed
from finetune_gui.engine.files import replacing, write_json
from finetune_gui.engine.run_list import list_runs
from finetune_gui.engine.runs import EventLog, RunFolder, default_run_name, reserve_run_path

CONFIG = TrainConfig(data=DataConfig(path="/photos/Ants & Bees"))


def epoch(number: int, accuracy: float, *, best: bool) -> EpochCompleted:
    return EpochCompleted(
        epoch=number,
        global_step=number,
        train_loss=1.0,
        train_accuracy=0.5,
        val_loss=1.0,
        val_accuracy=accuracy,
        is_best=best,
        train_seconds=1.0,
        val_seconds=0.5,
    )


def log(run: RunFolder, *events) -> None:
    book = EventLog(run)
    for event in events:
        book.append(event)
    book.close()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    write_json(path, {"good": True})

    def write_half() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text().strip() == '{\n  "good": true\n}'
    assert [entry.name for entry in tmp_path.iterdir()] == ["file.json"]


def test_a_folder_that_cannot_be_made_is_the_users_to_mend(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(EngineError, match="could not be written"):
        write_json(tmp_path / "taken" / "file.json", {})
    with pytest.raises(EngineError, match="cannot be made"):
        RunFolder.create(tmp_path / "taken" / "run", CONFIG)
    with pytest.raises(EngineError, match="not empty"):
        RunFolder.create(tmp_path, CONFIG)


def test_config_comes_back(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "run", CONFIG)
    assert RunFolder.open(tmp_path / "run").config() == CONFIG
    with pytest.raises(EngineError, match="not a run folder"):
        RunFolder.open(tmp_path)


def test_a_torn_last_line_is_passed_over(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", CONFIG)
    log(run, RunResumed(global_step=3))
    with run.events_file.open("ab") as file:
        file.write(b'{"event": "EpochComp')
    assert list(run.events()) == [RunResumed(global_step=3)]


def test_list_runs_tells_how_they_ended(tmp_path: Path) -> None:
    finished = RunFinished(outcome="completed", run_dir="", best_epoch=1, best_val_accuracy=0.75, seconds=3.0)
    for name, events in {
        "a": [epoch(1, 0.75, best=True), epoch(2, 0.5, best=False), finished],
        "b": [epoch(1, 0.25, best=True)],
        "c": [RunFailed(message="No.")],
    }.items():
        log(RunFolder.create(tmp_path / name, CONFIG), *events)
    (tmp_path / "stranger").mkdir()
    summaries = {summary.name: summary for summary in list_runs(tmp_path)}
    assert {name: s.state for name, s in summaries.items()} == {"a": "completed", "b": "unfinished", "c": "failed"}
    assert (summaries["a"].best_epoch, summaries["a"].best_val_accuracy, summaries["a"].epochs_done) == (1, 0.75, 2)
    assert summaries["a"].seconds == 3.0
    assert summaries["c"].best_val_accuracy is None
    assert list_runs(tmp_path / "nowhere") == []


def test_names_of_run_folders(tmp_path: Path) -> None:
    assert default_run_name(CONFIG).endswith("-starter-ants-bees")
    with ThreadPoolExecutor(8) as pool:  # as several windows would at the same moment
        paths = set(pool.map(lambda _: reserve_run_path(tmp_path / "runs", CONFIG), range(24)))
    assert len(paths) == 24
    assert all(path.is_dir() and RunFolder.create(path, CONFIG) for path in paths)
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="above it is a file"):
        reserve_run_path(tmp_path / "file", CONFIG)
