"""A data set as plain data: labelled images below a folder, before anything was decided about them."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from finetune_gui.engine.config import SPLIT_NAMES, SplitName

Layout = Literal["class_folders", "split_folders", "table"]
Ignored = Literal[
    "hidden",  # its name begins with a dot
    "system",  # Thumbs.db, __MACOSX, .ipynb_checkpoints and like
    "not_image",  # by its name
    "special",  # a pipe, a device, a socket, a link that leads nowhere
    "no_class",  # an image beside the class folders
    "not_in_table",  # an image that the table of labels does not name
    "nested_archive",  # an archive among the images, or inside the archive
    "broken_name",  # not valid Unicode, so that it could be written neither to a report nor to a config
    "unsafe_name",  # of an archive: absolute, or leading out of the folder
    "same_name",  # of an archive: another name differs in case alone, and the disk knows no difference
]
"""Why a file was passed over. None of these is an error."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled image. ``path`` is relative to the root of the data set, with forward slashes."""

    path: str
    label: int
    split: SplitName | None = None  # None: the data have no split of their own
    group: str = ""  # images of one group stay in one part; empty: given by nobody


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """What was found. ``class_names`` is the union over all splits, so an index means one class everywhere.

    Attributes:
        source: What the user chose: a folder, a table of labels or an archive.
        root: Folder that the paths of the samples are relative to. That of an archive is there once it is unpacked.
        layout: How the data say which class an image belongs to.
        class_names: In natural order.
        samples: Everything named like an image; whether it can be read is for the inspection to tell.
        ignored: Number of files passed over, by reason.
        missing: Images that the table of labels names, but that are not there.
        denied: Files and folders that may not be read.
        nested: Whether classes lie in folders of folders, so that another level could have been meant.
    """

    source: Path
    root: Path
    layout: Layout
    class_names: tuple[str, ...]
    samples: tuple[Sample, ...]
    ignored: Mapping[Ignored, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    nested: bool = False

    @property
    def num_ignored(self) -> int:
        """Files passed over, for whatever reason."""
        return sum(self.ignored.values())

    def counts(self, split: SplitName | Literal["any"] | None = "any") -> list[int]:
        """Images in each class, of one split or of all."""
        counter = Counter(s.label for s in self.samples if split in ("any", s.split))
        return [counter[label] for label in range(len(self.class_names))]

    def split_names(self) -> tuple[SplitName, ...]:
        """The splits that the data themselves make."""
        present = {s.split for s in self.samples}
        return tuple(name for name in SPLIT_NAMES if name in present)


def natural_key(text: str) -> list[tuple[int, int, str]]:
    """Sort key with numbers by value: ``img2`` before ``img10``."""
    parts = re.split(r"(\d+)", text.casefold())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts if p]
