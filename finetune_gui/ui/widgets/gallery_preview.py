"""A small picture of what a sample data set is about, drawn, since the images themselves are not here yet."""

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from finetune_gui.ui.theme import Theme

_SIDE = 84
_DIM = 0.82  # of the drawing on a dark ground, which would glare


class GalleryPreview(QWidget):
    """Draws a square of 100 × 100 units; nothing is said, since title and description stand beside it."""

    def __init__(self, theme: Theme, entry_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._draw = _MOTIFS.get(entry_id, _draw_pictures)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The motif, with round corners."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(_DIM if self._theme.is_dark else 1.0)
        painter.scale(self.width() / 100, self.height() / 100)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(0, 0, 100, 100), 12, 12)
        painter.setClipPath(frame)
        painter.setPen(Qt.PenStyle.NoPen)
        self._draw(painter)

    @Slot()
    def _repaint(self) -> None:
        self.update()


def _fill(painter: QPainter, color: str, *shape: float) -> None:
    painter.fillRect(QRectF(*shape), QColor(color))


def _draw_surface(painter: QPainter) -> None:
    """Brushed metal with a scratch."""
    _fill(painter, "#8d99a6", 0, 0, 100, 100)
    for line in range(34):
        shade = QColor("#ffffff") if line % 3 else QColor("#3d4650")
        shade.setAlphaF(0.05 + 0.05 * (line * 7 % 5) / 4)
        painter.setPen(QPen(shade, 2))
        painter.drawLine(QPointF(0, 3 * line), QPointF(100, 3 * line))
    scratch = QPolygonF([QPointF(18, 74), QPointF(38, 60), QPointF(52, 46), QPointF(83, 27)])
    for color, width, shift in (("#4b535c", 4.5, 1.5), ("#eef2f6", 2.2, 0.0)):
        painter.setPen(QPen(QColor(color), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(scratch.translated(0, shift))


_AIRPLANE = (
    "........",
    ".....#..",
    "#...##..",
    "##.####.",
    "########",
    "...###..",
    "...##...",
    "..##....",
)


def _draw_pixels(painter: QPainter) -> None:
    """An airplane in the sky, of very few pixels."""
    side = 100 / len(_AIRPLANE)
    for row, line in enumerate(_AIRPLANE):
        for column, pixel in enumerate(line):
            tint = (row * 5 + column * 3) % 4
            color = (
                QColor("#e9edf2").darker(100 + 6 * tint) if pixel == "#" else QColor("#5b9bd9").lighter(100 + 5 * tint)
            )
            painter.fillRect(QRectF(column * side, row * side, side + 0.5, side + 0.5), color)


def _draw_flower(painter: QPainter) -> None:
    _fill(painter, "#3f7d4a", 0, 0, 100, 100)
    painter.translate(50, 50)
    for ring, (color, length) in enumerate((("#d1488a", 40), ("#f07fb2", 29))):
        for petal in range(8):
            painter.save()
            painter.rotate(45 * petal + 22.5 * ring)
            painter.setBrush(QColor(color))
            painter.drawEllipse(QPointF(0, -length / 1.9), length / 3.4, length / 1.9)
            painter.restore()
    painter.setBrush(QColor("#f7c948"))
    painter.drawEllipse(QPointF(0, 0), 11, 11)


def _draw_paw(painter: QPainter) -> None:
    _fill(painter, "#e8c39a", 0, 0, 100, 100)
    painter.setBrush(QColor("#6b4630"))
    pad = QPainterPath(QPointF(50, 46))
    pad.cubicTo(QPointF(66, 46), QPointF(78, 64), QPointF(73, 75))
    pad.cubicTo(QPointF(68, 86), QPointF(58, 77), QPointF(50, 77))
    pad.cubicTo(QPointF(42, 77), QPointF(32, 86), QPointF(27, 75))
    pad.cubicTo(QPointF(22, 64), QPointF(34, 46), QPointF(50, 46))
    painter.drawPath(pad)
    for x, y, turn in ((20, 47, -28), (38, 28, -8), (62, 28, 8), (80, 47, 28)):
        painter.save()
        painter.translate(x, y)
        painter.rotate(turn)
        painter.drawEllipse(QPointF(0, 0), 8.5, 12.5)
        painter.restore()


def _draw_fields(painter: QPainter) -> None:
    """Fields, a wood and a river from above."""
    _fill(painter, "#9fb85a", 0, 0, 100, 100)
    for color, *shape in (
        ("#c9b45f", 0, 0, 44, 34),
        ("#7ea24a", 44, 0, 56, 24),
        ("#d8cf8f", 0, 34, 30, 40),
        ("#2f6b3c", 62, 24, 38, 44),
        ("#b3a04e", 58, 68, 42, 32),
        ("#6d9443", 0, 74, 40, 26),
    ):
        _fill(painter, str(color), *map(float, shape))
    river = QPainterPath(QPointF(-4, 58))
    for step in range(1, 27):
        river.lineTo(QPointF(4 * step - 4, 58 - 1.2 * step + 9 * math.sin(step / 3.4)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor("#3c7fb8"), 9, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPath(river)


def _draw_pictures(painter: QPainter) -> None:
    """Of a data set that has no motif yet."""
    for number, color in enumerate(("#5b9bd9", "#d1488a", "#9fb85a", "#e8c39a")):
        _fill(painter, color, 50 * (number % 2), 50 * (number // 2), 50, 50)


_MOTIFS: dict[str, Callable[[QPainter], None]] = {
    "surface-inspection": _draw_surface,
    "cifar10": _draw_pixels,
    "flowers102": _draw_flower,
    "oxford-pets": _draw_paw,
    "eurosat": _draw_fields,
}
