"""Zip archives: what is in them, which are refused, and where they are unpacked to."""

import hashlib
import os
import re
import shutil
import stat
import struct
import sys
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from finetune_gui.engine.data.archive_members import Member
from finetune_gui.engine.data.dataset import Ignored
from finetune_gui.engine.data.passed_over import Wanted, kind_of_file, passed_over_by_name
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError

BOMB_RATIO, BOMB_BYTES = 200, 10**9  # photos hardly shrink; 200 times so is a trap
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
_ENCRYPTED = 0x1 | 0x40 | 0x2000  # flags: by password, strongly, the directory too (APPNOTE 4.4.4)
_WINDOWS_NAME = re.compile(r'[<>:"|?*\x00-\x1f]|[. ](/|$)|(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.[^/]*)?(/|$)', re.I)
_CASE_IS_IGNORED = sys.platform in ("win32", "darwin")  # by their usual file systems
_MARKER = ".unpacked"


def list_members(archive: Path) -> tuple[list[Member], Counter[Ignored]]:
    """Images and tables of labels in an archive, in its order; and how many files were passed over, by reason.

    Raises:
        EngineError: It is no zip archive, is damaged or encrypted, or would unpack to something enormous.
    """
    try:
        status = archive.stat()
    except OSError as error:
        raise _cannot_read(archive, error) from error
    members, ignored = _list_members(archive, status.st_size, status.st_mtime_ns)
    return members.copy(), ignored.copy()


@lru_cache(maxsize=1)  # a scan is followed by an inspection of the same archive
def _list_members(archive: Path, num_bytes: int, _mtime_ns: int) -> tuple[list[Member], Counter[Ignored]]:
    infos = _directory(archive)
    ignored: Counter[Ignored] = Counter()
    chosen = dict(_wanted(infos, ignored))
    if _CASE_IS_IGNORED:
        _drop_same_names(chosen, ignored)
    folders = _folders(chosen)
    members = [
        Member(path, info.header_offset, info.file_size, info.compress_size, info.compress_type, info.CRC)
        for path, info in chosen.items()
        if path not in folders  # a file cannot be a folder as well
    ]
    ignored["unsafe_name"] += len(chosen) - len(members)
    _refuse_encrypted(archive, chosen.values())
    _refuse_unknown_methods(archive, members)
    _refuse_bomb(archive, num_bytes, members)
    return members, +ignored


def require_space(archive: Path, num_bytes: int, store: DataStore) -> None:
    """Refuse an archive that the disk has no room for.

    Raises:
        EngineError: Fewer than ``num_bytes`` are free where archives are unpacked.
    """
    folder = store.unpacked_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if num_bytes > free:
        raise EngineError(
            f"{archive} needs {_in_gb(num_bytes)} to be unpacked, but only {_in_gb(free)} are free on the disk of "
            f"{store.unpacked_dir}.",
            "Make room there, or unpack the archive yourself on another disk and choose its folder.",
        )


def unpacked_root(archive: Path, store: DataStore) -> Path:
    """Folder for the content of an archive as it is now: another one once the archive has changed.

    Raises:
        EngineError: The archive is gone.
    """
    try:
        path = archive.resolve()
        status = path.stat()
    except OSError as error:
        raise _cannot_read(archive, error) from error
    key = f"{path}\n{status.st_size}\n{status.st_mtime_ns}".encode()
    stem = re.sub(r"\W+", "-", archive.stem, flags=re.ASCII).strip("-")[:40]
    return store.unpacked_dir / f"{stem or 'archive'}-{hashlib.blake2b(key, digest_size=8).hexdigest()}"


def is_unpacked(root: Path) -> bool:
    """Whether all of the archive is there, not just what an interrupted unpacking left."""
    return (root / _MARKER).is_file()


def mark_unpacked(root: Path) -> None:
    """Note that all of the archive is there."""
    (root / _MARKER).touch()


# -- the directory ----------------------------------------------------------------------------------------------------


def _directory(archive: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(archive) as opened:
            return opened.infolist()
    except OSError as error:
        raise _cannot_read(archive, error) from error
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError) as error:
        if _is_begun_zip(archive):
            message = f"The archive {archive} is damaged, perhaps only half copied or downloaded."
            raise EngineError(message, "Copy or download it again.") from error
        raise EngineError(
            f"{archive} is not a zip archive.", "Unpack it with another program and choose its folder."
        ) from error


def _is_begun_zip(archive: Path) -> bool:
    try:
        with archive.open("rb") as file:
            return file.read(4) in (b"PK\3\4", b"PK\5\6")
    except OSError:
        return False


