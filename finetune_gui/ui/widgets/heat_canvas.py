"""A picture with a heat map over it."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from finetune_gui.ui.theme import Theme

Box = tuple[float, float, float, float]
_RADIUS = 8.0
_UNSEEN = QColor(0, 0, 0, 140)


class HeatCanvas(QWidget):
    """Fits the picture into its place. What the network does not see of it is darkened."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = QImage()
        self._grey = QImage()
        self._overlay = QImage()
        self._box: Box = (0.0, 0.0, 1.0, 1.0)
        self._opacity = 1.0
        self._words = ""
        self.setMinimumSize(240, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """Room for a picture."""
        return QSize(640, 480)

    def show_picture(self, picture: QImage) -> None:
        """Show it without heat."""
        self._picture, self._overlay, self._words = picture, QImage(), ""
        self.update()

    def show_overlay(self, overlay: QImage, box: Box) -> None:
        """Lay heat over the picture.

        Args:
            overlay: With transparency.
            box: Where, as shares of the picture's sides: left, top, right, bottom.
        """
        self._overlay, self._box = overlay, box
        self._grey = self._picture.convertToFormat(QImage.Format.Format_Grayscale8)
        self.update()

    def show_words(self, words: str) -> None:
        """Say this in place of a picture."""
        self._picture, self._overlay, self._words = QImage(), QImage(), words
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """How much of the hottest place is heat, from 0 to 1."""
        self._opacity = opacity
        self.update()

    def has_overlay(self) -> bool:
        """Whether heat is shown."""
        return not self._overlay.isNull()

    def picture_rect(self) -> QRectF:
        """Where the picture is, in the middle and as large as fits; at most at twice its pixels."""
        if self._picture.isNull():
            return QRectF()
        size = self._picture.size().toSizeF()
        scale = min(self.width() / size.width(), self.height() / size.height(), 12.0)
        width, height = size.width() * scale, size.height() * scale
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Picture, heat, shade."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture.isNull():
            self._paint_words(painter)
            return
        rect = self.picture_rect()
        rounded = QPainterPath()
        rounded.addRoundedRect(rect, _RADIUS, _RADIUS)
        painter.setClipPath(rounded)
        painter.drawImage(rect, self._picture)
        if self._overlay.isNull():
            return
        seen = self._part_of(rect)
        painter.setOpacity(self._opacity)
        painter.drawImage(seen, self._grey, self._part_of(QRectF(self._grey.rect())))  # or its colours pass for heat
        painter.drawImage(seen, self._overlay)
        painter.setOpacity(1.0)
        hole = QPainterPath()
        hole.addRect(seen)
        painter.fillPath(rounded.subtracted(hole), _UNSEEN)

    def _part_of(self, rect: QRectF) -> QRectF:
        """What the network sees of a rectangle that holds the whole picture."""
        left, top, right, bottom = self._box
        return QRectF(
            rect.x() + left * rect.width(),
            rect.y() + top * rect.height(),
            (right - left) * rect.width(),
            (bottom - top) * rect.height(),
        )

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
