"""The table of runs."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_gui.engine.runs import RunSummary
from finetune_gui.ui.item_models.run_item_model import PATH_ROLE, SORT_ROLE, RunColumn, RunItemModel
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.row_table import RowTable

_ROW = 34
_WIDTHS = {
    RunColumn.WHEN: 134,
    RunColumn.STATE: 102,
    RunColumn.DATA: 140,
    RunColumn.MODEL: 116,
    RunColumn.LAYERS: 150,
    RunColumn.ACCURACY: 82,
    RunColumn.EPOCHS: 66,
    RunColumn.TIME: 66,
}


class RunTable(RowTable):
    """One row a run, the newest first until the user sorts otherwise.

    Signals:
        run_highlighted: another run is selected, or none.
        run_activated: the run that was double-clicked or entered.
    """

    run_highlighted = Signal()
    run_activated = Signal(Path)

    def __init__(self, theme: Theme, runs: RunItemModel, parent: QWidget | None = None) -> None:
        super().__init__(_ROW, parent)
        self._runs = runs
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(runs)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self.setItemDelegateForColumn(RunColumn.STATE, _StateDelegate(self))
        self._configure()
        self.selectionModel().selectionChanged.connect(self.run_highlighted)
        self.activated.connect(self._on_activated)
        theme.changed.connect(self._repaint)

    def selected_run(self) -> RunSummary | None:
        """The run whose row is selected."""
        rows = self.selectionModel().selectedRows()
        return self._runs.run(self._sorted.mapToSource(rows[0]).row()) if rows else None

    def select_run(self, path: Path | None) -> None:
        """Select the run in this folder, or the first row when there is no such run."""
        row = self._runs.row_of(path) if path is not None else -1
        index = self._sorted.index(0, 0) if row < 0 else self._sorted.mapFromSource(self._runs.index(row, 0))
        self.selectRow(index.row())
        self.scrollTo(index)

    def _configure(self) -> None:
        self.setAccessibleName(self.tr("Runs"))
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
