"""A list view whose cells are all of one size, so that places are computed instead of laid out."""

from collections.abc import Iterator

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_STEP = 40
_LINES = {QAbstractItemView.CursorAction.MoveUp: -1, QAbstractItemView.CursorAction.MoveDown: 1}
_ALONG = {
    QAbstractItemView.CursorAction.MovePrevious: -1,
    QAbstractItemView.CursorAction.MoveNext: 1,
    QAbstractItemView.CursorAction.MoveLeft: -1,
    QAbstractItemView.CursorAction.MoveRight: 1,
}
_PAGES = {QAbstractItemView.CursorAction.MovePageUp: -1, QAbstractItemView.CursorAction.MovePageDown: 1}


class UniformGridView(QListView):
    """Cells of ``gridSize()`` from left to right, line by line.

    The layout of ``QListView`` asks the model about every row whenever the width changes (50 ms for 60,000 rows), and
    a selection of all of them takes it a third of a second. Here both cost the same for ten rows and for a million. It
    stays a ``QListView`` for the sake of screen readers, which Qt tells nothing about views that it does not know.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._anchor = 0  # the row that stays in view while the width changes
        self._resizing = False
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)

    # -- places ---------------------------------------------------------------------------------------------------

    def count(self) -> int:
        """Number of rows of the model."""
        return 0 if self.model() is None else self.model().rowCount()

    def columns(self) -> int:
        """Cells side by side."""
        return max(1, self.viewport().width() // max(1, self.gridSize().width()))

    def visible_rows(self) -> tuple[int, int]:
        """First and last row in view; (0, -1) when there are none."""
        return self._rows_between(0, self.viewport().height() - 1)

    def visualRect(self, index: Index) -> QRect:
        """Where a cell is, in the viewport."""
        return self._cell(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The cell at a point."""
        cell = self.gridSize()
        line = (point.y() + self.verticalOffset()) // cell.height()
        column = self._mirrored(point).x() // cell.width()
        row = line * self.columns() + column
        if not (0 <= column < self.columns() and 0 <= row < self.count()):
            return QModelIndex()
        return self.model().index(row, 0)

    def isIndexHidden(self, index: Index) -> bool:  # noqa: ARG002
        """None is."""
        return False

    def horizontalOffset(self) -> int:
        """The columns fit the width."""
        return 0

    def verticalOffset(self) -> int:
        """Pixels scrolled."""
        return self.verticalScrollBar().value()

    def _cell(self, row: int) -> QRect:
        size = self.gridSize()
        line, column = divmod(row, self.columns())
        rect = QRect(QPoint(column * size.width(), line * size.height() - self.verticalOffset()), size)
        if self.isRightToLeft():
            rect = QStyle.visualRect(Qt.LayoutDirection.RightToLeft, self.viewport().rect(), rect)
        return rect

    def _mirrored(self, point: QPoint) -> QPoint:
        return QStyle.visualPos(self.layoutDirection(), self.viewport().rect(), point)

    def _rows_between(self, top: int, bottom: int) -> tuple[int, int]:
        """Rows of the lines that a stripe of the viewport touches."""
        height, count = self.gridSize().height(), self.count()
        first = max(0, (top + self.verticalOffset()) // height) * self.columns()
        last = ((bottom + self.verticalOffset()) // height + 1) * self.columns() - 1
        return min(first, max(count - 1, 0)), min(last, count - 1)

    # -- layout and scrolling -------------------------------------------------------------------------------------

    def doItemsLayout(self) -> None:
        """Nothing is laid out; the range of the scroll bar is all there is."""
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Let the scroll bar know how high everything is."""
        bar, height = self.verticalScrollBar(), self.gridSize().height()
        lines = -(-self.count() // self.columns())
        bar.setRange(0, max(0, lines * height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(_STEP)
        self.horizontalScrollBar().setRange(0, 0)
        QAbstractItemView.updateGeometries(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What was at the top stays in view when the number of columns changes."""
        before = divmod(self.verticalOffset(), max(1, self.gridSize().height()))[1]
        self._resizing = True
        QAbstractItemView.resizeEvent(self, event)
        self.verticalScrollBar().setValue(self._anchor // self.columns() * self.gridSize().height() + before)
        self._resizing = False

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: ARG002
        """Move the pixels that stay in view, and paint the rest."""
        self.viewport().scroll(0, dy)
        if not self._resizing:
            self._anchor = self.visible_rows()[0]

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a cell into view."""
        if not index.isValid():
            return
        self.executeDelayedItemsLayout()  # the range of the scroll bar may be that of the former rows
        cell, bar, height = self._cell(index.row()), self.verticalScrollBar(), self.viewport().height()
        to_top, to_bottom = bar.value() + cell.top(), bar.value() + cell.bottom() + 1 - height
        match hint:
            case QAbstractItemView.ScrollHint.PositionAtTop:
                bar.setValue(to_top)
            case QAbstractItemView.ScrollHint.PositionAtBottom:
                bar.setValue(to_bottom)
            case QAbstractItemView.ScrollHint.PositionAtCenter:
                bar.setValue((to_top + to_bottom) // 2)
            case _:
                bar.setValue(min(max(bar.value(), to_bottom), to_top))

    # -- keys and selection ---------------------------------------------------------------------------------------

    def moveCursor(
        self,
        action: QAbstractItemView.CursorAction,
        modifiers: Qt.KeyboardModifier,  # noqa: ARG002
    ) -> QModelIndex:
        """Arrows go along the lines, pages by as many lines as are in view."""
        count, current = self.count(), self.currentIndex()
        if not count:
            return QModelIndex()
        if not current.isValid():
            return self.model().index(0, 0)
        return self.model().index(self._row_after(action, current.row(), count), 0)

    def _row_after(self, action: QAbstractItemView.CursorAction, row: int, count: int) -> int:
        columns = self.columns()
        if action == QAbstractItemView.CursorAction.MoveHome:
            return 0
        if action == QAbstractItemView.CursorAction.MoveEnd:
            return count - 1
        if action in _ALONG:
            sideways = action in (QAbstractItemView.CursorAction.MoveLeft, QAbstractItemView.CursorAction.MoveRight)
            step = -_ALONG[action] if sideways and self.isRightToLeft() else _ALONG[action]
            return min(max(row + step, 0), count - 1)
        if action in _LINES:
            to = row + _LINES[action] * columns
            return to if 0 <= to < count else row
        lines = max(1, self.viewport().height() // self.gridSize().height())
        to = row + _PAGES.get(action, 0) * lines * columns
        return min(max(to, 0), count - 1)

    def keyboardSearch(self, search: str) -> None:
        """Typing does not search: it would ask the model about every row."""

    def selectAll(self) -> None:
        """As one range; Qt's own way asks about every row."""
        if self.count():
            command = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().select(self._range(0, self.count() - 1), command)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """A block while the mouse drags; otherwise from the one corner to the other, line by line."""
        if self.selectionModel() is None:
            return
        if self.state() == QAbstractItemView.State.DragSelectingState:
            chosen = self._block(rect.normalized())
        else:
            ends = self.indexAt(rect.topLeft()), self.indexAt(rect.bottomRight())
            chosen = QItemSelection()
            if all(end.isValid() for end in ends):
                first, last = sorted(end.row() for end in ends)
                chosen = self._range(first, last)
        self.selectionModel().select(chosen, command)

    def _range(self, first: int, last: int) -> QItemSelection:
        return QItemSelection(self.model().index(first, 0), self.model().index(last, 0))

    def _block(self, rect: QRect) -> QItemSelection:
        """All cells that a rectangle touches."""
        width, columns = self.gridSize().width(), self.columns()
        ends = sorted(self._mirrored(point).x() // width for point in (rect.topLeft(), rect.topRight()))
        left, right = max(0, ends[0]), min(columns - 1, ends[1])
        first, last = self._rows_between(rect.top(), rect.bottom())
        if left > right or last < first:
            return QItemSelection()
        if (left, right) == (0, columns - 1):
            return self._range(first, last)
        chosen = QItemSelection()
        for start in range(first - first % columns, last + 1, columns):
            if start + left <= last:
                chosen.merge(
                    self._range(start + left, min(start + right, last)), QItemSelectionModel.SelectionFlag.Select
                )
        return chosen

    def selected_ranges(self) -> list[tuple[int, int]]:
        """First and last rows, in order: an index for each of tens of thousands of rows would be dear."""
        return sorted(_ranges(self.selectionModel().selection()))

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What has to be painted anew; only what is in view counts."""
        first, last = self.visible_rows()
        region = QRegion()
        for top, bottom in _ranges(selection):
            for row in range(max(first, top), min(last, bottom) + 1):
                region += self._cell(row)
        return region

    # -- painting -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Let the delegate paint the cells that need it."""
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain = option.state & ~(
            QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus
        )
        hovered = self._hovered_row()
        focused = self.currentIndex().row() if self.hasFocus() else -1
        model, selection, delegate = self.model(), self.selectionModel(), self.itemDelegate()
        for row, rect in self._cells_in(event.region()):
            index = model.index(row, 0)
            option.rect = rect
            option.state = plain
            if selection.isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if row == hovered:
                option.state |= QStyle.StateFlag.State_MouseOver
            if row == focused:
                option.state |= QStyle.StateFlag.State_HasFocus
            delegate.paint(painter, option, index)
        painter.end()

    def _cells_in(self, region: QRegion) -> Iterator[tuple[int, QRect]]:
        bounds = region.boundingRect()
        whole = region.rectCount() == 1
        first, last = self._rows_between(bounds.top(), bounds.bottom())
        for row in range(first, last + 1):
            rect = self._cell(row)
            if rect.intersects(bounds) and (whole or region.intersects(rect)):
                yield row, rect

    def _hovered_row(self) -> int:
        if not self.viewport().underMouse():
            return -1
        return self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())).row()


def _ranges(selection: QItemSelection) -> list[tuple[int, int]]:
    """First and last row of each piece."""
    pieces = [selection.at(place) for place in range(selection.count())]
    return [(piece.top(), piece.bottom()) for piece in pieces]
