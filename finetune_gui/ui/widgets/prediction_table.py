"""A batch of answers as a table that sorts."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.prediction import Prediction
from finetune_gui.ui.item_models.prediction_item_model import (
    PATH_ROLE,
    SORT_ROLE,
    PredictionColumn,
    PredictionItemModel,
)
from finetune_gui.ui.widgets.row_table import RowTable

_ROW = 30
_WIDTHS = {
    PredictionColumn.ANSWER: 124,
    PredictionColumn.SHARE: 72,
    PredictionColumn.SECOND: 150,
    PredictionColumn.TIME: 84,
}


class PredictionTable(RowTable):
    """In the order of the images until the user sorts otherwise.

    Signals:
        image_activated: path of the image that was double-clicked or entered.
    """

    image_activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_ROW, parent)
        self._predictions = PredictionItemModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._predictions)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self.setAccessibleName(self.tr("Predictions as a table"))
        self.set_widths(_WIDTHS, PredictionColumn.IMAGE)
        self.horizontalHeader().setSortIndicatorClearable(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.activated.connect(self._on_activated)

    def set_predictions(self, predictions: Sequence[Prediction]) -> None:
        """Show these in place of the former ones."""
        self._predictions.set_predictions(predictions)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.image_activated.emit(str(index.data(PATH_ROLE)))
