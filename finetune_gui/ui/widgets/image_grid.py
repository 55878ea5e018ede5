"""A grid of thumbnails that stays smooth with tens of thousands of images."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail, ThumbnailItemModel, ThumbnailRole
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.thumbnail_painter import paint_thumbnail

_PAD = 6
_RADIUS = 8.0
_SETTLE_MS = 60


class ImageGrid(QListView):
    """Thumbnails with captions, several selectable, decoded only where one looks.

    Signals:
        image_activated: path of the image that was double-clicked or entered.
    """

    image_activated = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, thumbnail_size: int = 112, cache_size: int = 800
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = thumbnail_size
        pixels = round(thumbnail_size * self.devicePixelRatioF())
        self._thumbnails = ThumbnailItemModel(self, pixels=pixels, cache_size=cache_size)
        self.setModel(self._thumbnails)
        self.setItemDelegate(_ThumbnailDelegate(theme, thumbnail_size, self))
        self._configure()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._drop_unseen)
        self.verticalScrollBar().valueChanged.connect(self._settle.start)
        self.activated.connect(self._on_activated)
        theme.changed.connect(self._repaint)

    def set_items(self, items: Sequence[Thumbnail]) -> None:
        """Show these images."""
        self._thumbnails.set_items(items)
        self.scrollToTop()

    def clear(self) -> None:
        """Show nothing."""
        self._thumbnails.clear()

    def thumbnails(self) -> ThumbnailItemModel:
        """The model behind the view."""
        return self._thumbnails

    def selected_paths(self) -> list[str]:
        """Paths of the selected images, in order of rows."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self._thumbnails.item(row).path for row in rows]

    def visible_rows(self) -> tuple[int, int]:
        """First and last row in view; (0, -1) when there are none."""
        count = self._thumbnails.rowCount()
        cell = self.gridSize()
        columns = max(1, self.viewport().width() // cell.width())
        top = self.verticalScrollBar().value() // cell.height() * columns
        bottom = ((self.verticalScrollBar().value() + self.viewport().height()) // cell.height() + 1) * columns - 1
        return min(top, max(count - 1, 0)), min(bottom, count - 1)

    def shutdown(self, timeout_ms: int = 3000) -> bool:
        """Stop decoding and wait for the workers, at most `timeout_ms`; True when none is left."""
        self._settle.stop()
        return self._thumbnails.shutdown(timeout_ms)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The window may have moved to a screen of another density."""
        super().resizeEvent(event)
        self._fill_width()
        self._thumbnails.set_pixels(round(self._size * self.devicePixelRatioF()))
        self._settle.start()

    def _fill_width(self) -> None:
        """Share the width that is left over among the columns."""
        least = self._size + 2 * _PAD
        room = self.viewport().width() - 2
        width = max(least, room // max(1, room // least))
        if width != self.gridSize().width():
            self.setGridSize(QSize(width, self.gridSize().height()))

    @Slot()
    def _drop_unseen(self) -> None:
        first, last = self.visible_rows()
        margin = last - first + 1
        self._thumbnails.drop_requests_outside(first - margin, last + margin)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.image_activated.emit(str(index.data(ThumbnailRole.PATH)))

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()

    def _configure(self) -> None:
        self.setAccessibleName(self.tr("Images"))
        self.setProperty("kind", "plain")
        # List mode that wraps and not icon mode: the latter builds a search tree over all items.
        self.setViewMode(QListView.ViewMode.ListMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        caption = QFontMetrics(self.font()).height() + 4
        self.setGridSize(QSize(self._size + 2 * _PAD, self._size + caption + 2 * _PAD))
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(40)
        self.setMouseTracking(True)


class _ThumbnailDelegate(QStyledItemDelegate):
    """Rounded picture above a caption; a soft ground for hover and a ring for selection."""

    def __init__(self, theme: Theme, size: int, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = size

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        view = self.parent()
        return view.gridSize() if isinstance(view, QListView) else QSize(self._size, self._size)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        spare = max(0, option.rect.width() - self._size - 2 * _PAD)
        cell = option.rect.adjusted(spare // 2, 0, spare // 2 - spare, 0)
        picture = QRect(cell.x() + _PAD, cell.y() + _PAD, self._size, self._size)
        self._paint_ground(painter, option, cell)
        paint_thumbnail(painter, self._theme, picture, index)
        caption = QRect(picture.left(), picture.bottom() + 3, picture.width(), cell.bottom() - picture.bottom() - _PAD)
        text = option.fontMetrics.elidedText(str(index.data() or ""), Qt.TextElideMode.ElideMiddle, caption.width())
        painter.setPen(self._theme.color("text" if option.state & QStyle.StateFlag.State_Selected else "text_muted"))
        painter.drawText(caption, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if not (selected or hovered or focused):
            return
        painter.setBrush(self._theme.color("accent_soft" if selected else "surface_hover"))
        painter.setPen(QPen(self._theme.color("focus"), 2) if focused else QPen(Qt.PenStyle.NoPen))
        painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), _RADIUS + 2, _RADIUS + 2)
