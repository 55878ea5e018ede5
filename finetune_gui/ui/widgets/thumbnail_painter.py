"""How a thumbnail is painted, wherever it stands."""

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPixmap, QPixmapCache

from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail, ThumbnailRole
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.words import part_name
from finetune_gui.ui.workers.thumbnail_decoder import CORNER

_GAP = 4
_MARK = 20


def paint_thumbnail(painter: QPainter, theme: Theme, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
    """The picture with round corners; until it is decoded, or where it cannot be, an icon in its place."""
    pixmap = index.data(Qt.ItemDataRole.DecorationRole)
    if not isinstance(pixmap, QPixmap):
        pixmap = _placeholder(theme, rect.width(), painter.device().devicePixelRatio(), index)
    # The hint makes Qt share out even a plain copy among threads, and wait for them: eight times as slow, and more on
    # a busy machine. It is needed only where the screen has another density than the picture was decoded for.
    is_scaled = pixmap.width() != round(rect.width() * painter.device().devicePixelRatio())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_scaled)
    painter.drawPixmap(rect, pixmap)  # its corners are round


def _placeholder(theme: Theme, side: int, ratio: float, index: QModelIndex | QPersistentModelIndex) -> QPixmap:
    """What stands for a picture that is not decoded yet, or cannot be: drawn once for all."""
    failed = bool(index.data(ThumbnailRole.FAILED))
    key = f"thumbnail-placeholder/{side}/{ratio}/{failed}/{theme.is_dark}"
    drawn = QPixmap()
    if QPixmapCache.find(key, drawn):
        return drawn
    drawn = QPixmap(round(side * ratio), round(side * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("surface_sunken"))
    painter.drawRoundedRect(QRectF(0, 0, side, side), side * CORNER, side * CORNER)
    icon = theme.icon("warning" if failed else "image", "warning" if failed else "text_disabled")
    icon.paint(painter, QRect(side * 3 // 8, side * 3 // 8, side // 4, side // 4))
    painter.end()
    QPixmapCache.insert(key, drawn)
    return drawn


def paint_marks(painter: QPainter, theme: Theme, rect: QRect, item: Thumbnail) -> None:
    """On the picture: which part it belongs to, that it is left out, that something was noticed."""
    if item.left_out:
        _dim(painter, theme, rect)
        words = QCoreApplication.translate("thumbnails", "Left out")
        _paint_tag(painter, theme, words, rect.adjusted(_GAP, _GAP, -_GAP, -_GAP), bottom=True)
    if item.part:
        mark = _MARK + _GAP if item.finding else 0
        _paint_tag(painter, theme, part_name(item.part), rect.adjusted(_GAP, _GAP, -_GAP - mark, -_GAP))
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
    painter.drawRoundedRect(rect, rect.width() * CORNER, rect.width() * CORNER)


def _paint_tag(painter: QPainter, theme: Theme, words: str, rect: QRect, *, bottom: bool = False) -> None:
    """A small label in the upper left corner of a rectangle, or in the lower one."""
    font = QFont(painter.font())
    font.setPointSizeF(theme.base_points * 0.8)
    font.setWeight(QFont.Weight.DemiBold)
    painter.save()
    painter.setFont(font)
    metrics = painter.fontMetrics()
    width = min(rect.width(), metrics.horizontalAdvance(words) + 12)
    height = metrics.height() + 3
    tag = QRect(rect.left(), rect.bottom() - height + 1 if bottom else rect.top(), width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("tooltip"))
    painter.drawRoundedRect(tag, height / 2, height / 2)
    painter.setPen(theme.color("tooltip_text"))
    text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, width - 8)
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
