"""Training images that an image looked like to the network."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from finetune_gui.engine.explain.features_file import Neighbour
from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.image_grid import ImageGrid
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import percent

_PICTURE = 104
_NONE, _SOME = range(2)


class NearestView(QWidget):
    """The nearest first; or a button to look at the training images, where that was not done yet.

    Signals:
        look_requested: the training images are to be looked at.
        cancel_requested: no longer.
        image_activated: path of an image that was double-clicked or entered.
    """

    look_requested = Signal()
    cancel_requested = Signal()
    image_activated = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = text_label("hint", wrap=True)
        self.grid = ImageGrid(theme, thumbnail_size=_PICTURE, cache_bytes=10_000_000)
        self.grid.setAccessibleName(self.tr("Nearest training images"))
        self.grid.image_activated.connect(self.image_activated)
        self.look = QPushButton(self.tr("Look at the training images"))
        self.look.clicked.connect(self.look_requested)
        self._progress = ProgressLine(theme)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.clicked.connect(self._on_cancel)
        self._stack = QStackedWidget()
        self._lay_out()
        self.clear()

    def sentence(self) -> str:
        """What is said above the images."""
        return self._sentence.text()

    def clear(self) -> None:
        """Show nothing."""
        self.grid.clear()
        self._sentence.clear()
        self._stack.setCurrentIndex(_SOME)

    def show_neighbours(self, neighbours: Sequence[Neighbour] | None) -> None:
        """Show these; None: the training images were not looked at yet."""
        if neighbours is None:
            self._sentence.setText(
                self.tr(
                    "Which training images did it look like to the network? That needs one pass over the images of the "
                    "run; then it is known for every image."
                )
            )
            self._stack.setCurrentIndex(_NONE)
            return
        self._stack.setCurrentIndex(_SOME)
        self._sentence.setText(self._words(neighbours))
        caption = self.tr("{name} · {share}")
        self.grid.set_items(
            [
                Thumbnail(path=each.path, caption=caption.format(name=each.class_name, share=_likeness(each)))
                for each in neighbours
            ]
        )

    def set_progress(self, words: str | None, share: float | None = None) -> None:
        """Say how far the looking is; None: it has ended."""
        self._busy.setVisible(words is not None)
        self.look.setVisible(words is None)
        if words is not None:
            self._progress.set_progress(share, words)

    def shutdown(self) -> bool:
        """Stop decoding thumbnails."""
        return self.grid.shutdown()

    def _words(self, neighbours: Sequence[Neighbour]) -> str:
        names = {each.class_name for each in neighbours}
        if len(names) == 1:
            return self.tr("All of the nearest training images are “{name}”.").format(name=neighbours[0].class_name)
        return self.tr("The nearest training images, by the cosine of their features.")

    @Slot()
    def _on_cancel(self) -> None:
        self._progress.set_progress(None, self.tr("Cancelling…"))
        self.cancel_requested.emit()

    def _lay_out(self) -> None:
        nothing = QWidget()
        column = QVBoxLayout(nothing)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.look, 0, Qt.AlignmentFlag.AlignLeft)
        self._busy = QWidget()
        busy = QHBoxLayout(self._busy)
        busy.setContentsMargins(0, 0, 0, 0)
        busy.addWidget(self._progress, 1)
        busy.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self._busy)
        column.addStretch(1)
        self._stack.addWidget(nothing)
        self._stack.addWidget(self.grid)
        self._busy.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(text_label("heading", self.tr("It looked like these")))
        layout.addWidget(self._sentence)
        layout.addWidget(self._stack, 1)


def _likeness(neighbour: Neighbour) -> str:
    return percent(max(0.0, neighbour.similarity), 0)
