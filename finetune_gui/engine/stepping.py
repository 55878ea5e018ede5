"""One optimizer step: gradients of a batch, in parts where memory is short, then the update."""

from collections.abc import Callable, Generator
from typing import Any

import torch
from torch import nn

from finetune_gui.engine.config import OptimConfig, TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import BatchDivided
from finetune_gui.engine.interruption import Interrupted, Interruption
from finetune_gui.engine.models.layers import BATCH_NORMS
from finetune_gui.engine.out_of_memory import MicroBatches, free_memory, is_out_of_memory
from finetune_gui.engine.seed import RngStates, restore_rng_state, torch_rng_state
from finetune_gui.engine.tasks.base import StepOutput, Task


class StepSpoiled(EngineError):  # noqa: N818 (named for what it is)
    """The weights are no good any more; a checkpoint has those from before.

    Attributes:
        lower_rate: Whether a lower learning rate is what helps.
    """

    def __init__(self, message: str, hint: str, *, lower_rate: bool) -> None:
        super().__init__(message, hint)
        self.lower_rate = lower_rate


def loss_not_finite(step: int) -> StepSpoiled:
    """The loss, or a weight, is infinite or not a number."""
    return StepSpoiled(
        f"The loss is no longer a number (step {step}).",
        "Train again with a lower learning rate, or check the images for broken ones.",
        lower_rate=True,
    )


@torch.no_grad()
def all_finite(model: nn.Module) -> bool:
    """Whether every weight that learns is a finite number; waits for the device once."""
    learning: list[torch.Tensor] = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return bool(torch.stack(torch._foreach_norm(learning)).isfinite().all())


def interruption_of(config: TrainConfig, device: torch.device, wished: Callable[[], bool]) -> Interruption:
    """Gives steps up where ``wished``: between layers where a layer is a call that is over when it returns."""
    return Interruption(wished, between_layers=device.type == "cpu" and not config.speed.compile)


class Stepper:
    """Makes steps. What a step learns does not depend on how many parts its batch goes through in.

    Args:
        task: With its network on the device.
        config: Clipping.
        device: Of the network.
        scaler: Keeps small gradients from vanishing in float16.
        micro: Images that go through the network at once.
        interruption: Gives up a step before its update.
    """

    def __init__(
        self,
        task: Task,
        config: OptimConfig,
        device: torch.device,
        scaler: torch.amp.GradScaler,
        micro: MicroBatches,
        interruption: Interruption,
    ) -> None:
        self._task = task
        self._clip_norm = config.clip_norm
        self._device = device
        self._scaler = scaler
        self._micro = micro
        self._interruption = interruption

    def step(
        self, batch: Any, optimizer: torch.optim.Optimizer, global_step: int
    ) -> Generator[BatchDivided, None, StepOutput | None]:
        """Learn from a batch.

        Returns:
            Mean loss and hits of the batch, on the device; None if nothing in it could be read.

        Raises:
            EngineError: Not even the smallest part fits into memory.
            Interrupted: The step was given up, and can be made again as if it had never begun.
            StepSpoiled: Memory ran out within the update.
        """
        while True:
            drawn = torch_rng_state(self._device)
            try:
                with self._interruption.watching():
                    output = self._gradients(batch, optimizer)
                break
            except Interrupted:
                self._take_back(optimizer, drawn)
                raise
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
            # Outside of `except`, where the error and all that its frames hold is gone.
            self._take_back(optimizer, drawn)
            self._micro.halve(len(batch), self._smallest(), self._device)
            yield BatchDivided(global_step=global_step, batch_size=len(batch), micro_batch=self._micro.size)
        if output is not None:
            self._update(optimizer)
        return output

    def _take_back(self, optimizer: torch.optim.Optimizer, drawn: RngStates) -> None:
        """What a step that was not finished left behind."""
        optimizer.zero_grad(set_to_none=True)
        restore_rng_state(drawn, self._device)  # so that dropout leaves out what it would have

    def _gradients(self, batch: Any, optimizer: torch.optim.Optimizer) -> StepOutput | None:
        optimizer.zero_grad(set_to_none=True)
        outputs: list[tuple[StepOutput, float]] = []
        for part, share in self._task.split_batch(batch, self._micro.size):
            output = self._task.training_step(part)
            if output is not None:
                self._scaler.scale(output.loss * share).backward()  # type: ignore[no-untyped-call]
                outputs.append((output, share))
        return _together(outputs)

    def _update(self, optimizer: torch.optim.Optimizer) -> None:
        try:
            if self._clip_norm:
                self._scaler.unscale_(optimizer)
                parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
                nn.utils.clip_grad_norm_(parameters, self._clip_norm)
            self._scaler.step(optimizer)
            self._scaler.update()
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            free_memory(self._device)
            raise StepSpoiled(  # some weights may have been updated, others not
                f"The memory of {self._device} is too small for this optimizer.",
                "Freeze more layers, choose a smaller model, or use SGD.",
                lower_rate=False,
            ) from error

    def _smallest(self) -> int:
        """BatchNorm that learns its statistics needs more than one value, which a lone image may not give it."""
        learns = any(isinstance(module, BATCH_NORMS) and module.training for module in self._task.model.modules())
        return 2 if learns else 1


def _together(outputs: list[tuple[StepOutput, float]]) -> StepOutput | None:
    """Of all parts of a batch."""
    if len(outputs) <= 1:
        return outputs[0][0] if outputs else None
    return StepOutput(
        loss=torch.stack([output.loss.detach() * share for output, share in outputs]).sum(),
        num_correct=torch.stack([output.num_correct for output, _ in outputs]).sum(),
        num_examples=sum(output.num_examples for output, _ in outputs),
    )
