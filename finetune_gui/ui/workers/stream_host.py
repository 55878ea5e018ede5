"""A stream of engine events that can be started, cancelled and waited for: evaluation, export."""

import logging
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import Event
from finetune_gui.ui.workers.run_worker import RunWorker
from finetune_gui.ui.workers.thread_host import ThreadHost

log = logging.getLogger(__name__)


class StreamHost(QObject):
    """Drains one stream at a time on a thread of its own.

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
        self._host: ThreadHost | None = None
        self._control = RunControl()

    def start(self, stream: Callable[[RunControl], Iterator[Event]]) -> bool:
        """Drain ``stream(control)``; False, and nothing else, while another one is being drained."""
        if self.is_running():
            return False
        control = self._control = RunControl()
        worker = RunWorker(lambda: stream(control))
        self._host = ThreadHost(worker, self._name, self)
        worker.events.connect(self._on_events)
        worker.failed.connect(self._on_failed)
        worker.crashed.connect(self._on_crashed)
        self._host.thread_finished.finished.connect(self._on_thread_finished)
        self._host.start()
        return True

    def stop(self) -> None:
        """Ask the stream to end; ``finished`` follows."""
        self._control.stop()

    def is_running(self) -> bool:
        """Whether ``finished`` is still to come."""
        return self._host is not None

    def was_stopped(self) -> bool:
        """Whether the stream was asked to end."""
        return self._control.should_end

    def shutdown(self, timeout_ms: int = 10_000) -> bool:
        """Stop and wait with a bound, for the closing window; False when the stream did not end in time."""
        self.stop()
        return self._host is None or self._host.wait(timeout_ms)

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        self.events.emit(events)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.failed.emit(error)

    @Slot(str)
    def _on_crashed(self, report: str) -> None:
        log.error("The %s crashed:\n%s", self._name, report)
        self.crashed.emit(report)

    @Slot()
    def _on_thread_finished(self) -> None:
        if self._host is not None:
            self._host.worker.deleteLater()
            self._host.deleteLater()
            self._host = None
        self.finished.emit()
