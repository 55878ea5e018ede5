"""The files of an export, each with what it is for."""

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from finetune_gui.engine.export_formats import FORMATS, ExportFormat
from finetune_gui.ui.theme import set_kind


class ExportFiles(QWidget):
    """What will be written, so that nobody is surprised by it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._network, self._network_words = QLabel(), QLabel()
        rows = (
            (self._network, self._network_words),
            (QLabel("labels.json"), QLabel(self.tr("the names of the classes, in the order of the outputs"))),
            (QLabel("preprocessing.json"), QLabel(self.tr("how an image is cut, scaled and normalised"))),
            (QLabel("model.json"), QLabel(self.tr("which network it is"))),
            (QLabel("certificate.json"), QLabel(self.tr("the comparison with this run on real images"))),
            (QLabel("predict.py"), QLabel(self.tr("a short script that names the class of images, without this app"))),
            (QLabel("MODEL_CARD.md"), QLabel(self.tr("all of this for people; beside it the license of the weights"))),
        )
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(24)
        layout.setVerticalSpacing(3)
        layout.setColumnStretch(1, 1)
        for row, (name, words) in enumerate(rows):
            set_kind(words, kind="hint")
            layout.addWidget(name, row, 0)
            layout.addWidget(words, row, 1)

    def show_format(self, export_format: ExportFormat) -> None:
        """Name the files of this format."""
        self._network.setText(FORMATS[export_format].file)
        self._network_words.setText(
            self.tr("the network: a square of pixels in, probabilities out; predict.py cuts the square")
            if FORMATS[export_format].squares
            else self.tr("the weights, named as in timm or torchvision")
            if export_format == "safetensors"
            else self.tr("the network: pixels of any size in, probabilities out; preparation is inside")
        )
