"""The one training run of this window: starts it on a thread, passes wishes to it, tells what happens."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import EpochCompleted, Event, RunPaused, RunResumed, RunStarted, StepCompleted
from finetune_gui.engine.runs import RunFolder, reserve_run_path
from finetune_gui.ui.run_states import GOING_ON, HELD, IDLE, PAUSED, PAUSING, RUNNING, STOPPING, RunState
from finetune_gui.ui.workers.stream_host import StreamHost


class RunHost(QObject):
    """A stream of training, and the states it goes through.

    Signals:
        state_changed: ``idle``, ``running``, ``pausing``, ``paused`` or ``stopping``.
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
        self._state: RunState = IDLE
        self._run_path: Path | None = None
        self.started.connect(self._on_started)
        self._stream = StreamHost("training", self)
        self._waits_by_itself = False
        self._stream.events.connect(self._on_events)
        self._stream.failed.connect(self.failed)
        self._stream.crashed.connect(self.crashed)
        self._stream.finished.connect(self._on_finished)

    @property
    def state(self) -> RunState:
        """What the run does."""
        return self._state

    @property
    def run_path(self) -> Path | None:
        """Folder of the run that is under way, or was last."""
        return self._run_path

    def is_active(self) -> bool:
        """Whether there is a run, paused or not."""
        return self._state != IDLE

    def start(self, config: TrainConfig, runs_dir: Path) -> None:
        """Train anew in a folder below ``runs_dir``. Does nothing while another run is active."""

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.launcher import start_run  # on the thread: it imports torch

            run_path = reserve_run_path(runs_dir, config)
            self.started.emit(run_path)  # from the thread, so it reaches the window queued, before all events
            yield from start_run(config, control, run_path, reserved=True)

        self._begin(stream)

    def resume_run(self, run_path: Path, num_epochs: int | None = None) -> None:
        """Go on with a run from its last checkpoint. What it had learnt before is told again first.

        Args:
            run_path: Its folder.
            num_epochs: That it shall have in all, where that is another number than before.
        """

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.launcher import resume_run

            self.started.emit(run_path)
            told = (RunStarted, StepCompleted, EpochCompleted)
            past = [event for event in RunFolder(run_path).events() if isinstance(event, told)]
            yield from chain(past, resume_run(run_path, control, num_epochs=num_epochs))

        self._begin(stream)

    def pause(self) -> None:
        """Wait, as soon as may be; the device is free meanwhile."""
        if self._state == RUNNING:
            self._stream.control.pause()
            self._set_state(PAUSING)

    def resume(self) -> None:
        """Go on after a pause."""
        if self._state in HELD:
            self._stream.control.resume()
            self._set_state(RUNNING)

    def stop(self) -> None:
        """End as soon as may be and keep what was learnt."""
        if self.is_active():
            self._stream.stop()
            self._set_state(STOPPING)

    def discard(self) -> None:
        """End as soon as may be and delete the run."""
        if self.is_active():
            self._stream.control.discard()
            self._set_state(STOPPING)

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop and wait with a bound, for the closing window."""
        return self._stream.shutdown(timeout_ms)

    def _begin(self, stream: Callable[[RunControl], Iterator[Event]]) -> None:
        if self._stream.start(stream):
            self._set_state(RUNNING)

    def _set_state(self, state: RunState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    @Slot(Path)
    def _on_started(self, path: Path) -> None:
        self._run_path = path

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        """A run may pause by itself, for something to be mended, and go on by itself."""
        for event in events:
            if isinstance(event, RunPaused) and event.reason and self._state in GOING_ON:
                self._waits_by_itself = True
                self._set_state(PAUSED)
            elif isinstance(event, RunPaused) and self._state == PAUSING:  # else the user let it go on meanwhile
                self._set_state(PAUSED)
            elif isinstance(event, RunResumed) and self._waits_by_itself:
                self._waits_by_itself = False
                if self._state == PAUSED:
                    self._set_state(RUNNING)
        self.events.emit(events)

    @Slot()
    def _on_finished(self) -> None:
        self._waits_by_itself = False
        self._set_state(IDLE)
        self.finished.emit()
