"""Which class and which part of the data each folder stands for, told by the names of the folders that hold images."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from finetune_gui.engine.config import ClassLevel, SplitName

Parts = tuple[str, ...]

_SPLIT_WORDS: dict[str, SplitName] = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "eval", "evaluation", "dev"), "val"),
    **dict.fromkeys(("test", "testing", "tst"), "test"),
}
_SPLIT_ENDING = re.compile(r"[ _-]?(set|data|dataset|split|images?|imgs?)$")
# Names that say nothing of what is in the picture: 2023, 2023-05-01, session_1, images, IMG2, p12.
_GENERIC_NAME = re.compile(
    r"""[\d\W_]+ | [a-z]{1,3}[ _-]?\d{1,4} |
    (image|img|photo|picture|pic|frame|crop|data|dataset|raw|original|processed|resized|full|jpe?g|png|tiff?|
    session|batch|part|set|day|week|month|year|date|time|round|run|take|seq|sequence|video|clip|scan|slide|serie|
    camera|cam|device|sensor|station|site|location|place|field|plot|plate|patient|subject|person|user|case|visit|
    sample|group|fold|folder|dir|new|old|upload|download)(e?s)?[ _-]?(\d+|[a-z])?""",
    re.VERBOSE,
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the images in one folder are."""

    class_name: str
    split: SplitName | None = None


@dataclass(frozen=True, kw_only=True)
class FolderLayout:
    """How folders sort images into classes.

    Attributes:
        kind: Whether the folders make a split too.
        root: Folder around all of the data; empty if that is the one that was listed.
        places: By the folder that holds images. A folder that is missing here belongs to no class.
        nested: Whether another level of folders could have been meant.
    """

    kind: Literal["class_folders", "split_folders"]
    root: str
    places: Mapping[str, Place]
    nested: bool = False

    def class_names(self) -> set[str]:
        """Of all parts."""
        return {place.class_name for place in self.places.values()}


def split_named(word: str) -> SplitName | None:
    """The part of the data that a word means, as ``Valid``, ``test_set`` or ``training images`` do."""
    word = word.strip().casefold()
    return _SPLIT_WORDS.get(word) or _SPLIT_WORDS.get(_SPLIT_ENDING.sub("", word))


def is_generic(name: str) -> bool:
    """Whether a name says nothing of what is in the picture: a date, a number, ``images``, ``session 3``."""
    return _GENERIC_NAME.fullmatch(name.casefold()) is not None


def read_layout(folders: Iterable[str], level: ClassLevel = "auto") -> FolderLayout:
    """Tell classes and splits by folders.

    Args:
        folders: Those that directly hold images, relative, with forward slashes; the empty path is the outermost.
        level: Which folder on the way to an image names its class: the first below the root and the folder of the
            split, or the last. ``auto`` takes the first unless the last look much more like classes.
    """
    parts = {folder: tuple(folder.split("/")) if folder else () for folder in folders}
    root = _common_root(parts.values())
    inner = {folder: path[len(root) :] for folder, path in parts.items() if path[: len(root)] == root}
    splits, ways = _cut_out_splits(inner)
    ways = {folder: way for folder, way in ways.items() if way}
    index = -1 if level == "last" or (level == "auto" and _last_names_classes(ways.values())) else 0
    return FolderLayout(
        kind="split_folders" if splits else "class_folders",
        root="/".join(root),
        places={folder: Place(class_name=way[index], split=splits.get(folder)) for folder, way in ways.items()},
        nested=any(len(way) > 1 for way in ways.values()) and len({way[-1] for way in ways.values()}) > 1,
    )


def classes_of_chosen(chosen: Collection[str], folders: Iterable[str]) -> FolderLayout:
    """The layout where each of the folders that the user chose is one class.

    Args:
        chosen: Relative to their common parent.
        folders: Those that directly hold images.
    """
    names = _distinct_names(chosen)
    places = {}
    for folder in folders:
        around = [one for one in chosen if f"{folder}/".startswith(f"{one}/")]
        places[folder] = Place(class_name=names[max(around, key=len)])
    return FolderLayout(kind="class_folders", root="", places=places)


def _common_root(ways: Collection[Parts]) -> Parts:
    """Folders that only wrap others, as unpacked archives often have. A stray image beside those changes nothing."""
    root: Parts = ()
    while True:
        inner = [way[len(root) :] for way in ways if way[: len(root)] == root and len(way) > len(root)]
        if len({way[0] for way in inner}) != 1:
            return root
        below = {way[1] for way in inner if len(way) > 1}
        if any(len(way) == 1 for way in inner) and sum(not is_generic(name) for name in below) < 2:
            return root  # a class
        root = (*root, inner[0][0])


def _cut_out_splits(ways: Mapping[str, Parts]) -> tuple[dict[str, SplitName], dict[str, Parts]]:
    """The split of each folder, if folders make one, and the way to it without the folder of the split."""
    for depth in (0, 1):  # train/cat, or cat/train
        if _splits_at(ways.values(), depth):
            found = {folder: split_named(way[depth]) for folder, way in ways.items() if len(way) > depth}
            splits = {folder: split for folder, split in found.items() if split is not None}
            return splits, {folder: ways[folder][:depth] + ways[folder][depth + 1 :] for folder in splits}
    return {}, dict(ways)


def _splits_at(ways: Collection[Parts], depth: int) -> bool:
    """Whether the folders at a depth are parts of the data. A class may be called ``train`` too."""
    if depth == 1:
        inner = [way for way in ways if way]
        found = {split_named(way[1]) if len(way) > 1 else None for way in inner}
        return None not in found and len(found) > 1
    found = {split_named(way[0]) for way in ways if len(way) > 1} - {None}
    classes = {way[1] for way in ways if len(way) > 1 and split_named(way[0]) == "train"}
    return len(found) > 1 or ("train" in found and len([name for name in classes if not is_generic(name)]) > 1)


def _last_names_classes(ways: Collection[Parts]) -> bool:
    """Whether the folders that hold the images name the classes, as in animals/cat or in 2024/cat."""
    if not ways or any(len(way) == 1 for way in ways):  # a class of its own at the first level
        return False
    parents: defaultdict[str, set[str]] = defaultdict(set)
    for way in ways:
        parents[way[-1]].add(way[0])
    if len(parents) < 2 or any(is_generic(name) or split_named(name) for name in parents):
        return False
    told_apart = all(len(firsts) == 1 for firsts in parents.values())
    return told_apart or all(is_generic(way[0]) for way in ways)


def _distinct_names(chosen: Collection[str]) -> dict[str, str]:
    """The last part of each path, and as many before it as tell it from the others."""
    names = {}
    for path in chosen:
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            names[path] = "/".join(parts[-count:])
            if sum(f"/{other}".endswith(f"/{names[path]}") for other in chosen) == 1:
                break
    return names
