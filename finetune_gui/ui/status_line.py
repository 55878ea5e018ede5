"""What the bar at the bottom says: the run while there is one, else what to do next."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event
from finetune_gui.ui.paced_refresh import PacedRefresh
from finetune_gui.ui.run_host import RunHost
from finetune_gui.ui.run_progress import RunProgress
from finetune_gui.ui.session import Session
from finetune_gui.ui.widgets.announce import announce
from finetune_gui.ui.widgets.run_status_bar import RunStatusBar
from finetune_gui.ui.words import count, counted, percent, size


class StatusLine(QObject):
    """Between session and run on one side and the bar on the other."""

    def __init__(self, session: Session, host: RunHost, bar: RunStatusBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._host = host
        self._bar = bar
        self._run = RunProgress()
        self._failure: EngineError | None = None
        self._last_epoch_told = 0
        self._pace = PacedRefresh(self._show_progress, self)
        for signal in (session.dataset_changed, session.plan_changed, session.scan_failed, session.scan_cancelled):
            signal.connect(self.refresh)
        session.scan_progressed.connect(self._on_scan)
        session.run_selected.connect(self._on_run_selected)
        host.events.connect(self._on_events)
        host.failed.connect(self._on_failed)
        host.state_changed.connect(self._on_state)
        self.refresh()

    @Slot()
    def begin_run(self) -> None:
        """A run is about to start."""
        self._run = RunProgress()
        self._failure = None
        self._last_epoch_told = 0

    @Slot()
    def refresh(self) -> None:
        """Show what holds now."""
        if not self._host.is_active():
            self._bar.show_sentence(self._next_step())
        elif self._host.state == "stopping":
            self._bar.show_activity(self.tr("Stopping…"), None)
        elif self._run.started is None or self._run.preparation is not None:
            self._show_preparation()
        else:
            self._bar.show_run(self._run, self._host.state)

    def show_activity(self, text: str, done: int, total: int) -> None:
        """Something else goes on, such as drawing the sample images."""
        if not self._host.is_active():
            self._bar.show_activity(text, done / total if total else None)

    def _next_step(self) -> str:
        if self._failure is not None:
            return str(self._failure)
        finished = self._run.finished
        if finished is not None and finished.outcome != "discarded":
            accuracy = percent(finished.best_val_accuracy)
            end = self.tr("Stopped and kept") if finished.outcome == "stopped" else self.tr("Finished")
            words = self.tr("{0}: {1} correct on validation images. Next: Evaluate, then Export.")
            return words.format(end, accuracy)
        if self._session.dataset is None:
            return self.tr("Drop a folder of images anywhere on this window, or press Ctrl+O.")
        if problem := self._session.data_problem() or self._session.plan_problem():
            return str(problem)
        return self.tr("Ready. Press Train (F5); model, layers and settings are already chosen sensibly.")

    def _show_preparation(self) -> None:
        step = self._run.preparation
        if step is None:
            self._bar.show_activity(self.tr("Getting ready…"), None)
            return
        share = step.done / step.total if step.total else None
        words = size if step.in_bytes else count
        counted = f" {words(step.done)}/{words(step.total)}" if step.total else ""
        self._bar.show_activity(step.activity + counted, share)

    def _show_progress(self) -> None:
        self._tell_epoch()
        self.refresh()

    def _tell_epoch(self) -> None:
        """Have each finished epoch read out, once."""
        epoch = self._run.epoch
        if epoch is not None and epoch.epoch != self._last_epoch_told:
            self._last_epoch_told = epoch.epoch
            words = self.tr("Epoch {0}: validation accuracy {1}")
            announce(self._bar, words.format(count(epoch.epoch), percent(epoch.val_accuracy)))

    @Slot(int)
    def _on_scan(self, seen: int) -> None:
        words = counted(self.tr("Reading the folder: {count} image(s) (Esc stops)", "", seen), seen)
        self.show_activity(words, 0, 0)

    @Slot(Path)
    def _on_run_selected(self, path: Path) -> None:
        """Another run than the last one is looked at: what the last one came to is no news any more."""
        finished = self._run.finished
        if finished is not None and Path(finished.run_dir) != path:
            self._run = RunProgress()
            self.refresh()

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        self._run.take(events)
        self._pace.after(events)

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self._failure = error

    @Slot(str)
    def _on_state(self, state: str) -> None:
        words = {
            "running": self.tr("Training"),
            "pausing": self.tr("Pausing"),
            "paused": self.tr("Paused"),
            "stopping": self.tr("Stopping"),
        }
        announce(self._bar, words.get(state, self.tr("Training has ended")))
        self.refresh()
