"""What a camera sees, and which part of it the model sees."""

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from finetune_gui.ui.theme import Theme

Box = tuple[float, float, float, float]
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_RADIUS = 8.0
_UNSEEN = QColor(0, 0, 0, 110)


class CameraPreview(QWidget):
    """Fits the newest picture into its place, as in a mirror if wanted. What the model does not see is darkened."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = QImage()
        self._box = _WHOLE
        self._mirrored = True
        self._words = ""
        self.setMinimumSize(320, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("What the camera sees"))
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """Room for a picture."""
        return QSize(640, 480)

    def picture(self) -> QImage:
        """The newest picture, not mirrored; null where there is none."""
        return self._picture

    def words(self) -> str:
        """What is said in place of a picture."""
        return self._words

    def show_picture(self, picture: QImage) -> None:
        """Show the newest picture; it is given as it is, and mirrored here."""
        self._picture, self._words = picture, ""
        self.update()

    def show_words(self, words: str) -> None:
        """Say this in place of a picture."""
        self._picture, self._box, self._words = QImage(), _WHOLE, words
        self.setAccessibleDescription(words)
        self.update()

    def set_box(self, box: Box) -> None:
        """The part that the model sees, as shares of the sides: left, top, right, bottom."""
        self._box = box
        self.update()

    @Slot(bool)
    def set_mirrored(self, mirrored: bool) -> None:
        """Show pictures as in a mirror; they stay as they are."""
        self._mirrored = mirrored
        self.update()

    def picture_rect(self) -> QRectF:
        """Where the picture is: in the middle, and as large as fits."""
        if self._picture.isNull():
            return QRectF()
        size = self._picture.size().toSizeF().scaled(self.size().toSizeF(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, *size.toTuple())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The picture with its shade, or the words."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture.isNull():
            self._paint_words(painter)
        else:
            self._paint_picture(painter)

    def _paint_picture(self, painter: QPainter) -> None:
        if self._mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        rect = self.picture_rect()
        rounded = QPainterPath()
        rounded.addRoundedRect(rect, _RADIUS, _RADIUS)
        painter.setClipPath(rounded)
        painter.drawImage(rect, self._picture)
        left, top, right, bottom = self._box
        seen = QPainterPath()
        seen.addRect(
            rect.x() + left * rect.width(),
            rect.y() + top * rect.height(),
            (right - left) * rect.width(),
            (bottom - top) * rect.height(),
        )
        painter.fillPath(rounded.subtracted(seen), _UNSEEN)

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
