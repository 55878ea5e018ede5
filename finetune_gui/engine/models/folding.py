"""Folds BatchNorm into convolutions, so that a network which only infers does less."""

from typing import Any, cast

import torch
from torch import nn


def fold_batch_norm(network: nn.Module, example: torch.Tensor) -> int:
    """Fold each BatchNorm into the convolution whose output it gets; in evaluation both are one affine map.

    Which belong together is seen by running the network once. Where the output of a convolution is used elsewhere too
    the result is another one: compare before it is relied upon.

    Args:
        network: In evaluation mode; changed in place.
        example: What it takes.

    Returns:
        How many were folded.
    """
    pairs = _conv_and_norm(network, example)
    owners = {child: (owner, name) for owner in network.modules() for name, child in owner.named_children()}
    for norm, conv in pairs.items():
        mean, variance = cast(torch.Tensor, norm.running_mean), cast(torch.Tensor, norm.running_var)
        conv.weight, conv.bias = nn.utils.fusion.fuse_conv_bn_weights(
            conv.weight, conv.bias, mean, variance, norm.eps, norm.weight, norm.bias
        )
        owner, name = owners[norm]
        # timm's BatchNormAct2d is BatchNorm, dropout (asleep) and activation in one.
        setattr(owner, name, getattr(norm, "act", None) or nn.Identity())
    return len(pairs)


def _conv_and_norm(network: nn.Module, example: torch.Tensor) -> dict[nn.BatchNorm2d, nn.Conv2d]:
    producers: dict[int, tuple[nn.Conv2d, torch.Tensor]] = {}  # the tensors are kept, so that ids are not used again
    pairs: dict[nn.BatchNorm2d, nn.Conv2d] = {}
    calls: dict[nn.Module, int] = {}

    def after_conv(conv: nn.Conv2d, _inputs: Any, output: torch.Tensor) -> None:
        calls[conv] = calls.get(conv, 0) + 1
        producers[id(output)] = (conv, output)

    def before_norm(norm: nn.BatchNorm2d, inputs: tuple[torch.Tensor, ...]) -> None:
        calls[norm] = calls.get(norm, 0) + 1
        if (found := producers.get(id(inputs[0]))) is not None:
            pairs[norm] = found[0]

    handles = []
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            handles.append(module.register_forward_hook(after_conv))
        elif isinstance(module, nn.BatchNorm2d) and module.running_mean is not None:
            handles.append(module.register_forward_pre_hook(before_norm))
    try:
        with torch.no_grad():
            network(example)
    finally:
        for handle in handles:
            handle.remove()
    return {norm: conv for norm, conv in pairs.items() if calls[norm] == 1 == calls[conv]}
