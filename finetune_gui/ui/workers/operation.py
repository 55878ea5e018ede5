"""One background call: a function on a thread, its result on the GUI thread."""

import logging
import threading
import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from finetune_gui.engine.errors import EngineError

log = logging.getLogger(__name__)


class Progress:
    """What a function in the background may call: report how far it is, and ask whether to go on."""

    def __init__(self, report: Callable[[int, int], None], tell: Callable[[object], None]) -> None:
        self._report = report
        self._tell = tell
        self._stop = threading.Event()

    def report(self, done: int, total: int = 0) -> None:
        """Say how far the work is; ``total`` is 0 while it is unknown."""
        self._report(done, total)

    def tell(self, news: object) -> None:
        """Hand over what is known so far."""
        self._tell(news)

    def should_stop(self) -> bool:
        """Whether the user cancelled."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the function to end."""
        self._stop.set()


class Operation(QObject):
    """Runs ``function(progress)`` on a thread of its own and brings the outcome to the GUI thread.

    Exactly one of ``succeeded``, ``failed``, ``crashed`` and ``cancelled`` is emitted, then ``finished``. Connect to
    methods of QObjects that live in the GUI thread.

    Signals:
        progressed: (done, total); total is 0 while it is unknown.
        told: what the function knows so far.
        succeeded: the result.
        failed: an ``EngineError``: something the user can put right.
        crashed: the traceback of a bug.
        cancelled: the function ended because it was asked to.
        finished: after any of them; the thread has ended.
    """

    progressed = Signal(int, int)
    told = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    crashed = Signal(str)
    cancelled = Signal()
    finished = Signal()

    def __init__(self, function: Callable[[Progress], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._progress = Progress(self.progressed.emit, self.told.emit)
        self._thread = _CallThread(function, self._progress, self)
        self._thread.finished.connect(self._deliver)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Ask the function to end; the outcome, whatever it is by then, is reported as ``cancelled``."""
        self._progress.cancel()

    def is_running(self) -> bool:
        """Whether the outcome is still to come."""
        return self._thread.isRunning()

    def shutdown(self, timeout_ms: int = 5000) -> bool:
        """Cancel and wait with a bound; False when the function did not end in time."""
        self.cancel()
        return self._thread.wait(timeout_ms)

    @Slot()
    def _deliver(self) -> None:
        thread = self._thread
        if self._progress.should_stop():
            self.cancelled.emit()
        elif isinstance(thread.error, EngineError):
            self.failed.emit(thread.error)
        elif thread.error is not None:
            report = "".join(traceback.format_exception(thread.error))
            log.error("An operation crashed:\n%s", report)
            self.crashed.emit(report)
        else:
            self.succeeded.emit(thread.result)
        self.finished.emit()


class _CallThread(QThread):
    """Holds on to result or error until the GUI thread fetches it."""

    def __init__(self, function: Callable[[Progress], Any], progress: Progress, parent: QObject) -> None:
        super().__init__(parent)
        self._function = function
        self._progress = progress
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        """On the thread."""
        try:
            self.result = self._function(self._progress)
        except BaseException as error:  # an exception that left a QThread would end in silence
            self.error = error
