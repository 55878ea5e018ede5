"""Real runs of the starter on tiny images."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from finetune_gui.engine.config import (
    DataConfig,
    LayerPlan,
    LayerRule,
    ModelConfig,
    OptimConfig,
    SpeedConfig,
    TrainConfig,
)
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import (
    EpochCompleted,
    EvaluationFinished,
    Event,
    PreparationAdvanced,
    RunFailed,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    StepCompleted,
    WarningRaised,
)
from finetune_gui.engine.launcher import evaluate_run, resume_run, start_run
from finetune_gui.engine.models.sources import load_model
from finetune_gui.engine.run_list import list_runs
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.image_classification import CUTTING
from finetune_gui.paths import cache_dir
from tests.drawing import draw_class_folders

SMALL = {"batch_size": 8, "num_epochs": 2, "device": "cpu"}


def config_for(data: Path, **changes) -> TrainConfig:
    return TrainConfig(data=DataConfig(path=str(data)), **(SMALL | changes))


def run_all(config: TrainConfig, path: Path, react: Callable[[Event, RunControl], None] | None = None) -> list[Event]:
    control, events = RunControl(), []
    for event in start_run(config, control, path):
        events.append(event)
        if react:
            react(event, control)
    return events


def of_kind(events, kind):
    return [event for event in events if isinstance(event, kind)]


def losses(events) -> list[float]:
    return [event.loss for event in of_kind(events, StepCompleted)]


def test_a_run_keeps_all_it_should(finished_run: Path, tiny_data: Path) -> None:
    run = RunFolder.open(finished_run)
    assert run.config().data.path == str(tiny_data)
    events = list(run.events())
    started, finished = of_kind(events, RunStarted)[0], events[-1]
    assert (started.num_train, started.num_val, started.steps_per_epoch) == (20, 4, 3)
    assert started.trainable_parameters == 1280 * 2 + 2
    assert [event.epoch for event in of_kind(events, EpochCompleted)] == [1, 2]
    assert [event.global_step for event in of_kind(events, StepCompleted)] == [1, 2, 3, 4, 5, 6]
    assert isinstance(finished, RunFinished)
    assert finished.outcome == "completed"
    assert finished.frozen_verified is True
    report = run.report()
    assert report["outcome"] == "completed"
    assert report["best_val_accuracy"] == finished.best_val_accuracy
    evaluation = Event.from_json(report["evaluation"])
    assert isinstance(evaluation, EvaluationFinished)
    assert sum(map(sum, evaluation.confusion)) == evaluation.num_images == 4
    split = json.loads(run.split_file.read_text())
    assert len(split["train"]) == 20
    assert len(split["val"]) == 4
    assert not list(finished_run.rglob("*.part"))


def test_frozen_tensors_are_those_of_the_package(finished_run: Path) -> None:
    pretrained = load_model(ModelConfig(), 2).model.state_dict()
    for checkpoint in ("best", "last"):
        kept = load_file(finished_run / "checkpoints" / f"{checkpoint}.safetensors")
        for name, tensor in pretrained.items():
            if not name.startswith("classifier"):
                assert torch.equal(kept[f"model.{name}"], tensor), name


def test_epoch_figures_are_those_of_its_steps(finished_run: Path) -> None:
    events = list(RunFolder(finished_run).events())
    sizes = {1: 8, 2: 8, 3: 4}
    for epoch in of_kind(events, EpochCompleted):
        steps = [event for event in of_kind(events, StepCompleted) if event.epoch == epoch.epoch]
        assert epoch.train_loss == pytest.approx(sum(s.loss * sizes[s.step] for s in steps) / 20, rel=1e-6)
        assert epoch.train_accuracy == pytest.approx(sum(s.accuracy * sizes[s.step] for s in steps) / 20)


def test_same_seed_same_losses(tiny_data: Path, finished_run: Path, tmp_path: Path) -> None:
    again = run_all(config_for(tiny_data), tmp_path / "again")
    other = run_all(config_for(tiny_data, seed=1, num_epochs=1), tmp_path / "other")
    assert losses(again) == losses(RunFolder(finished_run).events())
    assert losses(other) != losses(again)[: len(losses(other))]


def test_stop_keeps_and_resume_goes_on_exactly(tiny_data: Path, tmp_path: Path) -> None:
    plan = LayerPlan(preset="last_stage")  # so that there is more state than a head's
    config = config_for(tiny_data, plan=plan, batch_size=4)
    whole = run_all(config, tmp_path / "whole")

    def stop_in_epoch_2(event: Event, control: RunControl) -> None:
        if isinstance(event, StepCompleted) and event.global_step >= 7:
            control.stop()

    stopped = run_all(config, tmp_path / "stopped", stop_in_epoch_2)
    finished = stopped[-1]
    assert finished.outcome == "stopped"
    assert of_kind(stopped, EpochCompleted)[-1].partial
    assert (tmp_path / "stopped" / "checkpoints" / "best.safetensors").is_file()
    resumed = list(resume_run(tmp_path / "stopped", RunControl()))
    assert resumed[-1].outcome == "completed"
    assert losses(stopped) + losses(resumed) == losses(whole)
    # The statistics of the evaluation and of the epoch are those of the uninterrupted run too.
    last_whole, last_resumed = of_kind(whole, EpochCompleted)[-1], of_kind(resumed, EpochCompleted)[-1]
    assert last_resumed.val_loss == last_whole.val_loss
    assert last_resumed.train_loss == pytest.approx(last_whole.train_loss, rel=1e-12)
    kept, meant = (load_file(tmp_path / name / "checkpoints/last.safetensors") for name in ("stopped", "whole"))
    assert all(torch.equal(kept[name], tensor) for name, tensor in meant.items())


def test_a_finished_run_can_be_extended(tiny_data: Path, tmp_path: Path) -> None:
    run_all(config_for(tiny_data, num_epochs=1), tmp_path / "run")
    with pytest.raises(EngineError, match="already finished"):
        list(resume_run(tmp_path / "run", RunControl()))
    events = list(resume_run(tmp_path / "run", RunControl(), num_epochs=2))
    assert [event.epoch for event in of_kind(events, EpochCompleted)] == [2]
    assert RunFolder(tmp_path / "run").config().num_epochs == 2


def test_pause_and_resume(tiny_data: Path, tmp_path: Path) -> None:
    def pause_once(event: Event, control: RunControl) -> None:
        if isinstance(event, StepCompleted) and event.global_step == 3:  # the last of the epoch: before validation
            control.pause()
        if isinstance(event, RunPaused):
            control.resume()

    events = run_all(config_for(tiny_data, num_epochs=1), tmp_path / "run", pause_once)
    assert len(of_kind(events, RunPaused)) == len(of_kind(events, RunResumed)) == 1
    assert events[-1].outcome == "completed"


@pytest.mark.parametrize("kind", [RunStarted, StepCompleted, EpochCompleted])
def test_discard_leaves_nothing(tiny_data: Path, tmp_path: Path, kind: type) -> None:
    def discard(event: Event, control: RunControl) -> None:
        if isinstance(event, kind):
            control.discard()

    events = run_all(config_for(tiny_data), tmp_path / "run", discard)
    assert events[-1].outcome == "discarded"
    assert not (tmp_path / "run").exists()


def test_stop_before_anything_was_learnt_leaves_nothing(tiny_data: Path, tmp_path: Path) -> None:
    events = run_all(config_for(tiny_data), tmp_path / "run", lambda _, control: control.stop())
    assert events[-1].outcome == "discarded"
    assert not (tmp_path / "run").exists()


def test_a_listener_that_goes_away_leaves_the_checkpoint(tiny_data: Path, tmp_path: Path) -> None:
    events = start_run(config_for(tiny_data), RunControl(), tmp_path / "run")
    for event in events:
        if isinstance(event, StepCompleted) and event.epoch == 2:
            break
    events.close()
    assert [summary.state for summary in list_runs(tmp_path)] == ["unfinished"]
    assert list(resume_run(tmp_path / "run", RunControl()))[-1].outcome == "completed"


def test_unreadable_images_are_told_once_and_left_out(tmp_path: Path) -> None:
    data = draw_class_folders(tmp_path / "data", {"a": 6, "b": 6}, size=(200, 160))
    victim = data / "a" / "a_01.jpg"
    victim.write_bytes(victim.read_bytes()[:1000])  # the header is whole, the picture is not
    (data / "b" / "zero.jpg").touch()
    events = run_all(config_for(data), tmp_path / "run")
    warnings = [event.message for event in of_kind(events, WarningRaised)]
    assert warnings == ["2 images cannot be read and were left out: a/a_01.jpg, b/zero.jpg."]
    assert events[-1].outcome == "completed"


def test_images_that_cannot_be_read_any_more_end_the_run_with_a_sentence(tmp_path: Path) -> None:
    data = draw_class_folders(tmp_path / "data", {"a": 4, "b": 4})

    def damage(event: Event, _control: RunControl) -> None:
        if isinstance(event, EpochCompleted):
            for image in data.rglob("*.jpg"):
                image.write_bytes(b"")

    plain = dataclasses.replace(config_for(data), speed=SpeedConfig(cache=False))
    with pytest.raises(EngineError, match="could be read"):
        run_all(plain, tmp_path / "run", damage)
    run = RunFolder(tmp_path / "run")  # what was learnt in epoch 1 is kept
    assert run.best_checkpoint.is_file()
    assert isinstance(list(run.events())[-1], RunFailed)


def test_a_run_that_has_kept_what_it_needs_goes_on_without_the_images(tmp_path: Path) -> None:
    data = draw_class_folders(tmp_path / "data", {"a": 4, "b": 4})

    def unplug(event: Event, _control: RunControl) -> None:
        if isinstance(event, EpochCompleted):
            shutil.rmtree(data, ignore_errors=True)

    config = config_for(data)
    events = run_all(
        dataclasses.replace(config, data=dataclasses.replace(config.data, augment="none")), tmp_path / "run", unplug
    )
    assert events[-1].outcome == "completed"


def test_an_exploding_loss_ends_the_run_with_a_sentence(tiny_data: Path, tmp_path: Path) -> None:
    config = config_for(
        tiny_data, plan=LayerPlan(preset="all"), optim=OptimConfig(optimizer="sgd", lr=1e18, schedule="constant")
    )
    with pytest.raises(EngineError, match="no longer a number") as caught:
        run_all(config, tmp_path / "run")
    assert "learning rate" in caught.value.hint


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": ModelConfig(id="nonsense")}, "no model"),
        ({"plan": LayerPlan(preset="all", rules=(LayerRule(pattern="*", multiplier=0.0),))}, "Every layer is frozen"),
        ({"plan": LayerPlan(rules=(LayerRule(pattern="nope", multiplier=0.0),))}, "No layer matches"),
        ({"device": "cuda:7"}, "no device"),
        ({"data": DataConfig(path="/nowhere/at/all")}, "does not exist"),
        ({"task": "mind_reading"}, "no task"),
    ],
)
def test_a_run_that_cannot_start_leaves_nothing(tiny_data: Path, tmp_path: Path, changes, message: str) -> None:
    config = dataclasses.replace(config_for(tiny_data), **changes)
    with pytest.raises(EngineError, match=message) as caught:
        run_all(config, tmp_path / "run")
    assert caught.value.hint
    assert not (tmp_path / "run").exists()


def test_a_taken_folder_is_left_alone(tiny_data: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(EngineError, match="not empty"):
        run_all(config_for(tiny_data), tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_damaged_checkpoint_is_refused(finished_run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(finished_run, copy)
    (copy / "checkpoints" / "best.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0not json")
    with pytest.raises(EngineError, match="damaged"):
        list(evaluate_run(copy, RunControl()))
    shutil.rmtree(copy / "checkpoints")
    with pytest.raises(EngineError, match="no checkpoint"):
        list(resume_run(copy, RunControl()))


def test_evaluate_gives_what_the_run_reported(finished_run: Path) -> None:
    reported = Event.from_json(RunFolder(finished_run).report()["evaluation"])
    assert list(evaluate_run(finished_run, RunControl()))[-1] == reported


def test_evaluate_on_another_folder_goes_by_names(finished_run: Path, tmp_path: Path) -> None:
    other = draw_class_folders(tmp_path / "other", {"aardvarks": 2, "waves": 3})
    result = list(evaluate_run(finished_run, RunControl(), data=other))[-1]
    assert result.num_images == 3
    assert [figures.support for figures in result.classes] == [0, 3]
    assert result.classes[0].recall is None
    with pytest.raises(EngineError, match="is known to the model"):
        list(evaluate_run(finished_run, RunControl(), data=draw_class_folders(tmp_path / "x", {"c": 2, "d": 2})))


def test_a_large_folder_goes_through_a_folded_network(
    finished_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = draw_class_folders(tmp_path / "other", {"circles": 6, "waves": 6})
    whole = list(evaluate_run(finished_run, RunControl(), data=other))[-1]
    monkeypatch.setattr("finetune_gui.engine.launcher.WORTH_FOLDING", 2)
    kept = sorted(cache_dir().rglob("*"))
    events = list(evaluate_run(finished_run, RunControl(), data=other))
    assert any(isinstance(event, PreparationAdvanced) and event.activity == CUTTING for event in events)
    assert events[-1].confusion == whole.confusion
    assert events[-1].loss == pytest.approx(whole.loss, rel=1e-4)
    assert sorted(cache_dir().rglob("*")) == kept


def test_evaluate_can_be_given_up(finished_run: Path) -> None:
    control = RunControl()
    control.stop()
    assert not of_kind(evaluate_run(finished_run, control), EvaluationFinished)
