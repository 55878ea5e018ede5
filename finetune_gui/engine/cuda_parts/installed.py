"""What has been fetched of the CUDA edition, and whether this app may go on as it. Quick: every start asks.

::

    gpu-support/
      bundle/           the whole edition, as an installer would bring it
        fetched.json    whose it is, and size and time of each file: what has changed since is not started
      new/              the same while it is put together
      downloads/        volumes on their way
      starting-PID      a process hands over to the bundle; gone as soon as that runs
      unwanted          it shall be removed, which cannot be done while it runs
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from finetune_gui import paths
from finetune_gui.engine.cuda_parts.manifest import sha256_of
from finetune_gui.engine.errors import EngineError

State = Literal["none", "running", "absent", "ready", "stale", "damaged", "failing", "unwanted"]

_RECORD = "fetched.json"
_UNWANTED = "unwanted"
_STARTING = "starting-"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept beside a fetched bundle.

    Attributes:
        manifest: Digest of the manifest that it was fetched by.
        files: Size and time of change, in nanoseconds, of each file.
    """

    manifest: str
    files: dict[str, tuple[int, int]]


def bundle_dir() -> Path:
    """Where the fetched edition lies."""
    return paths.gpu_support_dir() / "bundle"


def downloads_dir() -> Path:
    """Where volumes arrive; one that was brought from another machine is looked for here."""
    return paths.gpu_support_dir() / "downloads"


def staging_dir() -> Path:
    """Where the edition is put together."""
    return paths.gpu_support_dir() / "new"


def is_fetched_bundle() -> bool:
    """Whether this process is the fetched edition."""
    return _is_below(sys.executable, bundle_dir())


def can_fetch() -> bool:
    """Whether this app came without CUDA and with the list of what to fetch."""
    return paths.cuda_manifest_file().is_file()


def look() -> State:
    """What there is.

    ``none``: this app has nothing to fetch. ``running``: this process is the fetched edition. ``stale``: it was fetched
    by another version of the app. ``damaged``: files have changed or are gone. ``failing``: it was started and never
    came to life.
    """
    if is_fetched_bundle():
        return "running"
    try:
        digest = sha256_of(paths.cuda_manifest_file().read_bytes())
    except OSError:
        return "none"
    record = read_record(bundle_dir())
    if record is None:
        return "damaged" if bundle_dir().exists() else "absent"
    if record.manifest != digest:
        return "stale"
    if (paths.gpu_support_dir() / _UNWANTED).exists():
        return "unwanted"
    if any(True for _ in failed_starts()):
        return "failing"
    return "ready" if _is_unchanged(record, bundle_dir()) else "damaged"


# --- the record --------------------------------------------------------------------------------------------------


def write_record(bundle: Path, digest: str, files: list[str]) -> None:
    """Keep what a finished bundle is like."""
    facts = {path: (fact.st_size, fact.st_mtime_ns) for path in files for fact in [(bundle / path).lstat()]}
    (bundle / _RECORD).write_bytes(msgspec.json.encode(Record(manifest=digest, files=facts)))


def read_record(bundle: Path) -> Record | None:
    """What was kept; None where nothing is, or it cannot be understood."""
    try:
        return msgspec.json.decode((bundle / _RECORD).read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError):
        return None


def _is_unchanged(record: Record, bundle: Path) -> bool:
    try:
        facts = ((fact, os.lstat(os.path.join(bundle, path))) for path, fact in record.files.items())
        return all((now.st_size, now.st_mtime_ns) == fact for fact, now in facts)
    except OSError:
        return False


# --- starts that came to nothing ---------------------------------------------------------------------------------


def note_start() -> Path | None:
    """This process is about to hand over: returns the note that the bundle removes as soon as it runs."""
    note = paths.gpu_support_dir() / f"{_STARTING}{os.getpid()}"
    try:
        note.touch()
    except OSError:  # a full disk must not keep the app from starting
        return None
    return note


def failed_starts() -> Iterator[Path]:
    """Notes of processes that are gone, so that the bundle they handed over to never ran."""
    for note in paths.gpu_support_dir().glob(f"{_STARTING}*"):
        pid = note.name.removeprefix(_STARTING)
        if pid.isdecimal() and int(pid) != os.getpid():
            import psutil  # rarely wanted

            if not psutil.pid_exists(int(pid)):
                yield note


def forget_marks() -> None:
    """Give the bundle another chance."""
    for note in [*failed_starts(), paths.gpu_support_dir() / _UNWANTED]:
        note.unlink(missing_ok=True)


# --- removing ----------------------------------------------------------------------------------------------------


def remove() -> bool:
    """Remove everything that was fetched, and what is on its way; True if that is done, False if at the next start.

    Raises:
        EngineError: Another window or command works with it, or the folder cannot be written to.
    """
    if is_fetched_bundle():
        (paths.gpu_support_dir() / _UNWANTED).touch()
        return False
    require_unused()
    try:
        if paths.gpu_support_dir().exists():
            shutil.rmtree(paths.gpu_support_dir())
    except OSError as error:
        raise EngineError(
            f"{paths.gpu_support_dir()} could not be removed: {error.strerror or error}.",
            "Check the permission of the folder, or remove it by hand.",
        ) from error
    return True


def remove_unwanted() -> None:
    """Do what ``remove`` could not, as it was called from the fetched edition."""
    if look() == "unwanted":
        with suppress(EngineError):  # it is still in use; another time
            remove()


def require_unused() -> None:
    """Raise where a window or a command runs from the bundle: it loads parts of itself later.

    Raises:
        EngineError: One does.
    """
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if _is_below(process.exe(), bundle_dir()):
                raise EngineError(
                    "GPU support is in use by another window or command.", "Close Finetune GUI, then try again."
                )


def _is_below(program: str, folder: Path) -> bool:
    return os.path.realpath(program).startswith(os.path.join(os.path.realpath(folder), ""))
