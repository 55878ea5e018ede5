"""What a model means for the person who is about to choose it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFormLayout,
    QFrame,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.config import Weights
from finetune_gui.engine.models.catalog import ModelInfo, find_info
from finetune_gui.ui.item_models.model_item_model import download_size, relative_time
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import fill_scrolling, text_label
from finetune_gui.ui.words import count, model_name, size, times


class ModelGuidance(QFrame):
    """Title, summary, figures and the choice of weights.

    Signals:
        weights_wished: "pretrained" or "none".
    """

    weights_wished = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "card")
        self._title = text_label("heading", wrap=True)
        self._summary = text_label("", wrap=True)
        self._meaning = text_label("hint", wrap=True)
        self._figures = {
            name: text_label("", wrap=True) for name in ("parameters", "time", "input", "download", "license", "id")
        }
        self.pretrained = QRadioButton(self.tr("Pretrained (recommended)"))
        self.scratch = QRadioButton(self.tr("From scratch"))
        self._weights_text = text_label("hint", wrap=True)
        self._weights = QButtonGroup(self)
        for button in (self.pretrained, self.scratch):
            self._weights.addButton(button)
        self._weights.buttonClicked.connect(self._on_weights)
        self._lay_out()

    def show_model(self, model_id: str, ready: bool | None, num_parameters: int | None = None) -> None:
        """Explain a model; ``num_parameters`` is that of one which the catalogue does not know."""
        info = find_info(model_id)
        self._title.setText(info.title if info else model_name(model_id))
        number = info.num_parameters if info else num_parameters
        if info:
            self._summary.setText(info.summary)
            self._meaning.setText(self._what_it_means(info))
        else:
            self._summary.setText(self.tr("A model from outside the list."))
            self._meaning.setText(self.tr("Nothing is known here of its speed and its license: look them up first."))
        unknown = self.tr("not known")
        values = {
            "parameters": count(number) if number else unknown,
            "time": self.tr("{times} the starter").format(times=times(relative_time(info))) if info else unknown,
            "input": self.tr("{side} × {side} px").format(side=info.input_size) if info else unknown,
            "download": self._download_text(number, ready),
            "license": info.license if info else unknown,
            "id": model_id,
        }
        for name, value in values.items():
            self._figures[name].setText(value)
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription(self._summary.text())

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

    def _what_it_means(self, info: ModelInfo) -> str:
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

    def _download_text(self, number: int | None, ready: bool | None) -> str:
        if ready:
            return self.tr("none, it is here")
        if not number:
            return self.tr("not known")
        return self.tr("about {size}, once").format(size=size(download_size(number)))

    def _lay_out(self) -> None:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(8)
        for label in (self._title, self._summary, self._meaning):
            layout.addWidget(label)
        layout.addSpacing(4)
        layout.addLayout(self._figure_rows())
        layout.addSpacing(8)
        heading = text_label("heading", wrap=True)
        heading.setText(self.tr("Start from"))
        for widget in (heading, self.pretrained, self.scratch, self._weights_text):
            layout.addWidget(widget)
        layout.addStretch(1)
        fill_scrolling(self, content, self.tr("About this model"))

    def _figure_rows(self) -> QFormLayout:
        names = {
            "parameters": self.tr("Parameters"),
            "time": self.tr("Time per image"),
            "input": self.tr("Input"),
            "download": self.tr("Download"),
            "license": self.tr("License"),
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
