"""A line that says how good a model is without images that it has all but seen in training."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from finetune_gui.engine.explain.duplicates import NearDuplicates
from finetune_gui.engine.metrics import wilson_interval
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.words import count, percent

_ICON = 16


class DuplicatesLine(QWidget):
    """Is seen only where there are such images.

    Signals:
        show_requested: the images are to be shown.
    """

    show_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: NearDuplicates | None = None
        self._icon = QLabel()
        theme.bind_icon(self._icon, "warning", "warning", _ICON)
        self._text = ElidedLabel()
        self.show_button = QPushButton(self.tr("Show them"))
        set_kind(self.show_button, kind="ghost")
        self.show_button.clicked.connect(self._on_show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.show_button)
        self.show_duplicates(None)

    def text(self) -> str:
        """What is said."""
        return self._text.text()

    def found(self) -> NearDuplicates | None:
        """What is shown."""
        return self._found

    def show_duplicates(self, found: NearDuplicates | None) -> None:
        """Say what was found; nothing is said of nothing."""
        self._found = found if found is not None and found.found else None
        self.setVisible(self._found is not None)
        self._text.setText(self._words(self._found) if self._found is not None else "")

    def _words(self, found: NearDuplicates) -> str:
        told = self.tr("Nearly the same as a training image: {number} of {all}.").format(
            number=count(len(found.found)), all=count(found.num_images)
        )
        if found.accuracy_without is None:
            return told + " " + self.tr("None is left that tests the model.")
        low, high = wilson_interval(found.num_others_right, found.num_others)
        return (
            told
            + " "
            + self.tr("Without: accuracy {accuracy}, likely {low} – {high}, instead of {before}.").format(
                accuracy=percent(found.accuracy_without),
                low=percent(low, 0),
                high=percent(high, 0),
                before=percent(found.accuracy),
            )
        )

    @Slot()
    def _on_show(self) -> None:
        self.show_requested.emit()
