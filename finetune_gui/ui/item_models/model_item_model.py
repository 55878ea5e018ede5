"""The models one can choose, as a Qt table."""

from collections.abc import Mapping
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from finetune_gui.engine.models.catalog import CATALOG, STARTER_ID, ModelInfo, find_info
from finetune_gui.ui.words import UNKNOWN, count, model_name, parameters, size, times

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class ModelColumn(IntEnum):
    """The columns of the table."""

    TITLE = 0
    FAMILY = 1
    PARAMETERS = 2
    TIME = 3
    INPUT = 4
    LICENSE = 5
    DOWNLOAD = 6


class ModelRole(IntEnum):
    """What ``data`` answers besides Qt's own roles; ``SEARCH`` is all text of a row."""

    ID = Qt.ItemDataRole.UserRole + 1
    SORT = Qt.ItemDataRole.UserRole + 2
    CHOSEN = Qt.ItemDataRole.UserRole + 3
    SEARCH = Qt.ItemDataRole.UserRole + 4


class ModelItemModel(QAbstractTableModel):
    """The catalogue, and after it the one model from outside of it that is chosen, if any."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids = [info.id for info in CATALOG]
        self._chosen = STARTER_ID
        self._ready: Mapping[str, bool] = {}

    def set_chosen(self, model_id: str) -> None:
        """Mark the chosen model; one that the catalogue does not know gets a row."""
        if model_id == self._chosen:
            return
        self._chosen = model_id
        if model_id not in self._ids:
            self._show_other(model_id)
        self._tell_all()

    def set_ready(self, ready: Mapping[str, bool]) -> None:
        """Say of each model whether its weights are on this machine."""
        self._ready = dict(ready)
        self._tell_all()

    def id_of(self, row: int) -> str:
        """The model of a row."""
        return self._ids[row]

    def row_of(self, model_id: str) -> int:
        """The row of a model, -1 if it has none."""
        return self._ids.index(model_id) if model_id in self._ids else -1

    def is_ready(self, model_id: str) -> bool | None:
        """Whether the weights are on this machine; None while that is not known."""
        return self._ready.get(model_id)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of models."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(ModelColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = ModelColumn(section)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._header_text(column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._header_tip(column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, alignment, sort key and mark of a cell."""
        if not index.isValid():
            return None
        model_id = self._ids[index.row()]
        column = ModelColumn(index.column())
        info = find_info(model_id)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(model_id, info, column)
            case Qt.ItemDataRole.ToolTipRole:
                return info.summary if info else model_id
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.FontRole if model_id == self._chosen and column is ModelColumn.TITLE:
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                return font
            case Qt.ItemDataRole.AccessibleTextRole if model_id == self._chosen and column is ModelColumn.TITLE:
                return self.tr("{title}, chosen").format(title=self._text(model_id, info, column))
            case ModelRole.ID:
                return model_id
            case ModelRole.CHOSEN:
                return model_id == self._chosen
            case ModelRole.SORT:
                return self._sort_key(model_id, info, column)
            case ModelRole.SEARCH:
                return " ".join(
                    (model_id, info.title, info.family, info.license, info.summary) if info else (model_id,)
                )
        return None

    def _show_other(self, model_id: str) -> None:
        """One row after the catalogue; an earlier one gives way."""
        last = len(CATALOG)
        if len(self._ids) > last:
            self._ids[last] = model_id
            return
        self.beginInsertRows(_NO_INDEX, last, last)
        self._ids.append(model_id)
        self.endInsertRows()

    def _tell_all(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(ModelColumn) - 1))

    def _text(self, model_id: str, info: ModelInfo | None, column: ModelColumn) -> str:
        match column:
            case ModelColumn.TITLE:
                return info.title if info else model_name(model_id)
            case ModelColumn.FAMILY:
                return info.family if info else model_id.partition("/")[0]
            case ModelColumn.DOWNLOAD:
                if self._ready.get(model_id):
                    return self.tr("✓ here")
                return size(download_size(info.num_parameters)) if info else UNKNOWN
        return self._figure(info, column) if info else UNKNOWN

    def _figure(self, info: ModelInfo, column: ModelColumn) -> str:
        match column:
            case ModelColumn.PARAMETERS:
                return parameters(info.num_parameters)
            case ModelColumn.TIME:
                return times(relative_time(info))
            case ModelColumn.INPUT:
                return count(info.input_size)
        return info.license

    def _sort_key(self, model_id: str, info: ModelInfo | None, column: ModelColumn) -> str | float:
        match column:
            case ModelColumn.TITLE | ModelColumn.FAMILY:
                return self._text(model_id, info, column).casefold()
            case ModelColumn.LICENSE:
                return info.license.casefold() if info else "~"
            case ModelColumn.DOWNLOAD:
                return (
                    0.0 if self._ready.get(model_id) else download_size(info.num_parameters) if info else float("inf")
                )
        if info is None:
            return float("inf")
        numbers = {ModelColumn.PARAMETERS: info.num_parameters, ModelColumn.INPUT: info.input_size}
        return float(numbers.get(column, info.gmacs))

    def _header_text(self, column: ModelColumn) -> str:
        return {
            ModelColumn.TITLE: self.tr("Model"),
            ModelColumn.FAMILY: self.tr("Family"),
            ModelColumn.PARAMETERS: self.tr("Parameters"),
            ModelColumn.TIME: self.tr("Time"),
            ModelColumn.INPUT: self.tr("Input"),
            ModelColumn.LICENSE: self.tr("License"),
            ModelColumn.DOWNLOAD: self.tr("Download"),
        }[column]

    def _header_tip(self, column: ModelColumn) -> str:
        return {
            ModelColumn.PARAMETERS: self.tr("Adjustable numbers in the model; more learn more, and take more memory"),
            ModelColumn.TIME: self.tr("Computation for one image, compared with the starter"),
            ModelColumn.INPUT: self.tr("Side of the square that every image is brought to, in pixels"),
            ModelColumn.LICENSE: self.tr("What you may do with the pretrained weights"),
            ModelColumn.DOWNLOAD: self.tr("Size of the pretrained weights; a tick where they are on this machine"),
        }.get(column, "")


def relative_time(info: ModelInfo) -> float:
    """Computation for one image, with the starter as 1."""
    starter = find_info(STARTER_ID)
    return info.gmacs / starter.gmacs if starter else info.gmacs


def download_size(num_parameters: int) -> int:
    """Size of the weights in bytes: four for each parameter."""
    return 4 * num_parameters


def _alignment(column: ModelColumn) -> Qt.AlignmentFlag:
    numbers = (ModelColumn.PARAMETERS, ModelColumn.TIME, ModelColumn.INPUT, ModelColumn.DOWNLOAD)
    side = Qt.AlignmentFlag.AlignRight if column in numbers else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
