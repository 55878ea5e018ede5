"""Turns what steps leave on the device into events, without making the device wait for each step."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from finetune_gui.engine.checkpoint import EpochSums
from finetune_gui.engine.events import StepCompleted
from finetune_gui.engine.stepping import loss_not_finite
from finetune_gui.engine.tasks.base import StepOutput

REPORT_SECONDS = 0.05  # at most 20 reports a second
_SPEED_MEMORY = 0.9  # of the moving average of the speed


@dataclass(frozen=True)
class _Waiting:
    step: int
    output: StepOutput
    lr: float


class StepReporter:
    """Collects the losses of one epoch. Reading them synchronises with the device, so it is done for many at once.

    Args:
        epoch: Counted from 1.
        first_step: Steps before this epoch.
        total_steps: Of the whole run, for the time left.
        seconds_per_validation: Measured so far; 0 while unknown.
        validations_left: In the run.
        sums: What was added up before, if the epoch is gone on with.
        last_step: Steps of the epoch that were made before.
    """

    def __init__(
        self,
        epoch: int,
        first_step: int,
        total_steps: int,
        *,
        seconds_per_validation: float = 0.0,
        validations_left: int = 0,
        sums: EpochSums | None = None,
        last_step: int = 0,
    ) -> None:
        self._epoch = epoch
        self._first_step = first_step
        self._total_steps = total_steps
        self._extra_seconds = seconds_per_validation * validations_left
        self.sums = sums or EpochSums()
        self.num_steps = 0  # made by this reporter
        self.last_step = last_step  # within the epoch
        self._waiting: list[_Waiting] = []
        self._begun = self._reported = time.monotonic()
        self._stopped_seconds = 0.0
        self._taken_seconds = 0.0
        self._images_per_second = 0.0
        self._seconds_per_step = 0.0

    @property
    def global_step(self) -> int:
        """Steps of the run so far."""
        return self._first_step + self.last_step

    @property
    def seconds_learning(self) -> float:
        """From the beginning to the last report, pauses left out."""
        return self._reported - self._begun - self._stopped_seconds

    def take_seconds(self) -> float:
        """Seconds of learning since the last call."""
        new = self.seconds_learning - self._taken_seconds
        self._taken_seconds += new
        return new

    @property
    def mean_loss(self) -> float:
        """Over the examples of the epoch so far."""
        return self.sums.loss / self.sums.num_examples if self.sums.num_examples else 0.0

    @property
    def accuracy(self) -> float:
        """Over the examples of the epoch so far, as they were seen: augmented, and with the weights of their step."""
        return self.sums.num_correct / self.sums.num_examples if self.sums.num_examples else 0.0

    def add(self, step: int, output: StepOutput, lr: float) -> None:
        """Note a step; its figures stay on the device."""
        # Detached: the graph of a step must not live on until it is reported.
        detached = StepOutput(
            loss=output.loss.detach(), num_correct=output.num_correct, num_examples=output.num_examples
        )
        self._waiting.append(_Waiting(step, detached, lr))
        self.num_steps += 1
        self.last_step = step

    def pass_over(self, step: int) -> None:
        """Note a step of whose batch nothing could be read."""
        self.last_step = step

    def due(self) -> Iterator[StepCompleted]:
        """The steps since the last report, if that was long enough ago."""
        if time.monotonic() - self._reported >= REPORT_SECONDS:
            yield from self.all()

    def all(self) -> Iterator[StepCompleted]:
        """The steps since the last report.

        Raises:
            StepSpoiled: A loss is not a number.
        """
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        losses = torch.stack([w.output.loss for w in waiting]).float().tolist()  # one transfer for all
        hits = torch.stack([w.output.num_correct for w in waiting]).tolist()
        self._measure_speed(waiting)
        for entry, loss, num_correct in zip(waiting, losses, hits, strict=True):
            yield self._event(entry, loss, num_correct)

    @contextmanager
    def clock_stopped(self) -> Iterator[None]:
        """Time spent in here counts neither for the epoch nor for the speed."""
        begun = time.monotonic()
        try:
            yield
        finally:
            pause = time.monotonic() - begun
            self._stopped_seconds += pause
            self._reported += pause

    def _measure_speed(self, waiting: list[_Waiting]) -> None:
        now = time.monotonic()
        elapsed = max(now - self._reported, 1e-9)
        self._reported = now
        speed = sum(w.output.num_examples for w in waiting) / elapsed
        pace = elapsed / len(waiting)
        first = self._images_per_second == 0.0
        memory = 0.0 if first else _SPEED_MEMORY
        self._images_per_second = memory * self._images_per_second + (1 - memory) * speed
        self._seconds_per_step = memory * self._seconds_per_step + (1 - memory) * pace

    def _event(self, entry: _Waiting, loss: float, num_correct: int) -> StepCompleted:
        if not math.isfinite(loss):
            raise loss_not_finite(self._first_step + entry.step)
        size = entry.output.num_examples
        self.sums.loss += loss * size
        self.sums.num_correct += num_correct
        self.sums.num_examples += size
        steps_left = self._total_steps - self._first_step - entry.step
        return StepCompleted(
            epoch=self._epoch,
            step=entry.step,
            global_step=self._first_step + entry.step,
            loss=loss,
            accuracy=num_correct / size,
            lr=entry.lr,
            images_per_second=self._images_per_second,
            seconds_left=steps_left * self._seconds_per_step + self._extra_seconds,
        )
