"""Questions before something is lost. They are asked without blocking; the answer comes as a signal."""

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget


class Question(QMessageBox):
    """A question with one way on and one way back, and perhaps a third way, by which something is lost.

    Signals:
        agreed: the user wants it.
        loss_agreed: the user wants the third way.
    """

    agreed = Signal()
    loss_agreed = Signal()

    def __init__(
        self, title: str, text: str, way_on: str, way_back: str, parent: QWidget | None = None, *, loss: str = ""
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setText(f"<b>{title}</b>")
        self.setInformativeText(text)
        self.yes = self.addButton(way_on, QMessageBox.ButtonRole.AcceptRole)
        self.lose = self.addButton(loss, QMessageBox.ButtonRole.DestructiveRole) if loss else None
        self.no = self.addButton(way_back, QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.no)
        self.setEscapeButton(self.no)
        self.buttonClicked.connect(self._on_clicked)

    @Slot(object)
    def _on_clicked(self, button: object) -> None:
        if button is self.yes:
            self.agreed.emit()
        elif self.lose is not None and button is self.lose:
            self.loss_agreed.emit()


def closing_question(parent: QWidget) -> Question:
    """A run is under way, and the window shall close."""
    return Question(
        QCoreApplication.translate("questions", "A run is under way"),
        QCoreApplication.translate("questions", "You can keep it and go on with it later. Discarding deletes it."),
        QCoreApplication.translate("questions", "Stop, keep and quit"),
        QCoreApplication.translate("questions", "Let it run"),
        parent,
        loss=QCoreApplication.translate("questions", "Discard and quit"),
    )


def discard_question(parent: QWidget) -> Question:
    """The run under way shall be deleted."""
    return Question(
        QCoreApplication.translate("questions", "Discard this run?"),
        QCoreApplication.translate("questions", "It ends, and what it has learnt is deleted. This cannot be undone."),
        QCoreApplication.translate("questions", "Discard"),
        QCoreApplication.translate("questions", "Keep"),
        parent,
    )
