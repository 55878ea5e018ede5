"""What was noticed about the data, what it means, and what can be done about it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.data.findings import ActionId, Finding, action_text
from finetune_gui.ui.data_words import detail_lines
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.findings_list import FindingsList
from finetune_gui.ui.words import counted, translated

_SHOWN_LINES = 200
_DETAILS_HEIGHT = 92


class FindingsView(QWidget):
    """A list of findings, and beneath it the one that is selected.

    Signals:
        finding_selected: the ``Finding``, or None.
        action_wished: (finding, action).
        all_lines_wished: the finding whose details are too many to be shown here.
        export_wished: all findings and decisions, as a table.
        level_wished: another folder on the way to an image shall name its class.
    """

    finding_selected = Signal(object)
    action_wished = Signal(object, str)
    all_lines_wished = Signal(object)
    export_wished = Signal()
    level_wished = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = FindingsList(theme)
        self._nothing = text_label("hint", wrap=True)
        self._meaning = text_label("hint", wrap=True)
        self._lines = QPlainTextEdit()
        self._lines.setReadOnly(True)
        self._lines.setMaximumHeight(_DETAILS_HEIGHT)
        self._lines.setTabChangesFocus(True)
        self._lines.setAccessibleName(self.tr("Details"))
        self._more = QPushButton(self.tr("Show all…"))
        self._more.clicked.connect(self._on_more)
        self._actions = _Flow()
        self.export_button = QPushButton(self.tr("Export as CSV…"))
        self.export_button.setToolTip(self.tr("Write every image with its class, part, decision and findings"))
        self.export_button.clicked.connect(self.export_wished)
        theme.bind_icon(self.export_button, "export", "text_muted")
        self.list.finding_selected.connect(self._on_selected)
        self._lay_out()
        self.set_findings((), complete=False)

    def set_findings(self, findings: Sequence[Finding], *, complete: bool) -> None:
        """Show these; ``complete`` says whether the images were looked at."""
        self._nothing.setText(
            self.tr("Nothing was found that needs you.")
            if complete
            else self.tr("Nothing was found so far. The images were not looked at yet.")
        )
        self._nothing.setVisible(not findings)
        self.list.setVisible(bool(findings))
        self.list.set_findings(findings)

    def action_buttons(self) -> list[QPushButton]:
        """What can be done about the selected finding."""
        return self._actions.buttons()

    @Slot(object)
    def _on_selected(self, finding: Finding | None) -> None:
        self._meaning.setVisible(finding is not None)
        lines = detail_lines(finding) if finding else []
        self._meaning.setText(translated(finding.meaning) if finding else "")
        self._lines.setPlainText("\n".join(lines[:_SHOWN_LINES]))
        self._lines.setVisible(bool(lines))
        self._more.setVisible(len(lines) > _SHOWN_LINES)
        self._more.setText(counted(self.tr("Show all {count}…", "", len(lines)), len(lines)))
        self._actions.set_buttons(self._buttons(finding) if finding else [])
        self.finding_selected.emit(finding)

    def _buttons(self, finding: Finding) -> list[QPushButton]:
        buttons = [self._button(finding, action) for action in finding.actions]
        if finding.kind == "nested":
            level = QPushButton(self.tr("Choose the level…"))
            level.clicked.connect(self.level_wished)
            buttons.insert(0, level)
        return buttons

    def _button(self, finding: Finding, action: ActionId) -> QPushButton:
        undone = action == "keep" and finding.kept
        button = QPushButton(self.tr("Show as open again") if undone else translated(action_text(action)))
        button.setProperty("action", action)
        button.setAccessibleDescription(translated(finding.text))
        if action == "keep":
            set_kind(button, kind="ghost")
        button.clicked.connect(self._on_action)
        return button

    @Slot()
    def _on_action(self) -> None:
        button, finding = self.sender(), self.list.selected()
        if isinstance(button, QPushButton) and finding is not None:
            self.action_wished.emit(finding, str(button.property("action")))

    @Slot()
    def _on_more(self) -> None:
        self.all_lines_wished.emit(self.list.selected())

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.export_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self._nothing)
        layout.addWidget(self.list, 1000)  # as much as its rows need, see its size policy
        for widget in (self._meaning, self._lines, self._more, self._actions):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addLayout(foot)


class _Flow(QWidget):
    """Buttons one after the other, two in a row."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        self._buttons: list[QPushButton] = []
        self._lines: list[QWidget] = []

    def buttons(self) -> list[QPushButton]:
        return list(self._buttons)

    def set_buttons(self, buttons: Sequence[QPushButton]) -> None:
        for line in self._lines:
            self._rows.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._buttons = list(buttons)
        self._lines = [self._line(buttons[start : start + 3]) for start in range(0, len(buttons), 3)]
        for line in self._lines:
            self._rows.addWidget(line)
        self.setVisible(bool(buttons))

    @staticmethod
    def _line(buttons: Sequence[QPushButton]) -> QWidget:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for button in buttons:
            layout.addWidget(button)
        layout.addStretch(1)
        return line
