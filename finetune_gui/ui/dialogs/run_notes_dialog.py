"""What the user calls a run, and what there is to say of it."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from finetune_gui.engine.run_notes import RunNotes, clean_tags
from finetune_gui.ui.widgets.basics import text_label

_WIDTH = 460
_NOTE_HEIGHT = 110


class RunNotesDialog(QDialog):
    """Name, note and tags of a run; it deletes itself.

    Args:
        path: The run's folder.
        notes: What there is so far.
        parent: Window.

    Signals:
        noted: the run's folder, and its ``RunNotes`` as they shall be.
    """

    noted = Signal(Path, object)

    def __init__(self, path: Path, notes: RunNotes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Name and note"))
        self._path = path
        self.title = QLineEdit(notes.title)
        self.title.setPlaceholderText(path.name)
        self.title.setClearButtonEnabled(True)
        self.tags = QLineEdit(", ".join(notes.tags))
        self.tags.setPlaceholderText(self.tr("such as: paper, wet season"))
        self.note = QPlainTextEdit(notes.note)
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(_NOTE_HEIGHT)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        self.title.setFocus()

    def notes(self) -> RunNotes:
        """What is written in the fields."""
        return RunNotes(
            title=" ".join(self.title.text().split()),
            note=self.note.toPlainText().strip(),
            tags=clean_tags(self.tags.text().split(",")),
        )

    def accept(self) -> None:
        """Tell what is written."""
        self.noted.emit(self._path, self.notes())
        super().accept()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        for title, field in (
            (self.tr("Name"), self.title),
            (self.tr("Tags"), self.tags),
            (self.tr("Note"), self.note),
        ):
            field.setAccessibleName(title)
            form.addRow(title, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(form)
        hint = self.tr("The folder keeps its name, {name}, so that whatever was given its path still finds it.")
        layout.addWidget(text_label("hint", hint.format(name=self._path.name), wrap=True))
        layout.addWidget(self.buttons)
        self.resize(_WIDTH, layout.totalHeightForWidth(_WIDTH))
