"""What an inspection finds out: facts of each image, and which images are the same or look alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from finetune_gui.engine.data.dataset import Dataset


class ImageFacts(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What decoding an image once told. A struct, since there may be many, and they go to other processes and to disk.

    Attributes:
        num_bytes: Size of the file.
        mtime_ns: When the file was changed last, in nanoseconds since 1970.
        digest: BLAKE2b of the file, 16 bytes: the same for exact copies.
        width: In pixels, upright. 0 where the image cannot be read.
        height: In pixels, upright.
        format: By Pillow's name, such as ``JPEG``.
        mode: By Pillow's name, such as ``RGB`` or ``I;16``.
        camera: Maker and model by EXIF, or empty.
        look: What the upright picture is compared by, see ``look_alikes.py``. Empty where the picture is too even to
            be told from others, or cannot be read.
        error: Why the image cannot be read; empty where it can.
    """

    num_bytes: int
    mtime_ns: int
    digest: bytes = b""
    width: int = 0
    height: int = 0
    format: str = ""
    mode: str = ""
    camera: str = ""
    look: bytes = b""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """All that is known of a data set.

    Attributes:
        dataset: What the scan found.
        facts: By the path of the sample; empty while the images were not looked at.
        copies: Groups of two or more readable images whose files are the same, byte by byte.
        look_alikes: Groups of two or more readable images that look nearly the same, exact copies among them.
    """

    dataset: Dataset
    facts: Mapping[str, ImageFacts]
    copies: tuple[tuple[str, ...], ...] = ()
    look_alikes: tuple[tuple[str, ...], ...] = ()

    def unreadable(self) -> dict[str, str]:
        """Why each image that cannot be read cannot."""
        return {path: facts.error for path, facts in self.facts.items() if facts.error}


Stage = Literal["unpacking", "checking", "comparing"]
STAGE_WORDS: Mapping[Stage, str] = {
    "unpacking": "Unpacking the archive",
    "checking": "Checking the images",
    "comparing": "Comparing the images",
}


@dataclass(frozen=True, kw_only=True)
class InspectionAdvanced:
    """How far an inspection is, in images; ``total`` is 0 while it is unknown."""

    stage: Stage
    done: int
    total: int
