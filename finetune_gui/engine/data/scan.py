"""What is in a folder of images: classes, splits, and what is no image. Reads names and headers, never pixels."""

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from finetune_gui.engine.data.image import IMAGE_SUFFIXES, check_header
from finetune_gui.engine.errors import EngineError

SplitName = Literal["train", "val", "test"]
Layout = Literal["class_folders", "split_folders"]

SPLIT_FOLDERS: dict[str, SplitName] = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}
IGNORED_FOLDERS = {"__MACOSX", "__pycache__", "lost+found", "$RECYCLE.BIN", "System Volume Information"}
_PROGRESS_EVERY = 50  # images between two reports


class ScanStopped(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user cancelled the scan."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled image. ``path`` is relative to the root of the data set, with forward slashes."""

    path: str
    label: int
    split: SplitName | None = None  # None: the folder has no split of its own


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """What a scan found. ``class_names`` is the union over all splits, so an index means one class everywhere."""

    root: Path
    layout: Layout
    class_names: tuple[str, ...]
    samples: tuple[Sample, ...]
    num_ignored: int = 0  # files that are no images by their name
    unreadable: tuple[str, ...] = ()  # images by their name, but not by their content

    def counts(self, split: SplitName | Literal["any"] | None = "any") -> list[int]:
        """Images in each class, of one split or of all."""
        counter = Counter(s.label for s in self.samples if split in ("any", s.split))
        return [counter[label] for label in range(len(self.class_names))]

    def split_names(self) -> tuple[SplitName, ...]:
        """The splits that the folder itself makes."""
        present = {s.split for s in self.samples}
        order: tuple[SplitName, ...] = ("train", "val", "test")
        return tuple(name for name in order if name in present)


def natural_key(text: str) -> list[tuple[int, int, str]]:
    """Sort key with numbers by value: ``img2`` before ``img10``."""
    parts = re.split(r"(\d+)", text.casefold())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts if p]


