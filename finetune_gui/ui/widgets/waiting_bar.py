"""A run that waits for something to be mended: what, and two ways on."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from finetune_gui.engine.events import RunPaused
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.announce import announce


class WaitingBar(QFrame):
    """Hidden unless a run waits by itself.

    Signals:
        retry_requested: it is mended: go on.
        stop_requested: end the run, and keep what was learnt.
    """

    retry_requested = Signal()
    stop_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_kind(self, kind="banner", level="warning")
        self._icon = QLabel()
        theme.bind_icon(self._icon, "warning", "warning", 20)
        self._reason, self._hint = QLabel(), QLabel()
        for label in (self._reason, self._hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        font = self._reason.font()
        font.setWeight(font.Weight.DemiBold)
        self._reason.setFont(font)
        self.retry = QPushButton(self.tr("Try again"))
        self.stop = QPushButton(self.tr("Stop and keep"))
        self.retry.clicked.connect(self._on_retry)
        self.stop.clicked.connect(self._on_stop)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._lay_out()
        self.hide()

    def show_pause(self, pause: RunPaused | None) -> None:
        """Show why a run waits; None: it does not."""
        if pause is None:
            self.hide()
            return
        if self.isHidden() or self._reason.text() != pause.reason:
            announce(self, f"{pause.reason} {pause.hint}".strip(), urgent=True)
        self._reason.setText(pause.reason)
        self._hint.setText(pause.hint)
        self.setAccessibleName(pause.reason)
        self.setAccessibleDescription(pause.hint)
        self.show()

    def text(self) -> str:
        """What is shown; empty when hidden."""
        return "" if self.isHidden() else f"{self._reason.text()} {self._hint.text()}"

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._reason)
        words.addWidget(self._hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 10)
        layout.setSpacing(12)
        layout.addWidget(self._icon)
        layout.addLayout(words, 1)
        layout.addWidget(self.retry)
        layout.addWidget(self.stop)

    @Slot()
    def _on_retry(self) -> None:
        self.retry_requested.emit()

    @Slot()
    def _on_stop(self) -> None:
        self.stop_requested.emit()
