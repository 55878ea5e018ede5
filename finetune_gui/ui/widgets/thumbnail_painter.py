"""How a thumbnail is painted, wherever it stands."""

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPainterPath, QPixmap, QTransform

from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail, ThumbnailRole
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.words import part_name

_RADIUS = 8.0
_GAP = 4
_MARK = 20


def paint_thumbnail(painter: QPainter, theme: Theme, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
    """The picture with round corners; until it is decoded, or where it cannot be, an icon in its place."""
    pixmap = index.data(Qt.ItemDataRole.DecorationRole)
    if isinstance(pixmap, QPixmap):
        # A brush and not a clip path, which takes several times as long.
        brush = QBrush(pixmap)
        brush.setTransform(
            QTransform(rect.width() / pixmap.width(), 0, 0, rect.height() / pixmap.height(), rect.x(), rect.y())
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRoundedRect(rect, _RADIUS, _RADIUS)
        return
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(rect), _RADIUS, _RADIUS)
    painter.fillPath(shape, theme.color("surface_sunken"))
    failed = bool(index.data(ThumbnailRole.FAILED))
    icon = theme.icon("warning" if failed else "image", "warning" if failed else "text_disabled")
    side = rect.width() // 4
    icon.paint(painter, QRect(rect.center().x() - side // 2, rect.center().y() - side // 2, side, side))


def paint_marks(painter: QPainter, theme: Theme, rect: QRect, item: Thumbnail) -> None:
    """On the picture: which part it belongs to, that it is left out, that something was noticed."""
    if item.left_out:
        _dim(painter, theme, rect)
        words = QCoreApplication.translate("thumbnails", "Left out")
        _paint_tag(painter, theme, words, rect.adjusted(_GAP, _GAP, -_GAP, -_GAP), bottom=True)
    if item.part:
        _paint_tag(painter, theme, part_name(item.part), rect.adjusted(_GAP, _GAP, -_GAP, -_GAP))
    if item.finding:
        place = QRect(rect.right() - _MARK - _GAP + 1, rect.top() + _GAP, _MARK, _MARK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("warning_soft"))
        painter.drawEllipse(place)
        theme.icon("warning", "warning").paint(painter, place.adjusted(3, 2, -3, -4))


def _dim(painter: QPainter, theme: Theme, rect: QRect) -> None:
    veil = theme.color("surface")
    veil.setAlphaF(0.65)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil)
    painter.drawRoundedRect(rect, _RADIUS, _RADIUS)


def _paint_tag(painter: QPainter, theme: Theme, words: str, rect: QRect, *, bottom: bool = False) -> None:
    """A small label in the upper left corner of a rectangle, or in the lower one."""
    font = QFont(painter.font())
    font.setPointSizeF(theme.base_points * 0.8)
    font.setWeight(QFont.Weight.DemiBold)
    painter.save()
    painter.setFont(font)
    metrics = painter.fontMetrics()
    width = min(rect.width() - (0 if bottom else _MARK + _GAP), metrics.horizontalAdvance(words) + 12)
    height = metrics.height() + 3
    tag = QRect(rect.left(), rect.bottom() - height + 1 if bottom else rect.top(), width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("tooltip"))
    painter.drawRoundedRect(tag, height / 2, height / 2)
    painter.setPen(theme.color("tooltip_text"))
    text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width - 8)
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
