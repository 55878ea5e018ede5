"""The figures of every class: a table that sorts, with thin bars."""

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QWidget

from finetune_gui.engine.events import ClassFigures
from finetune_gui.ui.item_models.class_figures_item_model import (
    CLASS_ROLE,
    SHARE_ROLE,
    SORT_ROLE,
    ClassColumn,
    ClassFiguresItemModel,
)
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.row_table import RowTable
from finetune_gui.ui.widgets.share_bar_delegate import ShareBarDelegate

_ROW = 38


class ClassTable(RowTable):
    """One row a class, the weakest first until the user sorts otherwise.

    Signals:
        class_activated: index of the class whose row was double-clicked or entered.
    """

    class_activated = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(_ROW, parent)
        self._classes = ClassFiguresItemModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._classes)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self.setItemDelegate(ShareBarDelegate(theme, SHARE_ROLE, self))
        self._configure()
        self.activated.connect(self._on_activated)

    def set_classes(self, classes: tuple[ClassFigures, ...]) -> None:
        """Show these classes."""
        self._classes.set_classes(classes)

    def _configure(self) -> None:
        self.setAccessibleName(self.tr("Figures of every class"))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.set_widths({ClassColumn.IMAGES: 96}, ClassColumn.NAME)
        self.sortByColumn(ClassColumn.RECALL, Qt.SortOrder.AscendingOrder)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.class_activated.emit(int(index.data(CLASS_ROLE)))
