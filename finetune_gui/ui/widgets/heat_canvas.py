"""A picture with a heat map over it."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.picture_canvas import Box, PictureCanvas


class HeatCanvas(PictureCanvas):
    """Fits the picture into its place. What the network does not see of it is darkened."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._grey = QImage()
        self._overlay = QImage()
        self._opacity = 1.0
        self.setMinimumSize(240, 200)

    def show_picture(self, picture: QImage) -> None:
        """Show it without heat."""
        self._picture, self._overlay, self._words = picture, QImage(), ""
        self.update()

    def show_overlay(self, overlay: QImage, box: Box) -> None:
        """Lay heat over the picture.

        Args:
            overlay: With transparency.
            box: Where.
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

    def paint_picture(self, painter: QPainter) -> None:
        """Picture, heat, shade."""
        super().paint_picture(painter)
        if self._overlay.isNull():
            return
        seen = self.seen_part(self.picture_rect())
        painter.setOpacity(self._opacity)
        grey = self.seen_part(QRectF(self._grey.rect()))
        painter.drawImage(seen, self._grey, grey)  # or its colours pass for heat
        painter.drawImage(seen, self._overlay)
        painter.setOpacity(1.0)
        self.paint_shade(painter)
