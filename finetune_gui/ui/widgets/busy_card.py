"""What is shown while something is looked through or made."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.progress_line import ProgressLine


class BusyCard(QFrame):
    """A title, a line of detail, progress and a way to give up; stands in place of a page.

    Signals:
        cancelled: the user gave up.
    """

    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._title = QLabel()
        set_kind(self._title, kind="heading")
        self._detail = QLabel()
        set_kind(self._detail, kind="hint")
        self._detail.setTextFormat(Qt.TextFormat.PlainText)
        self._detail.setWordWrap(True)
        self.progress = ProgressLine(theme)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.cancelled)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addStretch(1)
        for widget in (self._title, self._detail, self.progress):
            column.addWidget(widget)
        column.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        layout = QHBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(column, 2)
        layout.addStretch(1)

    def start(self, title: str, detail: str) -> None:
        """Begin with progress of unknown length."""
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self.progress.set_progress(None, "")
        self.setAccessibleName(title)

    def set_progress(self, value: float | None, text: str) -> None:
        """Show how far it is, 0 to 1 or None, and say so."""
        self.progress.set_progress(value, text)
