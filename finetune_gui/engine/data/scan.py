"""What is in a folder of images: classes, splits, and what is no image. Reads names and headers, never pixels."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.config import ClassLevel, SplitName
from finetune_gui.engine.data.dataset import Dataset, Layout, Sample, natural_key
from finetune_gui.engine.data.image import IMAGE_SUFFIXES
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError

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


@dataclass(frozen=True, kw_only=True)
class ScanAdvanced:
    """How far a scan is."""

    num_images: int
    class_counts: dict[str, int]


def scan(
    source: Path,
    *,
    class_folders: tuple[str, ...] = (),
    class_level: ClassLevel = "auto",
    store: DataStore | None = None,
    on_progress: Callable[[ScanAdvanced], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Dataset:
    """Look through a folder of class folders, or of train/val(/test) folders with class folders.

    Args:
        source: The folder.
        on_progress: Called with the number of images seen so far.
        should_stop: Polled; when true the scan ends with ``ScanStopped``.

    Raises:
        EngineError: The folder is missing, cannot be read, or holds no images in class folders.
        ScanStopped: The user cancelled.
    """
    steps = scan_in_steps(source, class_folders=class_folders, class_level=class_level, store=store)
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


def scan_in_steps(
    source: Path,
    *,
    class_folders: tuple[str, ...] = (),
    class_level: ClassLevel = "auto",
    store: DataStore | None = None,
) -> Generator[ScanAdvanced, None, Dataset]:
    """As ``scan``, but yields the number of images seen now and then, and returns the data set.

    Raises:
        EngineError: The folder is missing, cannot be read, or holds no images in class folders.
    """
    root = _existing_folder(source)
    try:
        root = _inner_root(root)
        splits = _split_folders(root)
        scanner = _Scanner(root)
        for folder, split in splits or [(root, None)]:
            for _ in scanner.add_classes(folder, split):
                yield ScanAdvanced(num_images=scanner.num_seen, class_counts={})
    except PermissionError as error:
        raise EngineError(
            f"The folder {error.filename} may not be read.", "Change its permissions, or choose another folder."
        ) from error
    except OSError as error:
        raise EngineError(
            f"The folder {root} could not be read to its end: {error.strerror or error}.",
            "Check that the disk is still connected, then try again.",
        ) from error
    yield ScanAdvanced(num_images=scanner.num_seen, class_counts={})
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
        self._ignored = 0
        self._loose_images = 0

    @property
    def num_seen(self) -> int:
        return len(self._found)

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
        self._found.append((relative, class_name, split))

    def result(self, layout: Layout) -> Dataset:
        if not self._found:
            raise self._nothing_found()
        names = sorted({name for _, name, _ in self._found}, key=natural_key)
        labels = {name: label for label, name in enumerate(names)}
        return Dataset(
            source=self._root,
            root=self._root,
            layout=layout,
            class_names=tuple(names),
            samples=tuple(Sample(path, labels[name], split) for path, name, split in self._found),
            ignored={"not_image": self._ignored},
        )

    def _nothing_found(self) -> EngineError:
        hint = "Choose a folder that holds one folder of images per class."
        if self._loose_images:
            return EngineError(
                f"The {self._loose_images} images in {self._root} are not sorted into classes.",
                "Make one folder per class in it and move the images there.",
            )
        if self._ignored:
            return EngineError(f"{self._root} holds {self._ignored} files, but no images in class folders.", hint)
        return EngineError(f"{self._root} is empty.", hint)
