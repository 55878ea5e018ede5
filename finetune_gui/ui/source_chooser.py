"""The ways to name images other than dropping them: dialogs, the sample, the gallery."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from finetune_gui.ui.dialogs.folder_dialog import folder_dialog
from finetune_gui.ui.sample_images import draw_samples
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.workers.latest_operation import LatestOperation


class SourceChooser(QObject):
    """Asks without blocking; the answer comes as a signal.

    Signals:
        chosen: a folder, table or archive.
        drawing_started: the sample images are being drawn.
        drawing_progressed: (done, total).
        drawing_cancelled: they were given up.
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
        ended: nothing may go on in the background.
    """

    chosen = Signal(str)
    drawing_started = Signal()
    drawing_progressed = Signal(int, int)
    drawing_cancelled = Signal()
    failed = Signal(object)
    crashed = Signal(str)
    ended = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._window = parent
        self.last_folder = ""
        self._drawing = LatestOperation(self)
        self._drawing.progressed.connect(self.drawing_progressed)
        self._drawing.succeeded.connect(self._on_drawn)
        self._drawing.failed.connect(self.failed)
        self._drawing.cancelled.connect(self.drawing_cancelled)
        self._drawing.crashed.connect(self.crashed)

    @Slot()
    def ask_folder(self) -> None:
        """Let the user pick a folder."""
        dialog = folder_dialog(self._window, self.tr("Choose a folder of images"), self.last_folder)
        dialog.fileSelected.connect(self.chosen)
        dialog.open()

    @Slot()
    def ask_file(self) -> None:
        """Let the user pick an archive or a table of labels."""
        start = str(Path(self.last_folder).parent) if self.last_folder else ""
        dialog = QFileDialog(self._window, self.tr("Choose a zip of images, or a table of labels"), start)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [
                self.tr("Zip archives and tables of labels") + " (*.zip *.csv *.tsv *.txt)",
                self.tr("All files") + " (*)",
            ]
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.chosen)
        dialog.open()

    @Slot()
    def show_gallery(self) -> None:
        """Let the user pick one of the data sets to try."""
        from finetune_gui.ui.dialogs.gallery_dialog import GalleryDialog  # not before the window is painted

        dialog = GalleryDialog(self._theme, self._window)
        dialog.dataset_ready.connect(self.chosen)
        dialog.crashed.connect(self.crashed)
        self.ended.connect(dialog.shutdown)
        dialog.open()

    @Slot()
    def draw_sample(self) -> None:
        """Draw the sample images, unless they are there, and choose them."""
        self.drawing_started.emit()
        self._drawing.start(draw_samples)

    @Slot()
    def cancel(self) -> None:
        """Give the drawing up."""
        self._drawing.cancel()

    def shutdown(self) -> None:
        """End what runs in the background, in an open gallery too."""
        self._drawing.shutdown()
        self.ended.emit()

    @Slot(object)
    def _on_drawn(self, folder: Path) -> None:
        self.chosen.emit(str(folder))
