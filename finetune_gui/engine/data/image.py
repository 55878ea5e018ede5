"""From an image file to the square of pixels that a network sees. One code path for training, preview and predict."""

import math
import os
import threading
import warnings
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, UnidentifiedImageError

from finetune_gui.engine.data.colours import is_wide, to_float, to_rgb
from finetune_gui.engine.data.formats import WANTED_FORMATS
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.engine.errors import EngineError

Interpolation = Literal["bilinear", "bicubic"]
Pixels = npt.NDArray[np.uint8]  # (height, width, 3), RGB

MAX_PIXELS = 200_000_000  # the largest cameras of phones; 800 MB while it is decoded
LARGEST_BASE = 1.5  # side of the largest square that random views are cut from (augment.py), in sides of the input
_MANY_PIXELS = 25_000_000  # 100 MB: images of more are decoded one at a time
_BAND_PIXELS = 4_000_000  # of a large image are converted at once

_WIDEST_FILTER = 2.0  # pixels that the bicubic one looks to each side, at full size

RESAMPLING = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}

# How to turn a picture upright, by its EXIF orientation.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = (5, 6, 7, 8)

Image.MAX_IMAGE_PIXELS = None  # MAX_PIXELS does that, with an error instead of a warning
warnings.filterwarnings("ignore", module=r"PIL\.")  # of odd EXIF and like; an image is read, or says why it is not
_large_images: AbstractContextManager[object] = threading.Lock()


class UnreadableImage(EngineError):  # noqa: N818 (named for what it is)
    """A file that is no image, or a damaged one.

    Attributes:
        path: The file.
        reason: What is wrong with it, such as ``it is truncated``.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The image {path} cannot be read: {reason}.", "Open it in an image viewer and save it again, or remove it."
        )
        self.path = path
        self.reason = reason


class _TooManyPixels(Exception):  # noqa: N818 (likewise)
    """An image whose pixels would not fit into memory."""


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

    @property
    def enough(self) -> int:
        """What ``load_image`` is told, so that no square has to be enlarged; it leaves at least twice as many pixels.

        One number for training, validation, previews and predictions, so that all see the same pixels.
        """
        return -(-max(self.resize, round(LARGEST_BASE * self.size)) // 2)


@dataclass(frozen=True, kw_only=True)
class DecodedImage:
    """An image in memory.

    Attributes:
        image: Upright RGB, perhaps smaller than it is in the file.
        width: In the file, upright.
        height: In the file, upright.
        format: By Pillow's name, such as ``JPEG``.
        mode: In the file, by Pillow's name, such as ``I;16``.
        camera: Maker and model by EXIF, or empty.
    """

    image: Image.Image
    width: int
    height: int
    format: str
    mode: str
    camera: str


@cache
def image_formats() -> tuple[str, ...]:
    """The formats that are opened: those wanted that this build of Pillow has."""
    Image.init()
    return tuple(name for name in WANTED_FORMATS if name in Image.OPEN)


def share_turns(lock: AbstractContextManager[object]) -> None:
    """Take turns with other processes in decoding very large images, so that only one is in memory."""
    global _large_images
    _large_images = lock


def load_image(path: Path, enough: int = 0) -> Image.Image:
    """Decode an image as upright RGB; see ``decode_image``. With ``enough`` a JPEG may be decoded smaller.

    Raises:
        UnreadableImage: It is missing, damaged or no image.
    """
    return decode_image(path, enough=enough, reduce=False).image


def load_thumbnail(path: Path, size: int) -> Image.Image:
    """Decode an image as upright RGB that covers a square of ``size`` pixels, and is hardly larger.

    The shorter side has ``size`` pixels, or those of the file where that has fewer; the longer one at most four times
    as many, cut from the middle.

    Raises:
        UnreadableImage: It is missing, damaged or no image.
    """
    image = decode_image(path, enough=size).image
    scale = min(1.0, size / min(image.size))
    box_width, box_height = (min(side, 4 * min(image.size)) for side in image.size)
    left, top = (image.width - box_width) / 2, (image.height - box_height) / 2
    target = max(1, round(box_width * scale)), max(1, round(box_height * scale))
    box = (left, top, left + box_width, top + box_height)
    return image.resize(target, Image.Resampling.BILINEAR, box=box)


def decode_image(source: Path | bytes, *, enough: int = 0, reduce: bool = True) -> DecodedImage:
    """Decode all pixels of an image, whatever its format and mode, as upright RGB.

    EXIF orientation is applied; 16-bit and float grey are scaled by their range; transparency goes over white; of an
    animation the first frame is taken.

    Args:
        source: The file, or what is in it.
        enough: Where both sides have more than twice as many pixels the image may be made smaller, which is faster
            and takes less memory. 0: as large as it is.
        reduce: Whether what the decoder cannot make smaller is averaged; resizing it later is as fast, and finer.

    Raises:
        UnreadableImage: It is missing, damaged, too large or no image.
    """
    stream = BytesIO(source) if isinstance(source, bytes) else long_path(str(source))
    try:
        with Image.open(stream, formats=image_formats()) as image, _turn(_checked(image).size):
            return _decode(image, enough, reduce)
    except Exception as error:  # decoders raise whatever they like on damaged files
        path = source if isinstance(source, Path) else Path("image")
        raise UnreadableImage(path, _reason(source, error)) from error


def _checked(image: Image.Image) -> Image.Image:
    """Refuse an image by what its header says, before memory is asked for."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _TooManyPixels(f"{width} x {height} pixels are too many to decode")
    return image


