"""The classes of a data set as a Qt table, with the whole as its first row."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QFont

from finetune_gui.engine.data.dataset import natural_key
from finetune_gui.ui.words import count, percent

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
ALL_CLASSES = -1


@dataclass(frozen=True, kw_only=True)
class ClassRow:
    """One class: how many images it has, and where they go. ``label`` is ``ALL_CLASSES`` for the whole."""

    label: int
    name: str
    images: int
    train: int
    val: int
    test: int


class ClassColumn(IntEnum):
    """The columns of the table."""

    NAME = 0
    IMAGES = 1
    SHARE = 2
    TRAIN = 3
    VAL = 4
    TEST = 5


class ClassRole(IntEnum):
    """What ``data`` answers besides Qt's own roles: ``SHARE`` is 0 to 1 of the largest class."""

    LABEL = Qt.ItemDataRole.UserRole + 1
    SHARE = Qt.ItemDataRole.UserRole + 2
    SORT = Qt.ItemDataRole.UserRole + 3


class ClassItemModel(QAbstractTableModel):
    """Name, images, share and split of every class. Sort it by ``ClassRole.SORT``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ClassRow, ...] = ()
        self._total = 0
        self._largest = 0

    def set_rows(self, rows: Sequence[ClassRow]) -> None:
        """Show these classes; a row of the whole is put before them."""
        self.beginResetModel()
        whole = ClassRow(
            label=ALL_CLASSES,
            name=self.tr("All classes"),
            images=sum(row.images for row in rows),
            train=sum(row.train for row in rows),
            val=sum(row.val for row in rows),
            test=sum(row.test for row in rows),
        )
        self._rows = (whole, *rows) if rows else ()
        self._total = whole.images
        self._largest = max((row.images for row in rows), default=0)
        self.endResetModel()

    def row(self, row: int) -> ClassRow:
        """The class of a row."""
        return self._rows[row]

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of classes, and one for the whole."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(ClassColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            texts = (
                self.tr("Class"),
                self.tr("Images"),
                self.tr("Share"),
                self.tr("Train"),
                self.tr("Validate"),
                self.tr("Test"),
            )
            return texts[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._header_tip(ClassColumn(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(ClassColumn(section))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, alignment, share and sort key of a cell."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        column = ClassColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ToolTipRole if column is ClassColumn.NAME:
                return row.name
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.FontRole if row.label == ALL_CLASSES:
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                return font
            case ClassRole.LABEL:
                return row.label
            case ClassRole.SHARE if column is ClassColumn.SHARE and row.label != ALL_CLASSES:
                return row.images / max(self._largest, 1)
            case ClassRole.SORT:
                return natural_key(row.name) if column is ClassColumn.NAME else _number(row, column)
        return None

    def _text(self, row: ClassRow, column: ClassColumn) -> str:
        if column is ClassColumn.NAME:
            return row.name
        if column is ClassColumn.SHARE:
            return "" if row.label == ALL_CLASSES else percent(row.images / self._total)
        return count(_number(row, column))

    def _header_tip(self, column: ClassColumn) -> str:
        return {
            ClassColumn.TRAIN: self.tr("Images the model learns from"),
            ClassColumn.VAL: self.tr("Images kept aside to check the model during training"),
            ClassColumn.TEST: self.tr("Images of the test folder, used only for the final evaluation"),
            ClassColumn.SHARE: self.tr("Share of all images; the bar compares with the largest class"),
        }.get(column, "")


class ClassSortProxy(QSortFilterProxyModel):
    """Sorts the classes and keeps the whole on top."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSortRole(ClassRole.SORT)

    def lessThan(self, left: Index, right: Index) -> bool:
        """The whole comes first, whichever way the rest is sorted."""
        for first, answer in ((left, True), (right, False)):
            if first.data(ClassRole.LABEL) == ALL_CLASSES:
                return answer == (self.sortOrder() is Qt.SortOrder.AscendingOrder)
        return bool(left.data(ClassRole.SORT) < right.data(ClassRole.SORT))


def _number(row: ClassRow, column: ClassColumn) -> int:
    return {ClassColumn.TRAIN: row.train, ClassColumn.VAL: row.val, ClassColumn.TEST: row.test}.get(column, row.images)


def _alignment(column: ClassColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column is ClassColumn.NAME else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
