"""Settings of the loop do what they say: averages, mixing, early stopping, batch sizes, compiling, determinism."""

import subprocess
import sys
import textwrap
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from finetune_gui.engine.batch_size import SIZES
from finetune_gui.engine.config import (
    LayerPlan,
    LossConfig,
    OptimConfig,
    PresetChange,
    SpeedConfig,
    StoppingConfig,
)
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.data.mixing import draw_blend
from finetune_gui.engine.ema import MovingAverage
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import (
    BatchSizeChosen,
    CheckpointSaved,
    EpochCompleted,
    Event,
    FrozenLayersKept,
    RunPaused,
    RunStarted,
    StepCompleted,
    WarningRaised,
)
from finetune_gui.engine.launcher import evaluate_run, start_run
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.image_classification import ImageClassification
from tests.drawing import draw_class_folders
from tests.engine.small_runs import drain, losses, of_kind, run_small, small_config


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_class_folders(tmp_path_factory.mktemp("data"), {"a": 8, "b": 8})


# --- averages ----------------------------------------------------------------------------------------------------


def test_the_average_is_the_one_by_hand() -> None:
    model = nn.Linear(2, 1, bias=False)
    average = MovingAverage(model, 0.5, frozen=())
    values, mean = [3.0, 5.0, -1.0, 2.0], model.weight.detach().clone()
    for step, value in enumerate(values, start=1):
        nn.init.constant_(model.weight, value)
        average.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        mean = decay * mean + (1 - decay) * value
    assert torch.allclose(average.tensors()["weight"], mean)
    with average.applied():
        assert torch.allclose(model.weight, mean)
    assert torch.equal(model.weight, torch.full((1, 2), 2.0))


def test_the_best_weights_are_the_averages_and_what_is_frozen_stays(data: Path, tmp_path: Path) -> None:
    plan = LayerPlan(schedule=(PresetChange(from_epoch=2, preset="last_stage"),))
    config = small_config(data, plan=plan, optim=OptimConfig(ema_decay=0.5, lr=1e-2, schedule="constant"))
    events = run_small(config, tmp_path / "run")
    assert events[-1].frozen_verified is True
    run = RunFolder(tmp_path / "run")
    last, best = load_file(run.last_checkpoint), load_file(run.best_checkpoint)
    head = "model.classifier.weight"
    assert not torch.equal(best[head], last[head])
    if of_kind(events, EpochCompleted)[-1].is_best:
        assert torch.equal(best[head], last["ema.classifier.weight"])
    frozen = "model.conv_stem.weight"
    assert torch.equal(best[frozen], last[frozen])
    assert "ema.conv_stem.weight" not in last
    reported = Event.from_json(run.report()["evaluation"])
    assert list(evaluate_run(run.path, RunControl()))[-1] == reported  # the file gives what was measured


# --- the loss ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [LossConfig(mixup=0.4), LossConfig(cutmix=1.0)], ids=["mixup", "cutmix"])
def test_a_blend_has_the_shares_it_says(loss: LossConfig) -> None:
    images = torch.zeros(6, 3, 20, 30, dtype=torch.uint8)
    images += torch.arange(6, dtype=torch.uint8).view(6, 1, 1, 1)
    targets = torch.arange(6)
    blend = draw_blend(images, targets, loss, np.random.default_rng(3))
    assert 0 < blend.share < 1
    assert sorted(blend.targets.tolist()) == list(range(6))
    assert torch.equal(blend.images[:, 0, 0, 0].long(), blend.targets)
    mixed = blend.mix(images.float(), blend.images.float())
    wanted = blend.share * targets + (1 - blend.share) * blend.targets
    assert torch.allclose(mixed.mean((1, 2, 3)), wanted.float(), atol=1e-5)
    if loss.cutmix:
        assert set(mixed[0].unique().tolist()) <= {0.0, float(blend.targets[0])}


def test_mixed_images_are_new_in_each_epoch_and_the_same_in_each_run(data: Path, tmp_path: Path) -> None:
    mixing = LossConfig(mixup=0.4)
    plain = run_small(small_config(data, loss=mixing), tmp_path / "plain")
    kept = run_small(small_config(data, loss=mixing, speed=SpeedConfig()), tmp_path / "kept")
    assert losses(kept) == pytest.approx(losses(plain), rel=1e-5)
    assert losses(plain) != losses(run_small(small_config(data), tmp_path / "unmixed"))
    assert of_kind(kept, FrozenLayersKept)[0].num_wanted == 4  # of validation alone


def test_weights_of_classes(data: Path, tmp_path: Path) -> None:
    optim = OptimConfig(lr=3e-2, schedule="constant")
    heavy = small_config(data, loss=LossConfig(class_weights={"a": 1000.0}), optim=optim, num_epochs=4)
    events = run_small(heavy, tmp_path / "heavy")
    result = Event.from_json(RunFolder(tmp_path / "heavy").report()["evaluation"])
    assert result.classes[0].recall == 1.0  # all are called "a" rather than to miss one
    assert events[-1].outcome == "completed"
    with pytest.raises(EngineError, match="no class 'c'"):
        run_small(small_config(data, loss=LossConfig(class_weights={"c": 2.0})), tmp_path / "wrong")


# --- when it ends ------------------------------------------------------------------------------------------------


def test_early_stopping(data: Path, tmp_path: Path) -> None:
    still = OptimConfig(lr=1e-12, schedule="constant")  # so that no epoch is better than the first
    stopping = StoppingConfig(patience=2, best_by="val_loss")
    config = small_config(data, num_epochs=9, optim=still, stopping=stopping)
    events = run_small(config, tmp_path / "run")
    epochs = of_kind(events, EpochCompleted)
    best = max(event.epoch for event in epochs if event.is_best)
    assert len(epochs) == best + 2 < 9
    assert (events[-1].outcome, events[-1].stopped_early, events[-1].best_epoch) == ("completed", True, best)


