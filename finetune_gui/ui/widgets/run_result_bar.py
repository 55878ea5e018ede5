"""What a finished run came to, and where to go from there."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.announce import announce


class RunResultBar(QFrame):
    """A sentence, a note, and two ways on. Hidden until there is a result.

    Signals:
        evaluate_requested: see where the model is wrong.
        export_requested: take the model away.
    """

    evaluate_requested = Signal()
    export_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        set_kind(self, kind="banner", level="success")
        self._icon = QLabel()
        self._sentence, self._note = QLabel(), QLabel()
        for label in (self._sentence, self._note):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        font = self._sentence.font()
        font.setWeight(font.Weight.DemiBold)
        self._sentence.setFont(font)
        self._evaluate = QPushButton(self.tr("See where it is wrong"))
        set_kind(self._evaluate, kind="primary")
        self._export = QPushButton(self.tr("Export"))
        self._evaluate.clicked.connect(self._on_evaluate)
        self._export.clicked.connect(self._on_export)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._lay_out()
        self.hide()

    def show_result(self, sentence: str, note: str) -> None:
        """Show a run that ended well."""
        self._theme.bind_icon(self._icon, "check", "success", 20)
        self._sentence.setText(sentence)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(note)
        self.show()
        announce(self, f"{sentence} {note}")

    def text(self) -> str:
        """Sentence and note as shown; empty when hidden."""
        return "" if self.isHidden() else f"{self._sentence.text()} {self._note.text()}".strip()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._sentence)
        words.addWidget(self._note)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 10)
        layout.setSpacing(12)
        layout.addWidget(self._icon)
        layout.addLayout(words, 1)
        layout.addWidget(self._evaluate)
        layout.addWidget(self._export)

    @Slot()
    def _on_evaluate(self) -> None:
        self.evaluate_requested.emit()

    @Slot()
    def _on_export(self) -> None:
        self.export_requested.emit()
