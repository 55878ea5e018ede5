"""What training has changed: layer group by layer group, epoch by epoch."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from finetune_gui.engine.events import DriftMeasured, Event, RunStarted
from finetune_gui.ui.item_models.drift_item_model import DriftColumn, DriftItemModel, DriftRole
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import card, text_label
from finetune_gui.ui.widgets.live_plot import LivePlot
from finetune_gui.ui.widgets.row_table import RowTable
from finetune_gui.ui.widgets.share_bar_delegate import ShareBarDelegate
from finetune_gui.ui.words import count

_ROW_HEIGHT = 30


class DriftView(QWidget):
    """A bar a layer group, and beside them their course over the epochs: the head, the last stage, the rest."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measured: list[DriftMeasured] = []
        self._words = text_label("hint", wrap=True)
        self.rows = DriftItemModel(self)
        self.table = RowTable(_ROW_HEIGHT)
        self.table.setSortingEnabled(False)  # the order is that of depth
        self.table.setModel(self.rows)
        self.table.setAccessibleName(self.tr("How far each layer group has moved"))
        bar = ShareBarDelegate(theme, DriftRole.SHARE, self, color_role=DriftRole.COLOR)
        self.table.setItemDelegateForColumn(DriftColumn.DRIFT, bar)
        self.table.set_widths({DriftColumn.DRIFT: 140}, DriftColumn.GROUP)
        self.table.setVerticalScrollMode(RowTable.ScrollMode.ScrollPerPixel)
        self.table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot = LivePlot(theme, self.tr("Moved"), self.tr("Epoch"), self.tr("Moved (%)"))
        for name, label, color in (
            ("head", self.tr("Head"), "trainable"),
            ("stage", self.tr("Last stage"), "success"),
            ("early", self.tr("Earlier, at most"), "train_curve"),
        ):
            self.plot.add_series(name, label, color, symbol=True)
        self.plot.set_log_y(True)
        halves = QHBoxLayout()
        halves.setSpacing(12)
        halves.addWidget(self.table, 2)
        halves.addWidget(card(self.plot), 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._words)
        layout.addLayout(halves, 1)
        self.clear()

    def clear(self) -> None:
        """Forget the run."""
        self._measured = []
        self.plot.clear()
        self.plot.set_x_end(None)
        self._show()

    def shutdown(self) -> None:
        """The window closes."""
        self.plot.shutdown()

    def take(self, events: Iterable[Event]) -> None:
        """Add what happened; a measure of an epoch that was measured already takes its place."""
        measured = False
        for event in events:
            if isinstance(event, RunStarted):
                self.plot.set_x_end(float(event.num_epochs))
            elif isinstance(event, DriftMeasured):
                self._measured = [past for past in self._measured if past.epoch < event.epoch] + [event]
                self._draw(event)
                measured = True
        if measured:
            self._show()

    def _draw(self, event: DriftMeasured) -> None:
        """Append a point to the curves of what has moved."""
        *early, stage, head = [0.0, 0.0, *event.drift.values()]
        for name, drift in (("head", head), ("stage", stage), ("early", max(early, default=0.0))):
            if drift > 0:
                self.plot.extend(name, [float(event.epoch)], [100.0 * drift])

    def _show(self) -> None:
        latest = self._measured[-1] if self._measured else None
        self.rows.show_drift(latest)
        if latest is None:
            self._words.setText(self.tr("After each epoch this shows how far each layer group is from where it began."))
            return
        moved = sum(drift > 0 for drift in latest.drift.values())
        words = self.tr("After epoch {epoch}, {moved} of {all} layer groups have moved. Frozen ones cannot.")
        self._words.setText(words.format(epoch=count(latest.epoch), moved=count(moved), all=count(len(latest.drift))))
