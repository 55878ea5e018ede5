"""What the data page shows of a data set: classes, parts and pictures. Computed off the GUI thread."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from finetune_gui.engine.config import DataConfig, DataEdits, SplitName
from finetune_gui.engine.data.archive import is_unpacked, unpacked_root
from finetune_gui.engine.data.arrange import Arranged
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.edits import Reason
from finetune_gui.engine.data.findings import Finding
from finetune_gui.engine.data.store import DataStore
from finetune_gui.ui.data_words import mark_words, reason_words
from finetune_gui.ui.item_models.class_item_model import ClassRow
from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail
from finetune_gui.ui.long_lived import collection_put_off

Shown = Literal["all", "train", "val", "test", "left_out"]


@dataclass(frozen=True, slots=True)
class Picture:
    """One image: the row of its class, the part it falls into, and why it falls into none."""

    path: str
    label: int
    part: SplitName | None
    left_out: Reason | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which pictures to show.

    Attributes:
        labels: Of these rows of classes; None for all.
        part: Of this part.
        finding: What this finding is about, group by group, in place of a class.
    """

    labels: frozenset[int] | None = None
    part: Shown = "all"
    finding: Finding | None = None


@dataclass(frozen=True, kw_only=True)
class DatasetSummary:
    """A data set as it will be used.

    Attributes:
        arranged: What it is computed from.
        config: The settings by which it was arranged.
        rows: One for each class; those that are left out come last.
        pictures: All images, the classes in turn, so that the first ones show every class.
        pictures_here: Whether the files are there; those of an archive are not before it is unpacked.
    """

    arranged: Arranged
    config: DataConfig
    rows: tuple[ClassRow, ...]
    pictures: tuple[Picture, ...]
    pictures_here: bool

    @property
    def num_left_out(self) -> int:
        """Images that are not used."""
        return len(self.arranged.left_out)

    @property
    def own_parts(self) -> bool:
        """Whether the data themselves say what to validate with."""
        return "val" in self.arranged.inspection.dataset.split_names()

    @cached_property
    def prefix(self) -> str:
        """What stands before the path of a picture to make it that of a file."""
        root = self.arranged.inspection.dataset.root.as_posix().rstrip("/")
        return f"{root}/"  # not Path: this is done for tens of thousands at once

    @cached_property
    def by_path(self) -> dict[str, Picture]:
        """Pictures by their path."""
        return {picture.path: picture for picture in self.pictures}

    @cached_property
    def marks(self) -> dict[str, str]:
        """What was found out about single images."""
        marks: dict[str, str] = {}
        for finding in reversed(self.arranged.findings):  # the gravest has the last word
            if not finding.kept and (words := mark_words(finding.kind)):
                marks |= dict.fromkeys(finding.paths(), words)
        return marks

    def total(self, part: SplitName) -> int:
        """Number of images of a part."""
        return len(self.arranged.split.part(part))

    def picture(self, file: str) -> Picture | None:
        """The picture of a file."""
        return self.by_path.get(file.removeprefix(self.prefix))

    def thumbnails(self, wanted: Wanted) -> list[Thumbnail]:
        """The pictures to show; those of a finding in its groups. Takes time in proportion to their number."""
        one_class = wanted.labels is not None and len(wanted.labels) == 1 and wanted.finding is None
        made = []
        for picture, group in self._wanted(wanted):
            named = picture.path.rsplit("/", 1)[-1] if one_class else self.rows[picture.label].name
            made.append(
                Thumbnail(
                    path=self.prefix + picture.path,
                    caption=named,
                    class_index=picture.label,
                    part=self._mark_of_part(picture, wanted),
                    left_out=reason_words(picture.left_out) if picture.left_out else "",
                    finding=self.marks.get(picture.path, "") if wanted.finding is None else "",
                    group=group,
                )
            )
        return made

    @staticmethod
    def _mark_of_part(picture: Picture, wanted: Wanted) -> SplitName | None:
        """Most images are learnt from: only the others are marked, unless it matters."""
        usual = picture.part == "train" and wanted.finding is None
        return None if usual or wanted.part != "all" else picture.part

    def _wanted(self, wanted: Wanted) -> Iterator[tuple[Picture, int]]:
        labels, part = wanted.labels, wanted.part
        for picture, group in self._of(wanted.finding):
            right_part = part == "all" or (picture.left_out is not None if part == "left_out" else picture.part == part)
            if right_part and (wanted.finding is not None or labels is None or picture.label in labels):
                yield picture, group

    def _of(self, finding: Finding | None) -> Iterator[tuple[Picture, int]]:
        if finding is None:
            yield from ((picture, -1) for picture in self.pictures)
            return
        together = any(len(group) > 1 for group in finding.groups)
        for number, group in enumerate(finding.groups):
            for path in group:
                if picture := self.by_path.get(path):
                    yield picture, number if together else -1