def scan(
    root: Path,
    *,
    on_progress: Callable[[int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Dataset:
    """Look through a folder of class folders, or of train/val(/test) folders with class folders.

    Args:
        root: The folder.
        on_progress: Called with the number of images seen so far.
        should_stop: Polled; when true the scan ends with ``ScanStopped``.

    Raises:
        EngineError: The folder is missing, cannot be read, or holds no images in class folders.
        ScanStopped: The user cancelled.
    """
    steps = scan_in_steps(root)
    while True:
        try:
            seen = next(steps)
        except StopIteration as end:
            dataset: Dataset = end.value
            return dataset
        if should_stop is not None and should_stop():
            raise ScanStopped
        if on_progress is not None:
            on_progress(seen)


def scan_in_steps(root: Path) -> Generator[int, None, Dataset]:
    """As ``scan``, but yields the number of images seen now and then, and returns the data set.

    Raises:
        EngineError: The folder is missing, cannot be read, or holds no images in class folders.
    """
    root = _existing_folder(root)
    try:
        root = _inner_root(root)
        splits = _split_folders(root)
        scanner = _Scanner(root)
        for folder, split in splits or [(root, None)]:
            yield from scanner.add_classes(folder, split)
    except PermissionError as error:
        raise EngineError(
            f"The folder {error.filename} may not be read.", "Change its permissions, or choose another folder."
        ) from error
    except OSError as error:
        raise EngineError(
            f"The folder {root} could not be read to its end: {error.strerror or error}.",
            "Check that the disk is still connected, then try again.",
        ) from error
    yield scanner.num_seen
    return scanner.result("split_folders" if splits else "class_folders")


def check_trainable(dataset: Dataset) -> None:
    """Raise if no classifier can be trained on these images.

    Raises:
        EngineError: Fewer than two classes, or a class with too few images to train and validate with.
    """
    names = dataset.class_names
    if len(names) < 2:
        raise EngineError(
            f"Only one class, '{names[0]}', was found in {dataset.root}.",
            "Add a second class folder with images, so that there is something to tell apart.",
        )
    own_val = "val" in dataset.split_names()
    train = [a + b for a, b in zip(dataset.counts("train"), dataset.counts(None), strict=True)]
    for name, count in zip(names, train, strict=True):
        if count == 0:
            raise EngineError(
                f"The class '{name}' has no images to train on.", "Add images to its training folder, or remove it."
            )
        if count == 1 and not own_val:
            raise EngineError(
                f"The class '{name}' has only one image, so none is left to validate with.",
                "Add at least one more image to it, or remove the class folder.",
            )


def _existing_folder(root: Path) -> Path:
    if not root.exists():
        raise EngineError(f"{root} does not exist.", "Check the path, or drop the folder on the window.")
    if not root.is_dir():
        raise EngineError(f"{root} is not a folder.", "Choose the folder that holds one folder per class.")
    return root.resolve()


def _subfolders(folder: Path) -> list[Path]:
    folders = [
        entry
        for entry in folder.iterdir()
        if not entry.name.startswith(".") and entry.name not in IGNORED_FOLDERS and entry.is_dir()
    ]
    return sorted(folders, key=lambda entry: natural_key(entry.name))


def _inner_root(root: Path) -> Path:
    """Step into folders that only wrap another, as unpacked archives often do."""
    folders = _subfolders(root)
    while len(folders) == 1 and _subfolders(folders[0]) and not _holds_images(folders[0]):
        root = folders[0]
        folders = _subfolders(root)
    return root


def _holds_images(folder: Path) -> bool:
    return any(entry.suffix.lower() in IMAGE_SUFFIXES for entry in folder.iterdir())


def _split_folders(root: Path) -> list[tuple[Path, SplitName | None]]:
    """The train/val/test folders of ``root``; empty if there is no training folder with class folders."""
    named: list[tuple[Path, SplitName | None]] = [
        (folder, SPLIT_FOLDERS[folder.name.lower()])
        for folder in _subfolders(root)
        if folder.name.lower() in SPLIT_FOLDERS
    ]
    if any(split == "train" and _subfolders(folder) for folder, split in named):
        return named
    return []


class _Scanner:
    """Collects samples while folders are walked."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._found: list[tuple[str, str, SplitName | None]] = []
        self._unreadable: list[str] = []
        self._ignored = 0
        self._loose_images = 0

    @property
    def num_seen(self) -> int:
        return len(self._found) + len(self._unreadable)

    def add_classes(self, folder: Path, split: SplitName | None) -> Iterator[int]:
        """Every subfolder is a class; images anywhere below it belong to it. Yields the number seen so far."""
        for entry in folder.iterdir():
            if not entry.is_dir() and not entry.name.startswith("."):  # hidden files beside the classes concern nobody
                self._ignored += 1
                self._loose_images += entry.suffix.lower() in IMAGE_SUFFIXES
        for class_folder in _subfolders(folder):
            for path in self._files(class_folder, {class_folder.resolve()}):
                self._add_file(path, class_folder.name, split)
                if self.num_seen % _PROGRESS_EVERY == 0:
                    yield self.num_seen

    def _files(self, folder: Path, visited: set[Path]) -> Iterator[Path]:
        """Regular files below a folder in natural order; a loop of symbolic links is walked once."""
        for entry in sorted(folder.iterdir(), key=lambda entry: natural_key(entry.name)):
            if entry.name.startswith(".") or entry.name in IGNORED_FOLDERS:
                self._ignored += 1
            elif entry.is_dir():
                target = entry.resolve()
                if target not in visited:
                    visited.add(target)
                    yield from self._files(entry, visited)
            elif entry.is_file():  # not a pipe or a device, which could hang
                yield entry
            else:
                self._ignored += 1

    def _add_file(self, path: Path, class_name: str, split: SplitName | None) -> None:
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            self._ignored += 1
            return
        relative = path.relative_to(self._root).as_posix()
        if check_header(path):
            self._found.append((relative, class_name, split))
        else:
            self._unreadable.append(relative)

    def result(self, layout: Layout) -> Dataset:
        if not self._found:
            raise self._nothing_found()
        names = sorted({name for _, name, _ in self._found}, key=natural_key)
        labels = {name: label for label, name in enumerate(names)}
        return Dataset(
            root=self._root,
            layout=layout,
            class_names=tuple(names),
            samples=tuple(Sample(path, labels[name], split) for path, name, split in self._found),
            num_ignored=self._ignored,
            unreadable=tuple(self._unreadable),
        )

    def _nothing_found(self) -> EngineError:
        hint = "Choose a folder that holds one folder of images per class."
        if self._unreadable:
            return EngineError(
                f"None of the {len(self._unreadable)} images in {self._root} can be read.",
                "Check that they open in an image viewer; they may be damaged or of an unknown format.",
            )
        if self._loose_images:
            return EngineError(
                f"The {self._loose_images} images in {self._root} are not sorted into classes.",
                "Make one folder per class in it and move the images there.",
            )
        if self._ignored:
            return EngineError(f"{self._root} holds {self._ignored} files, but no images in class folders.", hint)
        return EngineError(f"{self._root} is empty.", hint)
