"""Says that something went wrong that should not have, and helps to report it."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.anonymous import anonymous
from finetune_gui.engine.installation import installed_versions, system_facts
from finetune_gui.paths import log_dir
from finetune_gui.ui.theme import Theme, set_kind


def bug_report(traceback: str) -> str:
    """What a developer needs at least: versions, platform, traceback."""
    parts = ", ".join(f"{name} {version}" for name, version in (system_facts() | installed_versions()).items())
    return anonymous(f"{parts}\n\n{traceback.rstrip()}\n")


class BugDialog(QDialog):
    """A sentence, a way on, the details on demand, and buttons that copy or save them.

    Signals:
        report_requested: the traceback, to be saved with log, settings and events.
    """

    report_requested = Signal(str)

    def __init__(self, theme: Theme, traceback: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Something went wrong"))
        self._traceback = traceback
        self._report = bug_report(traceback)
        self._details = _details(self._report)
        self._details.setAccessibleName(self.tr("Details"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 18)
        layout.setSpacing(16)
        layout.addLayout(self._head(theme))
        layout.addWidget(self._details, 1)
        layout.addLayout(self._buttons())
        self.setMinimumWidth(560)

    def report(self) -> str:
        """What the copying button copies."""
        return self._report

    def _head(self, theme: Theme) -> QHBoxLayout:
        icon = QLabel()
        theme.bind_icon(icon, "error", "error", 28)
        sentence = QLabel(self.tr("Something went wrong inside the app."))
        set_kind(sentence, kind="heading")
        hint = QLabel(
            self.tr("Your images and finished runs are safe. Go on working; if it happens again, restart the app.")
            + "\n"
            + self.tr("The report is also in the log folder: {0}").format(log_dir())
        )
        hint.setWordWrap(True)
        hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.addWidget(sentence)
        words.addWidget(hint)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        return head

    def _buttons(self) -> QHBoxLayout:
        self.toggle = QPushButton(self.tr("Show details"))
        self.toggle.clicked.connect(self._on_toggle)
        self.copy = QPushButton(self.tr("Copy report"))
        self.copy.clicked.connect(self._on_copy)
        self.save = QPushButton(self.tr("Save report…"))
        self.save.clicked.connect(self._on_save)
        close = QPushButton(self.tr("Close"))
        set_kind(close, kind="primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        for button in (self.toggle, self.copy, self.save):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        return row

    @Slot()
    def _on_toggle(self) -> None:
        shown = self._details.isHidden()
        self._details.setVisible(shown)
        self.toggle.setText(self.tr("Hide details") if shown else self.tr("Show details"))
        self.adjustSize()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self.copy.setText(self.tr("Copied"))

    @Slot()
    def _on_save(self) -> None:
        self.accept()  # the report is a dialog of its own
        self.report_requested.emit(self._traceback)


def _details(text: str) -> QPlainTextEdit:
    details = QPlainTextEdit(text)
    details.setReadOnly(True)
    details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    details.setMinimumHeight(220)
    details.hide()
    return details
