"""A stream of engine events, drained on a thread and brought to the GUI thread as signals."""

import time
import traceback
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, StepCompleted, ValidationAdvanced

FORWARD_SECONDS = 0.05  # steps are forwarded in batches, about 20 times a second


class RunWorker(QObject):
    """Drains a generator of events. Lives in a worker thread; ``run`` is its one slot.

    Frequent events (steps, validation progress) are collected and forwarded together; milestones are forwarded at
    once, after what came before them, so the order is always that of the engine. No event is dropped.

    Signals:
        events: a list of events, in order.
        failed: an ``EngineError``: something the user can put right.
        crashed: the traceback of a bug.
        finished: always, and last.
    """

    events = Signal(list)
    failed = Signal(object)
    crashed = Signal(str)
    finished = Signal()

    def __init__(self, stream: Callable[[], Iterator[Event]]) -> None:
        super().__init__()
        self._stream = stream
        self._waiting: list[Event] = []
        self._forwarded = 0.0

    @Slot()
    def run(self) -> None:
        """Drain the stream; ends with ``finished`` whatever happens."""
        try:
            for event in self._stream():
                self._take(event)
            self._forward()
        except EngineError as error:
            self._forward()
            self.failed.emit(error)
        except BaseException:  # an exception that left a slot would leave the window waiting for ever
            self._forward()
            self.crashed.emit(traceback.format_exc())
        finally:
            self.finished.emit()

    def _take(self, event: Event) -> None:
        self._waiting.append(event)
        frequent = isinstance(event, (StepCompleted, ValidationAdvanced))
        if not frequent or time.monotonic() - self._forwarded >= FORWARD_SECONDS:
            self._forward()

    def _forward(self) -> None:
        if self._waiting:
            self.events.emit(self._waiting)
            self._waiting = []
        self._forwarded = time.monotonic()
