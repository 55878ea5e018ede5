"""The dialog in which one folder is chosen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def folder_dialog(parent: QWidget, title: str, start: str = "") -> QFileDialog:
    """Connect ``fileSelected``, then ``open`` it; it deletes itself."""
    dialog = QFileDialog(parent, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
