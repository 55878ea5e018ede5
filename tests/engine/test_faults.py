"""What a run survives: memory and disk that run out, losses that are no numbers, folders that vanish."""

import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from finetune_gui.engine.config import LayerPlan, LossConfig, OptimConfig, SpeedConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.data.epochs import plain_order
from finetune_gui.engine.data.split import load_split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import (
    BatchDivided,
    CheckpointSaved,
    EpochCompleted,
    Event,
    RunFailed,
    RunFinished,
    RunPaused,
    RunResumed,
    RunRolledBack,
    RunStarted,
    StepCompleted,
    ValidationAdvanced,
    WarningRaised,
)
from finetune_gui.engine.launcher import resume_run
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.image_classification import ImageClassification
from tests.drawing import draw_class_folders
from tests.engine.small_disks import small_disk
from tests.engine.small_runs import drain, losses, of_kind, run_small, small_config


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_class_folders(tmp_path_factory.mktemp("data"), {"a": 8, "b": 8})


def out_of_memory_above(size: int, monkeypatch: pytest.MonkeyPatch, method: str, from_call: int = 0) -> None:
    """Batches of more images than this do not fit any more, from some call of a method on."""
    original, calls = getattr(ImageClassification, method), iter(range(10**6))

    def limited(self: ImageClassification, batch):
        if next(calls) >= from_call and len(batch) > size:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return original(self, batch)

    monkeypatch.setattr(ImageClassification, method, limited)


# --- memory ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "from_call"),
    [
        ({}, 0),
        ({}, 4),
        ({"plan": LayerPlan(preset="last_stage")}, 0),
        ({"loss": LossConfig(class_weights={"a": 3.0}, label_smoothing=0.1)}, 0),
        ({"loss": LossConfig(mixup=0.4, cutmix=1.0)}, 3),
        ({"speed": SpeedConfig()}, 0),
    ],
    ids=["from the start", "later", "last stage", "weights", "mixed", "kept features"],
)
def test_a_batch_in_parts_teaches_the_same(data: Path, tmp_path: Path, monkeypatch, changes, from_call: int) -> None:
    config = small_config(data, **changes)
    whole = run_small(config, tmp_path / "whole")
    out_of_memory_above(2, monkeypatch, "training_step", from_call)
    divided = run_small(config, tmp_path / "divided")
    told = of_kind(divided, BatchDivided)
    assert [event.micro_batch for event in told] == [3, 2]
    if "plan" not in changes:  # BatchNorm that learns sees each part by itself
        assert losses(divided) == pytest.approx(losses(whole), rel=1e-5)
    assert len(of_kind(divided, StepCompleted)) == len(of_kind(whole, StepCompleted))
    assert divided[-1].outcome == "completed"


def test_memory_that_runs_out_in_validation(data: Path, tmp_path: Path, monkeypatch) -> None:
    whole = run_small(small_config(data), tmp_path / "whole")
    out_of_memory_above(1, monkeypatch, "predict")
    divided = run_small(small_config(data), tmp_path / "divided")
    assert [e.val_accuracy for e in of_kind(divided, EpochCompleted)] == [
        e.val_accuracy for e in of_kind(whole, EpochCompleted)
    ]
    assert of_kind(divided, ValidationAdvanced)[-1].done == of_kind(whole, ValidationAdvanced)[-1].done


def test_memory_that_runs_out_in_the_update_goes_back_to_the_checkpoint(
    data: Path, tmp_path: Path, monkeypatch
) -> None:
    original, calls = torch.optim.AdamW.step, iter(range(10**6))

    def fails_once(self: torch.optim.AdamW, *args):
        result = original(self, *args)
        if next(calls) == 4:  # in epoch 2, when some weights are new already
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return result

    whole = run_small(small_config(data), tmp_path / "whole")
    monkeypatch.setattr(torch.optim.AdamW, "step", fails_once)
    events = run_small(small_config(data), tmp_path / "run")
    rolled_back = of_kind(events, RunRolledBack)
    assert [(event.to_step, event.lr_factor) for event in rolled_back] == [(3, 1.0)]
    assert losses(events) == losses(whole)


def test_memory_that_holds_not_even_the_smallest_part(data: Path, tmp_path: Path, monkeypatch) -> None:
    out_of_memory_above(0, monkeypatch, "training_step")
    with pytest.raises(EngineError, match="too small for this network, even with 1 image at a time") as caught:
        run_small(small_config(data), tmp_path / "run")
    assert "Freeze more layers" in caught.value.hint
    assert not (tmp_path / "run").exists()


def test_accumulated_gradients_are_those_of_the_large_batch(data: Path, tmp_path: Path) -> None:
    large = run_small(small_config(data, batch_size=6), tmp_path / "large")
    optim = OptimConfig(grad_accum_steps=3)
    small = run_small(small_config(data, batch_size=2, optim=optim), tmp_path / "small")
    assert losses(small) == pytest.approx(losses(large), rel=1e-5)


# --- losses that are no numbers ----------------------------------------------------------------------------------