def _wanted(infos: Iterable[zipfile.ZipInfo], ignored: Counter[Ignored]) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Images and tables; counts the others. A folder that is passed over counts once, as on disk."""
    folders: set[str] = set()
    reasons: dict[str, tuple[Ignored, str] | None] = {}  # by folder, since thousands of files share one
    for info in infos:
        path = _tidy(info.filename)
        folder, _, name = path.rpartition("/")
        if folder not in reasons:
            reasons[folder] = _passed_over_folder(folder)
        if (found := reasons[folder]) is not None:
            reason, where = found
            ignored[reason] += where not in folders if where else 1
            folders.add(where)
        elif name:  # the name of a folder ends with a slash
            kind = _kind(name, info)
            if kind == "image" or kind == "table":
                yield path, info
            else:
                ignored[kind] += 1


def _tidy(path: str) -> str:
    """With forward slashes (some programs for Windows write others), and each of them needed."""
    path = path.replace("\\", "/")
    if path.startswith("/"):
        return f"/{path}"  # absolute, also where no folder follows
    while path.startswith("./"):
        path = path[2:]
    while "//" in path or "/./" in path:
        path = path.replace("/./", "/").replace("//", "/")
    return path


def _passed_over_folder(folder: str) -> tuple[Ignored, str] | None:
    """Why nothing in a folder is looked at, and which folder on the way there is to blame (empty: each file itself)."""
    if not is_safe(folder):
        return "unsafe_name", ""
    parts = folder.split("/")
    for depth, part in enumerate(parts, 1):
        if (reason := passed_over_by_name(part)) is not None:
            return reason, "/".join(parts[:depth])
    return None


def _kind(name: str, info: zipfile.ZipInfo) -> Wanted | Ignored:
    if not is_safe(name) or "\0" in info.orig_filename:
        return "unsafe_name"
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):  # a link, a pipe, a device
        return "special"
    return passed_over_by_name(name) or kind_of_file(name)


def is_safe(path: str, *, on_windows: bool = os.name == "nt") -> bool:
    """Whether a path of an archive can be unpacked below a folder and nowhere else."""
    if path.startswith("/") or "\0" in path or ".." in path.split("/") or re.match("[A-Za-z]:", path):
        return False
    return not (on_windows and _WINDOWS_NAME.search(path))


def _drop_same_names(chosen: dict[str, zipfile.ZipInfo], ignored: Counter[Ignored]) -> None:
    """Of names that differ in case alone, or in how accents are written, keep the first: on disk they would be one."""
    seen: set[str] = set()
    for path in list(chosen):
        same = unicodedata.normalize("NFC", path).casefold()
        if same in seen:
            del chosen[path]
            ignored["same_name"] += 1
        seen.add(same)


def _folders(paths: Iterable[str]) -> set[str]:
    """All folders on the way to the files."""
    folders: set[str] = set()
    for folder in {path.rpartition("/")[0] for path in paths}:
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


# -- what is refused --------------------------------------------------------------------------------------------------


def _refuse_encrypted(archive: Path, infos: Iterable[zipfile.ZipInfo]) -> None:
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        raise EngineError(
            f"The archive {archive} is encrypted.", "Unpack it with its password and choose the unpacked folder."
        )


def _refuse_unknown_methods(archive: Path, members: Iterable[Member]) -> None:
    unknown = {member.method for member in members} - _METHODS
    if unknown:
        raise EngineError(
            f"The archive {archive} is packed in a way that this app does not know (method {min(unknown)}).",
            "Unpack it with the program that packed it and choose the unpacked folder.",
        )


def _refuse_bomb(archive: Path, packed: int, members: Iterable[Member]) -> None:
    unpacked = sum(member.num_bytes for member in members)
    # Compared with the whole archive, not with the sum of the members: they may overlap.
    if unpacked > BOMB_BYTES and unpacked / packed > BOMB_RATIO:
        raise EngineError(
            f"The archive {archive} would grow to {_in_gb(unpacked)}, {unpacked // packed} times its size: it may be a "
            "trap to fill the disk.",
            "If you trust it, unpack it yourself and choose its folder.",
        )


def _in_gb(num_bytes: int) -> str:
    return f"{num_bytes / 1e9:.1f} GB"


def cannot_unpack(folder: Path | str, error: OSError) -> EngineError:
    """What is said when the disk does not take what is in an archive."""
    return EngineError(
        f"The archive could not be unpacked to {folder}: {error.strerror or error}.",
        "Free some space on that disk, or unpack the archive yourself and choose its folder.",
    )


def _cannot_read(archive: Path, error: OSError) -> EngineError:
    return EngineError(
        f"The archive {archive} cannot be read: {error.strerror or error}.", "Check the path and its permissions."
    )
