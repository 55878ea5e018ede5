"""The output layer: fitted to the classes, extended by new ones, with dropout before it."""

from collections.abc import Sequence
from typing import cast

import torch
from torch import nn

from finetune_gui.engine.errors import EngineError

Head = nn.Linear | nn.Conv2d


def replace_head(model: nn.Module, model_id: str, num_classes: int, *, num_original: int) -> str:
    """Swap the last layer with ``num_original`` outputs for a fresh one sized to the classes; pooling stays as it is.

    Returns:
        The path of the output layer.

    Raises:
        EngineError: There is no such layer. None is guessed.
    """
    modules: list[tuple[str, nn.Module]] = list(model.named_modules())
    for path, module in reversed(modules):
        if isinstance(module, Head) and _num_outputs(module) == num_original:
            model.set_submodule(path, _fresh_head(module, num_classes))
            return path
    raise EngineError(
        f"The output layer of {model_id} was not found, so it cannot be fitted to your classes.",
        "Choose another model.",
    )


def extend_head(model: nn.Module, head_path: str, old_classes: Sequence[str], new_classes: Sequence[str]) -> None:
    """Size a trained head to other classes: a class that it knows keeps its weights, a new one begins afresh.

    Args:
        model: Its head has one output for each of ``old_classes``, in their order.
        head_path: Path of the output layer.
        old_classes: Names of the present outputs.
        new_classes: Names of the outputs to have, in order.

    Raises:
        EngineError: The output layer is of a kind that cannot be extended, or has other outputs than it should.
    """
    head = model.get_submodule(head_path)
    if not isinstance(head, Head) or _num_outputs(head) != len(old_classes):
        raise EngineError(
            f"The output layer {head_path} does not have one output for each of {len(old_classes)} classes.",
            "Begin with a fresh output layer, from the pretrained model.",
        )
    fresh = _fresh_head(head, len(new_classes))
    known = {name: row for row, name in enumerate(old_classes)}
    pairs = [(row, known[name]) for row, name in enumerate(new_classes) if name in known]
    with torch.no_grad():
        for new_row, old_row in pairs:
            fresh.weight[new_row] = head.weight[old_row]
            if head.bias is not None and fresh.bias is not None:
                fresh.bias[new_row] = head.bias[old_row]
    model.set_submodule(head_path, fresh)


def set_head_dropout(model: nn.Module, head_path: str, share: float) -> None:
    """Drop a share of the inputs of the head in training, in place of the dropout that the network was published with.

    No name changes, so the weights fit a network with and without it.
    """
    parent = model.get_submodule(head_path.rpartition(".")[0])
    siblings = list(parent.children())
    head = model.get_submodule(head_path)
    before = siblings[: next(index for index, child in enumerate(siblings) if child is head)]
    if before and isinstance(before[-1], nn.Dropout):
        before[-1].p = share
        return
    if isinstance(getattr(model, "drop_rate", None), float):  # timm's older networks drop without a module
        model.drop_rate = 0.0  # type: ignore[assignment]
    head.add_module("dropout", nn.Dropout(share))
    head.register_forward_pre_hook(_drop_inputs)


def _drop_inputs(head: nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return (cast(torch.Tensor, head.get_submodule("dropout")(inputs[0])), *inputs[1:])


def _num_outputs(head: Head) -> int:
    return head.out_features if isinstance(head, nn.Linear) else head.out_channels


def _fresh_head(head: Head, num_classes: int) -> Head:
    device, dtype = head.weight.device, head.weight.dtype
    bias = head.bias is not None
    if isinstance(head, nn.Linear):
        return nn.Linear(head.in_features, num_classes, bias=bias, device=device, dtype=dtype)
    return nn.Conv2d(
        head.in_channels,
        num_classes,
        kernel_size=cast(tuple[int, int], head.kernel_size),
        stride=cast(tuple[int, int], head.stride),
        padding=cast(tuple[int, int], head.padding),
        bias=bias,
        device=device,
        dtype=dtype,
    )
