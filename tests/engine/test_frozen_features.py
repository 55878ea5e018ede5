"""Training on what was kept gives the losses of training without; nothing kept is ever stale."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_gui.engine.config import (
    DataConfig,
    LayerPlan,
    LayerRule,
    ModelConfig,
    PresetChange,
    SpeedConfig,
    TrainConfig,
)
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.data.split import load_split
from finetune_gui.engine.events import EvaluationFinished, Event, FrozenLayersKept, StepCompleted
from finetune_gui.engine.launcher import evaluate_run, start_run
from tests.drawing import draw_class_folders, draw_image

PLAIN, FAST = SpeedConfig(cache=False), SpeedConfig()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_class_folders(tmp_path_factory.mktemp("data"), {"a": 6, "b": 6})


def config(folder: Path, speed: SpeedConfig = FAST, /, **changes: object) -> TrainConfig:
    model = ModelConfig(id="timm/test_efficientnet", weights="none")  # a tiny one, the same random weights each time
    source = DataConfig(path=str(folder), augment="none")
    base = TrainConfig(data=source, model=model, num_epochs=2, batch_size=5, speed=speed)
    return replace(base, **changes)  # type: ignore[arg-type]


def run(settings: TrainConfig, path: Path) -> list[Event]:
    return list(start_run(settings, RunControl(), path))


def losses(events: list[Event]) -> list[float]:
    return [event.loss for event in events if isinstance(event, StepCompleted)]


def kept(events: list[Event]) -> FrozenLayersKept:
    return next(event for event in events if isinstance(event, FrozenLayersKept))


@pytest.mark.parametrize(
    "plan",
    [
        LayerPlan(),
        LayerPlan(preset="last_stage"),
        LayerPlan(preset="last_stage", rules=(LayerRule(pattern="blocks.1", multiplier=0.1),)),
        LayerPlan(schedule=(PresetChange(from_epoch=2, preset="last_stage"),)),
    ],
    ids=["head", "last stage", "a layer amid frozen ones", "gradual unfreezing"],
)
@pytest.mark.parametrize("augment", ["none", "light"])
def test_the_losses_are_those_of_the_plain_loop(data: Path, tmp_path: Path, plan: LayerPlan, augment) -> None:
    source = DataConfig(path=str(data), augment=augment)
    plain = run(config(data, PLAIN, plan=plan, data=source), tmp_path / "plain")
    assert not any(isinstance(event, FrozenLayersKept) for event in plain)
    fast = run(config(data, plan=plan, data=source), tmp_path / "fast")
    assert kept(fast).place == "memory"
    assert losses(fast) == pytest.approx(losses(plain), rel=1e-5)
    again = run(config(data, plan=plan, data=source), tmp_path / "again")
    if not plan.schedule:  # else its first phase has seen a part of the views only
        assert kept(again).num_ready == kept(again).num_wanted
    assert losses(again) == pytest.approx(losses(plain), rel=1e-5)


def test_views_take_turns_when_there_are_more_epochs(data: Path, tmp_path: Path) -> None:
    source = DataConfig(path=str(data), augment="strong")
    settings = config(data, SpeedConfig(views=2), data=source, num_epochs=3, plan=LayerPlan())
    events = run(settings, tmp_path / "run")
    assert kept(events).num_views == 2
    assert kept(events).num_wanted == 2 * 10 + 2
    new_each_time = run(replace(settings, speed=SpeedConfig(views=0)), tmp_path / "new")
    assert kept(new_each_time).num_views == 3
    assert losses(new_each_time) == pytest.approx(losses(run(replace(settings, speed=PLAIN), tmp_path / "x")), rel=1e-5)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: replace(c, plan=LayerPlan(preset="last_stage")),
        lambda c: replace(c, model=replace(c.model, id="timm/test_resnet")),
        lambda c: replace(c, data=replace(c.data, augment="light")),
        lambda c: replace(c, data=replace(c.data, augment="strong")),
        lambda c: replace(c, data=replace(c.data, augment="light"), seed=5),
        lambda c: replace(c, speed=replace(c.speed, precision="bf16")),
    ],
    ids=["plan", "network", "augmentation", "stronger", "seed", "precision"],
)
def test_any_change_misses(data: Path, tmp_path: Path, change) -> None:
    base = config(data, num_epochs=1)
    run(base, tmp_path / "first")
    run(replace(base, data=replace(base.data, augment="light")), tmp_path / "light")
    run(replace(base, data=replace(base.data, augment="strong")), tmp_path / "strong")
    events = run(change(base), tmp_path / "second")
    if change(base).data.augment != "none" and change(base).seed == 0:
        assert kept(events).num_ready == kept(events).num_wanted  # its own, from just before
    else:
        assert kept(events).num_ready == 0


def test_a_changed_image_misses(tmp_path: Path) -> None:
    data = draw_class_folders(tmp_path / "data", {"a": 6, "b": 6})
    first = run(config(data), tmp_path / "first")
    learnt_from = load_split(tmp_path / "first" / "split.json").train[0].path
    draw_image(1, 77).save(data / learnt_from)
    second = run(config(data), tmp_path / "second")
    assert kept(second).num_ready == 11
    plain = run(config(data, PLAIN), tmp_path / "plain")
    assert losses(second) == pytest.approx(losses(plain), rel=1e-5)
    assert losses(second) != pytest.approx(losses(first), rel=1e-5)


def test_damage_to_what_is_kept_is_mended(data: Path, tmp_path: Path, own_home: Path) -> None:
    first = run(config(data), tmp_path / "first")
    for file in (own_home / "cache" / "kept").glob("*.rows"):
        content = bytearray(file.read_bytes())
        content[5] ^= 255
        content[-5] ^= 255
        file.write_bytes(content)
    second = run(config(data), tmp_path / "second")
    assert losses(second) == pytest.approx(losses(first), rel=1e-5)


def test_no_room_costs_only_time(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(config(data), tmp_path / "first")
    monkeypatch.setattr("finetune_gui.engine.tasks.frozen_features.MEMORY_SHARE", 0.0)
    second = run(config(data, SpeedConfig(cache_gb=0)), tmp_path / "second")
    assert kept(second).place == "nowhere"
    assert losses(second) == pytest.approx(losses(first), rel=1e-5)


def test_evaluation_uses_what_training_kept(tmp_path: Path) -> None:
    source = draw_class_folders(tmp_path / "data", {"a": 6, "b": 6})
    run(config(source), tmp_path / "run")
    events = list(evaluate_run(tmp_path / "run", RunControl()))
    assert kept(events).num_ready == kept(events).num_wanted == 12
    result = events[-1]
    assert isinstance(result, EvaluationFinished)
    assert result.num_images == 2
    shutil.rmtree(source)  # it is not kept for images that are not there any more
    with pytest.raises(Exception, match="is gone"):
        list(evaluate_run(tmp_path / "run", RunControl()))
