"""A thread that answers the newest question, for what asks faster than it can be answered."""

import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from finetune_gui.engine.errors import EngineError

log = logging.getLogger(__name__)

Question = Callable[[], Any]


class NewestFirst(QObject):
    """Calls functions on one thread of its own, one at a time.

    Of what is offered only the newest waits, in the place of what waited before. What is added is called in any case,
    in its order, and before what is offered. The thread stays the same, so that libraries may keep things for it.

    Signals:
        answered: what a function returned.
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
        finished: the thread has ended.
    """

    answered = Signal(object)
    failed = Signal(object)
    crashed = Signal(str)
    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._muted = False
        self._thread = _AnsweringThread(self)
        self._thread.answered.connect(self._on_answered)
        self._thread.failed.connect(self._on_failed)
        self._thread.crashed.connect(self._on_crashed)
        self._thread.finished.connect(self.finished)
        self._thread.start()

    def offer(self, question: Question) -> None:
        """Call this when there is time, unless something newer is offered until then."""
        self._thread.offer(question)

    def add(self, question: Question) -> None:
        """Call this in any case."""
        self._thread.add(question)

    def finish(self) -> None:
        """Answer what was added, then end; what was offered is given up."""
        self._thread.end(forget=False)

    def stop(self) -> None:
        """End as soon as what is being called returns; nothing is told any more."""
        self._muted = True
        self._thread.end(forget=True)

    def is_running(self) -> bool:
        """Whether the thread has not ended yet."""
        return self._thread.isRunning()

    def shutdown(self, timeout_ms: int = 5000) -> bool:
        """Stop and wait with a bound; False when what is being called did not return in time."""
        self.stop()
        return self._thread.wait(timeout_ms)

    @Slot(object)
    def _on_answered(self, answer: object) -> None:
        if not self._muted:
            self.answered.emit(answer)

    @Slot(object)
    def _on_failed(self, error: object) -> None:
        if not self._muted:
            self.failed.emit(error)

    @Slot(str)
    def _on_crashed(self, report: str) -> None:
        if not self._muted:
            self.crashed.emit(report)


class _AnsweringThread(QThread):
    """Sleeps until something is asked."""

    answered = Signal(object)
    failed = Signal(object)
    crashed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._asked = threading.Condition()
        self._added: deque[Question] = deque()
        self._newest: Question | None = None
        self._ending = False

    def offer(self, question: Question) -> None:
        with self._asked:
            if not self._ending:
                self._newest = question
                self._asked.notify()

    def add(self, question: Question) -> None:
        with self._asked:
            if not self._ending:
                self._added.append(question)
                self._asked.notify()

    def end(self, *, forget: bool) -> None:
        with self._asked:
            self._ending = True
            self._newest = None
            if forget:
                self._added.clear()
            self._asked.notify()

    def run(self) -> None:
        """On the thread."""
        while (question := self._next()) is not None:
            self._answer(question)
            del question  # it may hold on to something large

    def _next(self) -> Question | None:
        with self._asked:
            self._asked.wait_for(lambda: self._added or self._newest or self._ending)
            if self._added:
                return self._added.popleft()
            question, self._newest = self._newest, None
            return question

    def _answer(self, question: Question) -> None:
        try:
            self.answered.emit(question())
        except EngineError as error:
            self.failed.emit(error)
        except BaseException:  # an exception that left a QThread would end in silence
            report = traceback.format_exc()
            log.error("A question crashed:\n%s", report)
            self.crashed.emit(report)
