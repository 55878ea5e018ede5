"""Whatever an image file may hold for colours, as 8-bit RGB."""

from functools import cache

import numpy as np
from PIL import Image, ImageCms


def to_rgb(image: Image.Image) -> Image.Image:
    """Convert a decoded image: grey of more than 8 bits scaled by its range, transparency over white.

    Returns:
        An image of mode ``RGB``; the same one, if it is that already.
    """
    if is_wide(image):
        return _scale_to_8_bit(image).convert("RGB")
    if image.has_transparency_data:
        return _over_white(image if image.mode == "RGBA" else image.convert("RGBA"))
    if image.mode == "LAB":
        return ImageCms.applyTransform(image, _lab_to_srgb()) or image
    return image if image.mode == "RGB" else image.convert("RGB")


def is_wide(image: Image.Image) -> bool:
    """Whether an image is grey of 16 or 32 bits, or of floats."""
    return image.mode.startswith("I") or image.mode == "F"


def to_float(image: Image.Image) -> Image.Image:
    """A wide image in mode ``F``."""
    return Image.fromarray(np.asarray(image).astype(np.float32))


def _over_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


@cache
def _lab_to_srgb() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")


def _scale_to_8_bit(image: Image.Image) -> Image.Image:
    """Stretch the range of values over 0..255; Pillow's own conversion clips at 255."""
    values = np.nan_to_num(np.asarray(image).astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return Image.fromarray(np.full(values.shape, 128, dtype=np.uint8))
    values -= low
    values *= 255 / (high - low)
    return Image.fromarray(values.round().astype(np.uint8))
