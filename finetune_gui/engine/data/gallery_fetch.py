"""Bringing a data set of the gallery onto this machine: download, check, unpack, arrange in class folders.

The work is done by torchvision's own code, in a child process (``gallery_child.py``): that code can neither be stopped
nor given a time limit for a server that falls silent, but a process can. Whatever way the child ends, what it has
written lies in a temporary folder; only a whole data set is renamed to its place.
"""

import contextlib
import multiprocessing
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Literal

import psutil

from finetune_gui.engine.data.gallery import GalleryEntry, brought_folder, is_whole, write_marker
from finetune_gui.engine.data.samples import SURFACE_INSPECTION, ensure_sample_set
from finetune_gui.engine.errors import EngineError

Activity = Literal["start", "draw", "check", "download", "unpack", "arrange"]

STALL_SECONDS = 30.0  # a server that sends nothing for so long is given up
PROCESSES = multiprocessing.get_context("spawn")  # a fork of a process with threads can hang
_POLL_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class FetchAdvanced:
    """How far it is. ``done`` and ``total`` count bytes of a download, else images; ``total`` 0 is unknown."""

    activity: Activity
    done: int = 0
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class Arranged:
    """The child's last word: so many images lie in class folders."""

    num_images: int


@dataclass(frozen=True, kw_only=True)
class Crashed:
    """The child's last word if there is a bug in it."""

    traceback: str


Message = FetchAdvanced | Arranged | Crashed | EngineError


