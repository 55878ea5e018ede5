"""Loads one picture to be looked at closely."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from finetune_gui.engine.data.image import decode_image
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.ui.workers.thumbnail_decoder import to_qimage

MOST_PIXELS = 24_000_000  # 96 MB, and a third more for the smaller ones
_ENOUGH = 1500  # what has more than four times this on its shorter side is made smaller while it is decoded
_LEAST_SIDE = 256


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture in memory, and what its file said.

    Attributes:
        path: The file.
        levels: The picture, at most ``MOST_PIXELS``, and smaller ones of it.
        width: In the file, upright.
        height: In the file, upright.
        num_bytes: Size of the file.
        format: By Pillow's name.
        mode: By Pillow's name.
        camera: Maker and model, or empty.
    """

    path: str
    levels: tuple[QImage, ...]
    width: int
    height: int
    num_bytes: int
    format: str
    mode: str
    camera: str


def load_picture(path: str) -> Picture:
    """Decode a picture, upright, and as large as is good for looking at it. Safe in any thread.

    Raises:
        UnreadableImage: It is missing, damaged, too large or no image.
    """
    decoded = decode_image(Path(path), enough=_ENOUGH)
    factor = math.ceil(math.sqrt(decoded.image.width * decoded.image.height / MOST_PIXELS))
    image = decoded.image.reduce(factor) if factor > 1 else decoded.image
    return Picture(
        path=path,
        levels=mipmaps(to_qimage(image)),
        width=decoded.width,
        height=decoded.height,
        num_bytes=os.stat(long_path(path)).st_size,
        format=decoded.format,
        mode=decoded.mode,
        camera=decoded.camera,
    )


def mipmaps(image: QImage) -> tuple[QImage, ...]:
    """The image, and halves of it down to a thumbnail: painted in one step, a far smaller picture would glitter."""
    levels = [image]
    while max(levels[-1].width(), levels[-1].height()) > _LEAST_SIDE:
        half = levels[-1].size() / 2
        levels.append(
            levels[-1].scaled(
                max(1, half.width()),
                max(1, half.height()),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
    return tuple(levels)
