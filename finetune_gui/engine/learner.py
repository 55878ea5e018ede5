"""What learns in a run: the network with its optimizer, its moving average, and how a batch goes through it."""

from collections.abc import Collection, Generator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from finetune_gui.engine.checkpoint import Tensors, TrainingCheckpoint, training_tensors
from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.devices import pick_precision
from finetune_gui.engine.ema import MovingAverage
from finetune_gui.engine.events import BatchDivided
from finetune_gui.engine.interruption import Interruption
from finetune_gui.engine.optim import set_learning_rate
from finetune_gui.engine.out_of_memory import MicroBatches, free_memory
from finetune_gui.engine.phases import begin_phase, check_phases, move_optimizer
from finetune_gui.engine.seed import restore_rng_state, rng_state
from finetune_gui.engine.stepping import Stepper
from finetune_gui.engine.tasks.base import StepOutput, Task


class Learner:
    """Begins in the first phase of the layer plan.

    Args:
        task: Prepared; its network is brought to the device.
        config: With a batch size.
        device: To train on.
        interruption: Gives up a step.

    Raises:
        EngineError: The plan cannot be used.
    """

    def __init__(self, task: Task, config: TrainConfig, device: torch.device, interruption: Interruption) -> None:
        self._task = task
        self._config = config
        self._device = device
        check_phases(task.tree, config)
        task.to(device)
        self.phase = begin_phase(task.model, task.tree, config, epoch=1)
        # Keeps small gradients from vanishing in float16; passes everything through in other precisions.
        fp16 = pick_precision(config.speed.precision, device) is torch.float16
        self.scaler = torch.amp.GradScaler(device.type, enabled=fp16)
        self.micro = MicroBatches(config.batch_size + 1)  # a last batch of one image has joined its neighbour
        self._stepper = Stepper(task, config.optim, device, self.scaler, self.micro, interruption)
        self._average: MovingAverage | None = None

    def step(self, batch: Any, factor: float, global_step: int) -> Generator[BatchDivided, None, StepOutput | None]:
        """Learn from a batch at ``factor`` times the learning rate of the phase.

        Returns:
            As ``Stepper.step``.

        Raises:
            EngineError: As ``Stepper.step``.
            Interrupted: The step was given up; it can be made again.
        """
        set_learning_rate(self.phase.optimizer, factor)
        output = yield from self._stepper.step(batch, self.phase.optimizer, global_step)
        if output is not None and self._average is not None:
            self._average.update(global_step)
        return output

    def change_phase(self, epoch: int) -> None:
        """Begin the phase of an epoch; what learns in both keeps the state of its optimizer."""
        self.phase = begin_phase(self._task.model, self._task.tree, self._config, epoch, self.phase)

    def average_all_but(self, frozen: Collection[str]) -> None:
        """Follow the weights that learn in this phase, where a moving average is wanted."""
        decay = self._config.optim.ema_decay
        if self._average is not None:
            self._average.follow(frozen)
        elif decay:
            self._average = MovingAverage(self._task.model, decay, frozen)

    def averaged(self) -> AbstractContextManager[None]:
        """The weights that are evaluated and kept as the best: the average, where there is one."""
        return nullcontext() if self._average is None else self._average.applied()

    def leave_device(self) -> None:
        """Take everything to the memory of the CPU, where that is not the device itself."""
        self._move_to(torch.device("cpu"))

    def return_to_device(self) -> None:
        """Take everything back to where it learns."""
        self._move_to(self._device)

    def _move_to(self, device: torch.device) -> None:
        if self._device.type == "cpu":
            return
        self._task.to(device)
        move_optimizer(self.phase.optimizer, device)
        if self._average is not None:
            self._average.to(device)
        free_memory(self._device)

    def tensors(self, unchanged: Collection[str]) -> Tensors:
        """A copy of all that a checkpoint needs, without what never changed."""
        averages = self._average.tensors() if self._average is not None else {}
        return training_tensors(self._task.model, self.phase.optimizer, averages, rng_state(self._device), unchanged)

    def micro_batch(self) -> int:
        """Images that go through at once; 0 where that is a whole batch."""
        return self.micro.size if self.micro.size <= self._config.batch_size else 0

    def restore(self, checkpoint: TrainingCheckpoint) -> None:
        """Put everything, the random generators too, to where a checkpoint was made."""
        state = checkpoint.state
        checkpoint.load_model(self._task.model)
        epoch = state.epoch + (state.step > 0)  # the phase in which the last step was made
        self.phase = begin_phase(self._task.model, self._task.tree, self._config, max(epoch, 1))
        checkpoint.load_optimizer(self.phase.optimizer)
        self.average_all_but(state.fingerprints)
        if self._average is not None:
            self._average.restore(checkpoint.averages)
        if state.scaler:
            self.scaler.load_state_dict(state.scaler)
        if state.micro_batch:
            self.micro.size = min(self.micro.size, state.micro_batch)
        restore_rng_state(checkpoint.rng, self._device)
