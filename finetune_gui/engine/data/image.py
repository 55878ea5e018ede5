"""From an image file to the square of pixels that a network sees. One code path for training, preview and predict."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from finetune_gui.engine.config import Augment
from finetune_gui.engine.errors import EngineError

Interpolation = Literal["bilinear", "bicubic"]
Pixels = npt.NDArray[np.uint8]  # (height, width, 3), RGB

# Formats that only hold pictures. Left out on purpose: EPS (runs Ghostscript), PDF, WMF, video.
_WANTED_FORMATS = ("JPEG", "MPO", "PNG", "BMP", "DIB", "GIF", "TIFF", "WEBP", "PPM", "TGA", "AVIF", "JPEG2000", "ICO")
IMAGE_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "bmp", "dib", "gif", "tif", "tiff"),
        *("webp", "ppm", "pgm", "pbm", "pnm", "tga", "avif", "jp2", "ico"),
    )
)
_RESAMPLING = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
_DECODE_ERRORS = (OSError, ValueError, SyntaxError, EOFError, IndexError, Image.DecompressionBombError)


class UnreadableImage(EngineError):  # noqa: N818 (named for what it is)
    """A file that is no image, or a damaged one."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The image {path} cannot be read: {reason}.", "Open it in an image viewer and save it again, or remove it."
        )
        self.path = path


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """How a pretrained network expects its images.

    Attributes:
        size: Side of the square input, in pixels.
        resize: Length of the shorter side before the centre crop, in pixels.
        interpolation: Of the resize; always antialiased.
        mean: Per channel, of pixels in [0, 1].
        std: Per channel, of pixels in [0, 1].
    """

    size: int
    resize: int
    interpolation: Interpolation
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@cache
def image_formats() -> tuple[str, ...]:
    """The formats that are opened: those wanted that this build of Pillow has."""
    Image.init()
    return tuple(name for name in _WANTED_FORMATS if name in Image.OPEN)


def check_header(path: Path) -> bool:
    """Whether a file begins like an image. Cheap: no pixel is decoded, so a truncated file passes."""
    try:
        with Image.open(path, formats=image_formats()):
            return True
    except _DECODE_ERRORS:
        return False


def load_image(path: Path) -> Image.Image:
    """Decode an image as upright RGB.

    EXIF orientation is applied; 16-bit and float grey are scaled by their range; transparency goes over white; of an
    animation the first frame is taken.

    Raises:
        UnreadableImage: It is missing, damaged or no image.
    """
    try:
        with Image.open(path, formats=image_formats()) as image:
            image.load()
            return _to_rgb(ImageOps.exif_transpose(image))
    except FileNotFoundError as error:
        raise UnreadableImage(path, "it does not exist") from error
    except PermissionError as error:
        raise UnreadableImage(path, "permission is denied") from error
    except UnidentifiedImageError as error:
        raise UnreadableImage(path, "it is not an image") from error
    except _DECODE_ERRORS as error:
        raise UnreadableImage(path, str(error).rstrip(".") or type(error).__name__) from error


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _scale_to_8_bit(image).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def _scale_to_8_bit(image: Image.Image) -> Image.Image:
    """Stretch the range of values over 0..255; Pillow's own conversion clips at 255."""
    values = np.asarray(image, dtype=np.float64)
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return Image.fromarray(np.full(values.shape, 128, dtype=np.uint8))
    return Image.fromarray(((values - low) * (255 / (high - low))).round().astype(np.uint8))


def centre_square(image: Image.Image, spec: Preprocessing) -> Pixels:
    """Resize the shorter side to ``spec.resize`` and cut ``spec.size`` x ``spec.size`` from the centre.

    Returns:
        uint8 pixels of shape (size, size, 3).
    """
    width, height = image.size
    shorter = min(width, height)
    new_width = max(spec.size, int(spec.resize * width / shorter))
    new_height = max(spec.size, int(spec.resize * height / shorter))
    left, top = round((new_width - spec.size) / 2), round((new_height - spec.size) / 2)
    # Resizing just the crop gives the same pixels, and keeps a 1 x 20000 image from growing without bound.
    box = (
        left * width / new_width,
        top * height / new_height,
        (left + spec.size) * width / new_width,
        (top + spec.size) * height / new_height,
    )
    resampling = _RESAMPLING[spec.interpolation]
    return np.asarray(image.resize((spec.size, spec.size), resampling, box=_inside(box, image.size)))


def augmented_square(image: Image.Image, spec: Preprocessing, strength: Augment, rng: np.random.Generator) -> Pixels:
    """A random view of an image: a crop resized to the input size, perhaps mirrored, recoloured if ``strong``.

    The crop is that of Szegedy et al. 2015 (random area and aspect ratio).

    Returns:
        uint8 pixels of shape (size, size, 3).
    """
    if strength == "none":
        return centre_square(image, spec)
    min_area = 0.5 if strength == "light" else 0.2
    box = _random_box(image.size, min_area, rng)
    view = image.resize((spec.size, spec.size), _RESAMPLING[spec.interpolation], box=_inside(box, image.size))
    pixels = np.asarray(view)
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    if strength == "strong":
        pixels = _recolour(pixels, rng)
    return pixels


Box = tuple[float, float, float, float]


def _inside(box: Box, size: tuple[int, int]) -> Box:
    """Clip away rounding errors, which Pillow refuses."""
    width, height = size
    return max(0.0, box[0]), max(0.0, box[1]), min(float(width), box[2]), min(float(height), box[3])


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
