"""Files that are written whole or not at all, so that a power cut leaves the last good state."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from finetune_gui.engine.errors import EngineError


class CannotWrite(EngineError):  # noqa: N818 (named for what it is)
    """A file that cannot be written: a full disk, a missing permission and like."""


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def size_on_disk(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(file.stat().st_size for file in files)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a whole file or nothing: yields a temporary path; then fsync, replace, fsync of the folder.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("r+b") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except Exception as error:
        if (told := system_error(error)) is None:
            raise
        raise cannot_write(path, told) from error
    finally:
        with suppress(OSError):  # it is gone already, or its folder never was one
            temporary.unlink()


def cannot_write(path: Path, error: OSError) -> CannotWrite:
    """The one sentence for it."""
    return CannotWrite(
        f"{path} could not be written: {error.strerror or error}.",
        "Check the permission of the folder and the free space, or choose another folder.",
    )


def system_error(error: Exception) -> OSError | None:
    """What the system said; None where the error is about something else.

    Libraries in Rust, such as safetensors, wrap it: ``I/O error: No space left on device (os error 28)``.
    """
    if isinstance(error, OSError):
        return error
    wrapped = re.search(r"([^:]+) \(os error (\d+)\)", str(error))
    return OSError(int(wrapped[2]), wrapped[1].strip()) if wrapped else None


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle to a folder that could be synced
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, plain: object) -> None:
    """Write ``plain`` as indented JSON, atomically."""
    content = msgspec.json.format(msgspec.json.encode(plain), indent=2) + b"\n"
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        EngineError: The file is missing or not JSON.
    """
    try:
        return msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise EngineError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error
    except msgspec.DecodeError as error:
        raise EngineError(f"{path} is damaged: {error}.", "Restore it from a backup, or start anew.") from error
