"""A cell with an icon, a text, and a word about it in muted letters."""

from abc import abstractmethod

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from finetune_gui.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_ICON = 16
_GAP = 8


class TaggedDelegate(QStyledItemDelegate):
    """Paints the tag behind the text, as far as there is room."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    @abstractmethod
    def tag(self, index: Index) -> str:
        """The word; empty for none."""

    @abstractmethod
    def icon(self, index: Index) -> QIcon:
        """What stands before the text; an empty one keeps its room."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """With the icon."""
        super().initStyleOption(option, index)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
        option.decorationSize = QSize(_ICON, _ICON)
        option.icon = self.icon(index)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The cell, then its tag."""
        super().paint(painter, option, index)
        tag = self.tag(index)
        if not tag:
            return
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        painter.save()
        painter.setFont(full.font)
        used = painter.fontMetrics().horizontalAdvance(full.text)
        painter.setFont(option.font)
        style = option.widget.style()
        left = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, full, option.widget).left() + used + _GAP
        room = QRect(left, option.rect.top(), option.rect.right() - left - 4, option.rect.height())
        text = painter.fontMetrics().elidedText(tag, Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self._theme.color("text_muted"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()
