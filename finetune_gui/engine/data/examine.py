"""Reads single images once and finds out all that is to be known of them; unpacks them first where need be.

Runs in worker processes, so nothing heavy is imported here.
"""

import errno
import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from finetune_gui.engine.data.archive import DamagedMember, Member, cannot_unpack, read_member
from finetune_gui.engine.data.facts import ImageFacts
from finetune_gui.engine.data.image import UnreadableImage, decode_image, share_turns
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.engine.data.look_alikes import look_of
from finetune_gui.engine.errors import EngineError

_LOOK_PIXELS = 64  # a picture of this size has all that a look needs
_WHOLE_BYTES = 128 * 1024 * 1024  # larger files are not read into memory
_BLOCK_BYTES = 1024 * 1024
_DISK_ERRORS = {errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}


@dataclass(frozen=True, kw_only=True)
class Job:
    """Some images of one folder.

    Attributes:
        root: Folder that the paths are relative to.
        paths: Of the images.
        archive: Archive to unpack them from first; empty for none.
        members: Of the archive, one for each path.
        resumed: Whether some may have been unpacked already.
    """

    root: str
    paths: tuple[str, ...]
    archive: str = ""
    members: tuple[Member, ...] = ()
    resumed: bool = False


def prepare_worker(lock: AbstractContextManager[object]) -> None:
    """Called once in each worker process."""
    share_turns(lock)


def examine(job: Job) -> dict[str, ImageFacts]:
    """Facts of the images of a job, by path.

    Raises:
        EngineError: They cannot be unpacked.
    """
    if job.archive:
        return dict(zip(job.paths, _unpacked_and_examined(job), strict=True))
    return {path: examine_file(os.path.join(job.root, path)) for path in job.paths}


def examine_packed(job: Job) -> bytes:
    """As ``examine``, in the form that passes quickly from one process to another."""
    return msgspec.msgpack.encode(examine(job))


def unpack_facts(packed: bytes) -> dict[str, ImageFacts]:
    """What ``examine_packed`` has packed."""
    return msgspec.msgpack.decode(packed, type=dict[str, ImageFacts])


def examine_file(path: str) -> ImageFacts:
    """Facts of an image file; what is wrong with it is one of them."""
    file = Path(long_path(path))
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe might never end
            return _unreadable(status, "it is not a regular file")
        if status.st_size > _WHOLE_BYTES:
            return _facts(file, status, _digest_of_file(file))
        content = file.read_bytes()
    except OSError as error:
        return ImageFacts(num_bytes=0, mtime_ns=0, error=_in_words(error))
    return _facts(content, status, _digest(content))


def _facts(source: Path | bytes, status: os.stat_result, digest: bytes) -> ImageFacts:
    try:
        decoded = decode_image(source, enough=_LOOK_PIXELS)
    except UnreadableImage as error:
        return _unreadable(status, error.reason, digest)
    return ImageFacts(
        num_bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
        digest=digest,
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        mode=decoded.mode,
        camera=decoded.camera,
        look=look_of(decoded.image),
    )


def _unreadable(status: os.stat_result, reason: str, digest: bytes = b"") -> ImageFacts:
    return ImageFacts(num_bytes=status.st_size, mtime_ns=status.st_mtime_ns, digest=digest, error=reason)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _digest_of_file(path: Path) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.digest()


def _in_words(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "it does not exist"
    if isinstance(error, PermissionError):
        return "permission is denied"
    return (error.strerror or type(error).__name__).lower()


def _unpacked_and_examined(job: Job) -> Iterator[ImageFacts]:
    try:
        archive = Path(job.archive).open("rb")  # noqa: SIM115 (closed below; only opening it is excused)
    except OSError as error:
        raise EngineError(
            f"{job.archive} cannot be read: {error.strerror or error}.", "Check that it is still there, then try again."
        ) from error
    with archive:
        for path, member in zip(job.paths, job.members, strict=True):
            yield _examine_member(archive, member, os.path.join(job.root, path), job.resumed)


def _examine_member(archive: BinaryIO, member: Member, target: str, resumed: bool) -> ImageFacts:
    target = long_path(target)
    content = _unpacked_before(target, member) if resumed else None
    try:
        if content is None:
            content = read_member(archive, member)
            status = _write(target, content)
        else:
            status = os.stat(target)
    except OSError as error:
        if error.errno in _DISK_ERRORS:
            raise cannot_unpack(os.path.dirname(target), error) from error
        return ImageFacts(num_bytes=0, mtime_ns=0, error=_in_words(error))
    except DamagedMember as error:
        return ImageFacts(num_bytes=0, mtime_ns=0, error=f"in the archive, {error}")
    return _facts(content, status, _digest(content))


def _write(path: str, content: bytes) -> os.stat_result:
    """As ``Path.write_bytes`` and ``stat`` in half of the time, which counts with small images."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


def _unpacked_before(target: str, member: Member) -> bytes | None:
    """What an unpacking that was interrupted has written, if it is whole."""
    try:
        content = Path(target).read_bytes() if os.stat(target).st_size == member.num_bytes else None
    except OSError:
        return None
    return content if content is not None and zlib.crc32(content) == member.crc else None
