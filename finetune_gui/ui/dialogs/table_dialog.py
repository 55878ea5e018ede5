"""The dialog in which one table is chosen."""

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def table_dialog(parent: QWidget, title: str) -> QFileDialog:
    """Connect ``fileSelected``, then ``open`` it; it deletes itself."""
    kinds = QCoreApplication.translate("TableDialog", "Tables")
    dialog = QFileDialog(parent, title, "", f"{kinds} (*.csv *.tsv *.txt)")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
