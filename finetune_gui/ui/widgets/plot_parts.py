"""What a plot of this app does otherwise than pyqtgraph: whole numbers below, a calm wheel, samples of lines."""

import time
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap

SWATCH = QSize(20, 12)
_OVERHANG = 12  # pixels of a number beyond the end of its axis, for which plots leave room


class CountAxis(pg.AxisItem):  # type: ignore[misc]
    """Steps and epochs are counted: no ticks between whole numbers. Those at the ends may stand out a little."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.setStyle(hideOverlappingLabels=_OVERHANG)

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Pyqtgraph's levels without the fractions."""
        levels = [(spacing, offset) for spacing, offset in super().tickSpacing(low, high, size) if spacing >= 1.0]
        return levels or [(1.0, 0.0)]


class CalmBox(pg.ViewBox):  # type: ignore[misc]
    """Zooms by wheel only with Ctrl, so that a page with plots scrolls; left drag pans, right drag zooms."""

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        """Leave the wheel to the page."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event, axis=axis)
        else:
            event.ignore()


class TimedPlotWidget(pg.PlotWidget):  # type: ignore[misc]
    """Knows what painting it costs.

    Attributes:
        paint_seconds: Of this thread's processor time, for the last painting.
    """

    paint_seconds = 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and take the time."""
        began = time.thread_time()
        super().paintEvent(event)
        self.paint_seconds = time.thread_time() - began


def swatch(pen: QPen, off: QColor, ratio: float, *, dot: bool) -> QIcon:
    """A piece of the line as it is drawn, with a point where its points are; grey when the curve is hidden."""
    icon = QIcon()
    for color, state in ((pen.color(), QIcon.State.On), (off, QIcon.State.Off)):
        pixmap = QPixmap(SWATCH * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, pen.widthF(), pen.style(), Qt.PenCapStyle.RoundCap))
        middle = SWATCH.height() / 2
        painter.drawLine(QPointF(2, middle), QPointF(SWATCH.width() - 2, middle))
        if dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(SWATCH.width() / 2, middle), 3.5, 3.5)
        painter.end()
        icon.addPixmap(pixmap, QIcon.Mode.Normal, state)
    return icon
