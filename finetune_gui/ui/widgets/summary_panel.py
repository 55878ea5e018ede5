"""What was chosen, step by step, at the left of the window."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.step_button import StepState

WIDTH = 228
_MARKS: dict[StepState, tuple[str, str]] = {
    "none": ("minus", "text_disabled"),
    "done": ("check", "success"),
    "warning": ("warning", "warning"),
}


class SummaryPanel(QFrame):
    """A row for each step; a click on it goes there.

    Signals:
        page_requested: name of the step.
    """

    page_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: dict[str, SummaryRow] = {}
        self.setProperty("kind", "sidebar")
        self.setAccessibleName(self.tr("What was chosen"))
        self.setFixedWidth(WIDTH)
        heading = QLabel(self.tr("Your model"))
        set_kind(heading, kind="heading")
        heading.setContentsMargins(10, 0, 0, 6)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 24, 10, 16)
        layout.setSpacing(4)
        layout.addWidget(heading)
        layout.addLayout(self._list)
        layout.addStretch(1)

    def add_row(self, name: str, caption: str) -> None:
        """Add a step at the end."""
        row = SummaryRow(self._theme, name, caption)
        row.activated.connect(self._on_activated)
        self._rows[name] = row
        self._list.addWidget(row)

    def set_row(self, name: str, state: StepState, value: str, note: str) -> None:
        """Show what was chosen in a step."""
        self._rows[name].show_step(state, value, note)

    def set_current(self, name: str) -> None:
        """Mark the row of the page that is shown."""
        for row_name, row in self._rows.items():
            row.set_current(row_name == name)

    def row(self, name: str) -> "SummaryRow":
        """The row of a step."""
        return self._rows[name]

    @Slot(str)
    def _on_activated(self, name: str) -> None:
        self.page_requested.emit(name)


class SummaryRow(QFrame):
    """Mark, caption, value and note; behaves like a button.

    Signals:
        activated: name of the step.
    """

    activated = Signal(str)

    def __init__(self, theme: Theme, name: str, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self._hovered = self._current = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._caption = QLabel(caption)
        set_kind(self._caption, kind="caption")
        self._mark = QLabel()
        self._value = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        font = self._value.font()
        font.setWeight(font.Weight.Medium)
        self._value.setFont(font)
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self.show_step("none", "", "")

    def show_step(self, state: StepState, value: str, note: str) -> None:
        """Show what was chosen."""
        self._theme.bind_icon(self._mark, *_MARKS[state], 16)
        self._value.setText(value)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        set_kind(self._note, kind="warning" if state == "warning" else "hint")
        self.setAccessibleName(f"{self._caption.text()}: {value}")
        self.setAccessibleDescription(note)

    def set_current(self, current: bool) -> None:
        """Whether the page of this step is shown."""
        self._current = current
        self.update()

    def value(self) -> str:
        """The value shown."""
        return self._value.text()

    def note(self) -> str:
        """The note shown."""
        return self._note.text()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._caption, 1)
        head.addWidget(self._mark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(1)
        layout.addLayout(head)
        layout.addWidget(self._value)
        layout.addWidget(self._note)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.activated.emit(self._name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Accepted, so that the release comes here."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter press it."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self._name)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        super().enterEvent(event)
        self._set_hovered(True)

    def leaveEvent(self, event: object) -> None:
        """Calm down."""
        super().leaveEvent(event)  # type: ignore[arg-type]
        self._set_hovered(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Ground and focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "surface_sunken" if self._current else "surface_hover" if self._hovered else ""
        painter.setBrush(self._theme.color(ground) if ground else Qt.BrushStyle.NoBrush)
        pen = QPen(self._theme.color("focus"), 2.0) if self.hasFocus() else QPen(Qt.PenStyle.NoPen)
        painter.setPen(pen)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)

    def _set_hovered(self, hovered: bool) -> None:
        self._hovered = hovered
        self.update()
