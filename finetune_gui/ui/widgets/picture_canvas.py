"""A picture as large as fits, with what a network does not see of it darkened."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from finetune_gui.ui.theme import Theme

Box = tuple[float, float, float, float]
"""A part of a picture, as shares of its sides: left, top, right, bottom."""

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_RADIUS = 8.0
_LARGEST = 12.0  # screen pixels for one of the picture


class PictureCanvas(QWidget):
    """Base of widgets that show one picture, or words in its place.

    Attributes:
        UNSEEN: Laid over what the network does not see.
    """

    UNSEEN = QColor(0, 0, 0, 140)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = QImage()
        self._box = WHOLE
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """Room for a picture."""
        return QSize(640, 480)

    def picture_rect(self) -> QRectF:
        """Where the picture is: in the middle, and as large as fits, within reason."""
        if self._picture.isNull():
            return QRectF()
        size = self._picture.size().toSizeF()
        scale = min(self.width() / size.width(), self.height() / size.height(), _LARGEST)
        width, height = size.width() * scale, size.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The picture, or the words."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture.isNull():
            self._paint_words(painter)
        else:
            self.paint_picture(painter)

    def paint_picture(self, painter: QPainter) -> None:
        """Paint it with round corners; what is painted afterwards stays within them."""
        painter.setClipPath(self._outline())
        painter.drawImage(self.picture_rect(), self._picture)

    def paint_shade(self, painter: QPainter) -> None:
        """Darken what the network does not see."""
        seen = QPainterPath()
        seen.addRect(self.seen_part(self.picture_rect()))
        painter.fillPath(self._outline().subtracted(seen), self.UNSEEN)

    def seen_part(self, rect: QRectF) -> QRectF:
        """What the network sees of a rectangle that holds the whole picture."""
        left, top, right, bottom = self._box
        return QRectF(
            rect.x() + left * rect.width(),
            rect.y() + top * rect.height(),
            (right - left) * rect.width(),
            (bottom - top) * rect.height(),
        )

    def _outline(self) -> QPainterPath:
        path = QPainterPath()
        path.addRoundedRect(self.picture_rect(), _RADIUS, _RADIUS)
        return path

    def _paint_words(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("surface_sunken"))
        painter.drawRoundedRect(self.rect(), _RADIUS, _RADIUS)
        painter.setPen(self._theme.color("text_muted"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(24, 24, -24, -24), int(flags), self._words)

    @Slot()
    def _repaint(self) -> None:
        self.update()
