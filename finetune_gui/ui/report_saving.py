"""Asks where a report shall go, and writes it beside all else."""

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from finetune_gui.ui.report_files import write_run_report
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.task_line import TaskLine
from finetune_gui.ui.workers.latest_operation import LatestOperation


class ReportSaving(QObject):
    """One report at a time. ``line`` shows how far it is: the page gives it a place.

    Signals:
        saved: the path of the file.
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
    """

    saved = Signal(Path)
    failed = Signal(object)
    crashed = Signal(str)

    def __init__(self, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._run_path = Path()
        self.line = TaskLine(theme)
        self._writing = LatestOperation(self)
        self._writing.progressed.connect(self.line.set_progress)
        self._writing.succeeded.connect(self.saved)
        self._writing.failed.connect(self.failed)
        self._writing.crashed.connect(self.crashed)
        for ended in (self._writing.succeeded, self._writing.failed, self._writing.crashed, self._writing.cancelled):
            ended.connect(self.line.end)
        self.line.cancel_requested.connect(self._writing.cancel)

    def ask(self, run_path: Path) -> None:
        """Ask for the file; what is there already is not replaced without asking."""
        self._run_path = run_path
        kinds = {
            "html": self.tr("Web page (*.html)"),
            "pdf": self.tr("PDF (*.pdf)"),
            "md": self.tr("Model card in Markdown (*.md)"),
        }
        dialog = QFileDialog(self._page, self.tr("Save a report"), f"{run_path.name}.html", ";;".join(kinds.values()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.filterSelected.connect(lambda chosen: _follow(dialog, kinds, chosen))
        dialog.fileSelected.connect(self.write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def write(self, path: str) -> None:
        """Write the report to this file."""
        run_path, out = self._run_path, Path(path)
        self.line.begin(self.tr("Writing the report…"))
        self._writing.start(lambda progress: write_run_report(run_path, out, progress))

    def shutdown(self) -> bool:
        """Cancel and wait, with a bound."""
        return self._writing.shutdown()


def _follow(dialog: QFileDialog, kinds: dict[str, str], chosen: str) -> None:
    """The ending of the name follows the kind of file."""
    suffix = next((suffix for suffix, words in kinds.items() if words == chosen), "html")
    dialog.setDefaultSuffix(suffix)
    names = dialog.selectedFiles()
    if names:
        dialog.selectFile(str(Path(names[0]).with_suffix(f".{suffix}")))


def open_file(path: Path) -> None:
    """With whatever the system opens such files with."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
