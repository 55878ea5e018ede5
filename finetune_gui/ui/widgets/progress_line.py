"""A slim progress bar with a line of text."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from finetune_gui.ui.theme import Theme, set_kind

_STEPS = 1000


class ProgressLine(QWidget):
    """Progress from 0 to 1, or busy without a known end, with a text beneath or beside it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, beside: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._text = QLabel()
        self._text.setProperty("kind", "hint")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        layout = QBoxLayout(direction, self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12 if beside else 6)
        layout.addWidget(self._bar, 1 if beside else 0)
        layout.addWidget(self._text)
        self._text.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_progress(self, value: float | None, text: str | None = None) -> None:
        """Show `value` of 0 to 1, or None for busy; `text` None keeps the text."""
        if value is None:
            self._bar.setRange(0, 0)
        else:
            # A bar that was busy jumps back to a known range only if the range is set again.
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(min(max(value, 0.0), 1.0) * _STEPS))
        if text is not None:
            self._text.setText(text)
            self._text.setVisible(bool(text))
            self._bar.setAccessibleDescription(text)

    def set_level(self, level: str) -> None:
        """Colour the bar: "" for the accent, or "success", "warning", "error"."""
        if self._bar.property("level") != level:
            set_kind(self._bar, level=level)

    def value(self) -> float | None:
        """What is shown, 0 to 1; None while busy."""
        return None if self.is_busy() else self._bar.value() / _STEPS

    def is_busy(self) -> bool:
        """Whether the end is not known."""
        return self._bar.maximum() == 0

    def text(self) -> str:
        """The text shown."""
        return self._text.text()
