"""What goes into the output layer of a network: the features by which it tells images apart."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional as F

from finetune_gui.engine.allocator import reusing_memory
from finetune_gui.engine.config import SplitName
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import PreparationAdvanced
from finetune_gui.engine.models.layers import HeadPath, head_paths
from finetune_gui.engine.tasks.base import Task


class Features:
    """Features of the images of a part that could be read, on the CPU.

    Attributes:
        rows: A batch each, of shape (batch, features).
        targets: The classes, likewise.
        names: Where the images come from.
    """

    def __init__(self) -> None:
        self.rows: list[torch.Tensor] = []
        self.targets: list[torch.Tensor] = []
        self.names: list[str] = []

    def matrix(self) -> torch.Tensor:
        """Each row of length 1; shape (images, features)."""
        return F.normalize(torch.cat(self.rows), dim=1)


def collect_features(
    task: Task, part: SplitName, head_path: HeadPath, control: RunControl, activity: str
) -> Generator[PreparationAdvanced, None, Features]:
    """Run the images of a part through the network of a task, without learning; ends early where the user gives up.

    Args:
        task: Prepared, with its network on the device and in evaluation mode.
        part: The images.
        head_path: Of the output layer.
        control: Polled once a batch.
        activity: What is told of it.
    """
    features, total = Features(), task.num_examples(part)
    device = next(task.model.parameters()).device
    with noted_features(task.model, head_path) as seen, reusing_memory(device.type):
        for batch in task.evaluation_batches(part):
            if control.should_end:
                break
            with torch.inference_mode():
                predictions = task.predict(batch)
            if seen:
                features.rows.append(torch.cat(seen, dim=1).float().cpu())
                features.targets.append(predictions.targets)
                features.names += predictions.names
                seen.clear()
            yield PreparationAdvanced(activity=activity, done=len(features.names), total=total)
    return features


@contextmanager
def noted_features(model: nn.Module, head_path: HeadPath) -> Iterator[list[torch.Tensor]]:
    """While this is open each pass adds what goes into the output layer: (batch, features) each."""
    seen: list[torch.Tensor] = []

    def note(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        seen.append(_flat(inputs[0]))

    hooks = [model.get_submodule(path).register_forward_pre_hook(note) for path in head_paths(head_path)]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _flat(inputs: torch.Tensor) -> torch.Tensor:
    """One row an image; maps (batch, channels, height, width) are averaged over their places, tokens likewise."""
    if inputs.ndim == 4:
        return inputs.mean(dim=(2, 3))
    return inputs if inputs.ndim == 2 else inputs.flatten(1, -2).mean(dim=1)
