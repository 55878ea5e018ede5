"""Shows what a report of a problem would hold, file by file, and saves it where the user wants."""

import functools
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QFontDatabase, QHideEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.problem_report import ReportFile, collect_report, report_name, save_report
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.banner import Banner
from finetune_gui.ui.words import counted, size
from finetune_gui.ui.workers.latest_operation import LatestOperation

MAX_SHOWN = 200_000  # letters; a longer text would make the dialog slow, and its end is what counts


class ReportDialog(QDialog):
    """Names and sizes at the left, the text of the selected file at the right, then a place for the zip.

    Args:
        traceback: Of the bug that is reported, or "".
        run_path: The run that was under way, or was last.
    """

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, traceback: str = "", run_path: Path | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Save a report"))
        self.resize(860, 520)
        self._report: list[ReportFile] = []
        self._saved: Path | None = None
        self.banner = Banner(theme)
        self.files = QTreeWidget()
        self.files.setAccessibleName(self.tr("Files of the report"))
        self.files.setHeaderLabels([self.tr("File"), self.tr("Size")])
        self.files.headerItem().setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.files.setRootIsDecorated(False)
        self.files.header().setStretchLastSection(False)
        self.files.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.preview.setAccessibleName(self.tr("What is in the selected file"))
        self.total = QLabel()
        set_kind(self.total, kind="hint")
        self.save = QPushButton(self.tr("Save…"))
        self.save.setEnabled(False)
        self._lay_out()
        self._collecting = LatestOperation(self)
        self._saving = LatestOperation(self)
        self._connect()
        self._collecting.start(lambda _: collect_report(traceback=traceback, run_path=run_path))

    def save_to(self, path: str) -> None:
        """Write the zip there."""
        self.save.setEnabled(False)
        self._saving.start(functools.partial(_save, self._report, Path(path)))

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing goes on when the dialog is closed."""
        super().hideEvent(event)
        self._collecting.shutdown()
        self._saving.shutdown()

    def _lay_out(self) -> None:
        sentence = QLabel(self.tr("A zip for whoever shall find out what went wrong. Look at what will be in it:"))
        set_kind(sentence, kind="heading")
        promise = QLabel(
            self.tr("No images, and nothing is sent: you save it, and give it to whom you like.")
            + " "
            + self.tr("Your home folder is written as ~, names of other folders and of classes as they are.")
        )
        for label in (sentence, promise):
            label.setWordWrap(True)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.files)
        splitter.addWidget(self.preview)
        splitter.setSizes([270, 550])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(12)
        layout.addWidget(sentence)
        layout.addWidget(promise)
        layout.addWidget(splitter, 1)
        layout.addWidget(self.banner)
        layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        set_kind(self.save, kind="primary")
        self.save.setDefault(True)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.total, 1)
        row.addWidget(close)
        row.addWidget(self.save)
        return row

    def _connect(self) -> None:
        self.files.currentItemChanged.connect(self._show_file)
        self.save.clicked.connect(self._ask_place)
        self.banner.action_triggered.connect(self._show_folder)
        self._collecting.succeeded.connect(self._on_collected)
        self._saving.succeeded.connect(self._on_saved)
        self._saving.failed.connect(self._on_failed)
        for operation in (self._collecting, self._saving):
            operation.crashed.connect(self._on_crashed)

    @Slot(object)
    def _on_collected(self, report: list[ReportFile]) -> None:
        self._report = report
        items = [QTreeWidgetItem([file.name, size(file.size)]) for file in report]
        for item in items:
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.files.addTopLevelItems(items)
        number = len(report)
        words = counted(self.tr("{count} file(s)", "", number), number)
        self.total.setText(f"{words} · {size(sum(file.size for file in report))}")
        self.save.setEnabled(True)
        self.files.setCurrentItem(items[0])

    @Slot(QTreeWidgetItem)
    def _show_file(self, item: QTreeWidgetItem) -> None:
        self.preview.setPlainText(self._report[self.files.indexOfTopLevelItem(item)].text[-MAX_SHOWN:])

    @Slot()
    def _ask_place(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        dialog = QFileDialog(self, self.tr("Save the report"), str(Path(folder) / report_name()), "*.zip")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("zip")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._saved = path
        self.save.setEnabled(True)
        message = self.tr("The report is saved as {0}.").format(path)
        self.banner.show_message("success", message, action_text=self.tr("Show in folder"))

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.save.setEnabled(True)
        self.banner.show_message("error", error.message, error.hint)

    @Slot(str)
    def _on_crashed(self, traceback: str) -> None:
        """A bug in what reports bugs: said here, since reporting it would lead here again."""
        self.save.setEnabled(bool(self._report))
        self.banner.show_message("error", self.tr("The report could not be made."), traceback.strip().splitlines()[-1])

    @Slot()
    def _show_folder(self) -> None:
        if self._saved is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved.parent)))


def _save(report: list[ReportFile], path: Path, _: object) -> Path:
    return save_report(report, path)
