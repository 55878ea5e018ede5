"""A message above a page."""

from typing import Literal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.announce import announce

Level = Literal["info", "success", "warning", "error"]
LEVEL_ICONS: dict[Level, str] = {"info": "info", "success": "check", "warning": "warning", "error": "error"}


class Banner(QFrame):
    """One sentence, a way out, and perhaps a button; hidden when there is nothing to say.

    Signals:
        action_triggered: the user pressed the action button.
        closed: the user closed the banner.
    """

    action_triggered = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "banner")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._icon = QLabel()
        self._message = _text_label()
        font = self._message.font()
        font.setWeight(font.Weight.DemiBold)
        self._message.setFont(font)
        self._hint = _text_label()
        self._action = QPushButton()
        self._action.clicked.connect(self._on_action)
        self._close = QToolButton()
        self._close.setAccessibleName(self.tr("Close message"))
        self._close.setToolTip(self.tr("Close"))
        self._close.clicked.connect(self._on_close)
        theme.bind_icon(self._close, "close", "text_muted", 16)
        self._lay_out()
        self.hide()

    def show_message(self, level: Level, message: str, hint: str = "", action_text: str = "") -> None:
        """Show one message in place of the last one; without `action_text` there is no button."""
        self._theme.bind_icon(self._icon, LEVEL_ICONS[level], level, 20)
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._action.setText(action_text)
        self._action.setVisible(bool(action_text))
        set_kind(self, level=level)
        self.setAccessibleName(message)
        self.setAccessibleDescription(hint)
        self.show()
        announce(self, f"{message} {hint}".strip(), urgent=level in ("warning", "error"))

    def clear(self) -> None:
        """Nothing to say any more."""
        self._message.clear()
        self.hide()

    def message(self) -> str:
        """The sentence shown; empty when hidden."""
        return self._message.text()

    @Slot()
    def _on_action(self) -> None:
        self.action_triggered.emit()

    @Slot()
    def _on_close(self) -> None:
        self.clear()
        self.closed.emit()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._message)
        words.addWidget(self._hint)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 10)
        layout.setSpacing(12)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(words, 1)
        layout.addWidget(self._action, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignVCenter)


def _text_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    # Messages quote file names, which must not be read as markup.
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
