"""What a model says right now: its best guesses as bars, and the time that it took."""

from PySide6.QtCore import QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from finetune_gui.engine.prediction import Prediction
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.guess_bars import LINE, paint_guesses
from finetune_gui.ui.words import milliseconds, percent

_SHOWN = 5
_WORDS = 2  # lines


class LiveAnswer(QWidget):
    """Repaints itself with every answer; screen readers find it in the description."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = title
        self._prediction: Prediction | None = None
        self._words = ""
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """Room for title and guesses, or for words in place of them."""
        lines = min(_SHOWN, len(self._prediction.top)) if self._prediction is not None else _WORDS
        return QSize(260, LINE * (lines + 1) + 8)

    def prediction(self) -> Prediction | None:
        """The answer that is shown."""
        return self._prediction

    def show_prediction(self, prediction: Prediction) -> None:
        """Show an answer."""
        self._prediction, self._words = prediction, ""
        self.updateGeometry()
        self.setAccessibleDescription(f"{self._remark(prediction)}: {self._guesses(prediction)}")
        self.update()

    def show_words(self, words: str) -> None:
        """Say this in place of an answer."""
        self._prediction, self._words = None, words
        self.updateGeometry()
        self.setAccessibleDescription(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Title and time, then the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head = QRect(0, 0, self.width(), LINE)
        body = QRect(0, LINE + 8, self.width(), self.height() - LINE - 8)
        painter.setPen(self._theme.color("text_muted"))
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._title)
        if self._prediction is None:
            painter.drawText(body, int(Qt.TextFlag.TextWordWrap), self._words)
            return
        painter.setPen(self._theme.color("text_muted" if self._prediction.is_known else "warning"))
        painter.drawText(
            head, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._remark(self._prediction)
        )
        paint_guesses(painter, self._theme, body, self._prediction, _SHOWN)

    def _remark(self, prediction: Prediction) -> str:
        unknown = "" if prediction.is_known else self.tr("None of these")
        return "  ·  ".join(filter(None, (unknown, milliseconds(prediction.seconds))))

    def _guesses(self, prediction: Prediction) -> str:
        return ", ".join(f"{name} {percent(share)}" for name, share in prediction.top[:_SHOWN])

    @Slot()
    def _repaint(self) -> None:
        self.update()
