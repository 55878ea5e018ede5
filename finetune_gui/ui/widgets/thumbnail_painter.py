"""How a thumbnail is painted, wherever it stands."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap

from finetune_gui.ui.item_models.thumbnail_item_model import ThumbnailRole
from finetune_gui.ui.theme import Theme

_RADIUS = 8.0


def paint_thumbnail(painter: QPainter, theme: Theme, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
    """The picture with round corners; until it is decoded, or where it cannot be, an icon in its place."""
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(rect), _RADIUS, _RADIUS)
    pixmap = index.data(Qt.ItemDataRole.DecorationRole)
    if isinstance(pixmap, QPixmap):
        painter.setClipPath(shape)
        painter.drawPixmap(rect, pixmap)
        painter.setClipping(False)
        return
    painter.fillPath(shape, theme.color("surface_sunken"))
    failed = bool(index.data(ThumbnailRole.FAILED))
    icon = theme.icon("warning" if failed else "image", "warning" if failed else "text_disabled")
    side = rect.width() // 4
    icon.paint(painter, QRect(rect.center().x() - side // 2, rect.center().y() - side // 2, side, side))
