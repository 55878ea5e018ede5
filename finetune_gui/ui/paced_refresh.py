"""Shows what changes many times a second only as often as a person can read it."""

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Slot

from finetune_gui.engine.events import (
    CheckpointSaved,
    DriftMeasured,
    EpochCompleted,
    Event,
    FreezeAudited,
    PreparationAdvanced,
    StepCompleted,
    ValidationAdvanced,
)

INTERVAL_MS = 200  # figures that change more often than five times a second cannot be read
_FREQUENT = (
    CheckpointSaved,
    DriftMeasured,
    EpochCompleted,
    FreezeAudited,
    PreparationAdvanced,
    StepCompleted,
    ValidationAdvanced,
)


class PacedRefresh(QObject):
    """Calls ``show`` at once where it was not called lately, else when its turn comes; the last wish is never lost.

    Every text that changes has Qt lay out and paint the window again, in time that training on the processor lacks.

    Args:
        show: What to call.
        parent: Of the object.
        interval_ms: Between two calls that were wished for.
    """

    def __init__(
        self, show: Callable[[], object], parent: QObject | None = None, interval_ms: int = INTERVAL_MS
    ) -> None:
        super().__init__(parent)
        self._show = show
        self._interval_ms = interval_ms
        self._last = -float("inf")
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.now)

    @Slot()
    def now(self) -> None:
        """Show, and owe nothing."""
        self._timer.stop()
        self._last = time.monotonic()
        self._show()

    @Slot()
    def wish(self) -> None:
        """Show soon."""
        if self._timer.isActive():
            return
        left = self._interval_ms - 1000 * (time.monotonic() - self._last)
        if left > 0:
            self._timer.start(round(left))
        else:
            self.now()

    def after(self, events: Iterable[Event]) -> None:
        """Show soon after what comes again and again, at once after anything else."""
        if all(isinstance(event, _FREQUENT) for event in events):
            self.wish()
        else:
            self.now()
