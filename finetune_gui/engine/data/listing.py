"""The names below a folder, or in an archive: images by folder, tables of labels, and what is passed over."""

import errno
import os
import re
from collections import Counter, deque
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from finetune_gui.engine.data.dataset import Ignored, natural_key
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.engine.data.passed_over import kind_of_file, passed_over_by_name
from finetune_gui.engine.errors import EngineError

_ENTRIES_BETWEEN_YIELDS = 512
_LAST_NUMBER = re.compile(r"(.*?)(\d+)(\D*)", re.DOTALL)
_SAME_PATTERN = str.maketrans("123456789", "000000000")

Identity = tuple[int, int]  # device and inode: the same for all links to a folder


@dataclass(kw_only=True)
class Listing:
    """What a walk has met so far. Paths are relative, with forward slashes.

    Attributes:
        folders: Names of the images by the folder that holds them; the folder itself is the empty path.
        tables: Files that may say which image belongs to which class.
        ignored: Number of files passed over, by reason.
        denied: Files and folders that may not be read.
        num_images: In all folders.
    """

    folders: dict[str, list[str]] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    ignored: Counter[Ignored] = field(default_factory=Counter)
    denied: list[str] = field(default_factory=list)
    num_images: int = 0

    def add(self, folder: str, name: str) -> None:
        """Take in a regular file."""
        kind = kind_of_file(name)
        if kind == "image":
            self.folders.setdefault(folder, []).append(name)
            self.num_images += 1
        elif kind == "table":
            self.tables.append(join(folder, name))
        else:
            self.ignored[kind] += 1

    def sort(self) -> None:
        """Folders and names in natural order, whatever the file system's is."""
        for names in self.folders.values():
            _sort_naturally(names)
        self.folders = {folder: self.folders[folder] for folder in sorted(self.folders, key=_path_key)}
        self.tables.sort(key=_path_key)
        self.denied.sort(key=_path_key)


class _Pending(NamedTuple):
    path: str  # relative
    ancestors: tuple[Identity, ...]
    is_link: bool


def join(folder: str, name: str) -> str:
    """Of relative paths with forward slashes."""
    return f"{folder}/{name}" if folder else name


def list_paths(paths: Iterable[str], ignored: Counter[Ignored]) -> Listing:
    """The listing of files that are known by their paths already."""
    listing = Listing(ignored=ignored)
    for path in paths:
        folder, _, name = path.rpartition("/")
        listing.add(folder, name)
    listing.sort()
    return listing


def walk(root: str, starts: Iterable[str] = ("",)) -> Generator[Listing, None, Listing]:
    """List what is below a folder. Yields the listing as it grows, and returns it sorted.

    Links to folders are followed, after everything else; one that leads back to where it came from, or to what was
    listed below the same start or first folder already, is not. A file or a folder that vanishes meanwhile is not
    there.

    Args:
        root: That the paths are relative to.
        starts: Folders to list, relative to ``root``; one inside another belongs to itself only.

    Raises:
        EngineError: The root vanishes, or the disk fails.
    """
    listing = Listing()
    starts = tuple(starts)
    walked: set[tuple[str, Identity]] = set()
    pending = deque(_Pending(start, (), False) for start in starts)
    while pending:
        folder = pending.popleft()
        identity = _identity(root, folder.path, listing)
        if identity is None or identity in folder.ancestors or (_branch(folder.path, starts), identity) in walked:
            continue
        walked.add((_branch(folder.path, starts), identity))
        for subfolder, is_link in (yield from _list_folder(root, folder.path, listing)):
            if subfolder not in starts:
                inner = _Pending(subfolder, (*folder.ancestors, identity), is_link or folder.is_link)
                (pending.append if inner.is_link else pending.appendleft)(inner)  # what really is there comes first
        yield listing
    if not os.path.isdir(long_path(root)):
        raise EngineError(f"The folder {root} vanished while it was read.", "Check that its disk is still connected.")
    listing.sort()
    return listing


def _branch(path: str, starts: tuple[str, ...]) -> str:
    """The part of the tree in which a folder is listed once: a split, a class, or a folder that was chosen."""
    return path.partition("/")[0] if starts == ("",) else next(s for s in starts if f"{path}/".startswith(f"{s}/"))


def _identity(root: str, path: str, listing: Listing) -> Identity | None:
    try:
        status = os.stat(long_path(os.path.join(root, path)))
    except OSError as error:
        _note(error, path, listing, root)
        return None
    return status.st_dev, status.st_ino


def _list_folder(root: str, folder: str, listing: Listing) -> Generator[Listing, None, list[tuple[str, bool]]]:
    """List one folder, yielding now and then; returns its subfolders, and which of them are links."""
    subfolders: list[tuple[str, bool]] = []
    try:
        with os.scandir(long_path(os.path.join(root, folder))) as entries:
            for count, entry in enumerate(entries, 1):
                if (reason := passed_over_by_name(entry.name)) is not None:
                    listing.ignored[reason] += 1
                elif _is_folder(entry, folder, listing):
                    subfolders.append((join(folder, entry.name), entry.is_symlink()))
                if count % _ENTRIES_BETWEEN_YIELDS == 0:
                    yield listing
    except OSError as error:
        _note(error, folder, listing, root)
    return subfolders


def _is_folder(entry: os.DirEntry[str], folder: str, listing: Listing) -> bool:
    """Whether an entry is a folder; what is none is taken in, or counted."""
    try:
        if entry.is_dir():
            return True
        if entry.is_file():
            listing.add(folder, entry.name)
        else:
            listing.ignored["special"] += 1  # a pipe or a device would hang whoever opens it
    except PermissionError:
        listing.denied.append(join(folder, entry.name))
    except OSError:  # a link to itself
        listing.ignored["special"] += 1
    return False


def _note(error: OSError, path: str, listing: Listing, root: str) -> None:
    """What a folder that cannot be listed means: it costs only itself, unless it is all there is or the disk fails."""
    if path and isinstance(error, PermissionError):
        listing.denied.append(path)
    elif isinstance(error, PermissionError):
        raise EngineError(
            f"The folder {root} may not be read.", "Change its permissions, or choose another folder."
        ) from error
    elif not (path and (isinstance(error, FileNotFoundError | NotADirectoryError) or error.errno == errno.ELOOP)):
        raise EngineError(
            f"The folder {os.path.join(root, path)} could not be read to its end: {error.strerror or error}.",
            "Check that the disk is still connected, then try again.",
        ) from error


def _sort_naturally(names: list[str]) -> None:
    """In the order of ``natural_key``, which is dear: names that differ in digits or in one number do without."""
    if len({name.translate(_SAME_PATTERN) for name in names}) == 1:
        names.sort()
    elif (numbers := _numbers(names)) is not None:
        names[:] = [name for _, name in sorted(zip(numbers, names, strict=True))]
    else:
        names.sort(key=lambda name: (natural_key(name), name))


def _numbers(names: Sequence[str]) -> list[int] | None:
    """The last number in each name, if the names are the same otherwise."""
    parts = _LAST_NUMBER.fullmatch(names[0])
    if parts is None:
        return None
    prefix, _, suffix = parts.groups()
    middles = [name[len(prefix) : len(name) - len(suffix)] for name in names]
    alike = all(name.startswith(prefix) and name.endswith(suffix) for name in names)
    return [int(middle) for middle in middles] if alike and all(middle.isdecimal() for middle in middles) else None


def _path_key(path: str) -> tuple[list[list[tuple[int, int, str]]], str]:
    return [natural_key(part) for part in path.split("/")], path
