"""The folder of an export: it appears when everything in it is right, or not at all."""

import glob
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.export_formats import EXPORT_FILES, FAILED_SUFFIX, FORMATS, LABELS_FILE
from finetune_gui.engine.files import CannotWrite, cannot_write


def require_free(out: Path, *, overwrite: bool) -> None:
    """Never put an export over anything but an earlier export.

    Raises:
        EngineError: The place is taken, or no folder.
    """
    if out.suffix in {Path(info.file).suffix for info in FORMATS.values()}:
        raise EngineError(f"An export is a folder, not the file {out.name}.", f"Give a folder, such as {out.stem}.")
    if not out.exists():
        return
    if not out.is_dir():
        raise EngineError(f"{out} is a file.", "Choose a folder for the export.")
    names = {entry.name for entry in out.iterdir()}
    if names and not _is_export(names):
        raise EngineError(f"{out} holds other files.", "Choose another folder for the export.")
    if names and not overwrite:
        raise EngineError(f"{out} already holds an export.", "Choose another folder, or ask to overwrite it (--force).")


def _is_export(names: set[str]) -> bool:
    return LABELS_FILE in names and names <= EXPORT_FILES


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A temporary folder beside ``out`` that takes its place at the end, or is removed.

    Raises:
        EngineError: It cannot be written to, or the disk is full.
    """
    folder, missing = _part(out), missing_parents(out)
    try:
        folder.mkdir(parents=True)
        yield folder
        if folder.exists():
            _replace(out, folder)
    except CannotWrite as error:  # where the file would have been, not where it was tried
        raise CannotWrite(error.message.replace(str(folder), str(out)), error.hint) from error
    except OSError as error:
        raise cannot_write(out, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        remove_empty(missing)


@contextmanager
def scratch(out: Path) -> Iterator[Path]:
    """A temporary folder beside ``out`` for the temporary files of libraries, as long as this process converts.

    A converter that is killed leaves them lying about, here they are found (``remove_leftovers``); and the system's own
    folder for them can be on a small disk.
    """
    folder, before = _part(out), tempfile.tempdir
    folder.mkdir()
    tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)


def _part(out: Path) -> Path:
    return out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")


def keep_aside(folder: Path, out: Path) -> Path:
    """Keep an export that was refused where nobody takes it for a good one; an earlier such one is replaced."""
    aside = out.with_name(out.name + FAILED_SUFFIX)
    if aside.exists() and not (aside.is_dir() and _is_export({entry.name for entry in aside.iterdir()})):
        aside = out.with_name(f"{out.name}.{secrets.token_hex(4)}{FAILED_SUFFIX}")
    _replace(aside, folder)
    return aside


def _replace(out: Path, folder: Path) -> None:
    """What was there goes when the new folder is in its place, and comes back where that fails."""
    former = out.with_name(f".{out.name}.{secrets.token_hex(4)}.old")
    if out.exists():
        out.rename(former)
    try:
        folder.rename(out)
    except OSError:
        if former.exists():
            former.rename(out)
        raise
    shutil.rmtree(former, ignore_errors=True)


def remove_leftovers(out: Path) -> None:
    """Remove what an export that was killed had begun to write beside ``out``."""
    for leftover in out.parent.glob(f".{glob.escape(out.name)}.????????.part"):
        shutil.rmtree(leftover, ignore_errors=True)


def missing_parents(out: Path) -> list[Path]:
    """The folders that will have to be made for ``out``, the innermost first."""
    return [parent for parent in out.parents if not parent.exists()]


def remove_empty(folders: list[Path]) -> None:
    """Remove folders in which there is nothing, the innermost first."""
    for folder in folders:
        with suppress(OSError):  # something is in it, or it was never made
            folder.rmdir()
