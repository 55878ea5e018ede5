"""The run folder: where everything about one run is kept, written so that a power cut leaves the last good state.

::

    config.json          what was asked for (schema_version)
    events.jsonl         what happened
    split.json           which file went where
    checkpoints/best.*   the weights with the best validation accuracy
    checkpoints/last.*   the weights, optimizer and position to go on from
    checkpoints/previous.*  the one before, should that be damaged
    checkpoints/start.*  where the weights that learn began
    report.json          the result
    predictions/*        what the best weights say of each image that was evaluated (predictions_file.py)
    trust.json           the temperature and the threshold that answers are given with (trust/settings.py)
    features.safetensors what goes into the output layer for each image (explain/features_file.py)
    labels.json          labels that are probably wrong (explain/labels_file.py)
    baselines.json       what the same images give without training (baselines_file.py)
    notes.json           name, note and tags that the user gave it (run_notes.py)
    exports/
    .running.lock        locked while a process works on the run
"""

import io
import itertools
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from finetune_gui.engine.config import TrainConfig, read_config
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event
from finetune_gui.engine.files import cannot_write, read_json, write_json
from finetune_gui.engine.run_lock import LOCK_NAME, is_running

_PASSING_KINDS = ("StepCompleted", "ValidationAdvanced", "PreparationAdvanced")
# How the lines of events begin that come by the thousand and tell nothing of a run that is over.
_PASSING = tuple(f'{{"event":"{kind}"'.encode() for kind in _PASSING_KINDS)
_MAX_WAITING = 2**22  # bytes of events that wait for a full disk; older ones are given up


class RunFolder:
    """Paths and small files of one run. Holds no state but the path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config_file = path / "config.json"
        self.events_file = path / "events.jsonl"
        self.split_file = path / "split.json"
        self.report_file = path / "report.json"
        self.best_checkpoint = path / "checkpoints" / "best.safetensors"
        self.last_checkpoint = path / "checkpoints" / "last.safetensors"
        self.next_checkpoint = path / "checkpoints" / "next.safetensors"
        self.previous_checkpoint = path / "checkpoints" / "previous.safetensors"
        self.start_weights = path / "checkpoints" / "start.safetensors"
        self.exports_dir = path / "exports"
        self.lock_file = path / LOCK_NAME

    @classmethod
    def create(cls, path: Path, config: TrainConfig) -> "RunFolder":
        """Make a new run folder with its ``config.json``.

        Raises:
            EngineError: The place is taken, or cannot be written to.
        """
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise EngineError(f"{path} exists and is not empty.", "Choose another folder for the run.")
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_make(path, error.strerror or str(error)) from error
        run = cls(path)
        try:
            write_json(run.config_file, config.to_json())
        except EngineError:
            with suppress(OSError):
                path.rmdir()
            raise
        return run

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """Open an existing run folder.

        Raises:
            EngineError: It is none.
        """
        run = cls(path)
        if not run.config_file.is_file():
            raise EngineError(f"{path} is not a run folder.", "Give a folder that holds config.json and checkpoints.")
        return run

    def is_running(self) -> bool:
        """Whether a process, this one or another, works on it."""
        return is_running(self.path)

    def config(self) -> TrainConfig:
        """What the run was asked to do."""
        return read_config(self.config_file)

    def milestones(self) -> Iterator[Event]:
        """What happened, without steps and advances: a long run has millions, which are not even decoded."""
        yield from self._read_events(_PASSING)

    def events(self) -> Iterator[Event]:
        """What happened so far. A half-written last line, left by a crash, is passed over."""
        yield from self._read_events(())

    def _read_events(self, passed_over: tuple[bytes, ...]) -> Iterator[Event]:
        if not self.events_file.is_file():
            return
        with self.events_file.open("rb") as lines:
            for line in lines:
                if line.startswith(passed_over):
                    continue
                try:
                    yield Event.from_json(msgspec.json.decode(line))
                except (msgspec.DecodeError, EngineError):
                    continue

    def remove_leftovers(self) -> None:
        """Remove what was being written when the app was killed. Only for the process that works on the run."""
        for file in self.path.rglob(".*.part"):
            with suppress(OSError):
                file.unlink()

    def report(self) -> dict[str, Any] | None:
        """The result, or None while there is none."""
        if not self.report_file.is_file():
            return None
        report: dict[str, Any] = read_json(self.report_file)
        return report


class EventLog:
    """Appends events to ``events.jsonl``, one JSON object a line.

    A disk that is full for a while, or a run folder that somebody removes, does not end a run: what could not be
    written is written with what comes next.

    Raises:
        EngineError: When it is opened, where the file cannot be written.
    """

    def __init__(self, run: RunFolder) -> None:
        self._path = run.events_file
        self._waiting = b""
        try:
            self._file = self._open()
        except OSError as error:
            raise cannot_write(self._path, error) from error

    def _open(self) -> io.FileIO:
        # Unbuffered: a line survives a crash of the app.
        return self._path.open("ab", buffering=0)

    def append(self, event: Event) -> None:
        """Write one event."""
        self._waiting += msgspec.json.encode(event.to_json()) + b"\n"
        with suppress(OSError, ValueError):  # a ValueError: it was closed and could not be opened again
            if not self._path.exists() and self._path.parent.is_dir():  # its folder was made anew
                self._file.close()
                self._file = self._open()
            self._waiting = self._waiting[self._file.write(self._waiting) :]
        self._waiting = self._waiting[-_MAX_WAITING:]

    def close(self) -> None:
        """Bring everything to the disk and close."""
        with suppress(OSError, ValueError), self._file:
            self._file.write(self._waiting)
            os.fsync(self._file.fileno())


def default_run_name(config: TrainConfig) -> str:
    """A folder name that sorts by time and says what was trained: ``20261124-103000-starter-ants-bees``."""
    model = config.model.id.removeprefix("file:").rstrip("/").rsplit("/", 1)[-1]
    data = Path(config.data.path).resolve().name
    words = re.sub(r"[^A-Za-z0-9]+", "-", f"{model}-{data}").strip("-").lower()
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{words[:60]}"


def reserve_run_path(runs_dir: Path, config: TrainConfig) -> Path:
    """Make an empty folder for a run that is about to start; two processes never get the same one.

    Raises:
        EngineError: There is no room for runs, or no permission.
    """
    name = default_run_name(config)
    for counter in itertools.count(1):
        path = runs_dir / (name if counter == 1 else f"{name}-{counter}")
        try:
            runs_dir.mkdir(parents=True, exist_ok=True)
            path.mkdir()
        except FileExistsError:
            if runs_dir.is_dir():
                continue
            raise _cannot_make(path, "the folder above it is a file") from None
        except OSError as error:
            raise _cannot_make(path, error.strerror or str(error)) from error
        return path
    raise AssertionError("unreachable")


def _cannot_make(path: Path, reason: str) -> EngineError:
    return EngineError(f"The run folder {path} cannot be made: {reason}.", "Choose a folder that you may write to.")
