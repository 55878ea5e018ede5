"""Where in an image the answer of a network comes from, and how that is painted over the image."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from finetune_gui.engine.data.image import Box

Heat = npt.NDArray[np.float32]  # (height, width), in [0, 1]
Method = Literal["gradcam", "rise"]
METHODS: tuple[Method, ...] = ("gradcam", "rise")

OPACITY = 0.6  # of the hottest place
_UNSEEN = 0.45  # brightness of what lies outside the square that the network sees
# From cold to hot; each is brighter than the one before, so that grey prints and colour-blind eyes can read it.
_RAMP = np.array(
    [(26, 12, 74), (104, 20, 118), (178, 46, 98), (231, 98, 50), (251, 168, 36), (252, 244, 158)], dtype=np.float32
)


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """What speaks for a class, place by place.

    Attributes:
        values: Shape (side, side), over the square that the network sees; the hottest place is 1, and 0 does not
            speak for the class. All are 0 where nothing does.
        box: That square as shares of the image's width and height: left, top, right, bottom.
        class_name: What is spoken for.
        probability: Of this class.
        method: How it was found.
        layer: Path of the layer that was looked at; empty where the method looks at none.
    """

    values: Heat
    box: Box
    class_name: str
    probability: float
    method: Method
    layer: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing in the image speaks for the class."""
        return not self.values.any()


def scaled(values: npt.NDArray[np.float32]) -> Heat:
    """What is above 0, as shares of the largest; all 0 where nothing is, or where it is no number."""
    positive = np.maximum(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), 0.0)
    largest = float(positive.max(initial=0.0))
    return (positive / largest if largest > 0 else positive).astype(np.float32)


def colours(values: Heat) -> npt.NDArray[np.uint8]:
    """Colours of a heat map; shape (height, width, 4), RGBA. Cold places let the image through.

    Args:
        values: Shape (height, width), in [0, 1].
    """
    places = np.linspace(0, 1, len(_RAMP))
    rgb = np.stack([np.interp(values, places, _RAMP[:, channel]) for channel in range(3)], axis=-1)
    alpha = 255 * np.sqrt(values)  # half the heat is to be seen well
    return np.concatenate([rgb, alpha[..., None]], axis=-1).round().astype(np.uint8)


def paint(image: Image.Image, heat: HeatMap, *, opacity: float = OPACITY, longest: int = 1024) -> Image.Image:
    """The image with its heat map over it; what the network does not see is darkened.

    Args:
        image: Upright RGB, the one that was explained.
        heat: Of it.
        opacity: Of the hottest place, from 0 to 1. By as much the image turns grey, or its own colours would pass for
            heat.
        longest: Most pixels of the longer side of the result.

    Returns:
        RGB.
    """
    painted = image.convert("RGB")
    painted.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    width, height = painted.size
    left, top, right, bottom = heat.box
    place = (round(left * width), round(top * height), round(right * width), round(bottom * height))
    size = (max(1, place[2] - place[0]), max(1, place[3] - place[1]))
    seen = painted.crop((*place[:2], place[0] + size[0], place[1] + size[1]))
    overlay = Image.fromarray(colours(heat.values)).resize(size, Image.Resampling.BICUBIC)
    seen = Image.blend(seen, seen.convert("L").convert("RGB"), opacity)
    alpha = overlay.getchannel("A").point(lambda value: round(value * opacity))
    seen.paste(overlay.convert("RGB"), (0, 0), alpha)
    painted = painted.point(lambda value: round(value * _UNSEEN))
    painted.paste(seen, place[:2])
    return painted
