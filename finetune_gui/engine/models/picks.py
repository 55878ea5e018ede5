"""A short list of models for the data and the device at hand, each with its reason. Torch-free, and a pure function."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from finetune_gui.engine.models.catalog import STARTER_ID, ModelInfo, find_info

Reason = Literal["quick", "few_images", "accurate", "phones", "detail", "papers"]

FEW_PER_CLASS = 60  # below, features that need no tuning matter more than anything else
SECONDS_PER_EPOCH = 180.0  # more than that is nothing to recommend to somebody who waits
GMACS_ON_A_CPU = 2.0  # the limit where no speed is known
MAX_PICKS = 4

# In the order in which they are offered. With few images self-supervised features go before all but the starter.
_CANDIDATES: tuple[tuple[Reason, str], ...] = (
    ("quick", STARTER_ID),
    ("few_images", "timm/vit_small_patch14_dinov2.lvd142m"),
    ("accurate", "timm/convnext_tiny.fb_in22k_ft_in1k"),
    ("phones", "torchvision/mobilenet_v3_large"),
    ("detail", "torchvision/efficientnet_v2_s"),
    ("papers", "torchvision/resnet50"),
)


@dataclass(frozen=True, kw_only=True)
class Pick:
    """A model and why it suits.

    Attributes:
        seconds: Estimated for seeing every training image once, by work and measured speed; None where no speed is
            known.
        here: Whether its weights are on this machine.
    """

    model_id: str
    reason: Reason
    seconds: float | None
    here: bool


def pick_models(
    *, num_images: int, num_classes: int, has_gpu: bool, here: Collection[str], gmacs_per_second: float | None
) -> tuple[Pick, ...]:
    """At most four models, the best first.

    Args:
        num_images: Training images; 0 while there are no data.
        num_classes: Of these images.
        has_gpu: Whether training will run on an accelerator.
        here: Ids of models whose weights are on this machine.
        gmacs_per_second: Measured on the device of the training; None while it is not measured.
    """
    found = []
    for reason, model_id in _CANDIDATES:
        info = find_info(model_id)
        if info is None or (reason == "few_images" and not _few(num_images, num_classes)):
            continue
        seconds = estimated_seconds(info, num_images, gmacs_per_second)
        if model_id == STARTER_ID or _bearable(info, seconds, has_gpu=has_gpu):
            found.append(Pick(model_id=model_id, reason=reason, seconds=seconds, here=model_id in here))
    return tuple(found[:MAX_PICKS])


def estimated_seconds(info: ModelInfo, num_images: int, gmacs_per_second: float | None) -> float | None:
    """Time for one forward pass over all images, by work alone; learning layers cost up to twice as much again."""
    if not num_images or not gmacs_per_second or not info.gmacs:
        return None
    return num_images * info.gmacs / gmacs_per_second


def _few(num_images: int, num_classes: int) -> bool:
    return 0 < num_images < FEW_PER_CLASS * max(num_classes, 1)


def _bearable(info: ModelInfo, seconds: float | None, *, has_gpu: bool) -> bool:
    if seconds is not None:
        return seconds <= SECONDS_PER_EPOCH
    return has_gpu or info.gmacs <= GMACS_ON_A_CPU
