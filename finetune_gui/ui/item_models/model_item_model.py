"""The models one can choose, as a Qt table."""

from collections.abc import Collection, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont

from finetune_gui.engine.models.catalog import CATALOG, STARTER_ID, ModelInfo, find_info
from finetune_gui.engine.models.filtering import searched_text
from finetune_gui.ui.item_models.headings import aligned, heading
from finetune_gui.ui.words import UNKNOWN, count, parameters, percent, size, times

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class ModelColumn(IntEnum):
    """The columns of the table."""

    FAVOURITE = 0
    TITLE = 1
    FAMILY = 2
    PARAMETERS = 3
    TIME = 4
    INPUT = 5
    TOP1 = 6
    LICENSE = 7
    DOWNLOAD = 8


_NUMBERS = (ModelColumn.PARAMETERS, ModelColumn.TIME, ModelColumn.INPUT, ModelColumn.TOP1, ModelColumn.DOWNLOAD)


class ModelRole(IntEnum):
    """What ``data`` answers besides Qt's own roles."""

    ID = Qt.ItemDataRole.UserRole + 1
    SORT = Qt.ItemDataRole.UserRole + 2
    CHOSEN = Qt.ItemDataRole.UserRole + 3
    FAVOURITE = Qt.ItemDataRole.UserRole + 4
    MARKS = Qt.ItemDataRole.UserRole + 5


