"""The table of runs."""

from collections.abc import Collection
from pathlib import Path

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_gui.engine.run_list import RunSummary
from finetune_gui.ui.item_models.run_item_model import PATH_ROLE, SEARCH_ROLE, SORT_ROLE, RunColumn, RunItemModel
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.row_table import RowTable

_ROW = 34
_WIDTHS = {
    RunColumn.NOTE: 104,
    RunColumn.WHEN: 110,
    RunColumn.STATE: 98,
    RunColumn.DATA: 88,
    RunColumn.MODEL: 92,
    RunColumn.LAYERS: 96,
    RunColumn.ACCURACY: 82,
    RunColumn.LOSS: 66,
    RunColumn.EPOCHS: 64,
    RunColumn.TIME: 58,
}


class _FoundRuns(QSortFilterProxyModel):
    """Runs in which all words of a search occur."""

    def __init__(self, runs: RunItemModel, parent: QObject) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.setSourceModel(runs)
        self.setSortRole(SORT_ROLE)

    def search(self, text: str) -> None:
        self.beginFilterChange()
        self._words = tuple(text.casefold().split())
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, row: int, parent: QModelIndex | QPersistentModelIndex) -> bool:
        text = str(self.sourceModel().index(row, 0, parent).data(SEARCH_ROLE))
        return all(word in text for word in self._words)


class RunTable(RowTable):
    """One row a run, the newest first until the user sorts otherwise. Several can be selected, to be compared.

    Signals:
        run_highlighted: other runs are selected, or none.
        run_activated: the run that was double-clicked or entered.
    """

    run_highlighted = Signal()
    run_activated = Signal(Path)

    def __init__(self, theme: Theme, runs: RunItemModel, parent: QWidget | None = None) -> None:
        super().__init__(_ROW, parent)
        self._runs = runs
        self._sorted = _FoundRuns(runs, self)
        self.setModel(self._sorted)
        self.setItemDelegateForColumn(RunColumn.STATE, _StateDelegate(self))
        self._configure()
        self.selectionModel().selectionChanged.connect(self.run_highlighted)
        self.activated.connect(self._on_activated)
        theme.changed.connect(self._repaint)

    def selected_runs(self) -> list[RunSummary]:
        """The runs whose rows are selected, the oldest first."""
        rows = self.selectionModel().selectedRows()
        runs = [self._runs.run(self._sorted.mapToSource(row).row()) for row in rows]
        return sorted(runs, key=lambda run: run.started)

    def select_runs(self, paths: Collection[Path]) -> None:
        """Select the runs in these folders as far as they are shown, else the first row."""
        rows = (self._runs.row_of(path) for path in paths)
        indexes = [self._sorted.mapFromSource(self._runs.index(row, 0)) for row in rows if row >= 0]
        shown = [index for index in indexes if index.isValid()] or [self._sorted.index(0, 0)]
        selection = QItemSelection()
        for index in shown:
            selection.select(index, index)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(shown[0], QItemSelectionModel.SelectionFlag.NoUpdate)
        self.selectionModel().select(selection, flags)
        self.scrollTo(shown[0])

    @Slot(str)
    def search(self, text: str) -> None:
        """Show only runs in which all these words occur: in names, notes, tags, data, models, layers, states."""
        self._sorted.search(text)

    def num_shown(self) -> int:
        """How many runs a search leaves."""
        return self._sorted.rowCount()

    def _configure(self) -> None:
        self.setAccessibleName(self.tr("Runs"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.set_widths(_WIDTHS, RunColumn.NAME)
        self.sortByColumn(RunColumn.WHEN, Qt.SortOrder.DescendingOrder)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.run_activated.emit(Path(index.data(PATH_ROLE)))

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()


class _StateDelegate(QStyledItemDelegate):
    """A dot and the word in the colour of the state, which the style sheet's colour of cells would cover."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.text = ""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        color = index.data(Qt.ItemDataRole.ForegroundRole)
        if not isinstance(color, QColor):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(color)
        painter.setPen(Qt.PenStyle.NoPen)
        cell = option.rect.adjusted(12, 0, -4, 0)
        painter.drawEllipse(QPoint(cell.left() + 3, cell.center().y() + 1), 3, 3)
        painter.setPen(color)
        text = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, max(0, cell.width() - 14))
        painter.drawText(cell.adjusted(14, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()
