"""The frame that all pages share: title, one sentence, a banner for messages, the body."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.banner import Banner

MARGIN = 24
SPACING = 16


class PageFrame(QWidget):
    """A page. Subclasses fill ``body`` and put their main buttons into the header by ``add_action``."""

    def __init__(self, theme: Theme, title: str, subtitle: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setAccessibleName(title)
        self.banner = Banner(theme)
        self._title = QLabel(title)
        set_kind(self._title, kind="title")
        self._subtitle = QLabel(subtitle)
        self._subtitle.setWordWrap(True)
        set_kind(self._subtitle, kind="subtitle")
        self._actions = QHBoxLayout()
        self._actions.setSpacing(8)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACING)
        self._lay_out()

    def set_subtitle(self, text: str) -> None:
        """Change the sentence under the title."""
        self._subtitle.setText(text)

    def add_action(self, widget: QWidget) -> None:
        """Put a button at the right of the header."""
        self._actions.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def build_rest(self) -> bool:
        """Build what is not seen at first, when there is time; False when all was there."""
        return False

    def show_error(self, error: EngineError, action_text: str = "") -> None:
        """Show what went wrong and the way out."""
        self.banner.show_message("error", error.message, error.hint, action_text)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        header = QHBoxLayout()
        header.setSpacing(SPACING)
        header.addLayout(words, 1)
        header.addLayout(self._actions)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        layout.setSpacing(SPACING)
        layout.addLayout(header)
        layout.addWidget(self.banner)
        layout.addLayout(self.body, 1)
