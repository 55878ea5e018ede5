"""Checkpoints, written beside training: the newest one, and the one before in case the newest is damaged."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.checkpoint import (
    Tensors,
    TrainingCheckpoint,
    TrainingState,
    read_state,
    read_training,
    save_training,
)
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import CheckpointSaved, Event, WarningRaised
from finetune_gui.engine.files import CannotWrite, cannot_write
from finetune_gui.engine.runs import RunFolder


def write_last(run: RunFolder, tensors: Tensors, state: TrainingState) -> None:
    """Write the newest checkpoint; the one that was newest is kept as the one before.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full; what was there still is.
    """
    save_training(run.next_checkpoint, tensors, state)
    try:
        if run.last_checkpoint.is_file():
            run.last_checkpoint.replace(run.previous_checkpoint)
        run.next_checkpoint.replace(run.last_checkpoint)
    except OSError as error:
        raise cannot_write(run.last_checkpoint, error) from error


def read_newest(run: RunFolder) -> tuple[TrainingCheckpoint, list[WarningRaised]]:
    """The newest checkpoint that is whole, and what is to be said where that is not the newest one.

    Raises:
        EngineError: There is none.
    """
    found = _checkpoint_files(run)
    if not found:
        raise EngineError(f"The run {run.path} has no checkpoint to go on from.", "Start a new run instead.")
    warnings: list[WarningRaised] = []
    for path in found:
        try:
            return read_training(path), warnings
        except EngineError as error:
            failure = error
            warnings.append(
                WarningRaised(
                    message=f"{error.message[:-1]}; the run goes on from the checkpoint before.",
                    hint="Steps that were made since then are made again.",
                )
            )
    raise failure


def has_checkpoint(run: RunFolder) -> bool:
    """Whether there is one to go on from."""
    return bool(_checkpoint_files(run))


def has_learnt(run: RunFolder) -> bool:
    """Whether a checkpoint holds more than the start of the run."""
    for path in _checkpoint_files(run):
        try:
            return read_state(path).global_step > 0
        except EngineError:
            continue
    return run.best_checkpoint.is_file()


def _checkpoint_files(run: RunFolder) -> list[Path]:
    """Newest first. ``next`` is there only where the app was killed between writing and renaming it."""
    return [path for path in (run.next_checkpoint, run.last_checkpoint, run.previous_checkpoint) if path.is_file()]


@dataclass
class _Job:
    work: Callable[[], None]
    event: CheckpointSaved
    future: "Future[None]"


class CheckpointWriter:
    """Writes on a thread of its own, in order. Memory holds the copies of those that wait, so wait before many."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
        self._jobs: list[_Job] = []

    def submit(self, work: Callable[[], None], event: CheckpointSaved) -> None:
        """Have something written; the event comes out of ``finished``."""
        self._jobs.append(_Job(work, event, self._pool.submit(work)))

    def finished(self, *, wait: bool = False) -> Iterator[Event]:
        """Events of what was written since the last call; with ``wait`` of all that was submitted.

        Raises:
            CannotWrite: One could not be written; it stays first in line for ``retry``.
        """
        while self._jobs and (wait or self._jobs[0].future.done()):
            self._jobs[0].future.result()
            yield self._jobs.pop(0).event

    def retry(self) -> bool:
        """Try once more what could not be written, and all after it; whether that went well."""
        for job in self._jobs:
            try:
                job.future.result()
            except CannotWrite:
                job.future = self._pool.submit(job.work)
                if job.future.exception() is not None:
                    return False
        return True

    def close(self) -> None:
        """Wait for what is being written."""
        self._pool.shutdown(wait=True)