def summarise(arranged: Arranged, config: DataConfig, store: DataStore) -> DatasetSummary:
    """Count, and list the pictures. Takes time in proportion to the number of images."""
    with collection_put_off():
        return _summarised(arranged, config, store)


def _summarised(arranged: Arranged, config: DataConfig, store: DataStore) -> DatasetSummary:
    found, edits = arranged.inspection.dataset, config.edits
    classes = _Classes(arranged, edits)
    parts, left_out = arranged.split.parts(), arranged.left_out
    pictures = []
    for sample in found.samples:
        own = edits.relabelled.get(sample.path, found.class_names[sample.label])
        pictures.append(Picture(sample.path, classes.label_of(own), parts.get(sample.path), left_out.get(sample.path)))
    return DatasetSummary(
        arranged=arranged,
        config=config,
        rows=classes.rows(pictures),
        pictures=tuple(_in_turn(pictures)),
        pictures_here=_files_are_there(found, store),
    )


class _Classes:
    """Gives the classes of the data their rows: first those that are used, in the order of their labels."""

    def __init__(self, arranged: Arranged, edits: DataEdits) -> None:
        self._edits = edits
        self._dropped = set(edits.dropped)
        self._keys = [(False, name) for name in arranged.dataset.class_names]
        self._labels = {key: label for label, key in enumerate(self._keys)}
        self._own_names: dict[int, list[str]] = defaultdict(list)
        for own in arranged.inspection.dataset.class_names:
            self._own_names[self.label_of(own)].append(own)

    def label_of(self, own: str) -> int:
        """Row of a class by the name that the data give it."""
        dropped = own in self._dropped
        key = (dropped, own if dropped else self._edits.renamed.get(own, own))
        if key not in self._labels:
            self._labels[key] = len(self._keys)
            self._keys.append(key)
        return self._labels[key]

    def rows(self, pictures: Iterable[Picture]) -> tuple[ClassRow, ...]:
        """With the number of pictures in each part."""
        counts = Counter((picture.label, picture.part) for picture in pictures)
        return tuple(self._row(label, counts) for label in range(len(self._keys)))

    def _row(self, label: int, counts: Counter[tuple[int, SplitName | None]]) -> ClassRow:
        dropped, name = self._keys[label]
        train, val, test = counts[label, "train"], counts[label, "val"], counts[label, "test"]
        return ClassRow(
            label=label,
            name=name,
            images=train + val + test,
            train=train,
            val=val,
            test=test,
            left_out=counts[label, None],
            own_names=tuple(self._own_names[label]),
            dropped=dropped,
            limit=None if dropped else self._edits.limits.get(name),
        )


def _in_turn(pictures: Iterable[Picture]) -> list[Picture]:
    """One of each class after the other; within a class in the order of the scan."""
    ranks: dict[int, int] = defaultdict(int)
    keyed = []
    for picture in pictures:
        keyed.append((ranks[picture.label], picture.label, picture))
        ranks[picture.label] += 1
    return [picture for _, _, picture in sorted(keyed, key=lambda entry: entry[:2])]


def _files_are_there(dataset: Dataset, store: DataStore) -> bool:
    in_archive = dataset.root.is_relative_to(store.unpacked_dir) and dataset.source != dataset.root
    return not in_archive or not dataset.source.is_file() or is_unpacked(unpacked_root(dataset.source, store))
