"""The figures of every class as a Qt model."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from finetune_gui.engine.data.dataset import natural_key
from finetune_gui.engine.events import ClassFigures
from finetune_gui.ui.words import count, percent

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()

SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
SHARE_ROLE = int(Qt.ItemDataRole.UserRole) + 2  # a float of 0 to 1 for cells that are drawn as bars, else None
CLASS_ROLE = int(Qt.ItemDataRole.UserRole) + 3  # the index of the class, in every column


class ClassColumn(IntEnum):
    """The columns."""

    NAME = 0
    IMAGES = 1
    PRECISION = 2
    RECALL = 3
    F1 = 4


class ClassFiguresItemModel(QAbstractTableModel):
    """One row a class. Sort it by ``SORT_ROLE``: names as people count, numbers as numbers, undefined ones lowest."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._classes: list[ClassFigures] = []
        self._name_ranks: list[int] = []

    def set_classes(self, classes: Sequence[ClassFigures]) -> None:
        """Show these classes in place of the former ones."""
        self.beginResetModel()
        self._classes = list(classes)
        order = sorted(range(len(classes)), key=lambda row: natural_key(classes[row].name))
        self._name_ranks = [0] * len(classes)
        for rank, row in enumerate(order):
            self._name_ranks[row] = rank
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of classes."""
        return 0 if parent.isValid() else len(self._classes)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """Name, images, precision, recall, F1."""
        return 0 if parent.isValid() else len(ClassColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles, and in a tooltip what the figures mean."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = ClassColumn(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return {
                ClassColumn.NAME: self.tr("Class"),
                ClassColumn.IMAGES: self.tr("Images"),
                ClassColumn.PRECISION: self.tr("Precision"),
                ClassColumn.RECALL: self.tr("Recall"),
                ClassColumn.F1: self.tr("F1"),
            }[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return {
                ClassColumn.PRECISION: self.tr("Of the images given this name, the share that deserves it"),
                ClassColumn.RECALL: self.tr("Of the images of this class, the share that was recognised"),
                ClassColumn.F1: self.tr("Harmonic mean of precision and recall"),
            }.get(column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column is ClassColumn.IMAGES:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The figure as text, as a number to sort by, and as a share to draw."""
        if not index.isValid():
            return None
        column, figures = ClassColumn(index.column()), self._classes[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(column, figures)
            case Qt.ItemDataRole.ToolTipRole if column is ClassColumn.NAME:
                return figures.name
            case Qt.ItemDataRole.TextAlignmentRole if column is ClassColumn.IMAGES:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _ if role == CLASS_ROLE:
                return index.row()
            case _ if role == SHARE_ROLE:
                return self._share(column, figures)
            case _ if role == SORT_ROLE:
                return self._sort_key(column, index.row())
        return None

    def _text(self, column: ClassColumn, figures: ClassFigures) -> str:
        if column is ClassColumn.NAME:
            return figures.name
        if column is ClassColumn.IMAGES:
            return count(figures.support)
        return percent(self._share(column, figures))

    def _share(self, column: ClassColumn, figures: ClassFigures) -> float | None:
        match column:
            case ClassColumn.PRECISION:
                return figures.precision
            case ClassColumn.RECALL:
                return figures.recall
            case ClassColumn.F1:
                return figures.f1
        return None

    def _sort_key(self, column: ClassColumn, row: int) -> float:
        if column is ClassColumn.NAME:
            return self._name_ranks[row]
        if column is ClassColumn.IMAGES:
            return self._classes[row].support
        share = self._share(column, self._classes[row])
        return -1.0 if share is None else share
