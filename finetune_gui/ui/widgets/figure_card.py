"""A card with one number that matters."""

from PySide6.QtWidgets import QFrame, QSizePolicy, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label

_MARGINS = (18, 14, 18, 14)
_NARROW_MARGINS = (18, 7, 18, 9)


class FigureCard(QFrame):
    """Caption, big figure, small note: "Validation accuracy · 95.4 % · best at epoch 7"."""

    def __init__(
        self, theme: Theme, caption: str, figure: str = "–", note: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "card")
        # In a row all are as tall as the tallest; beside other things none takes more than it needs.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._caption = text_label("caption", caption)
        self._figure = text_label("figure", figure)
        self._note = text_label("hint", note)
        self._note.setWordWrap(True)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(*_MARGINS)
        layout.setSpacing(2)
        for label in (self._caption, self._figure, self._note):
            layout.addWidget(label)
        layout.addStretch(1)
        self._tell()

    def set_caption(self, caption: str) -> None:
        """What the figure is."""
        self._caption.setText(caption)
        self._tell()

    def set_figure(self, figure: str, note: str | None = None, *, level: str = "") -> None:
        """Show a figure; `note` None keeps the note; `level` "success", "warning" or "error" colours the note."""
        self._figure.setText(figure)
        if note is not None:
            self._note.setText(note)
        if self._note.property("kind") != (level or "hint"):
            set_kind(self._note, kind=level or "hint")
        self._tell()

    def set_compact(self, compact: bool) -> None:
        """Leave the note to the tooltip, where there is little room."""
        self._layout.setContentsMargins(*(_NARROW_MARGINS if compact else _MARGINS))
        self._note.setVisible(not compact)
        self._tell()

    def figure(self) -> str:
        """The figure as shown."""
        return self._figure.text()

    def _tell(self) -> None:
        self.setAccessibleName(self._caption.text())
        self.setAccessibleDescription(f"{self._figure.text()} {self._note.text()}".strip())
        self.setToolTip(self._note.text().strip() if self._note.isHidden() else "")
