"""Disks that are really full or read-only cost what is kept for later, never the numbers."""

import logging
from pathlib import Path

import pytest

from finetune_gui import paths
from finetune_gui.engine.config import DataConfig, LayerPlan, SpeedConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import (
    EvaluationFinished,
    Event,
    FrozenLayersKept,
    RunFinished,
    StepCompleted,
    WarningRaised,
)
from finetune_gui.engine.launcher import evaluate_run
from finetune_gui.engine.lr_finder import find_learning_rate
from tests.drawing import draw_class_folders
from tests.engine.small_disks import LITTER, SmallDisk, small_disk
from tests.engine.small_runs import losses, of_kind, run_small, small_config

SIZE = 4 << 20  # bytes of the disk
# Its index, what is found out about images, the first rows of the cache: each has no room on one of these.
ROOMS = {"read-only": None, "full": 0, "nearly full": 20_000, "full in a moment": SIZE}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_class_folders(tmp_path_factory.mktemp("data"), {"a": 8, "b": 8})


def config(folder: Path, preset: str, speed: SpeedConfig) -> TrainConfig:
    """Frozen layers are kept of the head alone; of a network that learns as a whole, decoded images."""
    augment = "none" if preset == "head" else "light"
    source = DataConfig(path=str(folder), augment=augment)
    return small_config(folder, speed=speed, plan=LayerPlan(preset=preset), data=source)  # type: ignore[arg-type]


def prepare(disk: SmallDisk, room: int | None) -> None:
    if room is None:
        disk.protect()
    else:
        disk.leave(room)


@pytest.fixture(scope="module")
def plain_losses(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, float]]:
    """By preset, of runs that keep nothing."""
    folder = tmp_path_factory.mktemp("plain")
    return {
        preset: losses(run_small(config(data, preset, SpeedConfig(cache=False)), folder / preset))
        for preset in ("head", "all")
    }


@pytest.mark.parametrize("state", ROOMS)
@pytest.mark.parametrize(("preset", "is_read_from"), [("head", "memory"), ("head", "disk"), ("all", "disk")])
def test_a_cache_without_room_costs_no_number(
    state: str,
    preset: str,
    is_read_from: str,
    data: Path,
    tmp_path: Path,
    plain_losses: dict[str, dict[int, float]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if is_read_from == "disk":
        monkeypatch.setattr("finetune_gui.engine.tasks.frozen_features.MEMORY_SHARE", 0.0)
    with small_disk(paths.cache_dir(), SIZE) as disk:
        prepare(disk, ROOMS[state])

        def fill(event: Event, _control: object) -> None:
            if state == "full in a moment" and isinstance(event, FrozenLayersKept | StepCompleted):
                disk.leave(0)

        events = run_small(config(data, preset, SpeedConfig()), tmp_path / "run", fill)
        assert losses(events) == pytest.approx(plain_losses[preset], rel=1e-5)
        assert isinstance(events[-1], RunFinished)
        again = run_small(config(data, preset, SpeedConfig()), tmp_path / "again")
        assert losses(again) == pytest.approx(plain_losses[preset], rel=1e-5)
        if state in ("read-only", "full"):
            assert all(event.num_ready == 0 for event in of_kind(again, FrozenLayersKept))
            assert not any(content for path, content in disk.content().items() if path.endswith(".rows"))
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert all("cannot be written, and is not used" in warning for warning in warnings)


@pytest.mark.parametrize("state", ["read-only", "full"])
def test_an_evaluation_that_cannot_be_kept_gives_its_figures(state: str, data: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", SIZE) as disk:
        run_small(small_config(data), disk.path / "run")
        prepare(disk, ROOMS[state])
        events = list(evaluate_run(disk.path / "run", RunControl()))
        assert isinstance(events[-1], EvaluationFinished)
        assert events[-1].num_images == 4
        (warning,) = of_kind(events, WarningRaised)
        reason = "Read-only file system" if state == "read-only" else "No space left on device"
        assert warning.message.endswith(f"could not be written: {reason}.")


@pytest.mark.parametrize("state", ["read-only", "full"])
def test_a_search_for_the_rate_without_room_says_so(state: str, data: Path) -> None:
    with small_disk(paths.cache_dir(), SIZE) as disk:
        prepare(disk, ROOMS[state])
        with pytest.raises(EngineError, match="could not be written"):
            list(find_learning_rate(small_config(data), RunControl()))
        assert not list(disk.path.rglob("find-lr-*"))


@pytest.mark.parametrize("state", ["read-only", "full"])
def test_no_room_to_remember_the_split_is_said(state: str, data: Path, tmp_path: Path) -> None:
    """It is not the cache: without it the next run could be validated on what this one learnt from."""
    with small_disk(paths.data_dir(), SIZE) as disk:
        prepare(disk, ROOMS[state])
        with pytest.raises(EngineError, match=r"splits.*could not be written") as caught:
            run_small(small_config(data), tmp_path / "run")
        assert "free space" in caught.value.hint
        assert [path.name for path in disk.path.rglob("*") if path.is_file() and path.name != LITTER] == []
    assert not (tmp_path / "run").exists()
