"""Which image is learnt from and which is kept aside.

Stratified, the same for the same seed everywhere, and sticky: an image that was kept aside before stays there when
others are added. Images that belong together (look-alikes, one patient, one recording) stay in one part, since a model
that has seen one of them is not tested by the others.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finetune_gui.engine.config import SPLIT_NAMES, SplitName
from finetune_gui.engine.data.dataset import Dataset, Sample
from finetune_gui.engine.data.edits import rank
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import read_json, write_json

SCHEMA_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Split:
    """The images of each part. ``test`` is empty unless the data have one or one was asked for."""

    root: Path
    class_names: tuple[str, ...]
    train: tuple[Sample, ...]
    val: tuple[Sample, ...]
    test: tuple[Sample, ...] = ()

    def part(self, name: SplitName) -> tuple[Sample, ...]:
        """The images of one part."""
        return {"train": self.train, "val": self.val, "test": self.test}[name]

    def as_dataset(self) -> Dataset:
        """All images of all parts, as a scan would give them."""
        samples = tuple(sample for name in SPLIT_NAMES for sample in self.part(name))
        return Dataset(
            source=self.root, root=self.root, layout="split_folders", class_names=self.class_names, samples=samples
        )

    def parts(self) -> dict[str, SplitName]:
        """The part of each image, by its path."""
        return {sample.path: name for name in SPLIT_NAMES for sample in self.part(name)}


@dataclass(frozen=True, kw_only=True)
class SplitRules:
    """How a data set without parts of its own is divided.

    Attributes:
        val_split: Share of each class to validate with.
        test_split: Share of each class for the final test.
        seed: Decides who is drawn.
        group_pattern: Images whose file names give the same match stay in one part; empty for none.
        groups: Paths that stay in one part.
        remembered: Where images went before; they stay there.
        moved: Where images go by the user's decision, whatever the rest says.
    """

    val_split: float
    seed: int
    test_split: float = 0.0
    group_pattern: str = ""
    groups: Sequence[Sequence[str]] = ()
    remembered: Mapping[str, SplitName] = field(default_factory=dict)
    moved: Mapping[str, SplitName] = field(default_factory=dict)


def split_dataset(dataset: Dataset, rules: SplitRules) -> Split:
    """Respect the parts that the data have; where they have no validation part, take a share of each class.

    The order within a class is that of a hash of seed and path, so it depends on neither the file system nor the
    platform. Of each class at least one image is validated with and at least one is trained on, if it has two that do
    not belong together.
    """
    has_parts = dataset.split_names()
    parts: dict[str, SplitName] = {sample.path: sample.split or "train" for sample in dataset.samples}
    if "val" not in has_parts:
        free = [sample for sample in dataset.samples if sample.split in (None, "train")]
        shares: dict[SplitName, float] = {"val": rules.val_split}
        if not has_parts and rules.test_split:
            shares["test"] = rules.test_split
        parts |= _hold_out(free, shares, rules)
    parts |= {path: part for path, part in rules.moved.items() if path in parts}
    by_part: dict[SplitName, list[Sample]] = {name: [] for name in SPLIT_NAMES}
    for sample in dataset.samples:
        by_part[parts[sample.path]].append(sample)
    return Split(
        root=dataset.root,
        class_names=dataset.class_names,
        train=tuple(by_part["train"]),
        val=tuple(by_part["val"]),
        test=tuple(by_part["test"]),
    )


def _hold_out(samples: Sequence[Sample], shares: Mapping[SplitName, float], rules: SplitRules) -> dict[str, SplitName]:
    """The part of each image: whole units are drawn, in the order of their hashes, until each class has its share."""
    parts: dict[str, SplitName] = {
        sample.path: rules.moved.get(sample.path) or rules.remembered[sample.path]
        for sample in samples
        if sample.path in rules.moved or sample.path in rules.remembered
    }
    units = _units(samples, rules)
    _join_known(units, parts)
    free = [unit for unit in units if unit[0].path not in parts]
    free.sort(key=lambda unit: min(rank(sample.path, rules.seed) for sample in unit))
    sizes = Counter(sample.label for sample in samples)
    for part, share in shares.items():
        taken = Counter(sample.label for sample in samples if parts.get(sample.path) == part)
        wanted = {label: _count(size, share, len(shares)) - taken[label] for label, size in sizes.items()}
        drawn = _draw(free, wanted, taken)
        parts |= {sample.path: part for unit in drawn for sample in unit}
        free = [unit for unit in free if unit[0].path not in parts]
    return {sample.path: parts.get(sample.path, "train") for sample in samples}


def _count(size: int, share: float, num_held_out: int) -> int:
    """Images of a class of ``size`` to hold out: at least one, and enough left to train and for the other parts."""
    return max(0, min(max(1, round(share * size)), size - num_held_out))


def _draw(free: Sequence[Sequence[Sample]], wanted: dict[int, int], taken: Counter[int]) -> list[Sequence[Sample]]:
    """Units for one part: first those that fit, then what comes nearest where a class has nothing yet.

    Args:
        free: In the order to draw in.
        wanted: Images still to draw, by label.
        taken: Images that the part has, by label.
    """
    waiting = Counter(sample.label for unit in free for sample in unit)
    drawn: list[Sequence[Sample]] = []

    def draw(unit: Sequence[Sample]) -> None:
        drawn.append(unit)
        for sample in unit:
            wanted[sample.label] -= 1
            taken[sample.label] += 1
            waiting[sample.label] -= 1

    for unit in free:
        if len(unit) <= wanted.get(unit[0].label, 0):
            draw(unit)
    done = {id(unit) for unit in drawn}
    for unit in sorted((unit for unit in free if id(unit) not in done), key=len):
        label, size = unit[0].label, len(unit)
        near_enough = wanted[label] > 0 and (2 * wanted[label] >= size or not taken[label])
        if near_enough and waiting[label] > size:
            draw(unit)
    return drawn


# -- what belongs together --------------------------------------------------------------------------------------------


def _units(samples: Sequence[Sample], rules: SplitRules) -> list[list[Sample]]:
    """Images that must stay in one part, together; most units are of one image."""
    union = _Union()
    for group in rules.groups:
        union.join(group)
    by_key: dict[str, list[str]] = defaultdict(list)
    pattern = re.compile(rules.group_pattern) if rules.group_pattern else None
    for sample in samples:
        if sample.group:
            by_key[f"table\n{sample.group}"].append(sample.path)
        if pattern is not None and (key := group_key(pattern, sample.path)):
            by_key[f"name\n{key}"].append(sample.path)
    for paths in by_key.values():
        union.join(paths)
    members: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        members[union.root(sample.path)].append(sample)
    return list(members.values())


def group_key(pattern: re.Pattern[str], path: str) -> str:
    """What a pattern finds in a file name: its first group, or all of the match; empty for nothing."""
    match = pattern.search(path.rsplit("/", 1)[-1])
    if match is None:
        return ""
    return (match.group(1) if pattern.groups else match.group()) or ""


def _join_known(units: Iterable[Sequence[Sample]], parts: dict[str, SplitName]) -> None:
    """New images go where those are that they belong to; those that were in different parts before stay there."""
    for unit in units:
        known = Counter(parts[sample.path] for sample in unit if sample.path in parts)
        if known:
            usual = max(known, key=lambda part: (known[part], part == "train"))
            for sample in unit:
                parts.setdefault(sample.path, usual)


class _Union:
    """Disjoint sets of paths."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def root(self, path: str) -> str:
        while (parent := self._parent.get(path, path)) != path:
            self._parent[path] = self._parent.get(parent, parent)  # halve the way for the next time
            path = parent
        return path

    def join(self, paths: Sequence[str]) -> None:
        for path in paths[1:]:
            self._parent[self.root(path)] = self.root(paths[0])


# -- on disk ----------------------------------------------------------------------------------------------------------


def save_split(split: Split, path: Path, left_out: Mapping[str, str] | None = None) -> None:
    """Write ``split.json``: which file went where, and why the others went nowhere."""
    plain: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "root": str(split.root),
        "class_names": list(split.class_names),
    }
    for name in SPLIT_NAMES:
        plain[name] = [[sample.path, sample.label] for sample in split.part(name)]
    plain["left_out"] = dict(left_out or {})
    write_json(path, plain)


def load_split(path: Path) -> Split:
    """Read ``split.json``.

    Raises:
        EngineError: It is missing or damaged.
    """
    plain = read_json(path)
    try:
        parts = {
            name: tuple(Sample(str(file), int(label), name) for file, label in plain[name]) for name in SPLIT_NAMES
        }
        return Split(root=Path(plain["root"]), class_names=tuple(plain["class_names"]), **parts)
    except (KeyError, TypeError, ValueError) as error:
        raise EngineError(f"{path} is damaged.", "Train anew, or restore the run folder from a backup.") from error