class FetchStopped(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user cancelled; nothing is left behind."""


def fetch(
    entry: GalleryEntry,
    folder: Path,
    *,
    on_progress: Callable[[FetchAdvanced], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Path:
    """As ``fetch_in_steps``, with a function that is told the progress and one that is asked whether to stop.

    Raises:
        EngineError: See ``fetch_in_steps``.
        FetchStopped: ``should_stop`` returned True.
    """
    with contextlib.closing(fetch_in_steps(entry, folder)) as steps:
        while True:
            try:
                advanced = next(steps)
            except StopIteration as end:
                root: Path = end.value
                return root
            if should_stop is not None and should_stop():
                raise FetchStopped
            if on_progress is not None:
                on_progress(advanced)


def fetch_in_steps(
    entry: GalleryEntry, folder: Path, *, stall_s: float = STALL_SECONDS
) -> Generator[FetchAdvanced, None, Path]:
    """Bring a data set onto this machine, unless it is there, and return its folder.

    Yields about ten times a second, also while nothing moves; closing the generator ends everything at once.

    Args:
        entry: The data set.
        folder: Where sample data sets are kept; made if missing.
        stall_s: Seconds of silence after which a server is given up.

    Returns:
        ``folder / entry.id``, which holds a folder for each class, or such folders in train/val/test folders.

    Raises:
        EngineError: No connection, a server that fails, a file that is not the makers', no room on the disk.
        RuntimeError: A bug in the child process; the text is its traceback.
    """
    if entry.is_built_in:
        return (yield from _draw_in_steps(folder))
    target = folder / entry.id
    yield FetchAdvanced(activity="start")
    if is_whole(entry, target):
        return target
    work = folder / f".{entry.id}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        work.mkdir(parents=True)
        _remove_abandoned(entry, folder)
        _check_room(entry, folder)
        num_images = yield from _prepare_in_child(entry, work, brought_folder(entry, folder), stall_s)
        write_marker(entry, arranged_folder(work), num_images)
        _move_into_place(entry, work, target)
    except OSError as error:
        raise cannot_save(entry, folder, error) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def arranged_folder(work: Path) -> Path:
    """Where the child arranges the images."""
    return work / "arranged"


def cannot_save(entry: GalleryEntry, folder: Path, error: OSError) -> EngineError:
    """The one sentence for a full disk, a missing permission and like."""
    return EngineError(
        f"{entry.title} could not be saved in {folder}: {error.strerror or error}.",
        "Make room on the disk and check that you may write to this folder, then try again.",
    )


# -- the built-in set -------------------------------------------------------------------------------------------------


def _draw_in_steps(folder: Path) -> Generator[FetchAdvanced, None, Path]:
    advanced = FetchAdvanced(activity="draw", total=SURFACE_INSPECTION.num_images)
    stopped = threading.Event()

    def on_progress(done: int, total: int) -> None:
        nonlocal advanced
        advanced = FetchAdvanced(activity="draw", done=done, total=total)

    with ThreadPoolExecutor(1, thread_name_prefix="gallery") as pool:
        drawing = pool.submit(
            ensure_sample_set, SURFACE_INSPECTION, folder, on_progress=on_progress, should_stop=stopped.is_set
        )
        try:
            while True:
                with contextlib.suppress(FutureTimeout):
                    return drawing.result(_POLL_SECONDS)
                yield advanced
        finally:
            stopped.set()  # for a generator that is closed; the pool then waits for the end of the drawing


# -- the child process ------------------------------------------------------------------------------------------------


def _prepare_in_child(
    entry: GalleryEntry, work: Path, brought: Path, stall_s: float
) -> Generator[FetchAdvanced, None, int]:
    """Run ``gallery_child.prepare`` in a process of its own; returns the number of images it arranged."""
    receiver, sender = PROCESSES.Pipe(duplex=False)
    child = PROCESSES.Process(
        target=_run_child, args=(entry, work, brought, sender, stall_s), name=f"gallery-{entry.id}", daemon=True
    )
    try:
        child.start()
        sender.close()  # so that the pipe ends when the child does
        return (yield from _listen(receiver, child))
    finally:
        sender.close()
        receiver.close()
        if child.pid is not None:
            child.kill()
            child.join()
        child.close()


def _run_child(
    entry: GalleryEntry, work: Path, brought: Path, sender: "Connection[Message, None]", stall_s: float
) -> None:
    """On the child's side. torchvision is imported there only."""
    from finetune_gui.engine.data.gallery_child import run

    run(entry, work, brought, sender, stall_s)


def _listen(receiver: "Connection[None, Message]", child: BaseProcess) -> Generator[FetchAdvanced, None, int]:
    advanced = FetchAdvanced(activity="start")
    while True:
        if not receiver.poll(_POLL_SECONDS):
            yield advanced
            continue
        try:
            message = receiver.recv()
        except EOFError:
            child.join()
            raise RuntimeError(f"The child process ended without a word, with exit code {child.exitcode}.") from None
        match message:
            case FetchAdvanced():
                advanced = message
                yield advanced
            case Arranged(num_images=num_images):
                return num_images
            case EngineError():
                raise message
            case Crashed(traceback=traceback):
                raise RuntimeError(traceback)


# -- folders ----------------------------------------------------------------------------------------------------------


def _check_room(entry: GalleryEntry, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < entry.free_bytes:
        raise EngineError(
            f"{entry.title} needs {_gigabytes(entry.free_bytes)} of free space in {folder}, "
            f"and only {_gigabytes(free)} are left.",
            "Make room on the disk, then try again.",
        )


def _gigabytes(num_bytes: int) -> str:
    return f"{num_bytes / 1e9:.1f} GB"


def _remove_abandoned(entry: GalleryEntry, folder: Path) -> None:
    """Remove temporary folders of processes that were killed."""
    for work in folder.glob(f".{entry.id}.*.tmp"):
        pid = work.name.removeprefix(f".{entry.id}.").partition("-")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(work, ignore_errors=True)


def _move_into_place(entry: GalleryEntry, work: Path, target: Path) -> None:
    """Rename the arranged images to their place; another process that was first keeps its own, which are the same."""
    if target.exists() and not is_whole(entry, target):
        target.rename(work / "outdated")  # a folder that is not empty cannot be replaced in one step
    try:
        arranged_folder(work).rename(target)
    except OSError:
        if not is_whole(entry, target):
            raise
