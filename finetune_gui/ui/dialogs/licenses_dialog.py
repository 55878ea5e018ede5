"""The licenses of everything that the app is made of."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.licenses import License, used_licenses
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.workers.latest_operation import LatestOperation

_LONGEST = 500_000  # characters that are shown at once; what is cut is in the packages' own files


class LicensesDialog(QDialog):
    """Parts at the left, their texts at the right. They are read on a thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Licenses"))
        self.resize(860, 560)
        self._licenses: list[License] = []
        self.parts = QListWidget()
        self.parts.setAccessibleName(self.tr("Parts of the app"))
        self.parts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.parts.currentRowChanged.connect(self._on_part)
        self.text = QPlainTextEdit(self.tr("Reading the licenses…"))
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("License"))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._lay_out()
        self._reading = LatestOperation(self)
        self._reading.succeeded.connect(self._on_read)
        self._reading.crashed.connect(self.text.setPlainText)
        self._reading.start(lambda _: used_licenses())

    def done(self, result: int) -> None:
        """The dialog closes; what reads is not waited for longer than it takes."""
        self._reading.shutdown()
        super().done(result)

    def _lay_out(self) -> None:
        splitter = QSplitter()
        splitter.addWidget(self.parts)
        splitter.addWidget(self.text)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([260, 600])
        splitter.setChildrenCollapsible(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        qt = self.tr(
            "The window is made with Qt and PySide6, which are used under the GNU LGPL, version 3. They are separate "
            "libraries in the folder PySide6 of the installation, and may be replaced there by versions of your own. "
            "Their source is offered by The Qt Company and the Qt Project."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(12)
        layout.addWidget(text_label("heading", self.tr("Finetune GUI stands on the work of others")))
        layout.addWidget(text_label("hint", qt, wrap=True))
        layout.addWidget(splitter, 1)
        layout.addWidget(buttons)

    @Slot(object)
    def _on_read(self, licenses: list[License]) -> None:
        self._licenses = licenses
        for entry in licenses:
            item = QListWidgetItem(f"{entry.name} {entry.version}".strip())
            item.setToolTip(entry.license)
            self.parts.addItem(item)
        self.parts.setCurrentRow(0)
        self.parts.setFocus()

    @Slot(int)
    def _on_part(self, row: int) -> None:
        entry = self._licenses[row]
        head = entry.license or (self.tr("several, see below") if entry.texts else self.tr("not named by its makers"))
        parts = [self.tr("License: {0}").format(head)]
        parts += [f"{'─' * 3} {name} {'─' * 3}\n\n{text.strip()}" for name, text in entry.texts]
        self.text.setPlainText("\n\n".join(parts)[:_LONGEST])
