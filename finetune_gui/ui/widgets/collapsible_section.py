"""A part of a form that can be folded away, and says what in it was changed."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.words import counted


class CollapsibleSection(QWidget):
    """A title that opens and closes what is beneath it, which may come later.

    Signals:
        opened: whether it was opened or closed by the user.
        reset_wished: put everything in it back to default.
    """

    opened = Signal(bool)
    reset_wished = Signal()

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = title
        self._content: QWidget | None = None
        self._header = QToolButton()
        self._header.setText(title)
        self._header.setCheckable(True)
        self._header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_kind(self._header, kind="section")
        self._changed = QLabel()
        set_kind(self._changed, kind="best")
        self._reset = QToolButton()
        self._reset.setAccessibleName(self.tr("Put “{0}” back to default").format(title))
        self._reset.setToolTip(self._reset.accessibleName())
        theme.bind_icon(self._reset, "undo", "text_muted", 16)
        self._lay_out()
        self._header.toggled.connect(self._on_toggled)
        self._reset.clicked.connect(self._on_reset)
        self.set_open(False)
        self.set_changed(0)

    def set_content(self, content: QWidget) -> None:
        """What is beneath the title."""
        self._content = content
        self._layout.addWidget(content)
        content.setVisible(self.is_open())

    def set_open(self, is_open: bool) -> None:
        """Open or close it; nothing is emitted."""
        with QSignalBlocker(self._header):
            self._header.setChecked(is_open)
        self._show_state()

    def is_open(self) -> bool:
        """Whether its content can be seen."""
        return self._header.isChecked()

    def set_changed(self, number: int) -> None:
        """Say how many values differ from their defaults; then they can be put back."""
        words = counted(self.tr("{count} changed", "", number), number) if number else ""
        self._changed.setText(words)
        self._reset.setVisible(bool(number))
        self._header.setAccessibleDescription(words)

    def changed_text(self) -> str:
        """What is said of changes; empty where there are none."""
        return self._changed.text()

    def header(self) -> QToolButton:
        """The button that opens and closes it."""
        return self._header

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(6, 0, 12, 0)
        top.setSpacing(4)
        top.addWidget(self._header, 1)
        top.addWidget(self._changed)
        top.addWidget(self._reset)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addLayout(top)

    def _show_state(self) -> None:
        is_open = self._header.isChecked()
        if self._content is not None:
            self._content.setVisible(is_open)
        self._theme.bind_icon(self._header, "chevron-down" if is_open else "chevron-right", "text_muted", 16)
        state = self.tr("{0}, open") if is_open else self.tr("{0}, closed")
        self._header.setAccessibleName(state.format(self._title))

    @Slot(bool)
    def _on_toggled(self, is_open: bool) -> None:
        self.opened.emit(is_open)  # first: the content may be made only now
        self._show_state()

    @Slot()
    def _on_reset(self) -> None:
        self._header.setFocus()  # the button that has the focus is about to go
        self.reset_wished.emit()
