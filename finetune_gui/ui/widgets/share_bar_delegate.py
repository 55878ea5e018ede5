"""A number with a thin bar beneath it."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from finetune_gui.ui.theme import Theme

_HEIGHT = 3.0
_MARGIN = 8.0


class ShareBarDelegate(QStyledItemDelegate):
    """Draws the cell as usual, and at its foot a bar as long as the share that ``role`` answers (0 to 1)."""

    def __init__(
        self, theme: Theme, role: int, parent: QObject | None = None, *, color_role: int | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self._color_role = color_role

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The text, then the bar on a track."""
        super().paint(painter, option, index)
        share = index.data(self._role)
        if share is None:
            return
        token = index.data(self._color_role) if self._color_role is not None else None
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        cell = QRectF(option.rect)
        track = QRectF(cell.left() + _MARGIN, cell.bottom() - _HEIGHT - 2, cell.width() - 2 * _MARGIN, _HEIGHT)
        painter.setBrush(self._theme.color("surface_pressed"))
        painter.drawRoundedRect(track, _HEIGHT / 2, _HEIGHT / 2)
        if share > 0:
            track.setWidth(max(_HEIGHT, track.width() * min(float(share), 1.0)))
            painter.setBrush(self._theme.color(str(token or "accent")))
            painter.drawRoundedRect(track, _HEIGHT / 2, _HEIGHT / 2)
        painter.restore()