class ModelItemModel(QAbstractTableModel):
    """The catalogue: what is recommended at once, everything else when it is known.

    Signals:
        favourites_changed: the ids that are marked, sorted.
    """

    favourites_changed = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ModelInfo] = []
        self._row_of: dict[str, int] = {}
        self._texts: list[str] = []
        self._chosen = STARTER_ID
        self._here: frozenset[str] | None = None
        self._favourites: set[str] = set()
        self._take_rows(CATALOG)

    # -- contents -------------------------------------------------------------------------------------------------

    def set_models(self, models: Sequence[ModelInfo]) -> None:
        """Show these, in this order."""
        self.beginResetModel()
        self._take_rows(models)
        self.endResetModel()

    def add_model(self, info: ModelInfo) -> None:
        """One more at the end, unless it is there."""
        if info.id in self._row_of:
            return
        row = len(self._rows)
        self.beginInsertRows(_NO_INDEX, row, row)
        self._take_rows([*self._rows, info])
        self.endInsertRows()

    def set_chosen(self, model_id: str) -> None:
        """Mark the chosen model."""
        if model_id != self._chosen:
            before, self._chosen = self._chosen, model_id
            self._tell(before)
            self._tell(model_id)

    def set_here(self, here: Collection[str]) -> None:
        """Say whose weights are on this machine."""
        self._here = frozenset(here)
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(ModelColumn) - 1))

    def set_favourites(self, favourites: Collection[str]) -> None:
        """Say which are marked."""
        self._favourites = set(favourites)
        last = self.index(len(self._rows) - 1, ModelColumn.FAVOURITE)
        self.dataChanged.emit(self.index(0, ModelColumn.FAVOURITE), last)

    def toggle_favourite(self, model_id: str) -> None:
        """Mark a model, or take the mark away."""
        self._favourites ^= {model_id}
        self._tell(model_id)
        self.favourites_changed.emit(sorted(self._favourites))

    # -- questions ------------------------------------------------------------------------------------------------

    def chosen(self) -> str:
        """The id of the chosen model."""
        return self._chosen

    def info_at(self, row: int) -> ModelInfo:
        """The model of a row."""
        return self._rows[row]

    def text_at(self, row: int) -> str:
        """What a search looks into."""
        return self._texts[row]

    def info(self, model_id: str) -> ModelInfo | None:
        """What is known of a model, None for one that has no row."""
        row = self._row_of.get(model_id)
        return None if row is None else self._rows[row]

    def row_of(self, model_id: str) -> int:
        """The row of a model, -1 if it has none."""
        return self._row_of.get(model_id, -1)

    def families(self) -> list[str]:
        """Names of all families, sorted."""
        return sorted({info.family for info in self._rows if info.family}, key=str.casefold)

    def is_here(self, model_id: str) -> bool | None:
        """Whether the weights are on this machine; None while that is not known."""
        return None if self._here is None else model_id in self._here or model_id.startswith(("run:", "file:"))

    def is_own_or_chosen(self, model_id: str) -> bool:
        """Whether it is a run or a file of the user's, or the chosen model."""
        return model_id == self._chosen or model_id.startswith(("run:", "file:"))

    def is_favourite(self, model_id: str) -> bool:
        """Whether the user has marked it."""
        return model_id in self._favourites

    # -- for the view ---------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of models."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(ModelColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = ModelColumn(section)
        if role == Qt.ItemDataRole.AccessibleTextRole and column is ModelColumn.FAVOURITE:
            return self.tr("Favourite")
        return heading(role, self._header_text(column), self._header_tip(column), _alignment(column))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, alignment, sort key and marks of a cell."""
        if not index.isValid():
            return None
        info, column = self._rows[index.row()], ModelColumn(index.column())
        chosen = info.id == self._chosen
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(info, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(info, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.FontRole if chosen and column is ModelColumn.TITLE:
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                return font
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(info, column)
            case ModelRole.ID:
                return info.id
            case ModelRole.CHOSEN:
                return chosen
            case ModelRole.FAVOURITE:
                return info.id in self._favourites
            case ModelRole.MARKS:
                return self._marks(info)
            case ModelRole.SORT:
                return self._sort_key(info, column)
        return None

    def _take_rows(self, models: Sequence[ModelInfo]) -> None:
        self._rows = list(models)
        self._row_of = {info.id: row for row, info in enumerate(self._rows)}
        self._texts = [searched_text(info) for info in self._rows]

    def _tell(self, model_id: str) -> None:
        row = self.row_of(model_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(ModelColumn) - 1))

    def _text(self, info: ModelInfo, column: ModelColumn) -> str:
        match column:
            case ModelColumn.FAVOURITE:
                return ""  # a star is painted
            case ModelColumn.TITLE:
                return info.title
            case ModelColumn.FAMILY:
                return info.family
            case ModelColumn.PARAMETERS:
                return parameters(info.num_parameters) if info.num_parameters else UNKNOWN
            case ModelColumn.TIME:
                return times(relative_time(info)) if info.gmacs else UNKNOWN
            case ModelColumn.INPUT:
                return count(info.input_size) if info.input_size else UNKNOWN
            case ModelColumn.TOP1:
                return percent(info.top1) if info.top1 is not None else ""
            case ModelColumn.LICENSE:
                return info.license or UNKNOWN
            case ModelColumn.DOWNLOAD:
                if self.is_here(info.id):
                    return self.tr("✓ here")
                return size(info.num_bytes) if info.num_bytes else UNKNOWN

    def _marks(self, info: ModelInfo) -> str:
        """What is special about a model, in a word or two."""
        words = []
        if info.self_supervised:
            words.append(self.tr("self-supervised"))
        if info.is_light:
            words.append(self.tr("light"))
        return " · ".join(words)

    def _tip(self, info: ModelInfo, column: ModelColumn) -> str:
        if column is ModelColumn.FAVOURITE:
            marked = info.id in self._favourites
            return self.tr("Take the mark away (Space)") if marked else self.tr("Mark as a favourite (Space)")
        return info.summary or info.id

    def _spoken(self, info: ModelInfo, column: ModelColumn) -> str | None:
        text = self._text(info, column)
        if column is ModelColumn.FAVOURITE:
            return self.tr("favourite") if info.id in self._favourites else self.tr("not a favourite")
        if column is ModelColumn.TITLE:
            marks = self._marks(info)
            chosen = self.tr("chosen") if info.id == self._chosen else ""
            return ", ".join(filter(None, (text, marks, chosen)))
        return text

    def _sort_key(self, info: ModelInfo, column: ModelColumn) -> str | float:
        match column:
            case ModelColumn.FAVOURITE:
                return float(info.id not in self._favourites)
            case ModelColumn.TITLE | ModelColumn.FAMILY:
                return self._text(info, column).casefold()
            case ModelColumn.LICENSE:
                return info.license.casefold() or "~"
            case ModelColumn.DOWNLOAD if self.is_here(info.id):
                return 0.0
            case ModelColumn.TOP1:
                return info.top1 if info.top1 is not None else -1.0
        numbers = {
            ModelColumn.PARAMETERS: info.num_parameters,
            ModelColumn.TIME: info.gmacs,
            ModelColumn.INPUT: info.input_size,
            ModelColumn.DOWNLOAD: info.num_bytes,
        }
        return float(numbers[column]) or float("inf")

    def _header_text(self, column: ModelColumn) -> str:
        return {
            ModelColumn.FAVOURITE: "",
            ModelColumn.TITLE: self.tr("Model"),
            ModelColumn.FAMILY: self.tr("Family"),
            ModelColumn.PARAMETERS: self.tr("Parameters"),
            ModelColumn.TIME: self.tr("Time"),
            ModelColumn.INPUT: self.tr("Input"),
            ModelColumn.TOP1: self.tr("Top-1"),
            ModelColumn.LICENSE: self.tr("License"),
            ModelColumn.DOWNLOAD: self.tr("Download"),
        }[column]

    def _header_tip(self, column: ModelColumn) -> str:
        return {
            ModelColumn.FAVOURITE: self.tr("Your favourites"),
            ModelColumn.PARAMETERS: self.tr("Adjustable numbers in the model; more learn more, and take more memory"),
            ModelColumn.TIME: self.tr("Computation for one image, compared with the starter"),
            ModelColumn.INPUT: self.tr("Side of the square that every image is brought to, in pixels"),
            ModelColumn.TOP1: self.tr("Accuracy on ImageNet-1k as torchvision published it; timm publishes none"),
            ModelColumn.LICENSE: self.tr("What you may do with the pretrained weights"),
            ModelColumn.DOWNLOAD: self.tr("Size of the pretrained weights; a tick where they are on this machine"),
        }.get(column, "")


def relative_time(info: ModelInfo) -> float:
    """Computation for one image, with the starter as 1."""
    starter = find_info(STARTER_ID)
    return info.gmacs / starter.gmacs if starter else info.gmacs


def _alignment(column: ModelColumn) -> Qt.AlignmentFlag:
    return aligned(number=column in _NUMBERS)
