"""What is shown while data are looked through: progress, and the classes as they are found."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_gui.ui.item_models.class_item_model import (
    ClassColumn,
    ClassItemModel,
    ClassRole,
    ClassSortProxy,
    rows_of_counts,
)
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.busy_card import BusyCard
from finetune_gui.ui.widgets.row_table import RowTable
from finetune_gui.ui.widgets.share_bar_delegate import ShareBarDelegate

_ROW_HEIGHT = 32
_WIDTHS = {ClassColumn.IMAGES: 110, ClassColumn.SHARE: 150}


class ScanView(QWidget):
    """A busy card, and below it a table of classes once there is one."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.busy = BusyCard(theme)
        self._classes = ClassItemModel(self)
        self._sorted = ClassSortProxy(self)
        self._sorted.setSourceModel(self._classes)
        self.table = RowTable(_ROW_HEIGHT)
        self.table.setModel(self._sorted)
        self.table.setAccessibleName(self.tr("Classes found so far"))
        self.table.setItemDelegateForColumn(ClassColumn.SHARE, ShareBarDelegate(theme, ClassRole.SHARE, self.table))
        self.table.set_widths(_WIDTHS, ClassColumn.NAME)
        self.table.sortByColumn(ClassColumn.NAME, Qt.SortOrder.AscendingOrder)
        for column in (ClassColumn.TRAIN, ClassColumn.VAL, ClassColumn.TEST):
            self.table.setColumnHidden(column, True)
        self.table.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.busy, 1)
        layout.addWidget(self.table, 2)

    def start(self, title: str, detail: str) -> None:
        """Begin anew."""
        self.busy.start(title, detail)
        self.show_counts({})

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """Show the images of each class found so far."""
        self._classes.set_rows(rows_of_counts(counts))
        self.table.setVisible(bool(counts))
