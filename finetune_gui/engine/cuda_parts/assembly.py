"""Puts the CUDA edition together from volumes and from the files of the app that is installed; checks each of them."""

import hashlib
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from finetune_gui.engine.cuda_parts.manifest import BundleFile
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import cannot_write, file_sha256

_CHUNK = 1 << 20


class DamagedVolume(Exception):  # noqa: N818 (named for what it is)
    """A volume does not hold what the manifest says."""


def is_whole(file: BundleFile, folder: Path) -> bool:
    """Whether a file of the bundle is in a folder, byte for byte."""
    place = folder / file.path
    try:
        if file.link or place.is_symlink():
            return file.link != "" and os.readlink(place) == file.link
        return place.stat().st_size == file.size and file_sha256(place) == file.sha256
    except OSError:
        return False


def take_from_app(files: Iterable[BundleFile], app: Path, folder: Path) -> Iterator[int]:
    """Bring what both editions have: as hard links where that can be, else as copies. Yields bytes as they come.

    Raises:
        EngineError: A file of the app is not what it was, or the disk is full.
    """
    for file in files:
        if not file.link and not is_whole(file, app):
            raise EngineError(f"{app / file.path} is missing or was changed.", "Install the app again, then try again.")
        try:
            place = _room_for(file, folder)
            if file.link:
                place.symlink_to(file.link)
            else:
                _link_or_copy(app / file.path, place)
        except OSError as error:
            raise cannot_write(folder / file.path, error) from error
        yield file.size


def unpack(volume: Path, files: Iterable[BundleFile], folder: Path) -> Iterator[int]:
    """Bring what a volume holds, and check it. Yields bytes as they come.

    Raises:
        DamagedVolume: It does not hold what it should.
        EngineError: The disk is full, or cannot be written to.
    """
    try:
        archive = zipfile.ZipFile(volume)
    except zipfile.BadZipFile as error:
        raise DamagedVolume(str(error)) from error
    with archive:
        for file in files:
            yield from _unpack_file(archive, file, folder)


def _unpack_file(archive: zipfile.ZipFile, file: BundleFile, folder: Path) -> Iterator[int]:
    digest = hashlib.sha256()
    try:
        place = _room_for(file, folder)
        with archive.open(file.path) as source, place.open("wb") as target:
            for chunk in _chunks(source):
                digest.update(chunk)
                target.write(chunk)
                yield len(chunk)
        if file.executable:
            place.chmod(0o755)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DamagedVolume(str(error)) from error
    except OSError as error:
        raise cannot_write(folder / file.path, error) from error
    if digest.hexdigest() != file.sha256:
        raise DamagedVolume(f"{file.path} has another checksum")


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _room_for(file: BundleFile, folder: Path) -> Path:
    """The place of a file. What was there goes first: it may be a link to a file of the app, which must not change."""
    place = folder / file.path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    return place


def _link_or_copy(source: Path, target: Path) -> None:
    with suppress(OSError):  # another disk, or files of somebody else, which Linux does not let one link
        os.link(source, target)
        return
    shutil.copy2(source, target)