def poison(monkeypatch: pytest.MonkeyPatch, poisoned: Callable[[int], bool]) -> None:
    """Make the loss of some calls not a number."""
    original, calls = ImageClassification.training_step, iter(range(10**6))

    def step(self: ImageClassification, batch):
        output = original(self, batch)
        return replace(output, loss=output.loss * float("nan")) if poisoned(next(calls)) else output

    monkeypatch.setattr(ImageClassification, "training_step", step)


def test_a_loss_that_is_no_number_goes_back_and_on_with_a_lower_rate(data: Path, tmp_path: Path, monkeypatch) -> None:
    whole = run_small(small_config(data), tmp_path / "whole")
    poison(monkeypatch, lambda call: call == 4)
    events = run_small(small_config(data), tmp_path / "run")
    (rolled_back,) = of_kind(events, RunRolledBack)
    assert (rolled_back.to_step, rolled_back.lr_factor) == (3, 0.2)
    assert events[-1].outcome == "completed"
    rates = {event.global_step: event.lr for event in of_kind(events, StepCompleted)}
    wanted = {event.global_step: event.lr for event in of_kind(whole, StepCompleted)}
    assert rates[3] == wanted[3]
    assert rates[4] == pytest.approx(0.2 * wanted[4])
    assert losses(events)[4] == losses(whole)[4]  # the weights of the checkpoint are those from before


def test_a_loss_that_stays_no_number_ends_the_run_with_a_sentence(data: Path, tmp_path: Path, monkeypatch) -> None:
    poison(monkeypatch, lambda call: call >= 4)
    with pytest.raises(EngineError, match="no longer a number") as caught:
        run_small(small_config(data), tmp_path / "run")
    assert "learning rate" in caught.value.hint
    run = RunFolder(tmp_path / "run")  # epoch 1 is kept
    events = list(run.events())
    assert [event.lr_factor for event in of_kind(events, RunRolledBack)] == pytest.approx([0.2, 0.04, 0.008])
    assert isinstance(events[-1], RunFailed)
    assert run.best_checkpoint.is_file()


# --- the disk ----------------------------------------------------------------------------------------------------


