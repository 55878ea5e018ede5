"""A slim progress bar with a line of text."""

from PySide6.QtCore import QElapsedTimer, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from finetune_gui.ui.theme import Theme

_STEPS = 1000
_FRAME_MS = 33
_SWEEP_MS = 1600


class ProgressLine(QWidget):
    """Progress from 0 to 1, or busy without a known end, with a text beneath or beside it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, beside: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bar = _Bar(theme)
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
        self._bar.set_busy(value is None)
        if value is not None:
            self._bar.setValue(round(min(max(value, 0.0), 1.0) * _STEPS))
        if text is not None:
            self._text.setText(text)
            self._text.setVisible(bool(text))
            self._bar.setAccessibleDescription(text)

    def set_level(self, level: str) -> None:
        """Colour the bar: "" for the accent, or "success", "warning", "error"."""
        self._bar.color = level or "accent"
        self._bar.update()

    def value(self) -> float | None:
        """What is shown, 0 to 1; None while busy."""
        return None if self.is_busy() else self._bar.value() / _STEPS

    def is_busy(self) -> bool:
        """Whether the end is not known."""
        return self._bar.maximum() == 0

    def text(self) -> str:
        """The text shown."""
        return self._text.text()


class _Bar(QProgressBar):
    """Draws itself: a style sheet can neither round nor smoothly move the chunk of a busy bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.color = "accent"
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.timeout.connect(self._repaint)
        theme.changed.connect(self._repaint)

    def set_busy(self, busy: bool) -> None:
        if busy != (self.maximum() == 0):
            self.setRange(0, 0 if busy else _STEPS)
            self._run_timer()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_timer()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        radius = whole.height() / 2
        painter.setBrush(self._theme.color("surface_pressed"))
        painter.drawRoundedRect(whole, radius, radius)
        painter.setBrush(self._theme.color(self.color))
        if self.maximum() == 0:
            length = whole.width() * 0.3
            share = (self._clock.elapsed() % _SWEEP_MS) / _SWEEP_MS
            left = -length + share * (whole.width() + length)
            part = QRectF(left, 0, length, whole.height()).intersected(whole)
        else:
            share = self.value() / self.maximum()
            # Never shorter than round, so that a start is seen as a dot and not as a splinter.
            part = QRectF(0, 0, max(whole.height(), whole.width() * share) if share > 0 else 0.0, whole.height())
        painter.drawRoundedRect(part, radius, radius)

    def _run_timer(self) -> None:
        if self.maximum() == 0 and self.isVisible():
            self._clock.start()
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def _repaint(self) -> None:
        self.update()
