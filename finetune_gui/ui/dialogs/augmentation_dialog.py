"""A window that shows what random variation does to chosen images."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from finetune_gui.engine.config import Augment
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.augmentation_preview import AugmentationPreview


class AugmentationDialog(QDialog):
    """An ``AugmentationPreview`` in a window of its own. Escape closes it, and it deletes itself.

    Connect its signals, call ``show_images``, then ``open`` it.

    Signals:
        strength_chosen: ``none``, ``light`` or ``strong``.
        crashed: the traceback of a bug.
    """

    strength_chosen = Signal(str)
    crashed = Signal(str)

    def __init__(self, theme: Theme, strength: Augment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("How training images are varied"))
        self.resize(900, 620)
        self.preview = AugmentationPreview(theme)
        self.preview.set_strength(strength)
        self.preview.strength_chosen.connect(self.strength_chosen)
        self.preview.crashed.connect(self.crashed)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(self.preview, 1)
        layout.addWidget(buttons)
        self.preview.button(strength).setFocus()

    def show_images(self, paths: Sequence[str], spec: Preprocessing) -> None:
        """Show these images, prepared as a network needs them."""
        self.preview.show_images(paths, spec)

    def done(self, result: int) -> None:
        """Stop drawing before the window goes."""
        self.preview.shutdown()
        super().done(result)
