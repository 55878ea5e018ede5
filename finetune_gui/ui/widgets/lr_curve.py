"""Loss over the learning rate, on a logarithmic axis, while it is being measured."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.plot_parts import CalmBox
from finetune_gui.ui.words import figure

_REFRESH_MS = 50
_WIDEST = (1e-7, 10.0)
_ROOM_ABOVE = 1.3  # of the first loss; what lies beyond is lost anyway


class _PowerAxis(pg.AxisItem):  # type: ignore[misc]
    """Powers of ten as they are written in settings: ``1e-3``."""

    def logTickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """One way for small and large ones."""
        return [f"1e{round(value)}" for value in values]

    def tickSpacing(self, _low: float, _high: float, _size: float) -> list[tuple[float, float]]:
        """A line at each power."""
        return [(1.0, 0.0)]


class LrCurve(QWidget):
    """Grows point by point, and marks what is suggested."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rates: list[float] = []
        self._losses: list[float] = []
        self._plot = pg.PlotWidget(viewBox=CalmBox(), axisItems={"bottom": _PowerAxis("bottom")})
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setLogMode(x=True)
        self._plot.setLabel("bottom", self.tr("Learning rate η"))
        self._plot.setLabel("left", self.tr("Loss"))
        self._plot.getAxis("left").enableAutoSIPrefix(False)
        self._curve = self._plot.plot(antialias=True)
        self._mark = pg.InfiniteLine(angle=90, movable=False, label="", labelOpts={"position": 0.93, "movable": False})
        self._plot.addItem(self._mark)
        self._mark.hide()
        self.setAccessibleName(self.tr("Loss over the learning rate"))
        self.setMinimumSize(320, 220)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._timer = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._timer.timeout.connect(self._draw)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._draw()

    def add(self, lr: float, loss: float) -> None:
        """Another rate was tried."""
        self._rates.append(lr)
        self._losses.append(loss)
        if not self._timer.isActive():
            self._timer.start()

    def mark(self, lr: float) -> None:
        """Show the rate that is suggested."""
        self._draw()
        self._mark.setPos(math.log10(lr))
        self._mark.show()
        self._mark.label.setFormat(figure(lr))  # a hidden label takes no text
        words = self.tr("Loss over the learning rate; suggested: {0}").format(figure(lr))
        self.setAccessibleName(words)

    @staticmethod
    def share_of(lr: float) -> float:
        """How far along the axis a rate is, 0 to 1."""
        low, high = (math.log10(rate) for rate in _WIDEST)
        return (math.log10(lr) - low) / (high - low)

    def points(self) -> tuple[list[float], list[float]]:
        """Rates and losses as they came."""
        return self._rates, self._losses

    def shutdown(self) -> None:
        """Nothing is drawn any more."""
        self._timer.stop()

    @Slot()
    def _draw(self) -> None:
        self._timer.stop()
        self._curve.setData(np.array(self._rates), np.array(self._losses))
        low, high = (math.log10(rate) for rate in _WIDEST)
        self._plot.setXRange(low, high, padding=0.02)
        self._plot.setYRange(0.0, _ROOM_ABOVE * self._losses[0] if self._losses else 1.0, padding=0)

    @Slot()
    def _restyle(self) -> None:
        theme = self._theme
        self._plot.setBackground(theme.color("surface"))
        self._curve.setPen(pg.mkPen(theme.color("train_curve"), width=2.5))
        self._mark.setPen(pg.mkPen(theme.color("success"), width=2))
        self._mark.label.setColor(theme.color("success"))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(theme.color("plot_grid"))
            axis.setTextPen(theme.color("text_muted"))
        self._plot.showGrid(x=True, y=True, alpha=0.15)
