"""What an image of each class counts in the loss."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.banner import Banner
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.elided_label import ElidedLabel

_MOST_SHOWN = 8  # rows before it scrolls
_ROW = 46
_WIDTH = 460


class ClassWeightsDialog(QDialog):
    """A weight for each class; it deletes itself. Weights of classes that are not there are dropped.

    Args:
        theme: Colours.
        class_names: Of the data.
        weights: As they are; 1 where a class is not named.
        parent: Window.

    Signals:
        chosen: weights by class, without those of 1.
    """

    chosen = Signal(dict)

    def __init__(
        self, theme: Theme, class_names: Sequence[str], weights: Mapping[str, float], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("What an image of a class counts"))
        self.boxes = {name: self._box(name, weights.get(name, 1.0)) for name in class_names}
        banner = Banner(theme)
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        even = self.buttons.addButton(self.tr("All 1"), QDialogButtonBox.ButtonRole.ResetRole)
        even.clicked.connect(self._on_even)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        words = self.tr(
            "With 2, a mistake with an image of that class counts twice, so the network makes fewer of them and more "
            "with the others. To even out classes of different size use “Balance” on the data page."
        )
        layout.addWidget(text_label("hint", words, wrap=True))
        layout.addWidget(banner)
        layout.addWidget(self._rows(), 1)
        layout.addWidget(self.buttons)
        self.resize(_WIDTH, layout.totalHeightForWidth(_WIDTH))
        if not self.boxes:
            banner.show_message("info", self.tr("No classes are known yet."), self.tr("Open a folder of images first."))
            self.buttons.button(standard.Ok).setEnabled(False)

    def weights(self) -> dict[str, float]:
        """Those that are not 1."""
        return {name: box.value() for name, box in self.boxes.items() if box.value() != 1}

    def accept(self) -> None:
        """Tell the weights."""
        self.chosen.emit(self.weights())
        super().accept()

    def _box(self, name: str, weight: float) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(0.01, 1000.0)
        box.setDecimals(2)
        box.setSingleStep(0.5)
        box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        box.setValue(weight)
        box.setFixedWidth(110)
        box.setAccessibleName(self.tr("Weight of {0}").format(name))
        return box

    def _rows(self) -> QScrollArea:
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setVerticalSpacing(6)
        for row, (name, box) in enumerate(self.boxes.items()):
            label = ElidedLabel()
            label.setText(name)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(len(self.boxes), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(_ROW * max(1, min(len(self.boxes), _MOST_SHOWN)))
        area.setWidget(rows)
        return area

    @Slot()
    def _on_even(self) -> None:
        for box in self.boxes.values():
            box.setValue(1.0)
