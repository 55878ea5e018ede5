"""Rows of bytes that took long to compute, kept in memory and on disk: activations and decoded images.

A row is found by what it was computed from (``RowKey``), never by its place, and carries a checksum; so a stale,
truncated or foreign row is a row that is not there. Rows are appended to one file; its index is replaced as a whole,
after the rows are safe. Only one process at a time may add rows to a file, others read what there was. A disk that is
full or read-only costs the memory of the next run, never this one.

Plain reads, not a memory map: they cost the same once the system has the file in its cache, and where the file was
cut short or the disk is full they end in an error that can be handled instead of a signal that kills the app.
"""

import logging
import os
import threading
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import replacing

log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
KEY_BYTES = 20
RowKey = bytes
"""16 bytes digest of an image's file, and 4 bytes that tell its views apart."""
Rows = npt.NDArray[np.uint8]  # (rows, bytes of a row)
Place = Literal["memory", "disk", "nowhere"]


@dataclass(frozen=True, kw_only=True)
class CacheBudget:
    """How much room rows may take, in bytes."""

    memory: int
    disk: int


def row_key(digest: bytes, view: int) -> RowKey:
    """Key of a view of an image, by the digest of its file."""
    return digest + view.to_bytes(KEY_BYTES - len(digest), "little")


class RowStore:
    """Rows of one kind. Safe to ask from several threads.

    Args:
        folder: Of all caches.
        name: Tells kinds apart: a digest over all that a row depends on besides its image.
        row_bytes: Size of a row.
        capacity: Rows that this run will want, at most.
        budget: Room for the rows; of the disk, for all files of the folder together.

    Attributes:
        place: Where rows are read from: memory where all fit, else the disk; ``nowhere`` where there is no room.
        persistent: Whether rows outlive the run.
    """

    def __init__(self, folder: Path, name: str, *, row_bytes: int, capacity: int, budget: CacheBudget) -> None:
        self._rows_file = folder / f"{name}.rows"
        self._index_file = folder / f"{name}.index"
        self._lock = FileLock(folder / f"{name}.lock")
        self._row_bytes = row_bytes
        self._guard = threading.Lock()
        self._file: BinaryIO | None = None
        self._places: dict[RowKey, int] = {}
        self._checksums: list[int] = []
        self._num_saved = 0
        wanted = row_bytes * capacity
        in_memory = wanted <= budget.memory
        self.persistent = 0 < wanted <= budget.disk and self._open(folder, budget.disk, wanted)
        self.place: Place = "memory" if in_memory else "disk" if self.persistent else "nowhere"
        self._memory: Rows | None = None
        if in_memory:
            self._load(len(self._checksums) + capacity)  # even if none of those that are there will be asked for

    # -- asking and adding ----------------------------------------------------------------------------------------

    def __contains__(self, key: RowKey) -> bool:
        """Whether the row is there."""
        return key in self._places

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._places)

    def read(self, keys: Sequence[RowKey]) -> Rows | None:
        """The rows in this order; None where one is damaged, which is then forgotten."""
        with self._guard:
            try:
                numbers = [self._places[key] for key in keys]
                rows = self._memory[numbers] if self._memory is not None else self._read_from_disk(numbers)
            except (KeyError, OSError) as error:
                log.info("Rows of %s cannot be read: %s", self._rows_file.name, error)
                self._forget(keys)
                return None
            damaged = [
                key
                for key, number, row in zip(keys, numbers, rows, strict=True)
                if zlib.crc32(row.data) != self._checksums[number]
            ]
            self._forget(damaged)
            return None if damaged else rows

    def write(self, keys: Sequence[RowKey], rows: Rows) -> None:
        """Add rows; those that are there already, or for which there is no room, are passed over."""
        with self._guard:
            for key, row in zip(keys, rows, strict=True):
                if key not in self._places:
                    self._append(key, np.ascontiguousarray(row))

    def save(self) -> None:
        """Let other runs know of the rows; called now and then, and by ``close``."""
        with self._guard:
            if self._file is None or not self._lock.is_locked or self._num_saved == len(self._checksums):
                return
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._write_index()
                self._num_saved = len(self._checksums)
            except (OSError, EngineError) as error:
                self._give_up_disk(error)

    def close(self) -> None:
        """Save, and let other runs add rows."""
        self.save()
        with self._guard:
            if self._file is not None:
                self._file.close()
                self._file = None
            if self._lock.is_locked:
                self._lock.release()
            self._memory = None
            self._places.clear()

    # -- on disk --------------------------------------------------------------------------------------------------

    def _open(self, folder: Path, disk: int, wanted: int) -> bool:
        """Open the files; whether rows can be kept in them."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with suppress(Timeout):
                self._lock.acquire(timeout=0)
            writable = self._lock.is_locked
            if writable:
                make_room(folder, disk - wanted, spared=self._rows_file.stem)
                self._rows_file.touch()
            self._read_index()
            self._file = self._rows_file.open("r+b" if writable else "rb")
            if writable:
                os.utime(self._rows_file)  # used last now: see make_room
                self._file.truncate(len(self._checksums) * self._row_bytes)  # what no index knows of
            return writable
        except OSError as error:
            self._give_up_disk(error)
            return False

    def _read_index(self) -> None:
        """Take over what the index knows and the file holds; an index that makes no sense is none."""
        if not self._index_file.is_file():
            return
        try:
            with self._index_file.open("rb") as file, np.load(file, allow_pickle=False) as index:
                if int(index["schema_version"]) != SCHEMA_VERSION or int(index["row_bytes"]) != self._row_bytes:
                    return
                keys, checksums = index["keys"], index["checksums"]
        except (OSError, ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            log.info("The index %s is not usable: %s", self._index_file.name, error)
            return
        whole = min(len(keys), len(checksums), self._rows_file.stat().st_size // self._row_bytes)
        self._checksums = checksums[:whole].tolist()
        self._places = {key.tobytes(): number for number, key in enumerate(keys[:whole])}
        self._num_saved = whole

    def _write_index(self) -> None:
        keys = np.zeros((len(self._checksums), KEY_BYTES), np.uint8)
        for key, number in self._places.items():  # a row that was forgotten keeps a key of zeros
            keys[number] = np.frombuffer(key, np.uint8)
        with replacing(self._index_file) as temporary, temporary.open("wb") as file:
            np.savez(
                file,
                schema_version=SCHEMA_VERSION,
                row_bytes=self._row_bytes,
                keys=keys,
                checksums=np.array(self._checksums, np.uint32),
            )

    def _read_from_disk(self, numbers: Sequence[int]) -> Rows:
        if self._file is None:
            raise OSError("the file is closed")
        rows = np.empty((len(numbers), self._row_bytes), np.uint8)
        for row, number in zip(rows, numbers, strict=True):
            self._file.seek(number * self._row_bytes)
            if self._file.readinto(row.data) != self._row_bytes:  # type: ignore[attr-defined]
                raise OSError("the file is shorter than its index")
        return rows

    def _append(self, key: RowKey, row: npt.NDArray[np.uint8]) -> None:
        number = len(self._checksums)
        kept = False
        if self._memory is not None:
            if number >= len(self._memory):
                return  # more than the run said it would want
            self._memory[number] = row
            kept = True
        if self._file is not None and self._lock.is_locked:
            try:
                self._file.seek(number * self._row_bytes)
                self._file.write(row.data)
                kept = True
            except OSError as error:
                self._give_up_disk(error)
        if kept:
            self._places[key] = number
            self._checksums.append(zlib.crc32(row.data))

    def _give_up_disk(self, error: Exception) -> None:
        """Go on in memory alone, if that is where rows are read from; else without any."""
        log.warning("The cache %s cannot be written, and is not used: %s", self._rows_file.parent, error)
        self.persistent = False
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None
        if getattr(self, "_memory", None) is None:
            self._places.clear()
            self.place = "nowhere"

    # -- in memory ------------------------------------------------------------------------------------------------

    def _load(self, capacity: int) -> None:
        self._memory = np.empty((capacity, self._row_bytes), np.uint8)
        count = len(self._checksums)
        if not count or self._file is None:
            return
        self._file.seek(0)
        wanted = self._memory[:count].reshape(-1)
        got = self._file.readinto(wanted.data)  # type: ignore[attr-defined]
        if got != wanted.nbytes:
            self._places = {key: place for key, place in self._places.items() if (place + 1) * self._row_bytes <= got}

    def _forget(self, keys: Sequence[RowKey]) -> None:
        for key in keys:
            self._places.pop(key, None)


def make_room(folder: Path, limit: int, *, spared: str = "") -> None:
    """Delete the files that were not used for longest, until the others take no more than ``limit`` bytes."""
    files = sorted(_sizes(folder), key=lambda entry: entry[1], reverse=True)
    total = 0
    for path, _, size in files:
        total += size
        if total > limit and path.stem != spared:
            lock = FileLock(path.with_suffix(".lock"))
            with suppress(Timeout, OSError), lock.acquire(timeout=0):  # not under a run that uses it
                path.with_suffix(".index").unlink(missing_ok=True)
                path.unlink(missing_ok=True)
                total -= size


def _sizes(folder: Path) -> Iterator[tuple[Path, float, int]]:
    for path in folder.glob("*.rows"):
        with suppress(OSError):  # another process deletes too
            status = path.stat()
            yield path, status.st_mtime, status.st_size
