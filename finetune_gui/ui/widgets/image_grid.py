"""A grid of thumbnails that stays smooth with tens of thousands of images."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_gui.ui.item_models.thumbnail_item_model import (
    GroupPlace,
    Thumbnail,
    ThumbnailItemModel,
    ThumbnailRole,
)
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.thumbnail_painter import paint_marks, paint_thumbnail
from finetune_gui.ui.widgets.uniform_grid_view import UniformGridView

_PAD = 6
_RADIUS = 8.0
_SETTLE_MS = 60


class ImageGrid(UniformGridView):
    """Thumbnails with captions, several selectable, decoded only where one looks.

    Signals:
        image_activated: path of the image that was double-clicked or entered.
        selection_changed: list of the selected paths, in the order of the rows.
        menu_requested: where, on the screen, a menu for the selected images is asked for by mouse or keyboard.
    """

    image_activated = Signal(str)
    selection_changed = Signal(object)
    menu_requested = Signal(QPoint)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, thumbnail_size: int = 112, cache_bytes: int = 96_000_000
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = thumbnail_size
        pixels = round(thumbnail_size * self.devicePixelRatioF())
        self._thumbnails = ThumbnailItemModel(self, pixels=pixels, cache_bytes=cache_bytes)
        self.setAccessibleName(self.tr("Images"))
        self.setProperty("kind", "plain")
        caption = QFontMetrics(self.font()).height() + 4
        self.setGridSize(QSize(self._size + 2 * _PAD, self._size + caption + 2 * _PAD))
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setModel(self._thumbnails)
        self.setItemDelegate(_ThumbnailDelegate(theme, thumbnail_size, self))
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._drop_unseen)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.activated.connect(self._on_activated)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._thumbnails.modelReset.connect(self._on_selection_changed)
        theme.changed.connect(self._repaint)

    def set_items(self, items: Sequence[Thumbnail]) -> None:
        """Show these images, from the first one on."""
        self._thumbnails.set_items(items)
        self.scrollToTop()

    def update_items(self, items: Sequence[Thumbnail]) -> None:
        """Show other words or marks of the same images in the same rows; position and selection stay."""
        self._thumbnails.update_items(items)

    def clear(self) -> None:
        """Show nothing."""
        self._thumbnails.clear()

    def thumbnails(self) -> ThumbnailItemModel:
        """The model behind the view."""
        return self._thumbnails

    def paths(self) -> list[str]:
        """Paths of all images, in order of rows."""
        return [item.path for item in self._thumbnails.items()]

    def selected_paths(self) -> list[str]:
        """Paths of the selected images, in order of rows."""
        items = self._thumbnails.items()
        return [item.path for first, last in self.selected_ranges() for item in items[first : last + 1]]

    def go_to(self, row: int) -> None:
        """Make an image the current one, selected alone and in view."""
        if 0 <= row < self.count():
            # Not setCurrentIndex of the view, which asks whether the Control key is held.
            command = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self._thumbnails.index(row), command)

    def shutdown(self, timeout_ms: int = 3000) -> bool:
        """Stop decoding and wait for the workers, at most `timeout_ms`; True when none is left."""
        self._settle.stop()
        return self._thumbnails.shutdown(timeout_ms)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The window may have moved to a screen of another density."""
        self._fill_width()
        super().resizeEvent(event)
        self._thumbnails.set_pixels(round(self._size * self.devicePixelRatioF()))
        self._on_scrolled()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Decoding waits meanwhile: both need the interpreter, and this is what the user sees stutter."""
        with self._thumbnails.decoding_held():
            super().paintEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By mouse: for the image under it, which is selected if it was not. By key: at the current image."""
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        if self.selectionModel().hasSelection():
            self.menu_requested.emit(place)
        event.accept()

    def _fill_width(self) -> None:
        """Share the width that is left over among the columns."""
        least = self._size + 2 * _PAD
        room = self.viewport().width() - 2
        width = max(least, room // max(1, room // least))
        if width != self.gridSize().width():
            self.setGridSize(QSize(width, self.gridSize().height()))

    @Slot()
    def _on_scrolled(self) -> None:
        # Not restarted while it runs: one who scrolls without a pause would queue thousands of images.
        if not self._settle.isActive():
            self._settle.start()

    @Slot()
    def _drop_unseen(self) -> None:
        self._thumbnails.drop_requests_outside(*self.visible_rows())

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.image_activated.emit(str(index.data(ThumbnailRole.PATH)))

    @Slot(QItemSelection, QItemSelection)
    def _on_selection_changed(self) -> None:
        self.selection_changed.emit(self.selected_paths())

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()


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
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spare = max(0, option.rect.width() - self._size - 2 * _PAD)
        cell = option.rect.adjusted(spare // 2, 0, spare // 2 - spare, 0)
        picture = QRect(cell.x() + _PAD, cell.y() + _PAD, self._size, self._size)
        item: Thumbnail = index.data(ThumbnailRole.ITEM)
        if item.group >= 0:
            self._paint_group(painter, option.rect, index.data(ThumbnailRole.GROUP_PLACE))
        self._paint_ground(painter, option, cell)
        paint_thumbnail(painter, self._theme, picture, index)
        paint_marks(painter, self._theme, picture, item)
        caption = QRect(picture.left(), picture.bottom() + 3, picture.width(), cell.bottom() - picture.bottom() - _PAD)
        text = option.fontMetrics.elidedText(item.caption, Qt.TextElideMode.ElideMiddle, caption.width())
        painter.setPen(self._theme.color("text" if option.state & QStyle.StateFlag.State_Selected else "text_muted"))
        painter.drawText(caption, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _paint_group(self, painter: QPainter, rect: QRect, place: GroupPlace) -> None:
        """One ground for images that belong together, and a line where the next group begins."""
        ground = rect.adjusted(0, 2, 0, -2)
        painter.fillRect(ground, self._theme.color("surface_pressed" if place.odd else "surface_sunken"))
        if place.first:
            painter.fillRect(QRect(ground.left(), ground.top(), 3, ground.height()), self._theme.color("accent"))

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if not (selected or hovered or focused):
            return
        painter.setBrush(self._theme.color("accent_soft" if selected else "surface_hover"))
        painter.setPen(QPen(self._theme.color("focus"), 2) if focused else QPen(Qt.PenStyle.NoPen))
        painter.drawRoundedRect(cell.adjusted(1, 1, -1, -1), _RADIUS + 2, _RADIUS + 2)
