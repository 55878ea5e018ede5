"""Questions about classes. They are asked without blocking; the answer comes as a signal."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QInputDialog, QWidget

from finetune_gui.ui.dialogs.questions import Question

_MOST = 1_000_000


def merge_question(name: str, into: str, parent: QWidget) -> Question:
    """A class shall get the name of another one."""
    return Question(
        QCoreApplication.translate("class_questions", "Make one class of “{0}” and “{1}”?").format(name, into),
        QCoreApplication.translate("class_questions", "There is a class of that name already. You can undo this."),
        QCoreApplication.translate("class_questions", "Merge"),
        QCoreApplication.translate("class_questions", "Keep both"),
        parent,
    )


def limit_dialog(most: int, parent: QWidget) -> QInputDialog:
    """How many images to use of a class; connect ``intValueSelected``, then ``open`` it. 0 stands for all."""
    dialog = _input_dialog(parent)
    dialog.setWindowTitle(QCoreApplication.translate("class_questions", "Limit"))
    dialog.setLabelText(
        QCoreApplication.translate("class_questions", "Use at most so many images of each class (0: all)")
    )
    dialog.setInputMode(QInputDialog.InputMode.IntInput)
    dialog.setIntRange(0, _MOST)
    dialog.setIntValue(most)
    return dialog


def name_dialog(title: str, names: Sequence[str], parent: QWidget) -> QInputDialog:
    """The name of a class, one of those or another; connect ``textValueSelected``, then ``open`` it."""
    dialog = _input_dialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(QCoreApplication.translate("class_questions", "Name of the class"))
    dialog.setComboBoxItems(list(names))
    dialog.setComboBoxEditable(True)
    return dialog


def _input_dialog(parent: QWidget) -> QInputDialog:
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
