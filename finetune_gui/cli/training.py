"""A training run on the terminal: a bar an epoch for people, events for programs, Ctrl-C to stop and keep."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from finetune_gui.cli import output
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import (
    BatchDivided,
    BatchSizeChosen,
    EpochCompleted,
    Event,
    FrozenLayersKept,
    PreparationAdvanced,
    RunFinished,
    RunPaused,
    RunResumed,
    RunRolledBack,
    RunStarted,
    StepCompleted,
    ValidationAdvanced,
    WarningRaised,
)

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

STOPPED = 130


def drain_training(events: Iterator[Event], control: RunControl, *, as_json: bool) -> int:
    """Show a run to its end; returns the exit code."""
    with stop_on_interrupt(control, "Stopping and keeping what was learnt. Ctrl-C again gives up."):
        finished = _print_events(events) if as_json else _show(events)
    if not as_json and finished is not None:
        _print_result(finished)
    return STOPPED if control.should_end else 0


@contextmanager
def stop_on_interrupt(control: RunControl, sentence: str) -> Iterator[None]:
    """The first Ctrl-C asks to stop and prints a sentence; the second interrupts at once."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, previous)
        print(f"\n{sentence}", file=sys.stderr)
        control.stop()

    previous = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def _print_events(events: Iterator[Event]) -> RunFinished | None:
    last: Event | None = None
    for last in events:
        output.print_event(last)
    return last if isinstance(last, RunFinished) else None


def _show(events: Iterator[Event]) -> RunFinished | None:
    last: Event | None = None
    with output.progress_bar() as progress:
        view = _EpochBars(progress)
        for last in events:
            view.show(last)
    return last if isinstance(last, RunFinished) else None


class _EpochBars:
    """One bar, renewed for each epoch; a line for each epoch that is done."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._bar: TaskID = progress.add_task("Starting", total=None, note="")
        self._num_epochs = 0
        self._steps = 0

    def show(self, event: Event) -> None:
        update = self._progress.update
        match event:
            case PreparationAdvanced():
                update(self._bar, description=event.activity, completed=event.done, total=event.total or None)
            case RunStarted():
                self._num_epochs, self._steps = event.num_epochs, event.steps_per_epoch
                self._say(_describe(event))
            case FrozenLayersKept():
                self._say(_kept(event))
            case StepCompleted():
                note = f"loss {event.loss:.3f}  {event.images_per_second:.0f} img/s  "
                note += f"{output.duration(event.seconds_left)} left"
                update(
                    self._bar, description=self._epoch(event.epoch), completed=event.step, total=self._steps, note=note
                )
            case ValidationAdvanced():
                update(self._bar, description="validating", completed=event.done, total=event.total, note="")
            case EpochCompleted():
                self._say(self._line(event))
            case WarningRaised():
                self._say(f"Warning: {event.message} {event.hint}")
            case BatchSizeChosen() | BatchDivided() | RunRolledBack() | RunPaused() | RunResumed():
                self._say(_interruption(event))

    def _epoch(self, epoch: int) -> str:
        return f"epoch {epoch}/{self._num_epochs}"

    def _line(self, event: EpochCompleted) -> str:
        best = "  best" if event.is_best else ""
        train = f"train loss {event.train_loss:.4f}  acc {output.percent(event.train_accuracy)}"
        val = f"val loss {event.val_loss:.4f}  acc {output.percent(event.val_accuracy)}"
        return f"{self._epoch(event.epoch):<12}  {train}   {val}{best}"

    def _say(self, text: str) -> None:
        self._progress.console.print(text)


def _describe(event: RunStarted) -> str:
    share = event.trainable_parameters / event.total_parameters
    return (
        f"{event.model_id} on {event.device}: {event.num_train} images to train, {event.num_val} to validate, "
        f"{len(event.class_names)} classes; {event.trainable_parameters:,} of {event.total_parameters:,} parameters "
        f"learn ({output.percent(share)}), {event.optimizer}, learning rate {event.lr:g}"
    )


def _kept(event: FrozenLayersKept) -> str:
    if event.place == "nowhere":
        return f"{event.num_layers} frozen layers run without gradients; there is no room to keep what they give."
    known = f"; {event.num_ready} of {event.num_wanted} views are known from before" if event.num_ready else ""
    where = "for later runs too" if event.persistent else "in memory"
    return f"What {event.num_layers} frozen layers give is kept {where} ({event.num_bytes / 1e6:.0f} MB){known}."


def _interruption(event: BatchSizeChosen | BatchDivided | RunRolledBack | RunPaused | RunResumed) -> str:
    match event:
        case BatchSizeChosen():
            return f"Batches of {event.batch_size} images suit this device (tried in {output.duration(event.seconds)})."
        case BatchDivided():
            return (
                f"Memory ran out: batches of {event.batch_size} go through in parts of {event.micro_batch}; "
                "the result is the same."
            )
        case RunRolledBack():
            return (
                f"The loss was no longer a number in step {event.global_step}: back to step {event.to_step}, and on "
                f"with {event.lr_factor:g} of the learning rate."
            )
        case RunPaused():
            return f"Waiting: {event.reason} {event.hint}".strip() if event.reason else "Paused."
        case RunResumed():
            return f"Going on from step {event.global_step}."


def _print_result(finished: RunFinished) -> None:
    if finished.outcome == "discarded":
        print("Nothing was learnt, so nothing was kept.")
        return
    if finished.stopped_early:
        print("Stopped early: no epoch was better for a while.")
    print(
        f"Best validation accuracy {output.percent(finished.best_val_accuracy)} in epoch {finished.best_epoch}, "
        f"after {output.duration(finished.seconds)}."
    )
    if finished.frozen_verified:
        print("Frozen layers: verified bit-identical to the start.")
    elif finished.frozen_verified is False:
        names = ", ".join(finished.changed_frozen[:3])
        print(f"Frozen layers changed ({names}): this is a bug, please report it.", file=sys.stderr)
    print(f"Run folder: {finished.run_dir}")
