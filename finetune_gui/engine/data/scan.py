"""What is in a folder, a table of labels or an archive: classes, splits, and what is no image. Reads names only."""

import os
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.config import ClassLevel
from finetune_gui.engine.data.archive import list_members, require_space, unpacked_root
from finetune_gui.engine.data.archive_members import DamagedMember, Member, read_member
from finetune_gui.engine.data.assemble import (
    Listed,
    assemble,
    assemble_by_folders,
    assemble_by_table,
    count_classes,
    index_images,
    labels_of_table,
)
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.layout import FolderLayout, classes_of_chosen, read_layout, split_named
from finetune_gui.engine.data.listing import Listing, list_paths, walk
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.engine.data.passed_over import ARCHIVE_SUFFIXES, TABLE_SUFFIXES, is_unicode, kind_of_file
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError

REPORT_INTERVAL_S = 0.05
_TABLE_SUFFIXES = TABLE_SUFFIXES | {".txt", ".tab"}  # those may be chosen, but are not looked for
_SPREADSHEET_SUFFIXES = frozenset((".xlsx", ".xls", ".ods", ".numbers"))
_MOST_TABLE_BYTES = 1 << 28

Read = Callable[[str], bytes]
Layout = Callable[[Listing], FolderLayout]


class ScanStopped(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user cancelled the scan."""


@dataclass(frozen=True, kw_only=True)
class ScanAdvanced:
    """How far a scan is.

    Attributes:
        num_images: Listed so far.
        class_counts: Images of each class, as far as can be told yet.
    """

    num_images: int
    class_counts: dict[str, int]


Steps = Generator[ScanAdvanced, None, Dataset]


def scan(
    source: Path,
    *,
    class_folders: tuple[str, ...] = (),
    class_level: ClassLevel = "auto",
    store: DataStore | None = None,
    on_progress: Callable[[ScanAdvanced], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Dataset:
    """As ``scan_in_steps``, to the end.

    Args:
        source: A folder, a table of labels or an archive.
        class_folders: Folders that are one class each, in place of those in ``source``.
        class_level: Which folder on the way to an image names its class.
        store: Where archives are unpacked.
        on_progress: Called now and then.
        should_stop: Polled; when true the scan ends with ``ScanStopped``.

    Raises:
        EngineError: The source is missing, cannot be read, or holds no images that are sorted into classes.
        ScanStopped: The user cancelled.
    """
    steps = scan_in_steps(source, class_folders=class_folders, class_level=class_level, store=store)
    while True:
        try:
            advanced = next(steps)
        except StopIteration as end:
            dataset: Dataset = end.value
            return dataset
        if should_stop is not None and should_stop():
            raise ScanStopped
        if on_progress is not None:
            on_progress(advanced)


def scan_in_steps(
    source: Path,
    *,
    class_folders: tuple[str, ...] = (),
    class_level: ClassLevel = "auto",
    store: DataStore | None = None,
) -> Steps:
    """Look through class folders, train/val(/test) folders with class folders, a folder with a table, or a zip of any.

    No image is opened: what is wrong with single images is for the inspection to tell.

    Args:
        source: A folder, a table of labels or an archive.
        class_folders: Folders that are one class each, in place of those in ``source``.
        class_level: Which folder on the way to an image names its class.
        store: Where archives are unpacked.

    Yields:
        How far it is, about 20 times a second and at the end.

    Raises:
        EngineError: The source is missing, cannot be read, or holds no images that are sorted into classes.
    """
    if class_folders:
        return (yield from _scan_chosen(class_folders, class_level))
    try:
        source = source.resolve()
        is_folder, is_file = source.is_dir(), source.is_file()
        exists = is_folder or is_file or source.exists()
    except (OSError, RuntimeError) as error:  # may not be reached, or a link to itself
        raise EngineError(f"{source} cannot be reached: {error}.", "Check the path and its permissions.") from error
    if not is_unicode(str(source)):
        name = str(source).encode(errors="backslashreplace").decode()
        raise EngineError(f"The name {name} is not valid text.", "Rename that folder or file.")
    if not exists:
        raise EngineError(f"{source} does not exist.", "Check the path, or drop the folder on the window.")
    if is_folder:
        return (yield from _scan_folder(source, class_level))
    suffix = source.suffix.lower()
    if is_file and suffix in _TABLE_SUFFIXES:
        return (yield from _scan_table(source))
    if is_file and suffix in ARCHIVE_SUFFIXES:
        return (yield from _scan_archive(source, class_level, store or DataStore.default()))
    raise _not_a_source(source)


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


# -- the sources ------------------------------------------------------------------------------------------------------


def _scan_folder(folder: Path, level: ClassLevel) -> Steps:
    listing = yield from _walk(folder, ("",), lambda listing: read_layout(listing.folders, level))
    return assemble(Listed(source=folder, root=folder, listing=listing, read=_reader(folder)), level)


def _scan_chosen(class_folders: tuple[str, ...], level: ClassLevel) -> Steps:
    root, chosen = _common_parent(class_folders)

    def layout(listing: Listing) -> FolderLayout:
        if all(split_named(name) for name in chosen):  # train and val were dropped together
            return read_layout(listing.folders, level)
        return classes_of_chosen(chosen, listing.folders)

    listing = yield from _walk(root, chosen, layout)
    return assemble_by_folders(Listed(source=root, root=root, listing=listing, read=_reader(root)), layout(listing))


def _scan_table(table: Path) -> Steps:
    listing = yield from _walk(table.parent, ("",), None)
    if kind_of_file(table.name) == "not_image":
        listing.ignored["not_image"] -= 1  # it is of use after all
    listed = Listed(source=table, root=table.parent, listing=listing, read=_reader(table.parent))
    return assemble_by_table(listed, table.name, labels_of_table(listed, table.name, index_images(listing)))


def _scan_archive(archive: Path, level: ClassLevel, store: DataStore) -> Steps:
    members, ignored = list_members(archive)
    root = unpacked_root(archive, store)
    if not root.exists():  # else at least in part unpacked already
        require_space(archive, sum(member.num_bytes for member in members), store)
    listing = list_paths((member.path for member in members), ignored)
    yield _advanced(listing, read_layout(listing.folders, level))
    read = _member_reader(archive, {member.path: member for member in members})
    return assemble(Listed(source=archive, root=root, listing=listing, read=read), level)


def _walk(root: Path, starts: tuple[str, ...], layout: Layout | None) -> Generator[ScanAdvanced, None, Listing]:
    """List a folder and tell of it now and then, with the classes if folders make them."""
    steps = walk(str(root), starts)
    due = time.monotonic() + REPORT_INTERVAL_S
    while True:
        try:
            listing = next(steps)
        except StopIteration as end:
            listed: Listing = end.value
            yield _advanced(listed, layout(listed) if layout else None)
            return listed
        if time.monotonic() >= due:
            yield _advanced(listing, layout(listing) if layout else None)
            due = time.monotonic() + REPORT_INTERVAL_S


def _advanced(listing: Listing, layout: FolderLayout | None) -> ScanAdvanced:
    counts = count_classes(listing, layout) if layout else {}
    return ScanAdvanced(num_images=listing.num_images, class_counts=counts)


def _common_parent(class_folders: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """The innermost folder around all that were chosen, and their paths relative to it."""
    folders = list(dict.fromkeys(Path(folder).resolve() for folder in class_folders))
    for folder in folders:
        if not folder.is_dir():
            problem = "is not a folder" if folder.exists() else "does not exist"
            raise EngineError(f"{folder} {problem}.", "Choose folders that hold the images of one class each.")
    try:
        root = Path(os.path.commonpath([folder.parent for folder in folders]))
    except ValueError as error:
        raise EngineError(
            "The class folders lie on different drives.", "Move them into one folder and choose that."
        ) from error
    return root, tuple(folder.relative_to(root).as_posix() for folder in folders)


def _not_a_source(source: Path) -> EngineError:
    suffix = source.suffix.lower()
    if suffix in _SPREADSHEET_SUFFIXES:
        return EngineError(f"{source} is a spreadsheet, which is not read.", "Save the table as CSV and choose that.")
    if kind_of_file(source.name) == "image":
        return EngineError(f"{source} is a single image.", "Choose the folder that holds one folder per class.")
    return EngineError(
        f"{source} is not a folder, a zip archive or a table.", "Choose the folder that holds one folder per class."
    )


# -- reading tables ---------------------------------------------------------------------------------------------------


def _reader(root: Path) -> Read:
    def read(path: str) -> bytes:
        try:
            with open(long_path(os.path.join(root, path)), "rb") as file:
                return _bounded(file.read(_MOST_TABLE_BYTES + 1), path)
        except OSError as error:
            raise EngineError(
                f"The table {path} cannot be read: {error.strerror or error}.", "Check that it is there and readable."
            ) from error

    return read


def _member_reader(archive: Path, members: dict[str, Member]) -> Read:
    def read(path: str) -> bytes:
        try:
            with archive.open("rb") as file:
                return _bounded(read_member(file, members[path]), path)
        except (OSError, DamagedMember) as error:
            raise EngineError(
                f"The table {path} in {archive} cannot be read: {error}.", "Pack or download the archive again."
            ) from error

    return read


def _bounded(content: bytes, path: str) -> bytes:
    if len(content) > _MOST_TABLE_BYTES:
        raise EngineError(f"The table {path} is larger than 256 MB.", "Leave only the columns of files and classes.")
    return content
