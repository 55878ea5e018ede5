"""What a page says while it has nothing to show."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind


class EmptyState(QFrame):
    """Icon, one heading, one sentence that says what to do, and perhaps buttons that do it."""

    def __init__(self, theme: Theme, icon: str, title: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setAccessibleDescription(hint)
        self.setProperty("kind", "card")
        picture, heading, sentence = QLabel(), QLabel(title), QLabel(hint)
        theme.bind_icon(picture, icon, "text_disabled", 56)
        set_kind(heading, kind="heading")
        set_kind(sentence, kind="hint")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 32)
        layout.setSpacing(8)
        layout.addStretch(1)
        for label in (picture, heading, sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setWordWrap(label is not picture)
            layout.addWidget(label)
        layout.addSpacing(4)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(self._buttons)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)

    def add_button(self, button: QPushButton) -> None:
        """Add a way out below the sentence."""
        self._buttons.addWidget(button)
