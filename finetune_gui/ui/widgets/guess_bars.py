"""Paints the best guesses of a model: name, bar and share."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from finetune_gui.engine.prediction import Prediction
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.words import percent

LINE = 22  # pixels of a guess, from one to the next
_BAR = 8.0
_SHARE_WIDTH = 64
_WIDEST_NAME = 180


def paint_guesses(painter: QPainter, theme: Theme, area: QRect, prediction: Prediction, most: int) -> None:
    """Paint the likeliest classes below each other, in the painter's font.

    Args:
        painter: Ready to paint; what it is set to afterwards is left open.
        theme: Colours.
        area: Where; a guess takes ``LINE`` pixels of its height.
        prediction: One that has an answer.
        most: So many guesses at most.
    """
    name_width = min(_WIDEST_NAME, area.width() // 3)
    font = QFont(painter.font())
    for number, (name, share) in enumerate(prediction.top[:most]):
        leads = number == 0 and prediction.is_known
        line = QRect(area.x(), area.y() + number * LINE, area.width(), LINE)
        font.setWeight(QFont.Weight.DemiBold if leads else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(theme.color("text" if leads else "text_muted"))
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, name_width - 8)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, percent(share))
        bar = QRectF(
            line.x() + name_width, line.center().y() - _BAR / 2 + 1, line.width() - name_width - _SHARE_WIDTH, _BAR
        )
        _paint_bar(painter, theme, bar, share, "accent" if leads else "indicator")


def _paint_bar(painter: QPainter, theme: Theme, rect: QRectF, share: float, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("surface_pressed"))
    painter.drawRoundedRect(rect, _BAR / 2, _BAR / 2)
    if share >= 0.005:
        rect.setWidth(max(_BAR, rect.width() * share))
        painter.setBrush(theme.color(color))
        painter.drawRoundedRect(rect, _BAR / 2, _BAR / 2)
