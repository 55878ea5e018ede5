"""Whether a model is right as often as it is sure: the reliability diagram."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.trust.calibration import ReliabilityBin
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.share_plot import SharePlot


class ReliabilityPlot(SharePlot):
    """A bar a bin: how often images that are so sure are right. On the diagonal both are the same."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "", parent)
        self.plot.setLabel("bottom", self.tr("How sure the model is"))
        self.plot.setLabel("left", self.tr("How often it is right"))
        self.setAccessibleName(self.tr("Reliability diagram"))
        self._bins: tuple[ReliabilityBin, ...] = ()
        self._bars = pg.BarGraphItem(x0=[], x1=[], y0=[], y1=[])
        self._diagonal = self.plot.plot([0, 1], [0, 1])
        self.plot.addItem(self._bars)
        self.restyle()

    def set_bins(self, bins: Sequence[ReliabilityBin]) -> None:
        """Show these bins; those without an image are left out."""
        self._bins = tuple(each for each in bins if each.count)
        self._bars.setOpts(
            x0=np.array([each.low for each in self._bins]),
            x1=np.array([each.high for each in self._bins]),
            y0=np.zeros(len(self._bins)),
            y1=np.array([each.accuracy for each in self._bins]),
        )

    def bins(self) -> tuple[ReliabilityBin, ...]:
        """What is shown."""
        return self._bins

    def restyle(self) -> None:
        """Bars in the accent, the diagonal dashed."""
        super().restyle()
        self._bars.setOpts(brush=self.color("train_curve", 0.55), pen=pg.mkPen(self.color("train_curve"), width=1))
        self._diagonal.setPen(pg.mkPen(self.color("text_muted"), width=1.5, dash=[4, 4]))
