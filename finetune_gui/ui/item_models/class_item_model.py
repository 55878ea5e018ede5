"""The classes of a data set as a Qt table, with the whole as its first row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont

from finetune_gui.engine.data.dataset import natural_key
from finetune_gui.ui.words import count, counted, percent

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
ALL_CLASSES = -1


@dataclass(frozen=True, kw_only=True)
class ClassRow:
    """One class: how many images it has, and where they go.

    Attributes:
        label: Tells rows apart; ``ALL_CLASSES`` for the whole.
        name: As it is used.
        images: Those that are used.
        train: Of them, learnt from.
        val: Of them, validated with.
        test: Of them, for the final test.
        left_out: Further images, which are not used.
        own_names: By which the data name it; several where classes were merged.
        dropped: Whether it is left out by decision.
        limit: Most images to use of it.
    """

    label: int
    name: str
    images: int
    train: int = 0
    val: int = 0
    test: int = 0
    left_out: int = 0
    own_names: tuple[str, ...] = ()
    dropped: bool = False
    limit: int | None = None

    @property
    def changed(self) -> bool:
        """Whether it goes by another name than the data give it."""
        return bool(self.own_names) and self.own_names != (self.name,)


def rows_of_counts(counts: Mapping[str, int]) -> tuple[ClassRow, ...]:
    """Classes of which only the number of images is known yet."""
    names = sorted(counts, key=natural_key)
    return tuple(ClassRow(label=label, name=name, images=counts[name]) for label, name in enumerate(names))


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
    ROW = Qt.ItemDataRole.UserRole + 4  # the ClassRow


class ClassItemModel(QAbstractTableModel):
    """Name, images, share and split of every class. Sort it by ``ClassRole.SORT``.

    Signals:
        rename_wished: (name, new name): the user typed another name.
    """

    rename_wished = Signal(str, str)

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
            left_out=sum(row.left_out for row in rows),
        )
        self._rows = (whole, *rows) if rows else ()
        self._total = whole.images
        self._largest = max((row.images for row in rows), default=0)
        self.endResetModel()

    def rows(self) -> tuple[ClassRow, ...]:
        """The classes, after the whole."""
        return self._rows

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
            case Qt.ItemDataRole.EditRole if column is ClassColumn.NAME:
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(row)
            case Qt.ItemDataRole.AccessibleTextRole if column is ClassColumn.NAME:
                return self._tip(row)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.FontRole:
                return _font(row)
            case ClassRole.ROW:
                return row
            case ClassRole.LABEL:
                return row.label
            case ClassRole.SHARE if column in (ClassColumn.SHARE, ClassColumn.IMAGES) and row.label != ALL_CLASSES:
                return None if row.dropped else row.images / max(self._largest, 1)
            case ClassRole.SORT:
                return natural_key(row.name) if column is ClassColumn.NAME else _number(row, column)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names can be edited; a dropped class looks disabled, but can be chosen to restore it."""
        flags = super().flags(index)
        if index.isValid() and index.column() == ClassColumn.NAME:
            row = self._rows[index.row()]
            if row.label != ALL_CLASSES and not row.dropped and row.own_names:
                flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tell the wish; the name changes when it is granted."""
        row = self._rows[index.row()]
        new = str(value).strip()
        if role == Qt.ItemDataRole.EditRole and new and new != row.name:
            self.rename_wished.emit(row.name, new)
        return False

    def _tip(self, row: ClassRow) -> str:
        """What the columns do not say."""
        parts = [row.name]
        if row.dropped:
            parts.append(self.tr("dropped"))
        elif row.changed:
            parts.append(self.tr("in the data: {0}").format(", ".join(row.own_names)))
        if row.limit is not None:
            parts.append(self.tr("limited to {0}").format(count(row.limit)))
        if row.left_out:
            parts.append(counted(self.tr("{count} image(s) left out", "", row.left_out), row.left_out))
        return " · ".join(parts)

    def _text(self, row: ClassRow, column: ClassColumn) -> str:
        if column is ClassColumn.NAME:
            return row.name
        if row.dropped and column is not ClassColumn.IMAGES:
            return ""
        if column is ClassColumn.SHARE:
            return "" if row.label == ALL_CLASSES or row.dropped else percent(row.images / max(self._total, 1))
        return count(_number(row, column))

    def _header_tip(self, column: ClassColumn) -> str:
        return {
            ClassColumn.TRAIN: self.tr("Images the model learns from"),
            ClassColumn.VAL: self.tr("Images kept aside to check the model during training"),
            ClassColumn.TEST: self.tr("Images of the test folder, used only for the final evaluation"),
            ClassColumn.SHARE: self.tr("Share of all images; the bar compares with the largest class"),
        }.get(column, "")


class ClassSortProxy(QSortFilterProxyModel):
    """Sorts the classes; keeps the whole on top, and what is dropped at the foot."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSortRole(ClassRole.SORT)

    def lessThan(self, left: Index, right: Index) -> bool:
        """The order of the places comes first, whichever way the rest is sorted."""
        places = _place(left.data(ClassRole.ROW)), _place(right.data(ClassRole.ROW))
        if places[0] != places[1]:
            return (places[0] < places[1]) == (self.sortOrder() is Qt.SortOrder.AscendingOrder)
        return bool(left.data(ClassRole.SORT) < right.data(ClassRole.SORT))


def _place(row: ClassRow) -> int:
    return 0 if row.label == ALL_CLASSES else 2 if row.dropped else 1


def _font(row: ClassRow) -> QFont | None:
    if row.label != ALL_CLASSES and not row.dropped:
        return None
    font = QFont()
    font.setStrikeOut(row.dropped)
    if not row.dropped:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def _number(row: ClassRow, column: ClassColumn) -> int:
    return {ClassColumn.TRAIN: row.train, ClassColumn.VAL: row.val, ClassColumn.TEST: row.test}.get(column, row.images)


def _alignment(column: ClassColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column is ClassColumn.NAME else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
