"""Looks at the machine every two seconds, on a thread of its own."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal, Slot

if TYPE_CHECKING:
    from finetune_gui.engine.hardware import HardwareReader, HardwareReading

log = logging.getLogger(__name__)

SECONDS = 2.0


class HardwareWatch(QObject):
    """Reads until ``shutdown``.

    Signals:
        looked: a ``HardwareReading``.
    """

    looked = Signal(object)

    def __init__(self, make_reader: "Callable[[], HardwareReader]", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = _WatchThread(make_reader, self)
        self._thread.looked.connect(self._on_looked)

    def start(self, seconds: float = SECONDS) -> None:
        """Begin; the first reading comes after ``seconds``, since the load is measured from one to the next."""
        self._thread.seconds = seconds
        self._thread.start(QThread.Priority.LowPriority)

    def shutdown(self, timeout_ms: int = 5000) -> bool:
        """Stop and wait with a bound; False when a disk or a driver does not answer."""
        self._thread.stop.set()
        return self._thread.wait(timeout_ms)

    @Slot(object)
    def _on_looked(self, reading: "HardwareReading") -> None:
        if not self._thread.stop.is_set():
            self.looked.emit(reading)


class _WatchThread(QThread):
    """The reader belongs to this thread."""

    looked = Signal(object)

    def __init__(self, make_reader: "Callable[[], HardwareReader]", parent: QObject) -> None:
        super().__init__(parent)
        self._make_reader = make_reader
        self.seconds = SECONDS
        self.stop = threading.Event()

    def run(self) -> None:
        """On the thread. Figures beside a run are not worth a dialog: what fails here ends in silence."""
        try:
            reader = self._make_reader()
            while not self.stop.wait(self.seconds):
                self.looked.emit(reader.read())
            reader.close()
        except Exception as error:
            log.info("The hardware is not read any more: %r", error)
