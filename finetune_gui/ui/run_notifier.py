"""Tells on the desktop how a run ended, when nobody looks at the window."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, RunFinished, RunPaused
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.run_host import RunHost
from finetune_gui.ui.words import percent


class RunNotifier(QObject):
    """Watches a run host. An end that the user asked for is no news.

    Signals:
        news: (title, text) to be shown outside of the window.
        seen: the window is looked at again.
    """

    news = Signal(str, str)
    seen = Signal()

    def __init__(self, host: RunHost, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._preferences = preferences
        host.events.connect(self._on_events)
        host.failed.connect(self._on_failed)
        host.crashed.connect(self._on_crashed)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.applicationStateChanged.connect(self._on_application_state)

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, RunFinished) and event.outcome == "completed":
                title = self.tr("Training stopped by itself") if event.stopped_early else self.tr("Training finished")
                self._tell(title, self.tr("{0} correct on validation images").format(percent(event.best_val_accuracy)))
            elif isinstance(event, RunPaused) and event.reason:
                self._tell(self.tr("Training waits for you"), f"{event.reason} {event.hint}".strip())

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self._tell(self.tr("Training ended by an error"), str(error))

    @Slot(str)
    def _on_crashed(self, _: str) -> None:
        self._tell(self.tr("Training ended by an error"), self.tr("Something went wrong inside the app."))

    def _tell(self, title: str, text: str) -> None:
        if self._preferences.notify_of_runs and QApplication.activeWindow() is None:
            self.news.emit(title, text)

    @Slot(Qt.ApplicationState)
    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.seen.emit()
