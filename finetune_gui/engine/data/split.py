"""Which image is learnt from and which is kept aside: stratified, and the same for the same seed everywhere."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune_gui.engine.config import SplitName
from finetune_gui.engine.data.dataset import Dataset, Sample
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import read_json, write_json

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Split:
    """The images of each part. ``test`` is empty unless the folder has one."""

    root: Path
    class_names: tuple[str, ...]
    train: tuple[Sample, ...]
    val: tuple[Sample, ...]
    test: tuple[Sample, ...] = ()

    def part(self, name: SplitName) -> tuple[Sample, ...]:
        """The images of one part."""
        return {"train": self.train, "val": self.val, "test": self.test}[name]


def split_dataset(dataset: Dataset, *, val_split: float, seed: int) -> Split:
    """Respect the folder's own split; where it has no validation part, take a share of each class.

    The order within a class is that of a hash of seed and path, so it depends on neither the file system nor the
    platform. Of each class at least one image is validated with and at least one is trained on.
    """
    parts: dict[SplitName, list[Sample]] = {"train": [], "val": [], "test": []}
    for sample in dataset.samples:
        parts[sample.split or "train"].append(sample)
    if not parts["val"]:
        parts["train"], parts["val"] = _hold_out(parts["train"], val_split, seed)
    return Split(
        root=dataset.root,
        class_names=dataset.class_names,
        train=tuple(parts["train"]),
        val=tuple(parts["val"]),
        test=tuple(parts["test"]),
    )


def _hold_out(samples: list[Sample], share: float, seed: int) -> tuple[list[Sample], list[Sample]]:
    by_class: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_class[sample.label].append(sample)
    held_out: set[str] = set()
    for members in by_class.values():
        ranked = sorted(members, key=lambda sample: _rank(sample.path, seed))
        count = min(max(1, round(share * len(ranked))), len(ranked) - 1)
        held_out.update(sample.path for sample in ranked[:count])
    train = [sample for sample in samples if sample.path not in held_out]
    val = [sample for sample in samples if sample.path in held_out]
    return train, val


def _rank(path: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\n{path}".encode()).digest()


def save_split(split: Split, path: Path) -> None:
    """Write ``split.json``: which file went where."""
    plain: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "root": str(split.root),
        "class_names": list(split.class_names),
    }
    for name in ("train", "val", "test"):
        plain[name] = [[sample.path, sample.label] for sample in split.part(name)]
    write_json(path, plain)


def load_split(path: Path) -> Split:
    """Read ``split.json``.

    Raises:
        EngineError: It is missing or damaged.
    """
    plain = read_json(path)
    try:
        parts = {
            name: tuple(Sample(str(file), int(label), name) for file, label in plain[name])
            for name in ("train", "val", "test")
        }
        return Split(root=Path(plain["root"]), class_names=tuple(plain["class_names"]), **parts)
    except (KeyError, TypeError, ValueError) as error:
        raise EngineError(f"{path} is damaged.", "Train anew, or restore the run folder from a backup.") from error
