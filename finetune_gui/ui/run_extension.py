"""Training a run for more epochs than it was meant to have."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QWidget

from finetune_gui.engine.run_list import RunSummary, summarise_run
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.words import counted
from finetune_gui.ui.workers.latest_operation import LatestOperation

_MOST_EPOCHS = 100_000


class RunExtension(QObject):
    """Asks for how many epochs.

    Signals:
        wished: run folder, and its new number of epochs in all.
        failed: an ``EngineError``: the run cannot be read.
        crashed: the traceback of a bug.
    """

    wished = Signal(Path, int)
    failed = Signal(object)
    crashed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._reading = LatestOperation(self)
        self._reading.succeeded.connect(self._on_read)
        self._reading.failed.connect(self.failed)
        self._reading.crashed.connect(self.crashed)

    @Slot(Path)
    def ask(self, path: Path) -> None:
        """Ask how many epochs the run shall have in all."""
        self._reading.start(lambda _: summarise_run(RunFolder.open(path)))

    def shutdown(self) -> bool:
        """The window closes."""
        return self._reading.shutdown()

    @Slot(object)
    def _on_read(self, run: RunSummary) -> None:
        done = run.epochs_done
        dialog = QInputDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("More epochs"))
        words = counted(self.tr("{run} has {count} epoch(s). How many shall it have in all?", "", done), done)
        dialog.setLabelText(words.replace("{run}", run.name))
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(done + 1, _MOST_EPOCHS)
        dialog.setIntValue(done + max(1, done // 2))
        dialog.setOkButtonText(self.tr("Train on"))
        dialog.intValueSelected.connect(lambda epochs: self.wished.emit(run.path, epochs))
        dialog.open()
