"""Where in an image an answer comes from: the picture, the heat, and what may be chosen of it."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.explain.heat_map import OPACITY, HeatMap, Method
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.heat_canvas import HeatCanvas
from finetune_gui.ui.widgets.picture_canvas import Box
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import percent

_MOST_CLASSES = 1000
_LONGEST_CLASS = 24  # letters


class HeatMapView(QWidget):
    """Shows what it is given and says what the user chooses.

    Signals:
        wished: (name of the class, method) that a heat map is wanted for.
        cancel_requested: the one that is being made is not.
    """

    wished = Signal(str, str)
    cancel_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = HeatCanvas(theme)
        self.canvas.setAccessibleName(self.tr("Image with its heat map"))
        self.classes = QComboBox()
        self.classes.setAccessibleName(self.tr("Class to explain"))
        self.classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.classes.setMinimumContentsLength(_LONGEST_CLASS)
        self.methods = QComboBox()
        self.methods.setAccessibleName(self.tr("How the heat map is found"))
        self.methods.addItem(self.tr("Grad-CAM"), "gradcam")
        self.methods.addItem(self.tr("RISE"), "rise")
        for row, tip in enumerate(self._method_tips()):
            self.methods.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(round(100 * OPACITY))
        self.opacity.setAccessibleName(self.tr("Opacity of the heat map"))
        self.opacity.setToolTip(self.opacity.accessibleName())
        self._words = text_label("hint", wrap=True)
        self._progress = ProgressLine(theme, beside=True)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._lay_out()
        self.classes.activated.connect(self._wish)
        self.methods.currentIndexChanged.connect(self._on_method)
        self.opacity.valueChanged.connect(self._on_opacity)
        self._cancel.clicked.connect(self._on_cancel)
        self._on_opacity(self.opacity.value())
        self.clear()

    def clear(self, words: str = "") -> None:
        """Show no picture, but perhaps say why."""
        self.canvas.show_words(words)
        self.classes.clear()
        self._words.clear()
        self.set_progress(None)
        for control in (self.classes, self.methods, self.opacity):
            control.setEnabled(False)

    def method(self) -> Method:
        """The one that is chosen."""
        return "rise" if self.methods.currentData() == "rise" else "gradcam"

    def words(self) -> str:
        """What is said below the picture."""
        return self._words.text()

    def show_picture(self, picture: QImage, classes: Sequence[tuple[str, float]], chosen: str) -> None:
        """Show an image and what the model says of it.

        Args:
            picture: The image.
            classes: Names with probabilities, the likeliest first.
            chosen: The class that is explained; empty for the likeliest.
        """
        self.canvas.show_picture(picture)
        blocker = QSignalBlocker(self.classes)
        self.classes.clear()
        for name, probability in classes[:_MOST_CLASSES]:
            self.classes.addItem(f"{name}  ·  {percent(probability)}", name)
        self.classes.setCurrentIndex(max(0, self.classes.findData(chosen) if chosen else 0))
        del blocker
        self._words.clear()
        for control in (self.classes, self.methods):
            control.setEnabled(True)

    def show_heat(self, overlay: QImage, box: Box, heat: HeatMap) -> None:
        """Lay the heat over the picture, and say what it means."""
        self.set_progress(None)
        self.canvas.show_overlay(overlay, box)
        self.opacity.setEnabled(True)
        self._words.setText(self._meaning(heat))
        self.canvas.setAccessibleDescription(self._words.text())

    def show_problem(self, words: str) -> None:
        """Say why there is no heat map; the picture stays."""
        self.set_progress(None)
        self._words.setText(words)

    def set_progress(self, words: str | None, share: float | None = None) -> None:
        """Say that a heat map is being made; None: not any more."""
        self._beneath.setCurrentIndex(0 if words is None else 1)
        if words is not None:
            self._progress.set_progress(share, words)

    def is_busy(self) -> bool:
        """Whether a heat map is being made."""
        return self._beneath.currentIndex() == 1

    def _meaning(self, heat: HeatMap) -> str:
        if heat.is_empty:
            return self.tr("Nothing in this image speaks for “{name}”.").format(name=heat.class_name)
        if heat.method == "rise":
            return self.tr("Bright: where this place is seen, “{name}” is likelier than where it is covered.").format(
                name=heat.class_name
            )
        return self.tr("Bright: what speaks for “{name}”, as the layer {layer} sees it.").format(
            name=heat.class_name, layer=heat.layer
        )

    def _method_tips(self) -> tuple[str, str]:
        return (
            self.tr("By the gradients of the last layer that keeps places apart: at once"),
            self.tr("By covering parts of the image at random, some hundred times: slower, for any network"),
        )

    @Slot()
    def _wish(self) -> None:
        name = self.classes.currentData()
        if name is not None:
            self.wished.emit(name, self.method())

    @Slot(int)
    def _on_method(self, row: int) -> None:
        self.methods.setToolTip(self._method_tips()[row])
        self._wish()

    @Slot(int)
    def _on_opacity(self, value: int) -> None:
        self.canvas.set_opacity(value / 100)

    @Slot()
    def _on_cancel(self) -> None:
        self._progress.set_progress(None, self.tr("Cancelling…"))
        self.cancel_requested.emit()

    def _lay_out(self) -> None:
        for_class, by = QLabel(self.tr("Explain")), QLabel(self.tr("by"))
        for label, buddy in ((for_class, self.classes), (by, self.methods)):
            label.setBuddy(buddy)
        self.opacity.setMaximumWidth(160)
        controls = QHBoxLayout()
        controls.setSpacing(8)
        controls.addWidget(for_class)
        controls.addWidget(self.classes, 1)
        controls.addWidget(by)
        controls.addWidget(self.methods)
        controls.addSpacing(8)
        controls.addWidget(QLabel(self.tr("Opacity")))
        controls.addWidget(self.opacity, 1)
        working = QWidget()
        busy = QHBoxLayout(working)
        busy.setContentsMargins(0, 0, 0, 0)
        busy.addWidget(self._progress, 1)
        busy.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.canvas, 1)
        layout.addLayout(controls)
        self._beneath = QStackedWidget()  # of one height, so that the picture stays where it is
        self._beneath.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        for widget in (self._words, working):
            self._beneath.addWidget(widget)
        layout.addWidget(self._beneath)
