"""A stream of engine events that can be started, cancelled and waited for: training, evaluation, export."""

import logging
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QThread, Signal, Slot

from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import Event
from finetune_gui.ui.paced_refresh import PacedRefresh
from finetune_gui.ui.workers.run_worker import RunWorker

log = logging.getLogger(__name__)

DELIVERY_MS = 50  # at most 20 deliveries a second, however fast the events come


class StreamHost(QObject):
    """Drains one stream at a time on a thread of its own, and keeps worker and thread alive until that has ended.

    The loop inside ``RunWorker.run`` cannot be reached by queued slots: to pause or stop it, ``control`` is called
    directly.

    Signals:
        events: a list of engine events, in order.
        failed: an ``EngineError``: something the user can put right.
        crashed: the traceback of a bug.
        finished: the thread has ended; always, and last.
    """

    events = Signal(list)
    failed = Signal(object)
    crashed = Signal(str)
    finished = Signal()

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._worker: RunWorker | None = None
        self._thread: QThread | None = None
        self._control = RunControl()
        self._pace = PacedRefresh(self._deliver, self, DELIVERY_MS)

    @property
    def control(self) -> RunControl:
        """The token of the stream that is being drained, or was last."""
        return self._control

    def start(self, stream: Callable[[RunControl], Iterator[Event]]) -> bool:
        """Drain ``stream(control)``; False, and nothing else, while another one is being drained."""
        if self.is_running():
            return False
        control = self._control = RunControl()
        worker = self._worker = RunWorker(lambda: stream(control))
        thread = self._thread = QThread(self)
        thread.setObjectName(self._name)
        worker.moveToThread(thread)
        worker.arrived.connect(self._pace.wish)
        worker.failed.connect(self._on_failed)
        worker.crashed.connect(self._on_crashed)
        worker.finished.connect(thread.quit)
        thread.started.connect(worker.run)
        thread.finished.connect(self._on_thread_finished)
        thread.start()
        return True

    def stop(self) -> None:
        """Ask the stream to end; ``finished`` follows."""
        self._control.stop()

    def is_running(self) -> bool:
        """Whether ``finished`` is still to come."""
        return self._thread is not None

    def was_stopped(self) -> bool:
        """Whether the stream was asked to end."""
        return self._control.should_end

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop and wait with a bound, for the closing window; False when the stream did not end in time."""
        self.stop()
        if self._thread is None:
            return True
        self._thread.quit()
        return self._thread.wait(timeout_ms)

    def _deliver(self) -> None:
        events: list[Event] = self._worker.take() if self._worker is not None else []
        if events:
            self.events.emit(events)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._pace.now()
        log.info("The %s ended: %s", self._name, error)
        self.failed.emit(error)

    @Slot(str)
    def _on_crashed(self, report: str) -> None:
        self._pace.now()
        log.error("The %s crashed:\n%s", self._name, report)
        self.crashed.emit(report)

    @Slot()
    def _on_thread_finished(self) -> None:
        self._pace.now()
        if self._worker is not None and self._thread is not None:
            self._worker.deleteLater()
            self._thread.deleteLater()
            self._worker = self._thread = None
        self.finished.emit()
