"""What a model says of many images, as a Qt table."""

from collections.abc import Sequence
from enum import IntEnum
from pathlib import PurePath

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from finetune_gui.engine.data.dataset import natural_key
from finetune_gui.engine.prediction import Prediction
from finetune_gui.ui.words import UNKNOWN, milliseconds, percent

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()

SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
PATH_ROLE = int(Qt.ItemDataRole.UserRole) + 2


class PredictionColumn(IntEnum):
    """The columns."""

    IMAGE = 0
    ANSWER = 1
    SHARE = 2
    SECOND = 3
    TIME = 4


_NUMBERS = (PredictionColumn.SHARE, PredictionColumn.TIME)


class PredictionItemModel(QAbstractTableModel):
    """One row an image. Sort it by ``SORT_ROLE``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._predictions: tuple[Prediction, ...] = ()

    def set_predictions(self, predictions: Sequence[Prediction]) -> None:
        """Show these in place of the former ones."""
        self.beginResetModel()
        self._predictions = tuple(predictions)
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of images."""
        return 0 if parent.isValid() else len(self._predictions)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """See ``PredictionColumn``."""
        return 0 if parent.isValid() else len(PredictionColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = PredictionColumn(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return {
                PredictionColumn.IMAGE: self.tr("Image"),
                PredictionColumn.ANSWER: self.tr("Answer"),
                PredictionColumn.SHARE: self.tr("Sure"),
                PredictionColumn.SECOND: self.tr("Else"),
                PredictionColumn.TIME: self.tr("Time"),
            }[column]
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell as text, and as what to sort by."""
        if not index.isValid():
            return None
        column, prediction = PredictionColumn(index.column()), self._predictions[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(column, prediction)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(column, prediction)
            case Qt.ItemDataRole.TextAlignmentRole if column in _NUMBERS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _ if role == SORT_ROLE:
                return self._sort_key(column, prediction)
            case _ if role == PATH_ROLE:
                return prediction.path
        return None

    def _text(self, column: PredictionColumn, prediction: Prediction) -> str:
        if column is PredictionColumn.IMAGE:
            return PurePath(prediction.path).name
        if prediction.error:
            return self.tr("cannot be read") if column is PredictionColumn.ANSWER else UNKNOWN
        match column:
            case PredictionColumn.ANSWER:
                return prediction.top[0][0] if prediction.is_known else self.tr("None of these")
            case PredictionColumn.SHARE:
                return percent(prediction.top[0][1])
            case PredictionColumn.SECOND:
                first = 1 if prediction.is_known else 0
                return ", ".join(f"{name} {percent(share)}" for name, share in prediction.top[first : first + 2])
        return milliseconds(prediction.seconds)

    def _tip(self, column: PredictionColumn, prediction: Prediction) -> str:
        if column is PredictionColumn.IMAGE:
            return prediction.path
        return prediction.error or "\n".join(f"{name} {percent(share)}" for name, share in prediction.top)

    def _sort_key(self, column: PredictionColumn, prediction: Prediction) -> object:
        match column:
            case PredictionColumn.SHARE:
                return prediction.top[0][1] if prediction.top else -1.0
            case PredictionColumn.TIME:
                return prediction.seconds
        # Names sort as people count: image 2 before image 10.
        return "\0".join(f"{number:012}{word}" for _, number, word in natural_key(self._text(column, prediction)))
