"""Download one large file: with progress, resumed where it broke off, and checked. Torch-free.

A thread reads from the network, so that whoever drains the generator can give up at any moment, also while a server
says nothing. What has arrived stays in ``NAME.part`` and is gone on with the next time (HTTP Range, RFC 9110, with
``If-Range``, so that a file which has changed since begins anew). Proxies are taken from the system and from the usual
environment variables by ``urllib``.
"""

import shutil
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import cannot_write, file_sha256, replacing, write_json
from finetune_gui.engine.models.http_reader import POLL_SECONDS, Answer, Download, DownloadFailed, Reader, arrived_bytes

_ATTEMPTS = 4  # without a single new byte
_turns, _under_way = threading.Lock(), set[Path]()


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Bytes that have arrived, and of how many; ``total`` is 0 while that is unknown."""

    done: int
    total: int


def download(wanted: Download) -> Iterator[Progress]:
    """Bring a file to its place, whole and checked. Closing the generator gives up and keeps what has arrived.

    Raises:
        DownloadFailed: The server cannot be reached, refuses, breaks off again and again, or sends another file.
        EngineError: The disk is full, or cannot be written to.
    """
    try:
        wanted.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(wanted.path, error) from error
    before = wanted.path.stat().st_mtime_ns if wanted.path.is_file() else 0
    yield from _wait_for_turn(wanted.path)
    try:
        if wanted.path.is_file() and wanted.path.stat().st_mtime_ns != before:
            return  # another download of it has just ended
        digest = yield from _complete_part(wanted)
        _check(wanted, digest)
        with replacing(wanted.path) as temporary:
            wanted.part.replace(temporary)
        wanted.part_facts.unlink(missing_ok=True)
    finally:
        with _turns:
            _under_way.discard(wanted.path)


def _wait_for_turn(path: Path) -> Iterator[Progress]:
    """Two downloads of one file, such as of the model page and of a run, would write into each other's part."""
    while True:
        with _turns:
            if path not in _under_way:
                _under_way.add(path)
                return
        yield from _pause(POLL_SECONDS, Progress(done=arrived_bytes(path), total=0))


def _complete_part(wanted: Download) -> Generator[Progress, None, str]:
    """Ask again until everything is there; returns the SHA-256 that the server promised, if any."""
    failures, arrived = 0, arrived_bytes(wanted.part)
    while True:
        try:
            begun = yield from _receive(wanted)
            return begun.sha256
        except DownloadFailed as error:
            failures = 0 if arrived_bytes(wanted.part) > arrived else failures + 1
            arrived = arrived_bytes(wanted.part)
            if failures >= _ATTEMPTS or (400 <= error.status < 500 and error.status not in (408, 416, 429)):
                raise
            if error.status == 416:  # what is there is not the beginning of what the server has
                _forget_part(wanted)
        yield from _pause(wanted.pause_seconds * 2**failures, Progress(done=arrived, total=0))


def _pause(seconds: float, progress: Progress) -> Iterator[Progress]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(min(POLL_SECONDS, seconds))
        yield progress


def _receive(wanted: Download) -> Generator[Progress, None, Answer]:
    """One connection; returns the facts the server told."""
    reader = Reader(wanted)
    reader.start()
    try:
        begun = yield from _first_answer(reader)
        _require_space(wanted, begun)
        write_json(wanted.part_facts, {"etag": begun.etag})
        done = begun.start
        with _open_part(wanted, begun) as file:
            for chunk in reader.chunks():
                _write(wanted.path, file, chunk)
                done += len(chunk)
                yield Progress(done=done, total=begun.total)
        if begun.total and done != begun.total:
            raise DownloadFailed("the connection broke off")
        return begun
    finally:
        reader.give_up()


def _first_answer(reader: "Reader") -> Generator[Progress, None, Answer]:
    while (begun := reader.answer()) is None:
        yield Progress(done=0, total=0)
    return begun


def _open_part(wanted: Download, begun: Answer) -> IO[bytes]:
    try:
        file = wanted.part.open("r+b" if wanted.part.is_file() else "w+b")
        file.seek(begun.start)
        file.truncate()
    except OSError as error:
        raise cannot_write(wanted.path, error) from error
    return file


def _write(path: Path, file: IO[bytes], chunk: bytes) -> None:
    try:
        file.write(chunk)
    except OSError as error:
        raise cannot_write(path, error) from error


def _require_space(wanted: Download, begun: Answer) -> None:
    missing = begun.total - begun.start
    free = shutil.disk_usage(wanted.path.parent).free
    if missing > free:
        raise EngineError(
            f"{wanted.path.name} needs {missing / 1e6:.0f} MB more, but the disk of {wanted.path.parent} has only "
            f"{free / 1e6:.0f} MB left.",
            "Free some space, then try again.",
        )


def _check(wanted: Download, promised: str) -> None:
    """Compare the SHA-256; a file with another one is thrown away, for going on with it would be of no use."""
    for expected in filter(None, (wanted.sha256.lower(), promised)):
        if not file_sha256(wanted.part).startswith(expected):
            _forget_part(wanted)
            raise DownloadFailed("what arrived is not the file that was asked for: its checksum is wrong")


def _forget_part(wanted: Download) -> None:
    wanted.part.unlink(missing_ok=True)
    wanted.part_facts.unlink(missing_ok=True)
