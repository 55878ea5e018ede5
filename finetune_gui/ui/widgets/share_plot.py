"""A small plot whose axes are both shares of one, in the colours of the window."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.plot_parts import CalmBox

_ROOM = 22  # pixels beyond the ends of the axes, for half a label


class _PercentAxis(pg.AxisItem):  # type: ignore[misc]
    """Percent, every fifth of the axis, both ends among them."""

    def boundingRect(self) -> QRectF:
        """With room for the labels of both ends: under a grid those that reach beyond are left out, whatever is set."""
        own: QRectF = super().boundingRect()
        return own.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM)

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """``40 %`` for 0.4."""
        return [f"{round(100 * value)} %" for value in values]

    def tickSpacing(self, _low: float, _high: float, _size: float) -> list[tuple[float, float]]:
        """A line at each fifth."""
        return [(0.2, 0.0)]


class SharePlot(QWidget):
    """Base of plots from 0 to 100 % both ways; nothing in it is dragged."""

    def __init__(self, theme: Theme, below: str, beside: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        axes = {side: _PercentAxis(side) for side in ("bottom", "left")}
        self.plot = pg.PlotWidget(viewBox=CalmBox(), axisItems=axes)
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setLabel("bottom", below)
        self.plot.setLabel("left", beside)
        self.plot.setXRange(0, 1, padding=0.02)
        self.plot.setYRange(0, 1, padding=0.02)
        self.plot.getPlotItem().setContentsMargins(0, _ROOM // 2, _ROOM, 0)
        self.setMinimumSize(220, 150)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        theme.changed.connect(self._on_theme)

    def color(self, token: str, alpha: float = 1.0) -> QColor:
        """A colour of the theme, perhaps translucent."""
        color = QColor(self.theme.color(token))
        color.setAlphaF(alpha)
        return color

    def restyle(self) -> None:
        """Take the colours of the theme; subclasses add those of their curves."""
        self.plot.setBackground(self.theme.color("surface"))
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(self.theme.color("plot_grid"))
            axis.setTextPen(self.theme.color("text_muted"))
        self.plot.showGrid(x=True, y=True, alpha=0.15)

    @Slot()
    def _on_theme(self) -> None:
        self.restyle()
