"""Heat maps from gradients: Grad-CAM (Selvaraju et al., ICCV 2017), for networks of convolutions and of patches.

The map is that of one layer: ``ReLU(sum over k of a_k * A_k)``, where ``A_k`` is channel k of what the layer gives, and
``a_k`` the mean over all places of the derivative of the class's logit by ``A_k``. The layer is the last one whose
output has places and on whose places the logit depends. It is found by looking at what all layers give:

- maps of shape (batch, channels, height, width), and (batch, height, width, channels) as in Swin Transformers;
- tokens of shape (batch, tokens, channels), where as many as the last map before had places stand for these places,
  behind a few others (class token, registers). Of the last block of a Vision Transformer only the class token goes on,
  so there it is what the attention of this block reads that still has gradients everywhere.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional as F

from finetune_gui.engine.errors import EngineError

_MOST_OTHER_TOKENS = 16  # class token, distillation token, registers


class NoSpatialMap(EngineError):  # noqa: N818 (named for what it is)
    """A network none of whose layers keeps places apart."""

    def __init__(self) -> None:
        super().__init__(
            "This network has no layer that tells where in the image something is, so Grad-CAM has nothing to show.",
            "Use RISE: it covers parts of the image instead.",
        )


@dataclass(frozen=True, kw_only=True)
class _Maps:
    """What a layer gave, and how places are read from it."""

    layer: str
    output: torch.Tensor
    side: int
    num_others: int | None = None  # tokens before those of the places; None: it is a map
    channels_last: bool = False

    def laid_out(self, tensor: torch.Tensor) -> torch.Tensor:
        """The output or its gradient, of one image, as (channels, side, side)."""
        if self.num_others is not None:
            return tensor[0, self.num_others :].T.reshape(-1, self.side, self.side)
        return tensor[0].permute(2, 0, 1) if self.channels_last else tensor[0]


def grad_cam(model: nn.Module, image: torch.Tensor, class_index: int) -> tuple[npt.NDArray[np.float32], str]:
    """What speaks for a class, by Grad-CAM.

    Args:
        model: In evaluation mode; its gradients are left alone.
        image: Shape (1, 3, size, size), normalised, on the device of the model.
        class_index: Of the logits.

    Returns:
        Shape (size, size), not below 0; and the path of the layer.

    Raises:
        NoSpatialMap: No layer tells places apart.
    """
    with torch.enable_grad(), _noted_maps(model) as maps:
        logits: torch.Tensor = model(image.detach().requires_grad_().clone())  # a copy: a leaf must not be changed
        outputs = [each.output for each in maps]
        gradients: Sequence[torch.Tensor | None] = ()  # None: the logit does not depend on it
        if outputs:
            gradients = torch.autograd.grad(logits[0, class_index], outputs, allow_unused=True)
    for each, gradient in zip(reversed(maps), reversed(gradients), strict=True):
        if gradient is not None and bool((slopes := each.laid_out(gradient).float()).any()):
            activations = each.laid_out(each.output.detach()).float()
            weights = slopes.mean(dim=(1, 2), keepdim=True)
            heat = F.relu((weights * activations).sum(dim=0))
            return _enlarged(heat, image.shape[-1]), each.layer
    raise NoSpatialMap


def _enlarged(heat: torch.Tensor, size: int) -> npt.NDArray[np.float32]:
    enlarged = F.interpolate(heat[None, None], (size, size), mode="bilinear", align_corners=False)
    found: npt.NDArray[np.float32] = enlarged[0, 0].cpu().numpy()
    return found


@contextmanager
def _noted_maps(model: nn.Module) -> Iterator[list[_Maps]]:
    """While this is open a pass of one image notes all that has places, in the order of the network."""
    maps: list[_Maps] = []
    sides: list[int] = []

    def note(path: str, module: nn.Module, output: object) -> None:
        if not isinstance(output, torch.Tensor) or not output.requires_grad or not output.is_floating_point():
            return
        found = _as_maps(path, output, sides[-1] if sides else 0)
        if found is None:
            return
        if found.num_others is None:
            sides.append(found.side)
        if not isinstance(module, nn.Linear):  # queries, keys and values in one: no features of their own
            maps.append(found)

    hooks = [
        module.register_forward_hook(lambda module, _, output, path=path: note(path, module, output))
        for path, module in model.named_modules()
        if path
    ]
    try:
        yield maps
    finally:
        for hook in hooks:
            hook.remove()


def _as_maps(path: str, output: torch.Tensor, last_side: int) -> _Maps | None:
    """What a layer gave as maps, where it is something like that.

    Args:
        path: Of the layer.
        output: What it gave for one image.
        last_side: Of the last map before; maps never grow on the way to an answer (what does is attention among
            places, or an enlarged copy). 0: there was none.
    """
    shape = output.shape
    if shape[0] != 1:
        return None
    if output.ndim == 4:
        for side, other, channels_last in ((shape[2], shape[3], False), (shape[1], shape[2], True)):
            if side == other > 1 and (not last_side or side <= last_side):
                return _Maps(layer=path, output=output, side=side, channels_last=channels_last)
    if output.ndim == 3 and last_side > 1:
        num_others = shape[1] - last_side**2
        if 0 <= num_others <= _MOST_OTHER_TOKENS:
            return _Maps(layer=path, output=output, side=last_side, num_others=num_others)
        side = math.isqrt(shape[1])
        if side**2 == shape[1] and 1 < side < last_side:
            return _Maps(layer=path, output=output, side=side, num_others=0)
    return None
