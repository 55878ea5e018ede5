"""The list of runs: what it says of whole, old, half-written and removed folders, and how it stays quick."""

import json
import shutil
from pathlib import Path

import pytest

from finetune_gui import paths
from finetune_gui.engine.config import SCHEMA_VERSION, DataConfig, TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import PreparationAdvanced, RunFinished, StepCompleted
from finetune_gui.engine.run_list import CACHE_FILE, find_run, list_runs, summarise_run
from finetune_gui.engine.run_notes import FILE_NAME, RunNotes, clean_tags, read_notes, write_notes
from finetune_gui.engine.runs import RunFolder
from tests.engine.test_runs import epoch, log

CONFIG = TrainConfig(data=DataConfig(path="/photos/leaves"))
FINISHED = RunFinished(outcome="completed", run_dir="", best_epoch=1, best_val_accuracy=0.75, seconds=3.0)


def make(path: Path) -> Path:
    log(RunFolder.create(path, CONFIG), epoch(1, 0.75, best=True), FINISHED)
    return path


def test_steps_are_not_even_decoded(tmp_path: Path) -> None:
    run = RunFolder(make(tmp_path / "run"))
    step = StepCompleted(
        epoch=1, step=1, global_step=1, loss=1.0, accuracy=0.5, lr=0.1, images_per_second=9.0, seconds_left=1.0
    )
    log(run, step, PreparationAdvanced(activity="Reading"))
    assert [type(event).__name__ for event in run.milestones()] == ["EpochCompleted", "RunFinished"]
    assert len(list(run.events())) == 4
    summary = summarise_run(run)
    assert (summary.state, summary.best_val_accuracy, summary.best_val_loss) == ("completed", 0.75, 1.0)


def test_damaged_folders_say_why_and_the_rest_works(tmp_path: Path) -> None:
    make(tmp_path / "whole")
    for name in ("torn", "newer", "headless"):
        make(tmp_path / name)
    (tmp_path / "torn" / "config.json").write_text("{")
    newer = CONFIG.to_json() | {"schema_version": SCHEMA_VERSION + 1}
    (tmp_path / "newer" / "config.json").write_text(json.dumps(newer))
    (tmp_path / "headless" / "config.json").unlink()
    (tmp_path / "just reserved").mkdir()
    runs = {run.name: run for run in list_runs(tmp_path)}
    assert sorted(runs) == ["headless", "newer", "torn", "whole"]
    assert runs["whole"].problem == ""
    assert "newer version" in runs["newer"].problem
    assert "not JSON" in runs["torn"].problem
    assert "config.json is gone" in runs["headless"].problem
    assert all(run.state == "damaged" and run.way_out for name, run in runs.items() if name != "whole")
    assert list_runs(tmp_path)[0].name == "whole"  # damaged ones last, whatever their age


def test_an_old_config_without_newer_fields_is_read(tmp_path: Path) -> None:
    path = make(tmp_path / "old")
    plain = {name: value for name, value in CONFIG.to_json().items() if name in ("data", "schema_version")}
    (path / "config.json").write_text(json.dumps(plain))
    assert [run.state for run in list_runs(tmp_path)] == ["completed"]


def test_what_is_known_is_not_read_again_and_changes_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = make(tmp_path / "a"), make(tmp_path / "b")
    before = list_runs(tmp_path)
    read: list[Path] = []
    milestones = RunFolder.milestones
    monkeypatch.setattr(RunFolder, "milestones", lambda run: (read.append(run.path), milestones(run))[1])
    assert list_runs(tmp_path) == before
    assert not read
    log(RunFolder(path), epoch(2, 0.875, best=True))
    assert {run.name: run.best_val_accuracy for run in list_runs(tmp_path)} == {"a": 0.875, "b": 0.75}
    assert read == [path]
    shutil.rmtree(other)
    assert [run.name for run in list_runs(tmp_path)] == ["a"]
    (paths.cache_dir() / CACHE_FILE).write_text("half")
    assert [run.name for run in list_runs(tmp_path)] == ["a"]


def test_names_notes_and_tags(tmp_path: Path) -> None:
    path, other = make(tmp_path / "20261125-starter"), make(tmp_path / "20261126-starter")
    notes = RunNotes(title="Leaves, gently", note="λ = 0.1", tags=clean_tags([" paper ", "Paper", "", "wet  season"]))
    write_notes(path, notes)
    assert read_notes(path) == RunNotes(title="Leaves, gently", note="λ = 0.1", tags=("paper", "wet season"))
    summary = next(run for run in list_runs(tmp_path) if run.path == path)
    assert (summary.name, summary.note, summary.tags) == (notes.title, notes.note, notes.tags)
    assert (
        find_run("Leaves, gently", tmp_path) == find_run(path.name, tmp_path) == find_run(str(path), tmp_path) == path
    )
    write_notes(other, RunNotes(title="Leaves, gently"))
    with pytest.raises(EngineError, match="2 runs"):
        find_run("Leaves, gently", tmp_path)
    with pytest.raises(EngineError, match="no run 'nothing'"):
        find_run("nothing", tmp_path)
    for content in ("{", "[]", '{"schema_version": 1, "tags": 3}', '{"schema_version": 99}'):
        (path / FILE_NAME).write_text(content)
        with pytest.raises(EngineError, match="notes"):
            read_notes(path)
        assert {run.name for run in list_runs(tmp_path)} == {path.name, "Leaves, gently"}  # the run itself is whole
    with pytest.raises(EngineError, match="not there any more"):
        write_notes(tmp_path / "gone", notes)
