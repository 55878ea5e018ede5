"""What every runtime offers: class probabilities of decoded images, and what stands beside a network for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from finetune_gui.engine.answer_settings import AnswerSettings
from finetune_gui.engine.data.image import Pixels, Preprocessing

Probabilities = npt.NDArray[np.float32]  # (batch, num_classes), rows sum to 1


@dataclass(frozen=True, kw_only=True)
class Sidecars:
    """What stands beside a network: the names of its outputs, and how images are prepared for it."""

    class_names: tuple[str, ...]
    preprocessing: Preprocessing
    answer: AnswerSettings


class Predictor(Protocol):
    """A network with everything around it."""

    sidecars: Sidecars

    def probabilities(self, images: Sequence[Image.Image]) -> Probabilities:
        """Class probabilities of upright RGB images of any size."""


def as_batch(squares: Sequence[Pixels]) -> npt.NDArray[np.uint8]:
    """Stack pixels of shape (size, size, 3) to (batch, 3, size, size)."""
    return np.ascontiguousarray(np.stack(squares).transpose(0, 3, 1, 2))
