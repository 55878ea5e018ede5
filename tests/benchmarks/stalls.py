"""How late the event loop of a window comes: what a person feels as a stall."""

import time

from PySide6.QtCore import QObject, Qt, QTimer, Slot

TICK_S = 0.005


class StallMeter(QObject):
    """A timer of 5 ms that writes down how late it comes."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=round(1000 * TICK_S), timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._last = 0.0
        self.delays: list[float] = []

    def start(self) -> None:
        """Begin a new list."""
        self.delays = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        """Milliseconds of delay, sorted; at least one."""
        self._timer.stop()
        self._note()
        return sorted(self.delays)

    @Slot()
    def _tick(self) -> None:
        self._note()

    def _note(self) -> None:
        now = time.perf_counter()
        self.delays.append(max(0.0, 1000 * (now - self._last - TICK_S)))
        self._last = now
