"""The confusion matrix, from 2 to some hundred classes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QSizePolicy, QToolTip, QWidget

from finetune_gui.ui.theme import Theme, contrast_ratio, mix
from finetune_gui.ui.widgets.announce import announce
from finetune_gui.ui.words import count, percent

_SMALLEST_CELL = 14
_LARGEST_CELL = 140
_NUMBER_FROM = 22
_TITLE = 26
_GAP = 8
_LONGEST_LABEL = 150
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionView(QAbstractScrollArea):
    """Rows are true classes, columns predicted ones; labels stay in sight while the cells scroll.

    The diagonal is shaded in the accent, mistakes in the warning hue, both by their share of the row,
    so a class with few images is as readable as one with many.

    Signals:
        cell_activated: row and column of the cell that was clicked or entered.
    """

    cell_activated = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, smallest_cell: int = _SMALLEST_CELL) -> None:
        super().__init__(parent)
        self._theme = theme
        self._smallest_cell = smallest_cell
        self._counts: list[list[int]] = []
        self._totals: list[int] = []
        self._labels: list[str] = []
        self._longest = 0  # pixels of the longest label; measured once, for every cell's place depends on it
        self._show_share = False
        self._current = (0, 0)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self._repaint)

    @property
    def show_share(self) -> bool:
        """Whether cells say percent of the row instead of counts."""
        return self._show_share

    @show_share.setter
    def show_share(self, share: bool) -> None:
        self._show_share = share
        self._repaint()

    @Slot(bool)
    def set_show_share(self, share: bool) -> None:
        """The property as a slot, for a check box or button."""
        self.show_share = share

    def set_matrix(self, counts: Sequence[Sequence[int]], labels: Sequence[str]) -> None:
        """Show `counts[true][predicted]`; as many labels as rows and columns."""
        if len(counts) != len(labels) or any(len(row) != len(labels) for row in counts):
            raise ValueError("a confusion matrix is square, with one label a class")
        self._counts = [list(row) for row in counts]
        self._totals = [sum(row) for row in self._counts]
        self._labels = list(labels)
        self._measure()
        self._current = (0, 0)
        self._update_scrolling()
        self._repaint()

    def clear(self) -> None:
        """Show nothing."""
        self.set_matrix((), ())

    def current_cell(self) -> tuple[int, int]:
        """Row and column of the keyboard's cell."""
        return self._current

    def set_current_cell(self, row: int, column: int) -> None:
        """Move the keyboard's cell and scroll it into view."""
        last = len(self._labels) - 1
        if last < 0:
            return
        self._current = (min(max(row, 0), last), min(max(column, 0), last))
        self._scroll_to_current()
        sentence = self.describe(*self._current)
        self.setAccessibleDescription(sentence)
        announce(self, sentence)
        self.viewport().update()

    def describe(self, row: int, column: int) -> str:
        """A cell in a sentence."""
        true, predicted = self._labels[row], self._labels[column]
        if row == column:
            text = self.tr("“{true}”: {count} recognised ({share})")
        else:
            text = self.tr("“{true}” taken for “{predicted}”: {count} ({share} of “{true}”)")
        number, share = count(self._counts[row][column]), percent(self._share(row, column))
        return text.format(true=true, predicted=predicted, count=number, share=share)

    def cell_at(self, position: QPoint) -> tuple[int, int] | None:
        """Row and column under a point of the viewport."""
        area = self._cells_area()
        if not area.contains(position) or not self._labels:
            return None
        cell = self._cell_size()
        column = (position.x() - area.x() + self.horizontalScrollBar().value()) // cell
        row = (position.y() - area.y() + self.verticalScrollBar().value()) // cell
        last = len(self._labels) - 1
        return (row, column) if row <= last and column <= last else None

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where a cell is in the viewport."""
        area, cell = self._cells_area(), self._cell_size()
        x = area.x() + column * cell - self.horizontalScrollBar().value()
        y = area.y() + row * cell - self.verticalScrollBar().value()
        return QRect(x, y, cell, cell)

    # ------------------------------------------------------------------ events

    def minimumSizeHint(self) -> QSize:
        """Room for a few classes."""
        return QSize(320, 280)

    def sizeHint(self) -> QSize:
        """Room for about ten classes."""
        return QSize(560, 520)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit cells and scroll bars."""
        super().resizeEvent(event)
        self._update_scrolling()

    def changeEvent(self, event: QEvent) -> None:
        """Another font, other widths."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()
            self._update_scrolling()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a cell."""
        cell = self.cell_at(event.position().toPoint())
        if cell is not None and event.button() is Qt.MouseButton.LeftButton:
            self.set_current_cell(*cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the cell, unless the mouse was dragged off it."""
        cell = self.cell_at(event.position().toPoint())
        if cell == self._current and event.button() is Qt.MouseButton.LeftButton:
            self.cell_activated.emit(*self._current)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move; Enter and Space open."""
        key = Qt.Key(event.key())
        row, column = self._current
        if key in _ARROWS and self._labels:
            self.set_current_cell(row + _ARROWS[key][0], column + _ARROWS[key][1])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._labels:
            self.cell_activated.emit(row, column)
        elif key is Qt.Key.Key_Home:
            self.set_current_cell(row, 0)
        elif key is Qt.Key.Key_End:
            self.set_current_cell(row, len(self._labels) - 1)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips of cells and of labels that had to be cut."""
        if isinstance(event, QHelpEvent):
            text = self._tooltip(event.pos())
            QToolTip.showText(event.globalPos(), text, self.viewport()) if text else QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Only what is in view."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._labels:
            painter.setPen(self._theme.color("text_muted"))
            text = self.tr("The confusion matrix appears here after an evaluation")
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, text)
            return
        self._paint_titles(painter)
        self._paint_row_labels(painter)
        self._paint_column_labels(painter)
        self._paint_cells(painter)

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()

    # ---------------------------------------------------------------- geometry

    def _measure(self) -> None:
        self._longest = max((self.fontMetrics().horizontalAdvance(label) for label in self._labels), default=0)

    def _label_length(self) -> int:
        return min(self._longest + 4, _LONGEST_LABEL, max(40, self.viewport().width() // 4))

    def _columns_upright(self) -> bool:
        """Whether column labels fit over their columns without being turned."""
        return self._longest + 6 <= self._cell_size_below(self.fontMetrics().height())

    def _label_height(self) -> int:
        return self.fontMetrics().height() if self._columns_upright() else self._label_length()

    def _cells_area(self) -> QRect:
        """The part of the viewport in which cells are seen; a small matrix stands in the middle."""
        left = _TITLE + self._label_length() + _GAP
        top = _TITLE + self._label_height() + _GAP
        width, height = max(0, self.viewport().width() - left - 2), max(0, self.viewport().height() - top - 2)
        extent = self._cell_size() * len(self._labels)
        beside, above = max(0, width - extent) // 2, max(0, height - extent) // 2
        return QRect(left + beside, top + above, width - 2 * beside, height - 2 * above)

    def _cell_size(self) -> int:
        return self._cell_size_below(self._label_height())

    def _cell_size_below(self, labels: int) -> int:
        """Side of a cell if the column labels are so high."""
        across = self.viewport().width() - _TITLE - self._label_length() - _GAP - 2
        down = self.viewport().height() - _TITLE - labels - _GAP - 2
        return min(_LARGEST_CELL, max(self._smallest_cell, min(across, down) // max(1, len(self._labels))))

    def _update_scrolling(self) -> None:
        area, whole = self._cells_area(), self._cell_size() * len(self._labels)
        for bar, seen in ((self.horizontalScrollBar(), area.width()), (self.verticalScrollBar(), area.height())):
            bar.setRange(0, max(0, whole - seen))
            bar.setPageStep(max(1, seen))
            bar.setSingleStep(self._cell_size())

    def _scroll_to_current(self) -> None:
        area, rect = self._cells_area(), self.cell_rect(*self._current)
        horizontal, vertical = self.horizontalScrollBar(), self.verticalScrollBar()
        horizontal.setValue(horizontal.value() + _overshoot(rect.left(), rect.right(), area.left(), area.right()))
        vertical.setValue(vertical.value() + _overshoot(rect.top(), rect.bottom(), area.top(), area.bottom()))

    def _seen(self) -> tuple[range, range]:
        """Rows and columns at least partly in view."""
        area, cell, number = self._cells_area(), self._cell_size(), len(self._labels)
        rows, columns = (
            range(bar.value() // cell, min(number, (bar.value() + length) // cell + 1))
            for bar, length in ((self.verticalScrollBar(), area.height()), (self.horizontalScrollBar(), area.width()))
        )
        return rows, columns

    # ---------------------------------------------------------------- painting

    def _share(self, row: int, column: int) -> float:
        return self._counts[row][column] / self._totals[row] if self._totals[row] else 0.0

    def _tooltip(self, position: QPoint) -> str:
        cell = self.cell_at(position)
        if cell is not None:
            return self.describe(*cell)
        area = self._cells_area()
        rows, columns = self._seen()
        if area.top() <= position.y() <= area.bottom():
            hits = [
                row for row in rows if self.cell_rect(row, 0).top() <= position.y() <= self.cell_rect(row, 0).bottom()
            ]
        else:
            hits = [
                col
                for col in columns
                if self.cell_rect(0, col).left() <= position.x() <= self.cell_rect(0, col).right()
            ]
        return self._labels[hits[0]] if hits else ""

    def _paint_titles(self, painter: QPainter) -> None:
        area, extent = self._cells_area(), self._cell_size() * len(self._labels)
        width, height = min(extent, area.width()), min(extent, area.height())
        font = painter.font()
        font.setWeight(font.Weight.DemiBold)
        painter.save()
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        top = area.top() - _GAP - self._label_height() - _TITLE
        painter.drawText(QRect(area.left(), top, width, _TITLE), Qt.AlignmentFlag.AlignCenter, self.tr("Predicted"))
        painter.translate(area.left() - _GAP - self._label_length() - _TITLE, area.top() + height)
        painter.rotate(-90)
        painter.drawText(QRect(0, 0, height, _TITLE), Qt.AlignmentFlag.AlignCenter, self.tr("True"))
        painter.restore()

    def _paint_row_labels(self, painter: QPainter) -> None:
        area, length = self._cells_area(), self._label_length()
        painter.save()
        painter.setClipRect(0, area.top(), area.left(), area.height() + 2)
        self._set_label_font(painter)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in self._seen()[0]:
            rect = self.cell_rect(row, 0)
            painter.setPen(self._theme.color("text" if row == self._current[0] and self.hasFocus() else "text_muted"))
            text = painter.fontMetrics().elidedText(self._labels[row], Qt.TextElideMode.ElideMiddle, length)
            painter.drawText(QRect(area.left() - _GAP - length, rect.top(), length, rect.height()), align, text)
        painter.restore()

    def _paint_column_labels(self, painter: QPainter) -> None:
        area, length, upright = self._cells_area(), self._label_length(), self._columns_upright()
        painter.save()
        painter.setClipRect(area.left(), 0, area.width() + 2, area.top())
        self._set_label_font(painter)
        for column in self._seen()[1]:
            rect = self.cell_rect(0, column)
            painter.setPen(
                self._theme.color("text" if column == self._current[1] and self.hasFocus() else "text_muted")
            )
            text = self._labels[column]
            if upright:
                height = self._label_height()
                place = QRect(rect.left(), area.top() - _GAP - height, rect.width(), height)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
                continue
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, length)
            painter.save()
            painter.translate(QPointF(rect.left(), area.top() - _GAP))
            painter.rotate(-90)
            align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRect(0, 0, length, rect.width()), align, text)
            painter.restore()
        painter.restore()

    def _set_label_font(self, painter: QPainter) -> None:
        """Smaller where the cells are, so that neighbours do not overlap."""
        font = painter.font()
        if self._cell_size() < painter.fontMetrics().height():
            font.setPixelSize(max(8, self._cell_size() - 4))
        painter.setFont(font)

    def _paint_cells(self, painter: QPainter) -> None:
        area, cell = self._cells_area(), self._cell_size()
        rows, columns = self._seen()
        painter.save()
        painter.setClipRect(area.adjusted(-1, -1, 2, 2))
        self._set_number_font(painter)
        origin = self.cell_rect(0, 0).topLeft()
        if cell < _NUMBER_FROM:  # one ground for all empty cells, which in a large matrix are nearly all
            whole = QRect(origin, QSize(cell, cell) * len(self._labels))
            painter.fillRect(whole, self._theme.color("surface_sunken"))
        for row in rows:
            for column in columns:
                if self._counts[row][column] or cell >= _NUMBER_FROM:
                    place = QRect(origin.x() + column * cell, origin.y() + row * cell, cell, cell)
                    self._paint_cell(painter, row, column, place)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("text"), 2))
            painter.drawRoundedRect(self.cell_rect(*self._current).adjusted(1, 1, -1, -1), 4, 4)
        painter.restore()

    def _paint_cell(self, painter: QPainter, row: int, column: int, place: QRect) -> None:
        cell, ground = place.width(), self._theme.color("surface")
        share, number = self._share(row, column), self._counts[row][column]
        hue = self._theme.color("accent" if row == column else "trainable")
        # A single mistake among thousands must still be seen, hence the step at zero.
        fill = mix(ground, hue, 0.14 + 0.86 * share) if number else self._theme.color("surface_sunken")
        inset = 1 if cell >= _NUMBER_FROM else 0
        rect = place.adjusted(inset, inset, -inset, -inset)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        radius = 4 if cell >= _NUMBER_FROM else 0
        painter.drawRoundedRect(rect, radius, radius) if radius else painter.fillRect(rect, fill)
        text = self._cell_text(share, number)
        if cell < _NUMBER_FROM or not number or painter.fontMetrics().horizontalAdvance(text) > cell - 4:
            return
        text_colors = (self._theme.color("text"), self._theme.color("surface"))
        painter.setPen(max(text_colors, key=lambda color: contrast_ratio(color, fill)))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _cell_text(self, share: float, number: int) -> str:
        return percent(share, 0) if self._show_share else count(number)

    def _set_number_font(self, painter: QPainter) -> None:
        """As large as fits the widest number, between 8 px and the normal text."""
        font = painter.font()
        widest = self._cell_text(1.0, max((max(row) for row in self._counts), default=0))
        natural = painter.fontMetrics().horizontalAdvance(widest)
        room = self._cell_size() - 8
        if natural > room:
            font.setPixelSize(max(8, painter.fontInfo().pixelSize() * room // max(natural, 1)))
        painter.setFont(font)


def _overshoot(start: int, end: int, low: int, high: int) -> int:
    """How far to scroll so that `start..end` lies within `low..high`."""
    if start < low:
        return start - low
    return max(0, end - high)
