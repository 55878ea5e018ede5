"""The confusion matrix in a window of its own."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.confusion_view import ConfusionView

_SMALLEST_CELL = 10  # the names beside it can just be read
_SHARE_OF_WINDOW = 0.96


class MatrixDialog(QDialog):
    """As large as the window allows: a hundred classes fit a large screen. Escape closes it, and it deletes itself.

    Signals:
        cell_activated: row and column of the cell that was clicked or entered; it has closed then.
    """

    cell_activated = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setWindowTitle(self.tr("Confusion matrix"))
        self.matrix = ConfusionView(theme, smallest_cell=_SMALLEST_CELL)
        self.matrix.cell_activated.connect(self._on_cell)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(self.matrix)
        self.resize(parent.window().size() * _SHARE_OF_WINDOW)

    @Slot(int, int)
    def _on_cell(self, row: int, column: int) -> None:
        self.accept()
        self.cell_activated.emit(row, column)
