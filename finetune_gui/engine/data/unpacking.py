"""What of an archive is still to be unpacked. The workers that examine an image write its file in the same pass."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.data.archive import (
    cannot_unpack,
    is_unpacked,
    list_members,
    mark_unpacked,
    require_space,
    unpacked_root,
)
from finetune_gui.engine.data.archive_members import Member
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError

log = logging.getLogger(__name__)

_LOCK = ".unpacking.lock"  # an empty file that stays: removing it would let two processes lock two different ones
_WAIT_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Todo:
    """An image that has to be examined."""

    path: str
    num_bytes: int
    member: Member | None = None  # of the archive, if it has to be unpacked


@dataclass(frozen=True, kw_only=True)
class Unpacking:
    """An archive that has to be unpacked, wholly or in part."""

    archive: Path
    root: Path  # of the archive's own paths
    data_root: Path  # of the paths of the samples: perhaps a folder in the archive
    store: DataStore
    resumed: bool

    @classmethod
    def of(cls, dataset: Dataset, store: DataStore) -> "Unpacking | None":
        """What is left to do for a data set; None for one that is no archive, or is unpacked.

        Raises:
            EngineError: The archive has changed since it was scanned.
        """
        if not (dataset.source.is_file() and dataset.root.is_relative_to(store.unpacked_dir)):
            return None  # a folder, or a table in one
        root = unpacked_root(dataset.source, store)
        if not dataset.root.is_relative_to(root):
            raise EngineError(f"{dataset.source} has changed since it was looked through.", "Open it again.")
        if is_unpacked(root):
            return None
        return cls(
            archive=dataset.source,
            root=root,
            data_root=dataset.root,
            store=store,
            resumed=root.exists() and any(name != _LOCK for name in os.listdir(root)),
        )

    @contextmanager
    def turn(self) -> Iterator[Callable[[], bool]]:
        """One at a time unpacks an archive, of all inspections and all processes.

        Gives a function that waits a moment, and says whether it is our turn; it ends with the block. Ask ``of`` again
        then: whoever had the turn before may have done it all.

        Raises:
            EngineError: The folder cannot be made.
        """
        from filelock import FileLock, Timeout  # takes 50 ms, and most inspections unpack nothing

        self._make(self.root)
        lock = FileLock(self.root / _LOCK, thread_local=False)

        def is_ours() -> bool:
            try:
                lock.acquire(timeout=_WAIT_SECONDS)
            except Timeout:
                return False
            except (OSError, NotImplementedError) as error:  # some network drives have no locks
                log.info("%s has no lock: %s", self.root, error)
            return True

        try:
            yield is_ours
        finally:
            lock.release()

    def todo(self, paths: Iterable[str]) -> list[Todo]:
        """What to unpack, in the order of the archive; makes the folders."""
        members = {member.path: member for member in list_members(self.archive)[0]}
        inner = self.data_root.relative_to(self.root).as_posix()
        prefix = "" if inner == "." else f"{inner}/"
        todo = [Todo(path, members[prefix + path].num_bytes, members[prefix + path]) for path in paths]
        require_space(self.archive, sum(image.num_bytes for image in todo), self.store)
        for folder in {image.path.rpartition("/")[0] for image in todo}:
            self._make(self.data_root / folder)
        return sorted(todo, key=lambda image: image.member.offset if image.member else 0)

    def _make(self, folder: Path) -> None:
        try:
            os.makedirs(long_path(str(folder)), exist_ok=True)
        except OSError as error:
            raise cannot_unpack(folder, error) from error

    def done(self) -> None:
        """All is there; next time it is a folder like any other."""
        mark_unpacked(self.root)
