"""Fetches the CUDA edition: a stream of progress that can be closed at any moment and goes on where it was."""

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from finetune_gui import bundle, paths
from finetune_gui.engine.cuda_parts import installed
from finetune_gui.engine.cuda_parts.assembly import DamagedVolume, is_whole, take_from_app, unpack
from finetune_gui.engine.cuda_parts.manifest import BundleFile, Manifest, Volume
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import cannot_write, file_sha256
from finetune_gui.engine.models.downloads import download
from finetune_gui.engine.models.http_reader import Download, DownloadFailed

log = logging.getLogger(__name__)

Activity = Literal["check", "download", "unpack", "copy", "try"]

_MARGIN = 200_000_000  # bytes that stay free: a disk without any is no good to anybody
_POLL_SECONDS = 0.1
_TRY_SECONDS = 300  # loading four gigabytes from a slow disk for the first time


@dataclass(frozen=True, kw_only=True)
class FetchAdvanced:
    """What is being done, and how far that is, in bytes; ``total`` is 0 where that is not known."""

    activity: Activity
    done: int = 0
    total: int = 0


def fetch(manifest: Manifest, app: Path | None = None) -> Generator[FetchAdvanced]:
    """Bring the CUDA edition to the user's folder, whole, checked and tried. The next start goes on as it.

    Closing the generator gives up; what has arrived is gone on with the next time. What is there already, whole or
    damaged, is checked, and only volumes of which something is missing are downloaded.

    Args:
        manifest: That of the app.
        app: Folder of the installed app (default: of this one).

    Raises:
        EngineError: A volume cannot be had, the disk is full, the app was changed, or the result does not start.
    """
    app = app or Path(sys.executable).parent
    with _one_at_a_time():
        if installed.look() == "ready":
            return
        _make_staging(manifest)
        folder = installed.staging_dir()
        missing = yield from _missing(manifest, folder)
        wanted = {file.volume for file in missing}
        volumes = [volume for volume in manifest.volumes if volume.name in wanted]
        _require_space(missing, volumes)
        yield from _take_common(missing, app, folder)
        yield from _fetch_volumes(manifest, volumes, missing, folder)
        yield from _try(folder)
        _put_in_place(manifest, folder)


# --- one after the other -----------------------------------------------------------------------------------------


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two that fetch would write into each other's files."""
    from filelock import FileLock, Timeout

    folder = paths.gpu_support_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".fetching.lock", thread_local=False, is_singleton=False)
        lock.acquire(timeout=0.3)
    except Timeout:
        raise EngineError(
            "GPU support is being fetched by another window or command.", "Wait until it is done."
        ) from None
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def _make_staging(manifest: Manifest) -> None:
    """What was fetched before, by this version or another, is put together anew: what is still right stays."""
    staging, fetched = installed.staging_dir(), installed.bundle_dir()
    try:
        if fetched.exists():
            installed.require_unused()
            if staging.exists():
                shutil.rmtree(staging)
            fetched.rename(staging)
        staging.mkdir(exist_ok=True)
        _remove_others(staging, {file.path for file in manifest.files})
        installed.downloads_dir().mkdir(exist_ok=True)
        names = tuple(volume.name for volume in manifest.volumes)
        for file in installed.downloads_dir().iterdir():
            if not file.name.startswith(names):
                file.unlink()
    except OSError as error:
        raise cannot_write(staging, error) from error


def _remove_others(folder: Path, wanted: set[str]) -> None:
    for file in [file for file in folder.rglob("*") if file.is_symlink() or not file.is_dir()]:
        if file.relative_to(folder).as_posix() not in wanted:
            file.unlink()


def _missing(manifest: Manifest, folder: Path) -> Generator[FetchAdvanced, None, list[BundleFile]]:
    """Files that are not there, or not whole."""
    missing, seen = [], 0
    present = sum(file.size for file in manifest.files if (folder / file.path).is_file())
    for file in manifest.files:
        if not is_whole(file, folder):
            missing.append(file)
        elif file.size:
            seen += file.size
            yield FetchAdvanced(activity="check", done=seen, total=present)
    return missing


def _require_space(missing: list[BundleFile], volumes: list[Volume]) -> None:
    """The files, and beside them one volume at a time."""
    needed = sum(file.size for file in missing) + max((volume.size for volume in volumes), default=0)
    folder = paths.gpu_support_dir()
    free = shutil.disk_usage(folder).free
    if needed and needed + _MARGIN > free:
        raise EngineError(
            f"GPU support needs {(needed + _MARGIN) / 1e9:.1f} GB of free space in {folder}, "
            f"and only {free / 1e9:.1f} GB are left.",
            "Make room on the disk, then try again.",
        )


