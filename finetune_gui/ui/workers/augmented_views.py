"""Draws what a network is shown of an image, with random variation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtGui import QImage

from finetune_gui.engine.config import Augment
from finetune_gui.engine.data.augment import augmented_square
from finetune_gui.engine.data.image import (
    Pixels,
    Preprocessing,
    UnreadableImage,
    centre_square,
    load_image,
)
from finetune_gui.ui.workers.operation import Progress
from finetune_gui.ui.workers.thumbnail_decoder import to_qimage


@dataclass(frozen=True, kw_only=True)
class AugmentedViews:
    """One image as the network sees it.

    Attributes:
        path: The file.
        original: The centre square, as in validation; None where the file cannot be read.
        views: As in training.
        error: Why the file cannot be read; empty where it can.
    """

    path: str
    original: QImage | None = None
    views: tuple[QImage, ...] = ()
    error: str = ""


def draw_views(
    paths: Sequence[str], spec: Preprocessing, strength: Augment, num_views: int, seed: int, progress: Progress
) -> list[AugmentedViews]:
    """Draw ``num_views`` random views of each image; the same seed draws the same ones."""
    drawn = []
    for number, path in enumerate(paths):
        if progress.should_stop():
            break
        try:
            image = load_image(Path(path), spec.enough)
        except UnreadableImage as error:
            drawn.append(AugmentedViews(path=path, error=error.reason))
            continue
        rng = np.random.default_rng((seed, number))
        views = tuple(_picture(augmented_square(image, spec, strength, rng)) for _ in range(num_views))
        drawn.append(AugmentedViews(path=path, original=_picture(centre_square(image, spec)), views=views))
    return drawn


def _picture(pixels: Pixels) -> QImage:
    return to_qimage(Image.fromarray(np.ascontiguousarray(pixels)))