@contextmanager
def no_file_larger_than(size: int) -> Iterator[Callable[[], None]]:
    """The system refuses to write on, as where the disk is full; yields what lifts that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def lift() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield lift
    finally:
        lift()


def test_a_full_disk_pauses_the_run_until_there_is_room(data: Path, tmp_path: Path) -> None:
    whole = run_small(small_config(data), tmp_path / "whole")
    with no_file_larger_than(4000) as make_room:

        def react(event: Event, control: RunControl) -> None:
            if isinstance(event, RunPaused):
                make_room()
                control.resume()

        events = run_small(small_config(data), tmp_path / "run", react)
    paused = of_kind(events, RunPaused)
    assert "could not be written" in paused[0].reason
    assert "free space" in paused[0].hint
    assert len(of_kind(events, RunResumed)) == len(paused)
    assert losses(events) == losses(whole)
    assert not list((tmp_path / "run").rglob("*.part"))
    kept = losses(list(RunFolder(tmp_path / "run").events()))
    assert kept == losses(whole)  # what could not be noted then was noted later


def test_a_small_disk_that_others_fill(data: Path, tmp_path: Path) -> None:
    whole = run_small(small_config(data), tmp_path / "whole")
    with small_disk(tmp_path / "disk", 12_000_000) as disk:

        def react(event: Event, _control: RunControl) -> None:
            if isinstance(event, StepCompleted) and event.global_step == 1:
                disk.leave(0)
            if isinstance(event, RunPaused):
                disk.leave(12_000_000)  # the run notices by itself

        events = run_small(small_config(data), disk.path / "run", react)
        kept = losses(list(RunFolder(disk.path / "run").events()))
    assert len(of_kind(events, RunPaused)) == 1
    assert events[-1].outcome == "completed"
    assert losses(events) == kept == losses(whole)


def test_a_full_disk_and_a_user_who_gives_up(data: Path, tmp_path: Path) -> None:
    def fill(event: Event, control: RunControl) -> None:
        if isinstance(event, CheckpointSaved) and event.kind == "last" and event.epoch == 1:
            resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.RLIM_INFINITY))
        if isinstance(event, RunPaused):
            control.stop()

    with (
        no_file_larger_than(resource.RLIM_INFINITY),
        pytest.raises(EngineError, match="could not be written"),
    ):
        run_small(small_config(data), tmp_path / "run", fill)
    control = RunControl()  # epoch 1 is safe
    assert drain(resume_run(tmp_path / "run", control), control)[-1].outcome == "completed"


def test_a_run_folder_that_is_removed_is_made_anew(data: Path, tmp_path: Path) -> None:
    def remove(event: Event, _control: RunControl) -> None:
        if isinstance(event, StepCompleted) and event.global_step == 4:
            shutil.rmtree(tmp_path / "run")

    events = run_small(small_config(data), tmp_path / "run", remove)
    assert any("was removed" in event.message for event in of_kind(events, WarningRaised))
    run = RunFolder.open(tmp_path / "run")
    assert run.best_checkpoint.is_file()
    assert run.report()["outcome"] == "completed"
    assert isinstance(list(run.events())[-1], RunFinished)
    control = RunControl()
    more = drain(resume_run(tmp_path / "run", control, num_epochs=3), control)
    assert more[-1].outcome == "completed"


# --- the images --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [StepCompleted, ValidationAdvanced])
def test_a_data_folder_that_is_unplugged_is_waited_for(tmp_path: Path, moment: type) -> None:
    folder = draw_class_folders(tmp_path / "data", {"a": 8, "b": 8})
    config = small_config(folder, batch_size=2)  # not all batches are decoded ahead
    whole = run_small(config, tmp_path / "whole")
    away, unplugged = tmp_path / "away", []

    def react(event: Event, _control: RunControl) -> None:
        if isinstance(event, moment) and not unplugged:
            unplugged.append(folder.rename(away))
        if isinstance(event, RunPaused):
            assert "is gone" in event.reason
            away.rename(folder)  # the run notices by itself

    events = run_small(config, tmp_path / "run", react)
    assert len(of_kind(events, RunPaused)) == len(of_kind(events, RunResumed)) == 1
    assert losses(events) == losses(whole)
    assert [e.val_loss for e in of_kind(events, EpochCompleted)] == [e.val_loss for e in of_kind(whole, EpochCompleted)]


def test_a_last_batch_that_cannot_be_read_any_more_is_left_out(tmp_path: Path) -> None:
    folder = draw_class_folders(tmp_path / "data", {"a": 8, "b": 8})
    config = small_config(folder, batch_size=2)

    def damage(event: Event, _control: RunControl) -> None:
        if isinstance(event, RunStarted):
            task_order = plain_order([0] * event.num_train, seed=0, epoch=1)[-2:]
            samples = load_split(RunFolder(tmp_path / "run").split_file).train
            for index in task_order:
                (folder / samples[index].path).write_bytes(b"")

    events = run_small(config, tmp_path / "run", damage)
    assert [event.epoch for event in of_kind(events, EpochCompleted)] == [1, 2]
    assert not any(event.partial for event in of_kind(events, EpochCompleted))
    assert len(of_kind(events, WarningRaised)) == 2


@pytest.mark.parametrize("moment", [StepCompleted, ValidationAdvanced])
def test_a_user_who_does_not_wait_for_the_images_can_resume_later(tmp_path: Path, moment: type) -> None:
    folder = draw_class_folders(tmp_path / "data", {"a": 8, "b": 8})
    config = small_config(folder, batch_size=2)
    whole = run_small(config, tmp_path / "whole")

    def react(event: Event, control: RunControl) -> None:
        if isinstance(event, moment) and folder.exists():
            folder.rename(tmp_path / "away")
        if isinstance(event, RunPaused):
            control.stop()

    with pytest.raises(EngineError, match="is gone"):
        run_small(config, tmp_path / "run", react)
    (tmp_path / "away").rename(folder)
    control = RunControl()
    drain(resume_run(tmp_path / "run", control), control)
    assert losses(list(RunFolder(tmp_path / "run").events())) == losses(whole)


# --- checkpoints -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["truncated", "a byte changed", "not there"])
def test_a_damaged_checkpoint_falls_back_to_the_one_before(data: Path, tmp_path: Path, damage: str) -> None:
    config = small_config(data, num_epochs=3)
    whole = run_small(config, tmp_path / "whole")

    def stop(event: Event, control: RunControl) -> None:
        if isinstance(event, StepCompleted) and event.global_step == 8:
            control.stop()

    run_small(config, tmp_path / "run", stop)
    last = RunFolder(tmp_path / "run").last_checkpoint
    content = bytearray(last.read_bytes())
    if damage == "truncated":
        last.write_bytes(content[: len(content) // 2])
    elif damage == "not there":
        last.unlink()
    else:
        content[-20] ^= 1
        last.write_bytes(content)
    control = RunControl()
    events = drain(resume_run(tmp_path / "run", control), control)
    told = [event.message for event in of_kind(events, WarningRaised)]
    assert any("is damaged" in message for message in told) == (damage != "not there")
    assert of_kind(events, RunResumed)[0].global_step == 6
    assert losses(events) == {step: loss for step, loss in losses(whole).items() if step > 6}


def test_an_error_that_needs_a_new_process_says_so(data: Path, tmp_path: Path, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise torch.AcceleratorError("CUDA error: an illegal memory access was encountered\nCompile with ...", 700)

    control = RunControl()
    run_small(small_config(data, num_epochs=1), tmp_path / "run")
    with monkeypatch.context() as patched:
        patched.setattr(ImageClassification, "training_step", fail)
        with pytest.raises(EngineError, match="an illegal memory access was encountered") as caught:
            drain(resume_run(tmp_path / "run", control, num_epochs=2), control)
    assert "Restart the app and resume" in caught.value.hint
    assert drain(resume_run(tmp_path / "run", control, num_epochs=2), control)[-1].outcome == "completed"
