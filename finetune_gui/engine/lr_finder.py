"""A search for the learning rate: one short training in which it climbs from next to nothing to far too much.

The range test of Smith 2017 ("Cyclical learning rates for training neural networks", section 3.3), with the exponential
rise and the smoothed loss that Howard & Gugger 2020 ("fastai: a layered API for deep learning") made usual.
"""

import math
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

import torch

from finetune_gui import paths
from finetune_gui.engine.batch_size import find_batch_size
from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.devices import pick_device, pick_precision
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, LearningRateSuggested, LearningRateTried, PreparationAdvanced
from finetune_gui.engine.files import cannot_write
from finetune_gui.engine.interruption import Interrupted, Interruption
from finetune_gui.engine.models.layers import train_mode
from finetune_gui.engine.optim import set_learning_rate
from finetune_gui.engine.out_of_memory import MicroBatches
from finetune_gui.engine.phases import begin_phase, check_phases
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.seed import restore_rng_state, rng_state, seed_everything
from finetune_gui.engine.stepping import Stepper, interruption_of
from finetune_gui.engine.tasks.base import StepOutput, Task
from finetune_gui.engine.tasks.registry import create_task

LOWEST, HIGHEST = 1e-7, 10.0
NUM_STEPS = 100  # with fewer the average of the loss lags behind by decades
SMOOTHING = 0.9  # memory of about ten steps, which is not quite a decade of the rate
DIVERGED = 4.0  # times the best loss: nothing is learnt beyond
LEAST_FALL = 0.02  # of the first loss; less is noise
WARM = 10  # steps in which the average knows too little
REACH = 3  # steps to each side over which a slope is taken


def find_learning_rate(config: TrainConfig, control: RunControl) -> Iterator[Event]:
    """Train for a moment with each of many learning rates η, as the config says otherwise.

    Works on a network and in a run folder of its own, which are gone afterwards; what frozen layers give is kept for
    the run that follows. The multipliers λ of the layers hold.

    Args:
        config: As of the run; its learning rate, schedule and number of epochs have no bearing.
        control: Polled between layers. Stop and discard are the same here, and a pause is none.

    Yields:
        ``PreparationAdvanced`` and what else a task tells, ``LearningRateTried`` for each step, and at last
        ``LearningRateSuggested``, unless it was asked to end.

    Raises:
        EngineError: The data, the model or the plan cannot be used.
    """
    device = pick_device(config.device)
    config = replace(
        config,
        optim=replace(config.optim, lr=1.0),
        speed=replace(config.speed, views=1),  # frozen layers run once for each image, and the curve is the same
    )
    before = rng_state(device)
    seed_everything(config.seed)
    task = create_task(config)
    try:
        with _folder_for_a_moment() as folder:
            run = RunFolder.create(Path(folder) / "run", config)
            for event in _search(config, task, run, device, control):
                yield event
                if control.should_end:
                    return
    except Interrupted:
        return
    finally:
        task.close()
        restore_rng_state(before, device)


def _folder_for_a_moment() -> "tempfile.TemporaryDirectory[str]":
    try:
        paths.cache_dir().mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=paths.cache_dir(), prefix="find-lr-")
    except OSError as error:
        raise cannot_write(paths.cache_dir(), error) from error


def _search(
    config: TrainConfig, task: Task, run: RunFolder, device: torch.device, control: RunControl
) -> Iterator[Event]:
    yield from task.prepare(run)
    check_phases(task.tree, config)
    task.to(device)
    if not config.batch_size:
        config = replace(config, batch_size=find_batch_size(task, config, device))
        task.use_batch_size(config.batch_size)
    phase = begin_phase(task.model, task.tree, config, epoch=1)  # with η = 1, so that its rates are the λ
    yield from task.run_frozen_once(phase.plan)
    train_mode(task.model, config.plan.batch_norm)
    yield PreparationAdvanced(activity="Trying learning rates")
    tried: list[LearningRateTried] = []
    interruption = interruption_of(config, device, lambda: control.should_end)
    with closing(_Steps(config, task, phase.optimizer, device, interruption)) as steps:
        for event in rising(steps.step):
            tried.append(event)
            yield event
    yield LearningRateSuggested(lr=suggest(tried))


