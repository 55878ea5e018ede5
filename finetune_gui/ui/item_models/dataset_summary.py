"""What the data page shows of a data set: counts by class and part, and pictures. Computed off the GUI thread."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from finetune_gui.engine.config import SplitName
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.split import SplitRules, split_dataset
from finetune_gui.ui.item_models.class_item_model import ALL_CLASSES, ClassRow
from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail

IMBALANCE = 5.0  # largest class to smallest, from where it is worth a word


@dataclass(frozen=True, slots=True)
class Picture:
    """One image with its class and the part it falls into."""

    path: str
    label: int
    split: SplitName


@dataclass(frozen=True, kw_only=True)
class DatasetSummary:
    """A data set as it will be used.

    Attributes:
        dataset: What the scan found.
        rows: One for each class.
        pictures: All images, the classes in turn, so that the first ones show every class.
    """

    dataset: Dataset
    rows: tuple[ClassRow, ...]
    pictures: tuple[Picture, ...]

    def total(self, split: SplitName) -> int:
        """Number of images of a part."""
        return sum(getattr(row, split) for row in self.rows)

    def splits(self) -> tuple[SplitName, ...]:
        """The parts that hold images."""
        names: tuple[SplitName, ...] = ("train", "val", "test")
        return tuple(name for name in names if self.total(name))

    @property
    def own_validation(self) -> bool:
        """Whether the folder itself says what to validate with."""
        return "val" in self.dataset.split_names()

    @property
    def imbalance(self) -> float:
        """Training images of the largest class to those of the smallest that has any."""
        counts = [row.train for row in self.rows if row.train]
        return max(counts) / min(counts) if counts else 1.0

    def thumbnails(self, label: int = ALL_CLASSES, split: SplitName | None = None) -> list[Thumbnail]:
        """The images of a class and of a part, to show."""
        root = self.dataset.root
        names = self.dataset.class_names
        wanted = (p for p in self.pictures if label in (ALL_CLASSES, p.label) and split in (None, p.split))
        prefix = f"{root.as_posix().rstrip('/')}/"  # not Path: this is done for tens of thousands at once
        return [
            Thumbnail(
                path=prefix + picture.path,
                caption=names[picture.label] if label == ALL_CLASSES else picture.path.rsplit("/", 1)[-1],
                class_index=picture.label,
            )
            for picture in wanted
        ]


def summarise(dataset: Dataset, *, val_split: float, seed: int) -> DatasetSummary:
    """Split the data set as a run would, and count. Takes time in proportion to the number of images."""
    split = split_dataset(dataset, SplitRules(val_split=val_split, seed=seed))
    parts: tuple[SplitName, ...] = ("train", "val", "test")
    pictures = [Picture(sample.path, sample.label, name) for name in parts for sample in split.part(name)]
    counts: dict[tuple[int, str], int] = defaultdict(int)
    for picture in pictures:
        counts[picture.label, picture.split] += 1
    rows = tuple(
        ClassRow(
            label=label,
            name=name,
            images=sum(counts[label, part] for part in parts),
            train=counts[label, "train"],
            val=counts[label, "val"],
            test=counts[label, "test"],
        )
        for label, name in enumerate(dataset.class_names)
    )
    return DatasetSummary(dataset=dataset, rows=rows, pictures=tuple(_in_turn(dataset, pictures)))


def _in_turn(dataset: Dataset, pictures: Iterable[Picture]) -> list[Picture]:
    """One of each class after the other; within a class in the order of the scan."""
    order = {sample.path: place for place, sample in enumerate(dataset.samples)}
    ranks: dict[int, int] = defaultdict(int)
    keyed = []
    for picture in sorted(pictures, key=lambda picture: order[picture.path]):
        keyed.append((ranks[picture.label], picture.label, picture))
        ranks[picture.label] += 1
    return [picture for _, _, picture in sorted(keyed, key=lambda entry: entry[:2])]
