"""What was found out about images before, so that an unchanged folder is not decoded again. SQLite, in one file.

The cache can be missing, damaged, locked or read-only: then nothing is known, and nothing else happens.
"""

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import msgspec

from finetune_gui.engine.data.facts import ImageFacts

Groups = list[list[int]]
Result = TypeVar("Result")

_SCHEMA_VERSION = 2  # goes up when the tables, ImageFacts, what a look is, or how looks are compared change
_BUSY_SECONDS = 2.0
_KEEP_SECONDS = 180 * 24 * 3600.0
_MAX_IMAGES = 3_000_000  # about 1 GB
_TABLES = """
CREATE TABLE roots (id INTEGER PRIMARY KEY, path TEXT UNIQUE NOT NULL, images INTEGER NOT NULL, used REAL NOT NULL);
CREATE TABLE facts (root INTEGER, path TEXT, num_bytes INTEGER, mtime_ns INTEGER, facts BLOB, PRIMARY KEY (root, path))
    WITHOUT ROWID;
CREATE TABLE comparisons (digest BLOB PRIMARY KEY, groups BLOB NOT NULL, used REAL NOT NULL) WITHOUT ROWID;
"""
_facts_encoder = msgspec.msgpack.Encoder()
_facts_decoder = msgspec.msgpack.Decoder(ImageFacts)
_groups_decoder = msgspec.msgpack.Decoder(Groups)


class FactCache:
    """Facts of images by folder and path, and the results of comparing them. Use as a context manager."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection = _connect(file)

    def __enter__(self) -> "FactCache":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._attempt(self._drop_old, None)
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()

    def known(self, root: Path) -> dict[str, ImageFacts]:
        """Facts of the images of a folder, by path, as they were; compare size and time before believing them."""

        def load(connection: sqlite3.Connection) -> dict[str, ImageFacts]:
            rows = connection.execute(
                "SELECT facts.path, facts FROM facts JOIN roots ON roots.id = root WHERE roots.path = ?", (str(root),)
            )
            return {path: _facts_decoder.decode(facts) for path, facts in rows}

        return self._attempt(load, {})

    def remember(self, root: Path, facts: Mapping[str, ImageFacts]) -> None:
        """Keep facts of images that could be read; why others could not may pass, and is found out anew."""
        readable = {path: fact for path, fact in facts.items() if not fact.error}

        def store(connection: sqlite3.Connection) -> None:
            root_id = _root_id(connection, root)
            connection.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?)",
                (
                    (root_id, path, fact.num_bytes, fact.mtime_ns, _facts_encoder.encode(fact))
                    for path, fact in readable.items()
                ),
            )
            connection.execute("UPDATE roots SET images = images + ? WHERE id = ?", (len(readable), root_id))

        self._attempt(store, None)

    def touch(self, root: Path) -> None:
        """Say that a folder is still in use."""
        self._attempt(
            lambda connection: connection.execute(
                "UPDATE roots SET used = ? WHERE path = ?", (time.time(), str(root))
            ).close(),
            None,
        )

    def groups(self, digest: bytes) -> Groups | None:
        """The groups that were found among the looks with this digest."""

        def load(connection: sqlite3.Connection) -> Groups | None:
            connection.execute("UPDATE comparisons SET used = ? WHERE digest = ?", (time.time(), digest))
            row = connection.execute("SELECT groups FROM comparisons WHERE digest = ?", (digest,)).fetchone()
            return _groups_decoder.decode(row[0]) if row else None

        return self._attempt(load, None)

    def remember_groups(self, digest: bytes, groups: Groups) -> None:
        """Keep what comparing the looks with this digest gave."""
        row = (digest, msgspec.msgpack.encode(groups), time.time())
        self._attempt(
            lambda connection: connection.execute("INSERT OR REPLACE INTO comparisons VALUES (?, ?, ?)", row).close(),
            None,
        )

    def _attempt(self, action: Callable[[sqlite3.Connection], Result], otherwise: Result) -> Result:
        """Act in one transaction; a cache that cannot be used gives ``otherwise``."""
        if self._connection is None:
            return otherwise
        try:
            with self._connection:
                return action(self._connection)
        except sqlite3.OperationalError:  # locked, read-only, disk full: perhaps not the next time
            return otherwise
        except (sqlite3.Error, msgspec.MsgspecError, UnicodeError):  # damaged
            self._abandon()
            return otherwise

    def _abandon(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
        _remove(self._file)

    def _drop_old(self, connection: sqlite3.Connection) -> None:
        """Forget what was not used for long, and the oldest of too much."""
        too_old = time.time() - _KEEP_SECONDS
        connection.execute("DELETE FROM comparisons WHERE used < ?", (too_old,))
        kept = 0
        for root_id, images, used in connection.execute(
            "SELECT id, images, used FROM roots ORDER BY used DESC"
        ).fetchall():
            if used < too_old or (kept and kept + images > _MAX_IMAGES):
                connection.execute("DELETE FROM facts WHERE root = ?", (root_id,))
                connection.execute("DELETE FROM roots WHERE id = ?", (root_id,))
            else:
                kept += images


def _root_id(connection: sqlite3.Connection, root: Path) -> int:
    connection.execute("INSERT OR IGNORE INTO roots (path, images, used) VALUES (?, 0, ?)", (str(root), time.time()))
    return int(connection.execute("SELECT id FROM roots WHERE path = ?", (str(root),)).fetchone()[0])


def _connect(file: Path) -> sqlite3.Connection | None:
    """Open the cache; a damaged one is made anew."""
    for _ in range(2):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            return _opened(file)
        except (sqlite3.OperationalError, OSError):  # locked, read-only, disk full
            return None
        except sqlite3.Error:
            _remove(file)
    return None


def _opened(file: Path) -> sqlite3.Connection:
    # An inspection is a generator, which may be closed by another thread than the one that ran it.
    connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with connection:
            connection.execute("BEGIN IMMEDIATE")  # another process may be making the tables just now
            _make_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == _SCHEMA_VERSION:
        return
    for table in ("roots", "facts", "comparisons"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        with suppress(OSError):
            file.with_name(file.name + suffix).unlink()
