"""Random views of an image, so that a network learns what does not matter.

A view is cut from the *base square*: the whole image squeezed into a square that is somewhat larger than the input of
the network. That square is small, of one size for all images, and depends on nothing random, so it can be kept
(``decoded_images``); the crop undoes the squeezing, since its box is drawn in the proportions of the image.
"""

from typing import cast

import numpy as np
from PIL import Image

from finetune_gui.engine.config import Augment
from finetune_gui.engine.data.image import (
    LARGEST_BASE,
    RESAMPLING,
    Box,
    Pixels,
    Preprocessing,
    centre_square,
    inside,
)

# Smallest area of a crop, as a share of the image.
_MIN_AREA: dict[Augment, float] = {"light": 0.5, "strong": 0.2}
# Side of the base square in sides of the input. A crop of the mean area is then not enlarged.
_BASE: dict[Augment, float] = {"light": 1.25, "strong": LARGEST_BASE}


def base_side(spec: Preprocessing, strength: Augment) -> int:
    """Side of the base square, in pixels."""
    return round(spec.size * _BASE[strength])


def base_square(image: Image.Image, spec: Preprocessing, strength: Augment) -> Pixels:
    """The whole image, squeezed into a square.

    Returns:
        uint8 pixels of shape (side, side, 3), with ``base_side``.
    """
    side = base_side(spec, strength)
    return np.asarray(image.resize((side, side), RESAMPLING[spec.interpolation]))


def random_view(
    base: Pixels, size: tuple[int, int], spec: Preprocessing, strength: Augment, rng: np.random.Generator
) -> Pixels:
    """A crop resized to the input size, perhaps mirrored, recoloured if ``strong``.

    The crop is that of Szegedy et al. 2015 (random area and aspect ratio).

    Args:
        base: What ``base_square`` gave.
        size: Width and height of the image; only their ratio matters.
        spec: Of the network.
        strength: ``light`` or ``strong``.
        rng: Decides everything.

    Returns:
        uint8 pixels of shape (size, size, 3).
    """
    box = _random_box(size, _MIN_AREA[strength], rng)
    side = len(base)
    across, down = side / size[0], side / size[1]
    squeezed = inside((box[0] * across, box[1] * down, box[2] * across, box[3] * down), (side, side))
    view = Image.fromarray(base).resize((spec.size, spec.size), RESAMPLING[spec.interpolation], box=squeezed)
    pixels = np.asarray(view)
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    if strength == "strong":
        pixels = _recolour(pixels, rng)
    return pixels


def augmented_square(image: Image.Image, spec: Preprocessing, strength: Augment, rng: np.random.Generator) -> Pixels:
    """What the network sees of an image in training: a random view, or the centre where ``strength`` is ``none``.

    Returns:
        uint8 pixels of shape (size, size, 3).
    """
    if strength == "none":
        return centre_square(image, spec)
    return random_view(base_square(image, spec, strength), image.size, spec, strength, rng)


def _random_box(size: tuple[int, int], min_area: float, rng: np.random.Generator) -> Box:
    width, height = size
    area = width * height * rng.uniform(min_area, 1.0)
    ratio = float(np.exp(rng.uniform(np.log(3 / 4), np.log(4 / 3))))
    box_width = min(float(width), float(np.sqrt(area * ratio)))
    box_height = min(float(height), float(np.sqrt(area / ratio)))
    left = rng.uniform(0, width - box_width) if box_width < width else 0.0
    top = rng.uniform(0, height - box_height) if box_height < height else 0.0
    return left, top, left + box_width, top + box_height


def _recolour(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Vary brightness, contrast and saturation by up to 30 %."""
    brightness, contrast, saturation = rng.uniform(0.7, 1.3, size=3)
    values = pixels.astype(np.float32) * brightness
    mean = values.mean()
    values = (values - mean) * contrast + mean
    grey = values.mean(axis=2, keepdims=True)
    values = (values - grey) * saturation + grey
    return cast(Pixels, np.clip(values, 0, 255).astype(np.uint8))
