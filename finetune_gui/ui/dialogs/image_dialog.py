"""A window in which images are looked at one by one."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.image_facts_panel import ImageDetails
from finetune_gui.ui.widgets.image_viewer import ImageViewer


class ImageDialog(QDialog):
    """An ``ImageViewer`` in a window of its own. Escape closes it, and it deletes itself.

    Connect its signals, ``show_images``, then ``open`` or ``show`` it.

    Signals:
        image_shown: path of the image that is shown now.
        leave_out_wished: (path, True to leave it out or False to use it again); call ``refresh`` when it is done later.
        move_wished: (path, name of the part).
        crashed: the traceback of a bug.
    """

    image_shown = Signal(str)
    leave_out_wished = Signal(str, bool)
    move_wished = Signal(str, str)
    crashed = Signal(str)

    def __init__(self, theme: Theme, describe: Callable[[str], ImageDetails], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1100, 700)
        self.viewer = ImageViewer(theme, describe)
        self.viewer.image_shown.connect(self._on_shown)
        self.viewer.image_shown.connect(self.image_shown)
        self.viewer.leave_out_wished.connect(self.leave_out_wished)
        self.viewer.move_wished.connect(self.move_wished)
        self.viewer.crashed.connect(self.crashed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addWidget(self.viewer)

    def show_images(self, paths: Sequence[str], place: int = 0) -> None:
        """Go through these, beginning at one of them."""
        self.viewer.show_images(paths, place)
        self.viewer.canvas.setFocus()

    @Slot()
    def refresh(self) -> None:
        """Ask for the details again: something was decided."""
        self.viewer.refresh()

    def done(self, result: int) -> None:
        """Stop decoding before the window goes."""
        self.viewer.shutdown()
        super().done(result)

    @Slot(str)
    def _on_shown(self, path: str) -> None:
        self.setWindowTitle(Path(path).name)
