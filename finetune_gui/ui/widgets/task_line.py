"""One thing that is being done beside all else: how far it is, and a way to end it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.progress_line import ProgressLine


class TaskLine(QWidget):
    """Hidden while nothing is done.

    Signals:
        cancel_requested: the user wants it to end.
    """

    cancel_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.progress = ProgressLine(theme, beside=True)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self._on_cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.progress, 1)
        layout.addWidget(self.cancel)
        self.hide()

    def begin(self, text: str) -> None:
        """Show that it has begun."""
        self.progress.set_progress(None, text)
        self.cancel.setEnabled(True)
        self.show()

    @Slot(int, int)
    def set_progress(self, done: int, total: int, text: str | None = None) -> None:
        """Show how far it is; ``total`` is 0 while that is unknown. Nothing more once it shall end."""
        if self.cancel.isEnabled():
            self.progress.set_progress(done / total if total else None, text)

    @Slot()
    def end(self) -> None:
        """It is over."""
        self.hide()

    @Slot()
    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.progress.set_progress(None, self.tr("Cancelling…"))
        self.cancel_requested.emit()
