"""What a threshold for "none of these" costs and gains."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.trust.rejection import RejectionCurve
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.share_plot import SharePlot

_POINTS = 401


class RejectionPlot(SharePlot):
    """Two curves over the threshold, images that are answered and wrong answers among them; a line marks the choice."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", "", parent)
        self.plot.setLabel("bottom", self.tr("“None of these” below"))
        self.plot.setLabel("left", self.tr("Share"))
        self.setAccessibleName(self.tr("Answered images and wrong answers over the threshold"))
        legend = self.plot.addLegend(offset=(-12, 12))
        self._answered = self.plot.plot(name=self.tr("answered"), antialias=True)
        self._wrong = self.plot.plot(name=self.tr("wrong among these"), antialias=True)
        self._mark = pg.InfiniteLine(angle=90, movable=False)
        self._legend = legend
        self.plot.addItem(self._mark)
        self.restyle()

    def set_curve(self, curve: RejectionCurve | None) -> None:
        """Show a curve; None shows nothing."""
        thresholds = np.linspace(0, 1, _POINTS) if curve is not None else np.array([])
        found = [curve.at(float(threshold)) for threshold in thresholds] if curve is not None else []
        self._answered.setData(thresholds, np.array([each.coverage for each in found]))
        answered = [each for each in found if each.num_answered]
        self._wrong.setData(
            np.array([each.threshold for each in answered]), np.array([each.error for each in answered])
        )

    def set_threshold(self, threshold: float) -> None:
        """Move the mark."""
        self._mark.setPos(threshold)

    def restyle(self) -> None:
        """Answered in blue, wrong in orange, as the matrix shades right and wrong."""
        super().restyle()
        self._answered.setPen(pg.mkPen(self.color("train_curve"), width=2.5))
        self._wrong.setPen(pg.mkPen(self.color("val_curve"), width=2.5))
        self._mark.setPen(pg.mkPen(self.color("text"), width=1.5))
        self._legend.setLabelTextColor(self.color("text_muted"))