def test_the_best_epoch_by_loss(data: Path, tmp_path: Path) -> None:
    config = small_config(data, num_epochs=3, stopping=StoppingConfig(best_by="val_loss"))
    epochs = of_kind(run_small(config, tmp_path / "run"), EpochCompleted)
    least = float("inf")
    for event in epochs:
        assert event.is_best == (event.val_loss < least)
        least = min(least, event.val_loss)


def test_checkpoints_by_time(data: Path, tmp_path: Path) -> None:
    events = run_small(small_config(data, checkpoint_minutes=1e-6, num_epochs=1, batch_size=2), tmp_path / "run")
    saved = [event.global_step for event in of_kind(events, CheckpointSaved) if event.kind == "last"]
    steps = of_kind(events, StepCompleted)[-1].global_step
    assert saved == list(range(steps + 1))
    never = run_small(small_config(data, checkpoint_minutes=0, num_epochs=1, batch_size=2), tmp_path / "never")
    assert [e.global_step for e in of_kind(never, CheckpointSaved) if e.kind == "last"] == [0, steps]


def test_fifty_starts_and_stops_leave_no_thread_and_no_process(data: Path, tmp_path: Path) -> None:
    config = small_config(data, num_epochs=9)
    run_small(replace(config, num_epochs=1), tmp_path / "warm")
    threads, children = threading.active_count(), len(psutil.Process().children(recursive=True))
    for number in range(50):
        kind = (RunStarted, StepCompleted, EpochCompleted, RunPaused)[number % 4]

        def end(event: Event, control: RunControl, number: int = number, kind: type = kind) -> None:
            if isinstance(event, StepCompleted) and kind is RunPaused:
                control.pause()
            if isinstance(event, kind):
                (control.stop if number % 8 < 4 else control.discard)()

        path = tmp_path / f"run{number}"
        assert run_small(config, path, end)[-1].outcome in ("stopped", "discarded")
        assert path.exists() == (number % 8 in (1, 2, 3))
    assert threading.active_count() == threads
    assert len(psutil.Process().children(recursive=True)) == children


# --- speed -------------------------------------------------------------------------------------------------------


def test_a_batch_size_that_is_found(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = small_config(data, batch_size=0, plan=LayerPlan(preset="all"), num_epochs=1)
    events = run_small(config, tmp_path / "run")
    found = of_kind(events, BatchSizeChosen)[0].batch_size
    assert found == SIZES[0]  # more would leave an epoch of 16 images too few steps
    assert of_kind(events, RunStarted)[0].batch_size == found
    assert RunFolder(tmp_path / "run").config().batch_size == found
    asked_for = replace(config, batch_size=found)
    assert losses(run_small(asked_for, tmp_path / "same")) == losses(events)  # the probe leaves no trace

    monkeypatch.setattr("finetune_gui.engine.batch_size.MIN_STEPS", 0.1)
    monkeypatch.setattr("finetune_gui.engine.batch_size.MIN_GAIN", 0.0)
    step = ImageClassification.training_step

    def limited(self, batch):
        if len(batch) > 20:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return step(self, batch)

    monkeypatch.setattr(ImageClassification, "training_step", limited)
    events = run_small(config, tmp_path / "limited")
    assert of_kind(events, BatchSizeChosen)[0].batch_size == 16


@pytest.mark.parametrize("works", [True, False])
def test_compiled_layers(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: bool) -> None:
    calls = []

    def compiled(module: nn.Module):  # the real compiler takes a minute: see the benchmark
        def run(*inputs: torch.Tensor) -> torch.Tensor:
            calls.append(len(inputs[0]))
            if not works:
                raise RuntimeError("Failed to find C++ compiler. Please specify via CXX.\nand more")
            return module(*inputs)

        return run

    whole = run_small(small_config(data, speed=SpeedConfig()), tmp_path / "plain")
    monkeypatch.setattr(torch, "compile", compiled)
    events = run_small(small_config(data, speed=SpeedConfig(compile=True)), tmp_path / "run")
    assert losses(events) == losses(whole)
    told = [event.message for event in of_kind(events, WarningRaised)]
    assert len(calls) == (len(losses(whole)) if works else 1)
    assert bool(told) is not works
    assert all("Failed to find C++ compiler" in message for message in told)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the library of Linux")
def test_memory_that_is_freed_stays_for_the_run_and_is_given_back_after_it() -> None:
    """In a process of its own: in the holes that other tests leave in the heap, nothing would be seen of it."""
    script = """
        import numpy, psutil
        from finetune_gui.engine.allocator import reusing_memory

        process = psutil.Process()
        numpy.ones(2**23)  # 64 MB
        before = process.memory_info().rss
        with reusing_memory():
            with reusing_memory():  # such as an explanation beside a run
                pass
            numpy.ones(2**23)
            assert process.memory_info().rss > before + 2**25
        assert process.memory_info().rss < before + 2**24
        numpy.ones(2**23)
        assert process.memory_info().rss < before + 2**24  # as it was before
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_deterministic_mode_is_over_with_the_run(data: Path, tmp_path: Path) -> None:
    seen = []
    config = small_config(data, deterministic=True, num_epochs=1)
    control = RunControl()
    drain(
        start_run(config, control, tmp_path / "run"),
        control,
        lambda *_: seen.append(torch.are_deterministic_algorithms_enabled()),
    )
    assert seen[-2] is True
    assert not torch.are_deterministic_algorithms_enabled()
