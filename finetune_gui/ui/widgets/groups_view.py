"""Whether a model is as good for every group of images."""

from collections.abc import Sequence

from PySide6.QtCore import QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.trust.groups import GroupFigures
from finetune_gui.ui.dialogs.table_dialog import table_dialog
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.row_table import RowTable
from finetune_gui.ui.widgets.share_bar_delegate import ShareBarDelegate
from finetune_gui.ui.words import count, percent

_ROW = 34
_SORT = int(Qt.ItemDataRole.UserRole) + 1
_SHARE = int(Qt.ItemDataRole.UserRole) + 2
_GROUP, _IMAGES, _ACCURACY, _INTERVAL = range(4)


class GroupsView(QWidget):
    """A table of groups, the worst first, and in words whether it is worse than the others beyond chance.

    Signals:
        folders_wanted: groups are to be made by folders.
        table_chosen: path of a table that says which group an image belongs to.
        column_chosen: the column of it.
    """

    folders_wanted = Signal()
    table_chosen = Signal(str)
    column_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = text_label("", wrap=True)
        self._folders = QPushButton(self.tr("By folder"))
        self._table = QPushButton(self.tr("By a table…"))
        self._columns = QComboBox()
        self._columns.setAccessibleName(self.tr("Column with the groups"))
        self._columns.hide()
        self._model = QStandardItemModel(0, 4, self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(_SORT)
        self.table = RowTable(_ROW)
        self.table.setModel(self._sorted)
        self.table.setItemDelegate(ShareBarDelegate(theme, _SHARE, self))
        self.table.setAccessibleName(self.tr("Accuracy of every group"))
        self._lay_out()
        self._folders.clicked.connect(self.folders_wanted)
        self._table.clicked.connect(self._on_table)
        self._columns.textActivated.connect(self.column_chosen)
        self.clear()

    def sentence(self) -> str:
        """What is said above the table."""
        return self._sentence.text()

    def clear(self) -> None:
        """Show nothing."""
        self._columns.hide()
        self.show_groups(None)
        self.setEnabled(False)

    def show_groups(self, groups: Sequence[GroupFigures] | None) -> None:
        """Show these, the worst first; None: the folders of the images make none."""
        self.setEnabled(True)
        self._model.clear()
        headings = [self.tr("Group"), self.tr("Images"), self.tr("Accuracy"), self.tr("95 % interval")]
        self._model.setHorizontalHeaderLabels(headings)
        numbers = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self._model.setHeaderData(_IMAGES, Qt.Orientation.Horizontal, numbers, Qt.ItemDataRole.TextAlignmentRole)
        for group in groups or ():
            self._model.appendRow(_cells(group))
        self.table.set_widths({_IMAGES: 110, _ACCURACY: 160, _INTERVAL: 170}, _GROUP)
        self.table.sortByColumn(_ACCURACY, Qt.SortOrder.AscendingOrder)
        self.table.setVisible(bool(groups))
        self._sentence.setText(self._words(groups))

    def offer_columns(self, columns: Sequence[str]) -> None:
        """Let the user choose among the columns of a table."""
        self._columns.clear()
        self._columns.addItems(list(columns))
        self._columns.setCurrentIndex(-1)
        self._columns.setPlaceholderText(self.tr("Choose the column with the groups"))
        self._columns.show()

    def _words(self, groups: Sequence[GroupFigures] | None) -> str:
        if not groups:
            return self.tr(
                "Is the model as good for every camera, place or person? Put images into sub-folders by group, or "
                "choose a table with a column of file names and one of groups."
            )
        worst = groups[0]
        text = (
            self.tr("Worst for “{name}”: {right} of {all} recognised, which is less than for the others beyond chance.")
            if worst.stands_out
            else self.tr("Worst for “{name}”: {right} of {all} recognised, but so few images may be chance.")
        )
        return text.format(name=worst.name, right=count(worst.right), all=count(worst.support))

    @Slot()
    def _on_table(self) -> None:
        dialog = table_dialog(self, self.tr("Choose a table with file names and groups"))
        dialog.fileSelected.connect(self.table_chosen)
        dialog.open()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._sentence, 1)
        for widget in (self._columns, self._folders, self._table):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        layout.addStretch(0)


def _cells(group: GroupFigures) -> list[QStandardItem]:
    name, images, accuracy = (
        QStandardItem(text) for text in (group.name, count(group.support), percent(group.accuracy))
    )
    interval = QStandardItem(f"{percent(group.low)} – {percent(group.high)}")
    name.setData(group.name.casefold(), _SORT)
    name.setToolTip(group.name)
    images.setData(group.support, _SORT)
    images.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    accuracy.setData(group.accuracy, _SORT)
    accuracy.setData(group.accuracy, _SHARE)
    interval.setData(group.low, _SORT)
    return [name, images, accuracy, interval]
