"""The one training run of this window: starts it on a thread, passes wishes to it, tells what happens."""

import logging
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import EpochCompleted, Event, RunStarted, StepCompleted
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.workers.run_worker import RunWorker
from finetune_gui.ui.workers.thread_host import ThreadHost

log = logging.getLogger(__name__)

RunState = str
IDLE, RUNNING, PAUSED, STOPPING = "idle", "running", "paused", "stopping"


class RunHost(QObject):
    """Hosts the training loop in a QThread.

    Signals:
        state_changed: ``idle``, ``running``, ``paused`` or ``stopping``.
        started: the run folder, before the first event.
        events: a list of engine events, in order.
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
        finished: the thread has ended; the run folder holds what was learnt.
    """

    state_changed = Signal(str)
    started = Signal(Path)
    events = Signal(list)
    failed = Signal(object)
    crashed = Signal(str)
    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host: ThreadHost | None = None
        self._control = RunControl()
        self._state: RunState = IDLE

    @property
    def state(self) -> RunState:
        """What the run does."""
        return self._state

    def is_active(self) -> bool:
        """Whether there is a run, paused or not."""
        return self._state != IDLE

    def start(self, config: TrainConfig, run_path: Path) -> None:
        """Train anew in ``run_path``. Does nothing while another run is active."""

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.launcher import start_run  # on the thread: it imports torch

            return start_run(config, control, run_path)

        self._begin(stream, run_path)

    def resume_run(self, run_path: Path) -> None:
        """Go on with an unfinished run from its last checkpoint. What it had learnt before is told again first."""

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.launcher import resume_run

            told = (RunStarted, StepCompleted, EpochCompleted)
            past = [event for event in RunFolder(run_path).events() if isinstance(event, told)]
            return chain(past, resume_run(run_path, control))

        self._begin(stream, run_path)

    def pause(self) -> None:
        """Wait after the current step."""
        if self._state == RUNNING:
            self._control.pause()
            self._set_state(PAUSED)

    def resume(self) -> None:
        """Go on after a pause."""
        if self._state == PAUSED:
            self._control.resume()
            self._set_state(RUNNING)

    def stop(self) -> None:
        """End after the current step and keep what was learnt."""
        if self.is_active():
            self._control.stop()
            self._set_state(STOPPING)

    def discard(self) -> None:
        """End after the current step and delete the run."""
        if self.is_active():
            self._control.discard()
            self._set_state(STOPPING)

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop and wait with a bound, for the closing window."""
        if self._host is None:
            return True
        self._control.stop()
        return self._host.wait(timeout_ms)

    def _begin(self, stream: Callable[[RunControl], Iterator[Event]], run_path: Path) -> None:
        if self.is_active():
            return
        control = self._control = RunControl()
        worker = RunWorker(lambda: stream(control))
        self._host = ThreadHost(worker, "training", self)
        worker.events.connect(self._on_events)
        worker.failed.connect(self._on_failed)
        worker.crashed.connect(self._on_crashed)
        self._host.thread_finished.finished.connect(self._on_thread_finished)
        self._set_state(RUNNING)
        self.started.emit(run_path)
        self._host.start()

    def _set_state(self, state: RunState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        self.events.emit(events)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)

    @Slot(str)
    def _on_crashed(self, report: str) -> None:
        log.error("A run crashed:\n%s", report)
        self.crashed.emit(report)

    @Slot()
    def _on_thread_finished(self) -> None:
        if self._host is not None:
            self._host.worker.deleteLater()
            self._host.deleteLater()
            self._host = None
        self._set_state(IDLE)
        self.finished.emit()
