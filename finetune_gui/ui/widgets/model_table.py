"""The table of models: sorts, filters, marks the chosen one and the favourites."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_gui.engine.models.filtering import ModelFilter
from finetune_gui.ui.item_models.model_filter_proxy import ModelFilterProxy
from finetune_gui.ui.item_models.model_item_model import ModelColumn, ModelItemModel, ModelRole
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.row_table import RowTable
from finetune_gui.ui.widgets.tagged_delegate import TaggedDelegate

Index = QModelIndex | QPersistentModelIndex
_ROW = 32
_SETTLE_MS = 250  # arrow keys pass many rows; only where they rest is chosen
_ICON = 16
_WIDTHS = {
    ModelColumn.FAVOURITE: 34,
    ModelColumn.FAMILY: 98,
    ModelColumn.PARAMETERS: 96,
    ModelColumn.TIME: 76,
    ModelColumn.INPUT: 58,
    ModelColumn.TOP1: 70,
    ModelColumn.LICENSE: 111,
    ModelColumn.DOWNLOAD: 90,
}

_TITLE_WIDTH = 230  # below, columns give way to it, in this order; the details and the filters have them too
_GIVE_WAY = (ModelColumn.FAMILY, ModelColumn.INPUT, ModelColumn.LICENSE, ModelColumn.TOP1)


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
        self._proxy = ModelFilterProxy(self.models, self)
        self.setModel(self._proxy)
        self.setItemDelegateForColumn(ModelColumn.FAVOURITE, _StarDelegate(theme, self))
        self.setItemDelegateForColumn(ModelColumn.TITLE, _TitleDelegate(theme, self))
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        self._showing = False
        self._configure()

    def show_chosen(self, model_id: str) -> None:
        """Mark a model as chosen and make it the current row."""
        self._settle.stop()
        self._showing = True
        self.models.set_chosen(model_id)
        self._make_current(model_id)
        self._showing = False

    def _make_current(self, model_id: str) -> None:
        """Go to the row of a model; where it is not shown no row is the current one."""
        index = self._index(model_id)
        if not index.isValid():
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif self.current_id() != model_id:
            self.selectRow(index.row())
        self.scrollTo(index)

    def set_filter(self, wanted: ModelFilter, *, everything: bool) -> None:
        """Show only what passes."""
        self._settle.stop()
        self._showing = True  # a row that goes is no choice of another
        self._proxy.set_filter(wanted, everything=everything)
        self._make_current(self.models.chosen())
        self._showing = False
        if not self.currentIndex().isValid():
            self.scrollToTop()

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the columns that there is room for beside the titles."""
        super().resizeEvent(event)
        missing = _TITLE_WIDTH + sum(_WIDTHS.values()) - self.viewport().width()
        for column in _GIVE_WAY:
            self.setColumnHidden(column, missing > 0)
            missing -= _WIDTHS[column]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space marks a favourite."""
        if event.key() == Qt.Key.Key_Space and self.current_id():
            self.models.toggle_favourite(self.current_id())
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the star marks a favourite, and chooses nothing."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and index.column() == ModelColumn.FAVOURITE and event.button() is Qt.MouseButton.LeftButton:
            self.models.toggle_favourite(str(index.data(ModelRole.ID)))
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second click on the star takes the mark away again."""
        if self.columnAt(round(event.position().x())) == ModelColumn.FAVOURITE:
            self.mousePressEvent(event)
            return
        super().mouseDoubleClickEvent(event)

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


class _TitleDelegate(TaggedDelegate):
    """A tick before the title of the chosen model, and behind it what kind of network it is."""

    def tag(self, index: Index) -> str:
        return str(index.data(ModelRole.MARKS))

    def icon(self, index: Index) -> QIcon:
        return self._theme.icon("check", "accent_ink") if index.data(ModelRole.CHOSEN) else QIcon()


class _StarDelegate(QStyledItemDelegate):
    """A star, filled where the model is a favourite."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        marked = bool(index.data(ModelRole.FAVOURITE))
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        option.decorationSize = QSize(_ICON, _ICON)
        option.decorationAlignment = Qt.AlignmentFlag.AlignCenter
        name, color = ("star-filled", "warning") if marked else ("star", "border_strong")
        option.icon = self._theme.icon(name, color)
