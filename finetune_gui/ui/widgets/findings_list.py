"""What was noticed about something, as plain sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.banner import LEVEL_ICONS, Level


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One sentence, and perhaps a button that answers to ``action``."""

    level: Level
    text: str
    action: str = ""
    action_text: str = ""


class FindingsList(QWidget):
    """Findings one below the other, each with the icon of its level.

    Signals:
        action_triggered: the ``action`` of the finding whose button was pressed.
    """

    action_triggered = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._findings: tuple[Finding, ...] = ()
        self._rows: list[QWidget] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(self.tr("Findings"))

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show these in place of the former ones."""
        if tuple(findings) == self._findings:
            return
        self._findings = tuple(findings)
        for row in self._rows:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(finding) for finding in findings]
        for row in self._rows:
            self._layout.addWidget(row)
        self.setAccessibleDescription(" ".join(finding.text for finding in findings))

    def texts(self) -> list[str]:
        """The sentences shown."""
        return [finding.text for finding in self._findings]

    def _row(self, finding: Finding) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        icon = QLabel()
        self._theme.bind_icon(icon, LEVEL_ICONS[finding.level], finding.level, 18)
        layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        text = QLabel(finding.text)
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        text.setTextFormat(Qt.TextFormat.PlainText)  # it may quote names of files
        layout.addWidget(text, 1)
        if finding.action:
            button = QToolButton()
            button.setText(finding.action_text)
            set_kind(button, kind="legend")
            button.setProperty("action", finding.action)
            button.setAccessibleDescription(finding.text)
            button.clicked.connect(self._on_clicked)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.action_triggered.emit(str(button.property("action")))
