"""Gives a worker a thread of its own, and takes it back in order."""

from PySide6.QtCore import QObject, QThread

from finetune_gui.ui.workers.run_worker import RunWorker


class ThreadHost(QObject):
    """A QThread with one ``RunWorker`` in it. Keeps both alive until the thread has ended.

    The loop inside ``run`` cannot be reached by queued slots: to pause or stop it, call its ``RunControl`` directly.
    """

    def __init__(self, worker: RunWorker, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worker = worker
        self._thread = QThread(self)
        self._thread.setObjectName(name)
        worker.moveToThread(self._thread)
        self._thread.started.connect(worker.run)
        worker.finished.connect(self._thread.quit)

    @property
    def thread_finished(self) -> QThread:
        """The thread, whose ``finished`` signal says that nothing of the worker runs any more."""
        return self._thread

    def start(self) -> None:
        """Begin to drain the stream."""
        self._thread.start()

    def is_running(self) -> bool:
        """Whether the thread lives."""
        return self._thread.isRunning()

    def wait(self, timeout_ms: int) -> bool:
        """Wait for the end with a bound; False when the worker did not end in time."""
        self._thread.quit()
        return self._thread.wait(timeout_ms)
