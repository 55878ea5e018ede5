"""What the user's decisions make of a data set. The files are never touched."""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from finetune_gui.engine.config import DataEdits, SplitName
from finetune_gui.engine.data.dataset import Dataset, Sample, natural_key

Reason = Literal["unreadable", "excluded", "dropped", "over_limit"]
"""Why an image is left out: damaged; by decision; its class is dropped; its class has enough without it."""


@dataclass(frozen=True, kw_only=True)
class EditedDataset:
    """A data set as it will be used.

    Attributes:
        dataset: With the images that are used and the classes by the names that are used.
        left_out: Why each of the other images is not.
    """

    dataset: Dataset
    left_out: dict[str, Reason]


def apply_edits(
    dataset: Dataset, edits: DataEdits, *, unreadable: Collection[str] = (), seed: int = 0
) -> EditedDataset:
    """Leave out, rename, merge, drop and limit. Paths and classes that the data do not have (any more) are no error.

    Args:
        dataset: What the scan found.
        edits: What was decided.
        unreadable: Paths of images that cannot be decoded.
        seed: Decides which images stay when a class is limited; the same ones when images are added.
    """
    left_out: dict[str, Reason] = {}
    used: list[tuple[Sample, str]] = []
    excluded, dropped = set(edits.excluded), set(edits.dropped)
    for sample in dataset.samples:
        own = edits.relabelled.get(sample.path, dataset.class_names[sample.label])
        if sample.path in unreadable:
            left_out[sample.path] = "unreadable"
        elif sample.path in excluded:
            left_out[sample.path] = "excluded"
        elif own in dropped:
            left_out[sample.path] = "dropped"
        else:
            used.append((sample, edits.renamed.get(own, own)))
    over = _over_limits(used, edits.limits, seed)
    left_out |= dict.fromkeys(sorted(over), "over_limit")
    used = [(sample, name) for sample, name in used if sample.path not in over]
    names = tuple(sorted({name for _, name in used}, key=natural_key))
    labels = {name: label for label, name in enumerate(names)}
    samples = tuple(replace(sample, label=labels[name]) for sample, name in used)
    return EditedDataset(dataset=replace(dataset, class_names=names, samples=samples), left_out=left_out)


def _over_limits(used: list[tuple[Sample, str]], limits: dict[str, int], seed: int) -> set[str]:
    """Images beyond the limit of their class. What the data set aside for checking is not limited."""
    members: dict[str, list[str]] = defaultdict(list)
    for sample, name in used:
        if name in limits and sample.split in (None, "train"):
            members[name].append(sample.path)
    over: set[str] = set()
    for name, paths in members.items():
        over.update(sorted(paths, key=lambda path: rank(path, seed))[limits[name] :])
    return over


def rank(path: str, seed: int) -> bytes:
    """Sort key that shuffles paths the same way everywhere, and keeps their order when others come between."""
    return hashlib.sha256(f"{seed}\n{path}".encode(errors="surrogateescape")).digest()


# -- changes of the decisions, each giving new ones -------------------------------------------------------------------


def exclude(edits: DataEdits, paths: Collection[str]) -> DataEdits:
    """Leave these images out."""
    return replace(edits, excluded=tuple(sorted({*edits.excluded, *paths})))


def include(edits: DataEdits, paths: Collection[str]) -> DataEdits:
    """Use these images after all."""
    return replace(edits, excluded=tuple(path for path in edits.excluded if path not in set(paths)))


def move(edits: DataEdits, paths: Collection[str], part: SplitName) -> DataEdits:
    """Put these images into a part of the data."""
    return replace(edits, moved=edits.moved | dict.fromkeys(paths, part))


def relabel(edits: DataEdits, paths: Collection[str], name: str) -> DataEdits:
    """Count these images to another class, by the name that the data give it."""
    return replace(edits, relabelled=edits.relabelled | dict.fromkeys(paths, name))


def rename(edits: DataEdits, dataset: Dataset, shown: str, new: str) -> DataEdits:
    """Use another name for a class; with the name of another class both become one.

    Args:
        edits: What was decided so far.
        dataset: What the scan found.
        shown: The name that is used now; it may stand for several classes that were merged.
        new: The name to use.
    """
    new = new.strip()
    renamed = dict(edits.renamed)
    for own in own_names(edits, dataset, shown):
        renamed[own] = new
        if own == new:
            del renamed[own]
    limits = dict(edits.limits)
    if shown in limits:
        limits.setdefault(new, limits.pop(shown))
    return replace(edits, renamed=renamed, limits=limits)


def separate(edits: DataEdits, dataset: Dataset, shown: str) -> DataEdits:
    """Give merged or renamed classes their own names back."""
    own = set(own_names(edits, dataset, shown))
    return replace(edits, renamed={name: new for name, new in edits.renamed.items() if name not in own})


def drop(edits: DataEdits, dataset: Dataset, shown: str) -> DataEdits:
    """Leave a class out."""
    return replace(edits, dropped=tuple(sorted({*edits.dropped, *own_names(edits, dataset, shown)})))


def restore(edits: DataEdits, own: str) -> DataEdits:
    """Use a dropped class after all."""
    return replace(edits, dropped=tuple(name for name in edits.dropped if name != own))


def limit(edits: DataEdits, shown: str, most: int | None) -> DataEdits:
    """Use at most so many images of a class; None for all."""
    limits = {name: value for name, value in edits.limits.items() if name != shown}
    return replace(edits, limits=limits if most is None else limits | {shown: most})


def keep(edits: DataEdits, key: str, *, kept: bool = True) -> DataEdits:
    """Say that a finding is fine as it is, or that it is not."""
    others = tuple(other for other in edits.kept if other != key)
    return replace(edits, kept=(*others, key) if kept else others)


def own_names(edits: DataEdits, dataset: Dataset, shown: str) -> list[str]:
    """The classes of the data that a shown name stands for."""
    return [name for name in dataset.class_names if edits.renamed.get(name, name) == shown]
