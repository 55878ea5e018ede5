"""The formats of an export as cards: what each is for, and how large it is."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from finetune_gui.engine.export_formats import ExportFormat, offered_formats
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.choice_card import ChoiceCard

_COLUMNS = 3


class FormatCards(QWidget):
    """One of them is chosen. Those whose optional packages are not installed are not there.

    Signals:
        changed: another format was chosen.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self._cards: dict[ExportFormat, ChoiceCard] = {}
        texts = self._texts()
        for index, name in enumerate(offered_formats()):
            title, words = texts[name]
            card = ChoiceCard(theme, title, words)
            self._cards[name] = card
            layout.addWidget(card, index // _COLUMNS, index % _COLUMNS)
            layout.setColumnStretch(index % _COLUMNS, 1)
        self._cards["onnx"].setChecked(True)
        for card in self._cards.values():
            card.toggled.connect(self._on_toggled)

    def format(self) -> ExportFormat:
        """The one that is chosen."""
        return next(name for name, card in self._cards.items() if card.isChecked())

    def formats(self) -> tuple[ExportFormat, ...]:
        """Those that can be chosen."""
        return tuple(self._cards)

    def card(self, export_format: ExportFormat) -> ChoiceCard:
        """The card of a format."""
        return self._cards[export_format]

    @Slot(bool)
    def _on_toggled(self, checked: bool) -> None:
        if checked:
            self.changed.emit()

    def _texts(self) -> dict[ExportFormat, tuple[str, str]]:
        return {
            "onnx": (
                self.tr("ONNX"),
                self.tr("Runs everywhere, without Python or torch: apps, web pages, phones. Full size, same answers."),
            ),
            "onnx-fp16": (
                self.tr("ONNX, 16 bits"),
                self.tr("For GPUs and phones: half the size, the same classes, probabilities that differ a little."),
            ),
            "onnx-int8": (
                self.tr("ONNX, 8 bits"),
                self.tr("For small boards and old CPUs: a quarter of the size, often faster, checked for accuracy."),
            ),
            "pt2": (
                self.tr("PyTorch program (.pt2)"),
                self.tr("For torch, also from C++: the network as a program. Full size. Only for those who trust you."),
            ),
            "safetensors": (
                self.tr("safetensors"),
                self.tr("Weights for PyTorch / timm: to go on with in your own Python code. Full size, exact."),
            ),
            "litert": (
                self.tr("LiteRT (.tflite)"),
                self.tr("For Android and small devices. Full size, same answers; your app cuts the square."),
            ),
            "coreml": (
                self.tr("Core ML (.mlpackage)"),
                self.tr("For apps on iPhone, iPad and Mac. Full size; compared with this run on a Mac only."),
            ),
        }
