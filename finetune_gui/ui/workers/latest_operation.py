"""A place for one background call, of which only the latest matters."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.ui.workers.operation import Operation, Progress


class LatestOperation(QObject):
    """Runs one ``Operation`` after the other; starting one gives up the one before, whose outcome is then not told.

    Signals:
        progressed: (done, total) of the latest.
        told: what the latest knows so far.
        succeeded: the result of the latest.
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
        cancelled: the latest ended because it was asked to.
    """

    progressed = Signal(int, int)
    told = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    crashed = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latest: Operation | None = None
        self._alive: list[Operation] = []

    def start(self, function: Callable[[Progress], Any]) -> None:
        """Run this in place of what runs."""
        if self._latest is not None:
            self._latest.cancel()
        operation = Operation(function, self)
        operation.progressed.connect(self._on_progressed)
        operation.told.connect(self._on_told)
        operation.succeeded.connect(self._on_succeeded)
        operation.failed.connect(self._on_failed)
        operation.crashed.connect(self._on_crashed)
        operation.cancelled.connect(self._on_cancelled)
        operation.finished.connect(self._on_finished)
        self._latest = operation
        self._alive.append(operation)
        operation.start()

    def cancel(self) -> None:
        """Ask the latest to end."""
        if self._latest is not None:
            self._latest.cancel()

    def forget(self) -> None:
        """Give up the latest; its outcome is not told."""
        self.cancel()
        self._latest = None

    def is_running(self) -> bool:
        """Whether an outcome is still to come."""
        return self._latest is not None

    def shutdown(self) -> bool:
        """Cancel all and wait for them, with a bound; nothing is told any more. False when one did not end in time."""
        self._latest = None
        for operation in self._alive:
            operation.cancel()
        ended = [operation.shutdown() for operation in self._alive]
        return all(ended)

    def _is_latest(self) -> bool:
        return self._latest is not None and self.sender() is self._latest

    @Slot(int, int)
    def _on_progressed(self, done: int, total: int) -> None:
        if self._is_latest():
            self.progressed.emit(done, total)

    @Slot(object)
    def _on_told(self, news: object) -> None:
        if self._is_latest():
            self.told.emit(news)

    @Slot(object)
    def _on_succeeded(self, result: object) -> None:
        if self._is_latest():
            self._latest = None
            self.succeeded.emit(result)

    @Slot(object)
    def _on_failed(self, error: object) -> None:
        if self._is_latest():
            self._latest = None
            self.failed.emit(error)

    @Slot(str)
    def _on_crashed(self, report: str) -> None:
        if self._is_latest():
            self._latest = None
            self.crashed.emit(report)

    @Slot()
    def _on_cancelled(self) -> None:
        if self._is_latest():
            self._latest = None
            self.cancelled.emit()

    @Slot()
    def _on_finished(self) -> None:
        for operation in self._alive:
            if operation is self.sender():
                self._alive.remove(operation)
                operation.deleteLater()
                return
