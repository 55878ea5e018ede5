"""What a task must offer. Only a task knows what a batch is; the trainer sees losses, counts and predictions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from finetune_gui.engine.config import LayerPlan, SplitName
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, PreparationAdvanced
from finetune_gui.engine.models.layer_tree import LayerTree
from finetune_gui.engine.runs import RunFolder


class DataUnavailable(EngineError):  # noqa: N818 (named for what it is)
    """A folder that examples are read from is gone for now, such as that of a drive that was unplugged."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The folder {folder} is gone.", "Plug the drive in or put the folder back; the run then goes on."
        )


@dataclass(frozen=True, kw_only=True)
class StepOutput:
    """What one batch gave. The tensors stay on the device, so that reading them does not wait for it.

    Attributes:
        loss: Mean over the batch, shape (), with its graph.
        num_correct: Shape ().
        num_examples: In the batch.
    """

    loss: torch.Tensor
    num_correct: torch.Tensor
    num_examples: int


@dataclass(frozen=True, kw_only=True)
class Predictions:
    """What a network says of one batch without learning.

    Attributes:
        logits: Float32 on the CPU, shape (batch, num_classes).
        targets: int64 on the CPU, shape (batch,).
        names: Where each example comes from, as a person would look it up.
    """

    logits: torch.Tensor
    targets: torch.Tensor
    names: tuple[str, ...]


class Task(Protocol):
    """A kind of learning problem, set up for one run.

    ``prepare`` (or ``restore``, from a run folder) comes first; the attributes are there after it.
    """

    model: nn.Module
    tree: LayerTree

    @property
    def class_names(self) -> tuple[str, ...]:
        """In the order of the outputs."""

    def prepare(self, run: RunFolder) -> Iterator[PreparationAdvanced]:
        """Read the data, split them into ``split.json`` and build the network.

        Raises:
            EngineError: The data or the model cannot be used.
        """

    def restore(self, run: RunFolder) -> Iterator[PreparationAdvanced]:
        """As ``prepare``, with the split that the run folder holds and no pretrained weights."""

    def save_setup(self, run: RunFolder) -> None:
        """Write what ``restore`` needs once more, after the run folder was lost.

        Raises:
            CannotWrite: The folder cannot be written to.
        """

    def to(self, device: torch.device) -> None:
        """Move the network to a device, in the memory layout that is fastest there."""

    def run_frozen_once(self, plan: LayerPlan) -> Iterator[Event]:
        """Keep what frozen layers give, from now on. Called once the layers of a plan are frozen, and at each change.

        What is trained and what comes out is the same; only the time differs.
        """

    def save_kept(self) -> None:
        """Let other runs find what was kept so far."""

    def close(self) -> None:
        """Let go of what is kept; called at the end, whatever happened."""

    def num_examples(self, split: SplitName) -> int:
        """Size of a part of the data."""

    def num_batches(self, split: SplitName) -> int:
        """Batches of a part of the data; those of ``train`` are the steps of an epoch."""

    def use_batch_size(self, batch_size: int) -> None:
        """Take a batch size that was found by a probe, in place of that of the config."""

    def training_batches(self, epoch: int, skip: int = 0) -> Iterator[Any]:
        """All training examples once, in an order that depends on seed and epoch alone; the first batches skipped.

        Raises:
            DataUnavailable: While iterating; ask again once ``data_available``.
        """

    def evaluation_batches(self, split: SplitName) -> Iterator[Any]:
        """All examples of a part, in order.

        Raises:
            DataUnavailable: While iterating.
        """

    def data_available(self) -> bool:
        """Whether what ``DataUnavailable`` told of is back."""

    def split_batch(self, batch: Any, size: int) -> list[tuple[Any, float]]:
        """Parts of a batch of at most ``size`` examples, with the share of each in its loss; the shares add up to 1."""

    def made_up_batch(self, size: int) -> Any:
        """Examples of noise, to try steps with."""

    def training_step(self, batch: Any) -> StepOutput | None:
        """Loss of one batch, with gradients to come; None if nothing in it could be read."""

    def predict(self, batch: Any) -> Predictions:
        """What the network says of one batch."""

    def take_skipped(self) -> list[EngineError]:
        """Examples that could not be read since the last call, each once."""

    def checkpoint_info(self) -> dict[str, Any]:
        """Facts that make a checkpoint usable without the run folder."""