class _Steps:
    """Makes a step with a learning rate and tells its loss."""

    def __init__(
        self,
        config: TrainConfig,
        task: Task,
        optimizer: torch.optim.Optimizer,
        device: torch.device,
        interruption: Interruption,
    ) -> None:
        self._task = task
        self._optimizer = optimizer
        fp16 = pick_precision(config.speed.precision, device) is torch.float16
        scaler = torch.amp.GradScaler(device.type, enabled=fp16)
        micro = MicroBatches(config.batch_size + 1)
        self._stepper = Stepper(task, config.optim, device, scaler, micro, interruption)
        self._outputs = self._endless()

    def step(self, lr: float) -> float:
        """Mean loss of a batch, measured before the weights change."""
        set_learning_rate(self._optimizer, lr)
        return next(self._outputs).loss.item()

    def close(self) -> None:
        """End the threads that decode: this and its steps refer to each other, so they would wait for the collector."""
        self._outputs.close()

    def _endless(self) -> Generator[StepOutput]:
        """Steps of one epoch after the other; batches in which nothing can be read are passed over."""
        steps = 0
        for epoch in count(1):
            before = steps
            for batch in self._task.training_batches(epoch):
                output = _result(self._stepper.step(batch, self._optimizer, steps + 1))
                if output is not None:
                    steps += 1
                    yield output
            if steps == before:
                raise EngineError(
                    "Not one training image could be read.",
                    "Check that the image folder is still in place, then try again.",
                )


def _result(step: Generator[Event, None, StepOutput | None]) -> StepOutput | None:
    """What a step gave; that its batch was divided is no news here."""
    while True:
        try:
            next(step)
        except StopIteration as end:
            output: StepOutput | None = end.value
            return output


def rising(step: Callable[[float], float]) -> Iterator[LearningRateTried]:
    """Raise the rate by the same factor in each step, until the loss is far above its best.

    Args:
        step: Makes a step with a rate and returns its loss.
    """
    average, best = 0.0, math.inf
    for index in range(NUM_STEPS):
        lr = LOWEST * (HIGHEST / LOWEST) ** (index / (NUM_STEPS - 1))
        loss = step(lr)
        if not math.isfinite(loss):
            return
        average = SMOOTHING * average + (1 - SMOOTHING) * loss
        smooth = average / (1 - SMOOTHING ** (index + 1))  # without the pull of the 0 it began with (Kingma & Ba 2015)
        yield LearningRateTried(lr=lr, loss=smooth)
        best = min(best, smooth)
        if smooth > DIVERGED * best:
            return


def suggest(tried: Sequence[LearningRateTried]) -> float | None:
    """The rate at which the smoothed loss falls most steeply over log η, before its minimum; None where it does not.

    Smith (2017) reads bounds off the curve by eye. Two rules are customary for a program: the steepest descent, and a
    tenth of the rate at the minimum (Howard & Gugger 2020). A new head on frozen features is a convex problem whose
    loss goes on falling at rates hundreds of times too large, so its minimum says little: on ants-bees with the starter
    a tenth of it was 0.05 to 0.19 over three seeds, the steepest descent 0.004 to 0.009. Ten epochs with 0.005 led to a
    validation loss of 0.13, with 0.15 to one of 0.56.
    """
    losses = [point.loss for point in tried]
    lowest = losses.index(min(losses)) if losses else 0
    slopes = {
        index: losses[index + REACH] - losses[index - REACH]
        for index in range(WARM + REACH, min(lowest + 1, len(losses) - REACH))
    }
    if not slopes or losses[lowest] > (1 - LEAST_FALL) * losses[0]:
        return None
    steepest = min(slopes, key=slopes.__getitem__)
    return float(f"{tried[steepest].lr:.1e}") if slopes[steepest] < 0 else None
