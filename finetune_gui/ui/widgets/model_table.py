"""The table of models: sorts, filters, and marks the chosen one."""

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    QSortFilterProxyModel,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from finetune_gui.ui.item_models.model_item_model import ModelColumn, ModelItemModel, ModelRole
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.row_table import RowTable

Index = QModelIndex | QPersistentModelIndex
_ROW = 32
_SETTLE_MS = 250  # arrow keys pass many rows; only where they rest is chosen
_ICON = 16
_WIDTHS = {
    ModelColumn.FAMILY: 98,
    ModelColumn.PARAMETERS: 84,
    ModelColumn.TIME: 52,
    ModelColumn.INPUT: 50,
    ModelColumn.LICENSE: 111,
    ModelColumn.DOWNLOAD: 76,
}


class ModelTable(RowTable):
    """One row a model.

    Signals:
        looked_at: id of the current row, at once.
        wished: id of a model that the user settled on, or entered.
    """

    looked_at = Signal(str)
    wished = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(_ROW, parent)
        self.models = ModelItemModel(self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self.models)
        self._proxy.setSortRole(ModelRole.SORT)
        self._proxy.setFilterRole(ModelRole.SEARCH)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self._proxy)
        self.setItemDelegateForColumn(ModelColumn.TITLE, _ChosenDelegate(theme, self))
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        self._showing = False
        self._configure()

    def show_chosen(self, model_id: str) -> None:
        """Mark a model as chosen and make it the current row."""
        self._settle.stop()
        self._showing = True
        self.models.set_chosen(model_id)
        index = self._index(model_id)
        if index.isValid() and self.current_id() != model_id:
            self.selectRow(index.row())
            self.scrollTo(index)
        self._showing = False

    def set_filter(self, text: str) -> None:
        """Show only models in which these words occur."""
        self._showing = True  # a row that goes is no choice of another
        words = [word for word in text.split() if word]
        self._proxy.setFilterRegularExpression("".join(f"(?=.*{_quoted(word)})" for word in words))
        self._showing = False

    def current_id(self) -> str:
        """The model of the current row; empty if there is none."""
        index = self.currentIndex()
        return str(index.data(ModelRole.ID)) if index.isValid() else ""

    def shown(self) -> int:
        """Number of models that pass the filter."""
        return self._proxy.rowCount()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Look at a model; choose it when the cursor rests on it."""
        super().currentChanged(current, previous)
        if current.isValid() and not self._showing and current.row() != previous.row():
            self.looked_at.emit(str(current.data(ModelRole.ID)))
            self._settle.start()

    def shutdown(self) -> None:
        """Choose nothing any more."""
        self._settle.stop()

    @Slot()
    def _on_settled(self) -> None:
        if model_id := self.current_id():
            self.wished.emit(model_id)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self._settle.stop()
        self.wished.emit(str(index.data(ModelRole.ID)))

    def _index(self, model_id: str) -> QModelIndex:
        row = self.models.row_of(model_id)
        return self._proxy.mapFromSource(self.models.index(row, 0)) if row >= 0 else QModelIndex()

    def _configure(self) -> None:
        self.setAccessibleName(self.tr("Models"))
        self.set_widths(_WIDTHS, ModelColumn.TITLE)
        header = self.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # the catalogue's own order, until asked for another
        self._proxy.sort(-1)
        header.setSortIndicatorClearable(True)
        self.activated.connect(self._on_activated)


class _ChosenDelegate(QStyledItemDelegate):
    """A tick before the title of the chosen model, and room for it before the others."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        option.decorationSize = QSize(_ICON, _ICON)
        option.icon = self._theme.icon("check", "accent_ink") if index.data(ModelRole.CHOSEN) else QIcon()


def _quoted(word: str) -> str:
    """A word as a regular expression that finds itself."""
    return "".join(letter if letter.isalnum() else f"\\{letter}" for letter in word)
