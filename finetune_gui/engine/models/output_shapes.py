"""The shape of what each layer gives, from one forward pass that computes nothing."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

Shape = tuple[int, ...]
_BATCH = 2  # some layers treat a single image as no batch


def output_shapes(model: nn.Module, size: int) -> dict[str, Shape]:
    """Output shape of each module for one image, without the batch, by its path; the last call counts.

    A network on the meta device costs no memory and next to no time. What gives no tensor is left out; so is
    everything after an operation that the meta device cannot do.

    Args:
        model: In any mode; it is run in evaluation mode and left as it was.
        size: Side of the square images.
    """
    shapes: dict[str, Shape] = {}
    handles = [module.register_forward_hook(_noting(path, shapes)) for path, module in model.named_modules()]
    training = {module: module.training for module in model.modules()}
    device = next(model.parameters()).device
    try:
        with torch.inference_mode(), device:
            model.eval()(torch.zeros(_BATCH, 3, size, size))
    except (NotImplementedError, RuntimeError, TypeError):
        pass  # shapes are good to know, no more
    finally:
        for handle in handles:
            handle.remove()
        for module, was_training in training.items():
            module.training = was_training
    return shapes


def _noting(path: str, shapes: dict[str, Shape]) -> Callable[..., None]:
    def note(_module: nn.Module, _inputs: Any, output: Any) -> None:
        tensor = output[0] if isinstance(output, tuple | list) and output else output
        if isinstance(tensor, torch.Tensor):
            shapes[path] = tuple(tensor.shape[1:])

    return note
