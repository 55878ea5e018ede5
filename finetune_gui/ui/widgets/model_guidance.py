"""What a model means for the person who is about to choose it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.config import Weights
from finetune_gui.engine.models.catalog import ModelInfo
from finetune_gui.ui.item_models.model_item_model import relative_time
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import fill_scrolling, text_label
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.model_weights import ModelWeights
from finetune_gui.ui.words import UNKNOWN, count, figure, percent, times


class ModelGuidance(QFrame):
    """Title, summary, figures and the choice of weights.

    Signals:
        weights_wished: "pretrained" or "none".
        architecture_wished: id of a model that the file is built like.
    """

    weights_wished = Signal(str)
    architecture_wished = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "card")
        self._title = text_label("heading", wrap=True)
        self._summary = text_label("", wrap=True)
        self._meaning = text_label("hint", wrap=True)
        self._figures: dict[str, QLabel] = {
            name: text_label("", wrap=True)
            for name in ("parameters", "time", "gmacs", "input", "top1", "learnt", "license")
        }
        self._figures |= {name: ElidedLabel() for name in ("recipe", "id")}  # words too long to wrap
        self.weights = ModelWeights(theme)
        self.architecture = QLineEdit()
        self._architecture_hint = text_label("hint", wrap=True)
        self.pretrained = QRadioButton(self.tr("Pretrained (recommended)"))
        self.scratch = QRadioButton(self.tr("From scratch"))
        self._weights_text = text_label("hint", wrap=True)
        self._weights = QButtonGroup(self)
        for button in (self.pretrained, self.scratch):
            self._weights.addButton(button)
        self._weights.buttonClicked.connect(self._on_weights)
        self._lay_out()

    def show_model(self, info: ModelInfo, here: bool | None, num_parameters: int | None = None) -> None:
        """Explain a model; ``num_parameters`` is counted on the one that is chosen, where the catalogue knows none."""
        self._title.setText(info.title)
        self._summary.setText(info.summary or self._kind(info))
        self._meaning.setText(self._what_it_means(info))
        self._meaning.setVisible(bool(self._meaning.text()))
        number = info.num_parameters or num_parameters
        values = {
            "parameters": count(number) if number else UNKNOWN,
            "time": self.tr("{times} the starter").format(times=times(relative_time(info))) if info.gmacs else UNKNOWN,
            "gmacs": self.tr("{gmacs} GMACs").format(gmacs=figure(info.gmacs)) if info.gmacs else "",
            "input": self.tr("{side} × {side} px").format(side=info.input_size) if info.input_size else UNKNOWN,
            "top1": percent(info.top1) if info.top1 is not None else "",
            "learnt": info.pretraining,
            "license": info.license or self.tr("not stated"),
            "recipe": info.recipe,
            "id": info.id,
        }
        for name, value in values.items():
            self._figures[name].setText(value)
            self._rows.setRowVisible(self._figures[name], bool(value))
        self._show_source(info, here)
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription(self._summary.text())

    def _show_source(self, info: ModelInfo, here: bool | None) -> None:
        from_file = info.source == "file"
        for widget in (self.architecture, self._architecture_hint):
            widget.setVisible(from_file)
        self.weights.show_model(info, here)

    def show_weights(self, weights: Weights) -> None:
        """Tick what is chosen, and say what it means."""
        pretrained = weights == "pretrained"
        (self.pretrained if pretrained else self.scratch).setChecked(True)
        set_kind(self._weights_text, kind="hint" if pretrained else "warning")
        self._weights_text.setText(
            self.tr("It has already learnt from more than a million photos; your images only refine that.")
            if pretrained
            else self.tr(
                "It knows nothing yet. That needs thousands of images per class and hours of training; with fewer, "
                "expect poor results. Unfreeze all layers, too."
            )
        )

    @Slot()
    def _on_weights(self) -> None:
        self.weights_wished.emit("pretrained" if self.pretrained.isChecked() else "none")

    @Slot()
    def _on_architecture(self) -> None:
        self.architecture_wished.emit(self.architecture.text().strip())

    def _kind(self, info: ModelInfo) -> str:
        match info.source:
            case "run":
                return self.tr("An earlier run of yours. Its classes keep their outputs; new ones are added.")
            case "file":
                return self.tr("A weight file of yours. Its architecture is found from its tensors.")
        if info.self_supervised:
            return self.tr("Learnt without class labels: strong general features, also when they stay frozen.")
        return self.tr("A model of {library}.").format(library=info.source)

    def _what_it_means(self, info: ModelInfo) -> str:
        if not info.gmacs:
            return ""
        factor = relative_time(info)
        if factor <= 0.6:
            speed = self.tr("Quicker than the starter, even on an old laptop.")
        elif factor <= 1.5:
            speed = self.tr("Quick enough without a GPU: minutes for a few hundred images.")
        elif factor <= 8:
            speed = self.tr("Without a GPU, several times slower than the starter, but bearable for a small data set.")
        else:
            speed = self.tr("Without a GPU, be ready to wait: hours where the starter takes minutes.")
        detail = self.tr("Small details in your images are better seen at its large input.")
        return f"{speed} {detail}" if info.input_size > 256 else speed

    def _lay_out(self) -> None:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(8)
        for label in (self._title, self._summary, self._meaning):
            layout.addWidget(label)
        layout.addSpacing(4)
        heading = text_label("heading", wrap=True)
        heading.setText(self.tr("Start from"))
        for widget in (heading, self.pretrained, self.scratch, self._weights_text, self.weights):
            layout.addWidget(widget)
        self.architecture.setPlaceholderText(self.tr("Architecture, such as torchvision/resnet50"))
        self.architecture.setAccessibleName(self.tr("Architecture of the file"))
        self.architecture.returnPressed.connect(self._on_architecture)
        self._architecture_hint.setText(self.tr("Only where it is not found by itself: name it and press Enter."))
        layout.addWidget(self.architecture)
        layout.addWidget(self._architecture_hint)
        layout.addSpacing(8)
        self._rows = self._figure_rows()
        layout.addLayout(self._rows)
        layout.addStretch(1)
        fill_scrolling(self, content, self.tr("About this model"))

    def _figure_rows(self) -> QFormLayout:
        names = {
            "parameters": self.tr("Parameters"),
            "time": self.tr("Time per image"),
            "gmacs": self.tr("Computation"),
            "input": self.tr("Input"),
            "top1": self.tr("Top-1"),
            "learnt": self.tr("Learnt from"),
            "license": self.tr("License"),
            "recipe": self.tr("Recipe"),
            "id": self.tr("Id"),
        }
        rows = QFormLayout()
        rows.setHorizontalSpacing(12)
        rows.setVerticalSpacing(4)
        for name, text in names.items():
            caption = text_label("hint", wrap=True)
            caption.setWordWrap(False)
            caption.setText(text)
            self._figures[name].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            rows.addRow(caption, self._figures[name])
        return rows
