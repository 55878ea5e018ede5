"""A field to search with."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from finetune_gui.ui.theme import Theme


class SearchField(QLineEdit):
    """A line edit with an icon before its text, and a cross that clears it."""

    def __init__(self, theme: Theme, text: str, icon: str = "search", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon_name = icon
        self.setPlaceholderText(text)
        self.setAccessibleName(text)
        self.setClearButtonEnabled(True)
        self._icon = self.addAction(theme.icon(icon, "text_muted"), QLineEdit.ActionPosition.LeadingPosition)
        theme.changed.connect(self._recolor)

    @Slot()
    def _recolor(self) -> None:
        self._icon.setIcon(self._theme.icon(self._icon_name, "text_muted"))