def _take_common(missing: list[BundleFile], app: Path, folder: Path) -> Iterator[FetchAdvanced]:
    common = [file for file in missing if not file.volume]
    done, total = 0, sum(file.size for file in common)
    for size in take_from_app(common, app, folder):
        done += size
        yield FetchAdvanced(activity="copy", done=done, total=total)


# --- volumes -----------------------------------------------------------------------------------------------------


def _fetch_volumes(
    manifest: Manifest, volumes: list[Volume], missing: list[BundleFile], folder: Path
) -> Iterator[FetchAdvanced]:
    """Each is unpacked and deleted before the next, so that the disk needs room for one beside the bundle."""
    total, before = sum(volume.size for volume in volumes), 0
    for volume in volumes:
        path = installed.downloads_dir() / volume.name
        yield from _download(manifest.url(volume), volume, path, before, total)
        try:
            yield from _unpack(path, [file for file in missing if file.volume == volume.name], folder)
        except DamagedVolume as error:  # its checksum was right a moment ago
            path.unlink(missing_ok=True)
            raise EngineError(
                f"{volume.name} cannot be unpacked: {error}.", "Check the disk, then try again."
            ) from error
        path.unlink(missing_ok=True)
        before += volume.size


def _download(url: str, volume: Volume, path: Path, before: int, total: int) -> Iterator[FetchAdvanced]:
    """Unless it is here, whole: brought from another machine, or left by a process that was killed."""
    if path.is_file() and path.stat().st_size == volume.size and file_sha256(path) == volume.sha256:
        return
    try:
        for progress in download(Download(url=url, path=path, sha256=volume.sha256)):
            yield FetchAdvanced(activity="download", done=before + progress.done, total=total)
    except DownloadFailed as error:
        raise EngineError(
            f"{volume.name} could not be downloaded ({error.reason}).",
            f"Connect to the internet and try again: it goes on where it stopped. Or bring the file from another "
            f"machine ({url}) and put it into {path.parent}.",
        ) from error


def _unpack(path: Path, files: list[BundleFile], folder: Path) -> Iterator[FetchAdvanced]:
    done, total = 0, sum(file.size for file in files)
    for size in unpack(path, files, folder):
        done += size
        yield FetchAdvanced(activity="unpack", done=done, total=total)


# --- the end -----------------------------------------------------------------------------------------------------


def _try(folder: Path) -> Iterator[FetchAdvanced]:
    """Have it load everything once: what does not start on this system is never handed over to.

    Raises:
        EngineError: It does not.
    """
    command = [str(folder / os.path.basename(bundle.app_command()[0])), "doctor", "--json"]
    environment = bundle.environment_for_another() | {bundle.PARENT_VARIABLE: str(os.getpid())}
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    with tempfile.TemporaryFile() as told:
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, env=environment, creationflags=flags
            )
        except OSError as error:
            raise _does_not_start(error.strerror or str(error)) from error
        try:
            yield from _wait(child)
        finally:
            child.kill()
            child.wait()
        if child.returncode:
            told.seek(0)
            lines = told.read().decode(errors="replace").split("\n")
            log.warning("The fetched bundle ended with exit code %s:\n%s", child.returncode, "\n".join(lines))
            raise _does_not_start(next((line for line in reversed(lines) if line.strip()), f"exit {child.returncode}"))


def _wait(child: "subprocess.Popen[bytes]") -> Iterator[FetchAdvanced]:
    end = time.monotonic() + _TRY_SECONDS
    while child.poll() is None and time.monotonic() < end:
        yield FetchAdvanced(activity="try")
        time.sleep(_POLL_SECONDS)


def _does_not_start(reason: str) -> EngineError:
    return EngineError(
        f"GPU support was downloaded, but it does not start on this system: {reason.strip()}.",
        "Training goes on with the processor. The log tells more; 'gpu-support --remove' frees the disk.",
    )


def _put_in_place(manifest: Manifest, folder: Path) -> None:
    try:
        installed.write_record(folder, manifest.digest, [file.path for file in manifest.files])
        if hasattr(os, "sync"):  # what is renamed shall be on the disk
            os.sync()
        folder.rename(installed.bundle_dir())
        shutil.rmtree(installed.downloads_dir(), ignore_errors=True)
    except OSError as error:
        raise cannot_write(installed.bundle_dir(), error) from error
    installed.forget_marks()