def _turn(size: tuple[int, int]) -> AbstractContextManager[object]:
    return _large_images if size[0] * size[1] > _MANY_PIXELS else nullcontext()


def _decode(image: Image.Image, enough: int, reduce: bool) -> DecodedImage:
    mode, format_name, size = image.mode, image.format or "", image.size
    factor = min(size) // (2 * enough) if enough else 1
    drafted = image.draft(None, (2 * enough, 2 * enough)) if factor > 1 else None  # JPEG: made smaller on decoding
    image.load()
    if not drafted:
        size = image.size
    orientation, camera = _exif(image)  # after loading: PNG may have it behind the pixels, and TIFF obeys it by itself
    factor = min(image.size) // (2 * enough) if enough and reduce else 1  # what is left of it
    upright = to_rgb(_reduced(image, factor) if factor > 1 else image)
    if orientation in _UPRIGHT:
        upright = upright.transpose(_UPRIGHT[orientation])
    width, height = reversed(size) if orientation in _SIDEWAYS else size
    return DecodedImage(image=upright, width=width, height=height, format=format_name, mode=mode, camera=camera)


def _exif(image: Image.Image) -> tuple[int, str]:
    """Orientation and camera. Damaged EXIF does not make a picture unreadable."""
    try:
        exif = image.getexif()
        if not exif:
            return 1, ""
        maker, model = (_text(exif.get(tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
        camera = model if model.casefold().startswith(maker.casefold()) else f"{maker} {model}".strip()
        orientation = exif.get(ExifTags.Base.Orientation)
    except Exception:  # the parser raises whatever it likes
        return 1, ""
    return orientation if isinstance(orientation, int) else 1, camera


def _text(value: object) -> str:
    return value.partition("\0")[0].strip() if isinstance(value, str) else ""


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    """Average squares of ``factor`` pixels. Goes by bands of rows: a second large image would not fit into memory."""
    width, height = image.size
    rows = max(1, _BAND_PIXELS // (width * factor)) * factor
    small = Image.new("F" if is_wide(image) else "RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, rows):
        band = image.crop((0, top, width, min(height, top + rows)))
        small.paste((to_float(band) if is_wide(image) else to_rgb(band)).reduce(factor), (0, top // factor))
    return small


def _reason(source: Path | bytes, error: Exception) -> str:
    """What is wrong, for people; what decoders say is for programmers."""
    if isinstance(error, _TooManyPixels):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return "it does not exist"
    if isinstance(error, PermissionError):
        return "permission is denied"
    if isinstance(error, UnidentifiedImageError):
        return "it is empty" if _is_empty(source) else "it is not an image"
    if isinstance(error, MemoryError):
        return "there is not enough memory for it"
    if isinstance(error, OSError) and error.errno is not None and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    if isinstance(error, EOFError) or "truncated" in str(error).casefold():
        return "it is truncated"
    return "its data are damaged"


def _is_empty(source: Path | bytes) -> bool:
    try:
        return not (source if isinstance(source, bytes) else os.stat(long_path(str(source))).st_size)
    except OSError:
        return False


def centre_square(image: Image.Image, spec: Preprocessing) -> Pixels:
    """Resize the shorter side to ``spec.resize`` and cut ``spec.size`` x ``spec.size`` from the centre.

    Returns:
        uint8 pixels of shape (size, size, 3).
    """
    # Resizing just the crop gives the same pixels, and keeps a 1 x 20000 image from growing without bound.
    box = inside(centre_box(image.size, spec), image.size)
    return np.asarray(_resized(image, spec.size, RESAMPLING[spec.interpolation], box))


def _resized(image: Image.Image, side: int, resampling: Image.Resampling, box: "Box") -> Image.Image:
    """A part of an image as a square, across first and then down, whatever its shape.

    Pillow does so too, but from version 13 on it goes down first where that saves work. A quarter of the pixels is then
    rounded the other way: a network would see another image than with an older Pillow, and than in an exported graph.
    """
    width, height = image.size
    if height <= width:
        return image.resize((side, side), resampling, box=box)
    left, _, right, _ = box
    top, bottom = (float(np.float32(corner)) for corner in box[1::2])  # as Pillow keeps them
    reach = _WIDEST_FILTER * max(1.0, (bottom - top) / side) + 1
    first, last = max(0, math.floor(top - reach)), min(height, math.ceil(bottom + reach))
    rows = image.crop((0, first, width, last)).resize((side, last - first), resampling, (left, 0, right, last - first))
    return rows.resize((side, side), resampling, (0, top - first, side, bottom - first))


Box = tuple[float, float, float, float]  # left, top, right, bottom


def centre_box(size: tuple[int, int], spec: Preprocessing) -> Box:
    """The part of an image that ``centre_square`` shows, in the pixels of the image.

    Args:
        size: Width and height of the image.
        spec: How it is prepared.
    """
    width, height = size
    shorter = min(width, height)
    new_width = max(spec.size, int(spec.resize * width / shorter))
    new_height = max(spec.size, int(spec.resize * height / shorter))
    left, top = round((new_width - spec.size) / 2), round((new_height - spec.size) / 2)
    return (
        left * width / new_width,
        top * height / new_height,
        (left + spec.size) * width / new_width,
        (top + spec.size) * height / new_height,
    )


def inside(box: Box, size: tuple[int, int]) -> Box:
    """Clip away rounding errors, which Pillow refuses."""
    width, height = size
    return max(0.0, box[0]), max(0.0, box[1]), min(float(width), box[2]), min(float(height), box[3])
