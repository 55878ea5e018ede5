"""A big target to drop files on."""

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label


def local_paths(mime: QMimeData) -> list[str]:
    """The files and folders of this machine that a drag carries, in order; web addresses are left out."""
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()] if mime.hasUrls() else []


class DropArea(QFrame):
    """Dashed frame with icon, title, hint and a row of buttons which the caller adds.

    Signals:
        dropped: the local paths (list of str) that were let go over it.
    """

    dropped = Signal(list)

    def __init__(self, theme: Theme, title: str, hint: str = "", icon: str = "data", parent: QWidget | None = None):
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "drop")
        self.setAcceptDrops(True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(hint)
        self.setMinimumHeight(220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._icon_name = icon
        self._icon = QLabel()
        self._title = text_label("heading", title)
        self._hint = text_label("hint", hint)
        self._hint.setWordWrap(True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._lay_out()
        self._set_active(False)

    def add_button(self, button: QPushButton) -> None:
        """Add a button below the hint, for those who do not drag."""
        self._buttons.addWidget(button)

    def set_narrow(self, narrow: bool) -> None:
        """Put the buttons below each other, where there is no room for them side by side."""
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._buttons.setDirection(direction)

    def set_texts(self, title: str, hint: str) -> None:
        """Say something else."""
        self._title.setText(title)
        self._hint.setText(hint)
        self.setAccessibleName(title)
        self.setAccessibleDescription(hint)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Light up for files of this machine."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()
            self._set_active(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Calm down."""
        super().dragLeaveEvent(event)
        self._set_active(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Say which files it was."""
        self._set_active(False)
        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _set_active(self, active: bool) -> None:
        self._theme.bind_icon(self._icon, self._icon_name, "accent_ink" if active else "text_muted", 48)
        set_kind(self, active="true" if active else "false")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 28, 32, 28)
        layout.setSpacing(8)
        layout.addStretch(1)
        for label in (self._icon, self._title, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(self._buttons)
        row.addStretch(1)
        layout.addSpacing(8)
        layout.addLayout(row)
        layout.addStretch(1)
