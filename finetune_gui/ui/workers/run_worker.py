"""A stream of engine events, drained on a thread; the GUI thread takes what has come."""

import threading
import traceback
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event


class RunWorker(QObject):
    """Drains a generator of events. Lives in a worker thread; ``run`` is its one slot, ``take`` may be called anywhere.

    Events wait here until they are taken, all at once: a signal for each would wake the GUI thread a hundred times a
    second. None is dropped, and their order is that of the engine.

    Signals:
        arrived: something waits, where nothing did before.
        failed: an ``EngineError``: something the user can put right.
        crashed: the traceback of a bug.
        finished: always, and last.
    """

    arrived = Signal()
    failed = Signal(object)
    crashed = Signal(str)
    finished = Signal()

    def __init__(self, stream: Callable[[], Iterator[Event]]) -> None:
        super().__init__()
        self._stream = stream
        self._waiting: list[Event] = []
        self._lock = threading.Lock()

    @Slot()
    def run(self) -> None:
        """Drain the stream; ends with ``finished`` whatever happens."""
        try:
            for event in self._stream():
                self._put(event)
        except EngineError as error:
            self.failed.emit(error)
        except BaseException:  # an exception that left a slot would leave the window waiting for ever
            self.crashed.emit(traceback.format_exc())
        finally:
            self.finished.emit()

    def take(self) -> list[Event]:
        """What has come since the last time, in order."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken

    def _put(self, event: Event) -> None:
        with self._lock:
            first = not self._waiting
            self._waiting.append(event)
        if first:
            self.arrived.emit()
