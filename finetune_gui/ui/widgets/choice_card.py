"""One of a few choices, with a sentence that says when to take it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind

_DOT = 16
_PAD = 16


class ChoiceCard(QAbstractButton):
    """A radio button the size of a card: cards with the same parent exclude each other."""

    def __init__(self, theme: Theme, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._title, self._words = QLabel(title), QLabel(text)
        set_kind(self._title, kind="heading")
        set_kind(self._words, kind="hint")
        self._words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PAD + _DOT + 12, _PAD - 2, _PAD, _PAD)
        layout.setSpacing(4)
        for label in (self._title, self._words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(label)
        layout.addStretch(1)
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """What the words need."""
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The card and the dot of a radio button; the words are labels."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        checked, focused = self.isChecked(), self.hasFocus()
        edge = "focus" if focused else "accent" if checked else "border_strong" if self.underMouse() else "border"
        painter.setPen(QPen(self._theme.color(edge), 2 if checked or focused else 1))
        painter.setBrush(self._theme.color("accent_soft" if checked else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        centre = QPointF(_PAD + _DOT / 2, self._title.geometry().center().y() + 1)
        painter.setPen(QPen(self._theme.color("accent" if checked else "indicator"), 5 if checked else 1))
        painter.setBrush(self._theme.color("accent_text" if checked else "surface"))
        radius = _DOT / 2 - (2.5 if checked else 0.5)
        painter.drawEllipse(centre, radius, radius)

    @Slot()
    def _repaint(self) -> None:
        self.update()
