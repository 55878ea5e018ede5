"""Images made of two: mixup and CutMix, so that a network does not become too sure of itself."""

from dataclasses import dataclass, replace

import numpy as np
import torch

from finetune_gui.engine.config import LossConfig

Rectangle = tuple[int, int, int, int]
"""Top, left, bottom, right, in pixels."""


@dataclass(frozen=True, kw_only=True)
class Blend:
    """What each image of a batch is mixed with.

    Attributes:
        images: uint8, shape (batch, 3, size, size): the partners.
        targets: int64, shape (batch,): their classes.
        share: Of an image's own class in its label.
        box: Where the partner is pasted in (CutMix); None where both are blended all over (mixup).
    """

    images: torch.Tensor
    targets: torch.Tensor
    share: float
    box: Rectangle | None

    def rows(self, start: int, stop: int) -> "Blend":
        """That of some rows of the batch."""
        return replace(self, images=self.images[start:stop], targets=self.targets[start:stop])

    def mix(self, images: torch.Tensor, partners: torch.Tensor) -> torch.Tensor:
        """The images that the network sees; both are normalised, shape (batch, 3, size, size)."""
        if self.box is None:
            return images.lerp(partners, 1 - self.share)
        top, left, bottom, right = self.box
        mixed = images.clone()
        mixed[..., top:bottom, left:right] = partners[..., top:bottom, left:right]
        return mixed


def draw_blend(images: torch.Tensor, targets: torch.Tensor, loss: LossConfig, rng: np.random.Generator) -> Blend:
    """Pair the images of a batch at random, and draw how they are mixed.

    mixup (Zhang et al. 2018) blends all over by λ ~ Beta(α, α); CutMix (Yun et al. 2019) pastes a rectangle with
    1 − λ of the area. Where both are on, each batch gets one of them.

    Args:
        images: uint8, shape (batch, 3, size, size).
        targets: int64, shape (batch,).
        loss: Which of them are on.
        rng: Decides everything.
    """
    cut = loss.cutmix > 0 and (loss.mixup == 0 or rng.random() < 0.5)
    alpha = loss.cutmix if cut else loss.mixup
    order = torch.from_numpy(rng.permutation(len(images)))
    share = float(rng.beta(alpha, alpha))
    box = None
    if cut:
        height, width = images.shape[-2:]
        box = _rectangle(height, width, share, rng)
        top, left, bottom, right = box
        share = 1 - (bottom - top) * (right - left) / (height * width)
    return Blend(images=images[order], targets=targets[order], share=share, box=box)


def _rectangle(height: int, width: int, share: float, rng: np.random.Generator) -> Rectangle:
    """Of 1 − ``share`` of the area, around a point of the image; what stands out is cut off."""
    half = 0.5 * np.sqrt(1 - share)
    row, column = rng.uniform(0, height), rng.uniform(0, width)
    top, bottom = np.clip([row - half * height, row + half * height], 0, height)
    left, right = np.clip([column - half * width, column + half * width], 0, width)
    return round(top), round(left), round(bottom), round(right)
