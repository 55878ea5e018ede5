"""The ways to freeze, side by side."""

from typing import get_args

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from finetune_gui.engine.config import PRESETS, Preset
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.words import preset_words

_PAD = 14
_RADIUS = 12
_LINES = 4
_WRAP = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)


class PresetCards(QWidget):
    """One card a preset; arrow keys move between them.

    Signals:
        preset_wished: the preset that was clicked.
    """

    preset_wished = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sentences: dict[Preset, str] = {
            "head": self.tr("Only the new output layer learns. Quickest, and best with few images."),
            "last_stage": self.tr("The last stage learns, too. Often better with a few hundred images."),
            "all": self.tr("Every layer learns at full speed. For thousands of images."),
            "by_depth": self.tr("Every layer learns, early ones gently. For images unlike everyday photos."),
            "two_groups": self.tr("One learning rate up to a layer of your choice, λ times that beyond it."),
        }
        self.setAccessibleName(self.tr("Which layers learn"))
        self.cards: dict[Preset, _Card] = {}
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for preset in PRESETS:
            card = _Card(theme, preset_words(preset), sentences[preset])
            self._group.addButton(card, PRESETS.index(preset))
            layout.addWidget(card)
            self.cards[preset] = card
        self._group.idClicked.connect(self._on_clicked)

    def show_preset(self, preset: Preset, *, changed: bool) -> None:
        """Mark the preset; ``changed`` when rules by hand come on top."""
        for name, card in self.cards.items():
            card.set_note(self.tr("changed by hand") if changed and name == preset else "")
        self.cards[preset].setChecked(True)

    @Slot(int)
    def _on_clicked(self, place: int) -> None:
        self.preset_wished.emit(get_args(Preset)[place])


class _Card(QAbstractButton):
    """A title and a sentence; checked has the accent's ground and border."""

    def __init__(self, theme: Theme, title: str, sentence: str) -> None:
        super().__init__()
        self._theme = theme
        self._sentence = sentence
        self._note = ""
        self.setText(title)
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._repaint)

    def set_note(self, note: str) -> None:
        """A word or two at the right of the title."""
        self._note = note
        self.setAccessibleDescription(f"{self._sentence} {note}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the title and three lines."""
        return QSize(200, 2 * _PAD + 4 + (_LINES + 1) * self.fontMetrics().lineSpacing())

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        inner = self.rect().adjusted(_PAD, _PAD - 2, -_PAD, -_PAD + 4)
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(self._theme.color("accent_ink" if self.isChecked() else "text"))
        height = painter.fontMetrics().lineSpacing()
        title = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(QRect(inner.left(), inner.top(), inner.width(), height), _WRAP, title)
        painter.setFont(self.font())
        painter.setPen(self._theme.color("text_muted"))
        text = f"{self._sentence} ({self._note})" if self._note else self._sentence
        painter.drawText(inner.adjusted(0, height + 4, 0, 0), _WRAP, text)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        hovered = self.underMouse() and self.isEnabled()
        ground = "accent_soft" if self.isChecked() else "surface_hover" if hovered else "surface"
        painter.setBrush(self._theme.color(ground))
        line = "focus" if self.hasFocus() else "accent" if self.isChecked() else "border"
        width = 2 if self.hasFocus() or self.isChecked() else 1
        painter.setPen(QPen(self._theme.color(line), width))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)

    @Slot()
    def _repaint(self) -> None:
        self.update()
