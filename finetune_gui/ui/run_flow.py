"""From the wish to train to a finished run: between session and run host."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui import paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, RunFinished, RunStarted
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.config_reuse import Reuse, read_reusable
from finetune_gui.ui.run_host import RunHost
from finetune_gui.ui.run_states import RUNNING
from finetune_gui.ui.session import Session
from finetune_gui.ui.workers.latest_operation import LatestOperation


class RunFlow(QObject):
    """Starts, pauses and ends the run of this window, and chooses it for the other pages when it is done.

    Signals:
        refused: an ``EngineError``: why no run can start now.
        run_begins: a run is about to start; its events come through the host.
        run_kept: the folder of a run that ended with something learnt; the session has it selected.
        settings_taken: the session has the settings of a past run or of a file; a sentence on what could not be taken.
        reuse_failed: an ``EngineError``: the settings cannot be read.
        crashed: the traceback of a bug.
    """

    refused = Signal(object)
    run_begins = Signal()
    run_kept = Signal(Path)
    settings_taken = Signal(str)
    reuse_failed = Signal(object)
    crashed = Signal(str)

    def __init__(self, session: Session, host: RunHost, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._host = host
        self._kept: Path | None = None
        self._devices: list[str] = []  # of this machine
        self._searching = False
        self._reading = LatestOperation(self)
        self._reading.succeeded.connect(self._on_settings)
        self._reading.failed.connect(self.reuse_failed)
        self._reading.crashed.connect(self.crashed)
        host.events.connect(self._on_events)
        host.finished.connect(self._on_finished)

    def problem(self) -> EngineError | None:
        """Why no run can start now, or None."""
        if self._searching:  # it draws from the same random generators, and needs the same memory
            message = self.tr("The search for a learning rate is still ending.")
            return EngineError(message, self.tr("Try again in a moment."))
        return self._session.data_problem() or self._session.plan_problem()

    @Slot()
    def start(self) -> None:
        """Train with the settings of the session."""
        if self._host.is_active():
            return
        if problem := self.problem():
            self.refused.emit(problem)
            return
        config = self._session.require_ready()
        self.run_begins.emit()
        self._session.preparation.give_way()
        self._host.start(config, paths.runs_dir())

    @Slot(Path)
    def resume_run(self, path: Path) -> None:
        """Go on with a past run that did not finish."""
        self._go_on_with(path, None)

    @Slot(Path, int)
    def extend_run(self, path: Path, num_epochs: int) -> None:
        """Go on with a past run until it has so many epochs in all."""
        self._go_on_with(path, num_epochs)

    def _go_on_with(self, path: Path, num_epochs: int | None) -> None:
        if self._host.is_active():
            message = self.tr("Another run is under way.")
            self.refused.emit(EngineError(message, self.tr("Stop it first, then go on with this one.")))
            return
        self.run_begins.emit()
        self._host.resume_run(path, num_epochs)

    @Slot(Path)
    def reuse_run(self, path: Path) -> None:
        """Take over the settings of a past run."""
        self.open_config(RunFolder(path).config_file)

    @Slot(Path)
    def open_config(self, file: Path) -> None:
        """Take over settings that were saved as a file."""
        present, devices = self._session.config, self._devices
        self._reading.start(lambda _: read_reusable(file, present, devices))

    @Slot(list)
    def set_devices(self, devices: list[tuple[str, str]]) -> None:
        """What this machine has, as (id, name)."""
        self._devices = [device_id for device_id, _ in devices]

    @Slot(bool)
    def set_searching(self, searching: bool) -> None:
        """Whether a search for a learning rate goes on, beside which no run begins."""
        self._searching = searching

    def shutdown(self) -> bool:
        """The window closes."""
        return self._reading.shutdown()

    @Slot()
    def toggle_pause(self) -> None:
        """Pause the run, or let it go on."""
        if self._host.state == RUNNING:
            self._host.pause()
        else:
            self._host.resume()

    @Slot()
    def stop(self) -> None:
        """End the run and keep what it learnt."""
        self._host.stop()

    @Slot()
    def discard(self) -> None:
        """End the run and delete it."""
        self._host.discard()

    @Slot(object)
    def _on_settings(self, reuse: Reuse) -> None:
        self._session.use_config(reuse.config)
        self.settings_taken.emit(reuse.missing)

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, RunStarted):
                self._session.preparation.go_on()
            if isinstance(event, RunFinished) and event.outcome != "discarded":
                self._kept = Path(event.run_dir)

    @Slot()
    def _on_finished(self) -> None:
        """The thread is gone, so the run folder is whole."""
        self._session.preparation.go_on()
        if self._kept is not None:
            path, self._kept = self._kept, None
            self._session.select_run(path)
            self.run_kept.emit(path)
