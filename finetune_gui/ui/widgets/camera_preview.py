"""What a camera sees, and which part of it the model sees."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.picture_canvas import WHOLE, Box, PictureCanvas


class CameraPreview(PictureCanvas):
    """Fits the newest picture into its place, as in a mirror if wanted. What the model does not see is darkened."""

    UNSEEN = QColor(0, 0, 0, 110)  # lighter than over a heat map: one looks for the thing to hold before the camera

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._mirrored = True
        self.setMinimumSize(320, 240)
        self.setAccessibleName(self.tr("What the camera sees"))

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
        self._picture, self._box, self._words = QImage(), WHOLE, words
        self.setAccessibleDescription(words)
        self.update()

    def set_box(self, box: Box) -> None:
        """The part that the model sees."""
        self._box = box
        self.update()

    @Slot(bool)
    def set_mirrored(self, mirrored: bool) -> None:
        """Show pictures as in a mirror; they stay as they are."""
        self._mirrored = mirrored
        self.update()

    def paint_picture(self, painter: QPainter) -> None:
        """The picture with its shade."""
        if self._mirrored:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        super().paint_picture(painter)
        self.paint_shade(painter)
