"""A place to try a model: drop, choose or paste images, see what it says."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from finetune_gui.engine.data.formats import IMAGE_SUFFIXES
from finetune_gui.engine.prediction import Prediction
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.drop_area import DropArea, local_paths
from finetune_gui.ui.widgets.prediction_list import PredictionList
from finetune_gui.ui.widgets.prediction_table import PredictionTable
from finetune_gui.ui.widgets.task_line import TaskLine
from finetune_gui.ui.words import count

_NARROW = 300


class TryArea(QWidget):
    """Emits wishes; who owns it predicts and brings the predictions back.

    Several models can be tried side by side: each has a column.

    Signals:
        files_given: the local paths (list of str) that were dropped, chosen or pasted.
        picture_pasted: a ``QImage`` that was pasted.
        nothing_pasted: the clipboard holds no image.
        cancel_requested: the user has seen enough of a batch.
        table_wanted: path of a CSV file, and the predictions to write into it.
        why_requested: path of a result that was double-clicked or entered, where ``explains``; else its file is opened.
        camera_wanted: the user wants to show the model something.
        shown: the area has come into view.
        hidden: the user has turned to something else.
        cleared: nothing that was tried is shown any more.
    """

    files_given = Signal(list)
    picture_pasted = Signal(QImage)
    nothing_pasted = Signal()
    cancel_requested = Signal()
    table_wanted = Signal(str, object)
    why_requested = Signal(str)
    camera_wanted = Signal()
    shown = Signal()
    hidden = Signal()
    cleared = Signal()

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        columns: Sequence[str] = ("",),
        explains: bool = False,
    ) -> None:
        super().__init__(parent)
        self._explains = explains
        self._drop = DropArea(theme, self.tr("Try it on your own images"), self._hint(), "image")
        self._drop.setMinimumHeight(180)
        self._drop.dropped.connect(self.files_given)
        self._choose = QPushButton(self.tr("Choose images…"))
        self._choose.clicked.connect(self.ask_for_images)
        self._paste = QPushButton(self.tr("Paste"))
        self._paste.clicked.connect(self.paste)
        self._camera = QPushButton(self.tr("Camera…"))
        self._camera.clicked.connect(self.camera_wanted)
        for button in (self._choose, self._paste, self._camera):
            self._drop.add_button(button)
        self.set_camera(self.tr("Looking for a camera…"))
        self._task = TaskLine(theme)
        self._task.cancel_requested.connect(self.cancel_requested)
        self._title = QLabel(self.tr("What the model says"))
        set_kind(self._title, kind="heading")
        self._clear = QPushButton(self.tr("Clear"))
        set_kind(self._clear, kind="ghost")
        self._clear.clicked.connect(self.clear)
        self._columns = tuple(columns)
        self._lists = tuple(PredictionList(theme) for _ in columns)
        for name, each in zip(columns, self._lists, strict=True):
            each.image_activated.connect(self._on_image)
            if name:
                each.setAccessibleName(name)
        self._table = PredictionTable()
        self._table.image_activated.connect(self._on_image)
        self._why = QPushButton(self.tr("Why?"))
        self._why.setToolTip(self.tr("Show where in the image the answer comes from (Enter, or a double click)"))
        if not explains:  # never shown before it has its place: it would be a window of its own
            self._why.hide()
        self._why.clicked.connect(self._on_why)
        self._as_table = QPushButton(self.tr("Table"))
        self._as_table.setCheckable(True)
        self._as_table.setToolTip(self.tr("Show the answers as a table that sorts"))
        self._as_table.toggled.connect(self._on_as_table)
        self._save = QPushButton(self.tr("Save as CSV…"))
        self._save.clicked.connect(self._on_save)
        if len(self._columns) > 1:
            self._as_table.hide()
            self._save.hide()
        self._views = QStackedWidget()
        self._results = QWidget()
        self._lay_out()
        self._results.hide()

    @property
    def predictions(self) -> PredictionList:
        """The results of the first column."""
        return self._lists[0]

    def column(self, index: int) -> PredictionList:
        """The results of a column."""
        return self._lists[index]

    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self._columns

    def set_camera(self, problem: str) -> None:
        """Offer a camera, or say why there is none."""
        self._camera.setEnabled(not problem)
        words = problem or self.tr("Show the model something, live")
        self._camera.setToolTip(words)
        self._camera.setAccessibleDescription(words)

    def set_busy(self, busy: bool) -> None:
        """Say that images are being looked at, or no longer."""
        if busy:
            self._task.begin(self.tr("Loading the model…"))
            self._show_results()
        else:
            self._task.end()

    @Slot(int, int)
    def set_progress(self, done: int, total: int) -> None:
        """Say how many images were looked at."""
        words = self.tr("{done} of {total} images").format(done=count(done), total=count(total))
        self._task.set_progress(done, total, words)

    def add(self, predictions: Sequence[Prediction], column: int = 0) -> None:
        """Show results above the earlier ones of the column."""
        self._lists[column].add(predictions)
        self._show_results()
        if self._as_table.isChecked():
            self._table.set_predictions(self.predictions.predictions())

    @Slot()
    def clear(self) -> None:
        """Forget all results."""
        for each in self._lists:
            each.clear()
        self._table.set_predictions(())
        self._results.hide()
        self._drop.setMaximumWidth(16_777_215)
        self._drop.set_narrow(False)
        self.cleared.emit()

    @Slot()
    def ask_for_images(self) -> None:
        """Let the user choose files."""
        dialog = QFileDialog(self, self.tr("Choose images to try"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        patterns = " ".join(f"*{suffix}" for suffix in sorted(IMAGE_SUFFIXES))
        dialog.setNameFilters([self.tr("Images ({patterns})").format(patterns=patterns), self.tr("All files (*)")])
        dialog.filesSelected.connect(self.files_given)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def paste(self) -> None:
        """Take image files, their paths as text, or a picture from the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        paths = local_paths(mime) or _paths_in_text(mime)
        if paths:
            self.files_given.emit(paths)
        elif mime.hasImage():
            self.picture_pasted.emit(QGuiApplication.clipboard().image())
        else:
            self.nothing_pasted.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell it."""
        super().showEvent(event)
        self.shown.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell it, unless it is the whole window that was made small."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.hidden.emit()

    def shutdown(self) -> bool:
        """Stop decoding thumbnails."""
        ended = [each.shutdown() for each in self._lists]  # all of them, also after one that did not end
        return all(ended)

    @Slot(bool)
    def _on_as_table(self, checked: bool) -> None:
        self._table.set_predictions(self.predictions.predictions() if checked else ())
        self._views.setCurrentIndex(1 if checked else 0)

    @Slot()
    def _on_save(self) -> None:
        """Ask for the file; what is there already is not replaced without asking."""
        dialog = QFileDialog(self, self.tr("Save the answers"), "predictions.csv", self.tr("Table (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(self._on_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _on_file(self, path: str) -> None:
        self.table_wanted.emit(path, self.predictions.predictions())

    @Slot(str)
    def _on_image(self, path: str) -> None:
        if self._explains:
            self.why_requested.emit(path)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    @Slot()
    def _on_why(self) -> None:
        """Explain the current image, or the newest one."""
        path = self.predictions.current_path()
        if path:
            self.why_requested.emit(path)

    def _hint(self) -> str:
        return self.tr("Drop images here, or paste one. They stay on this machine.")

    def _show_results(self) -> None:
        self._drop.setMaximumWidth(_NARROW)
        self._drop.set_narrow(True)
        self._results.show()

    def _side_by_side(self) -> QHBoxLayout:
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(12)
        for name, predictions in zip(self._columns, self._lists, strict=True):
            column = QVBoxLayout()
            if name:
                title = QLabel(name)
                set_kind(title, kind="hint")
                column.addWidget(title)
            column.addWidget(predictions, 1)
            columns.addLayout(column, 1)
        return columns

    def _lay_out(self) -> None:
        title = QHBoxLayout()
        title.addWidget(self._title, 1)
        for button in (self._why, self._as_table, self._save, self._clear):
            title.addWidget(button)
        cards = QWidget()
        cards.setLayout(self._side_by_side())
        for view in (cards, self._table):
            self._views.addWidget(view)
        results = QVBoxLayout(self._results)
        results.setContentsMargins(8, 0, 0, 0)
        results.setSpacing(8)
        results.addLayout(title)
        results.addWidget(self._task)
        results.addWidget(self._views, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 16, 0, 0)
        layout.setSpacing(16)
        layout.addWidget(self._drop, 1)
        layout.addWidget(self._results, 2)


def _paths_in_text(mime: QMimeData) -> list[str]:
    """Lines of the text that name an image file, as copied from a file manager or a terminal."""
    lines = [line.strip().strip("\"'") for line in mime.text().splitlines()] if mime.hasText() else []
    paths = [QUrl(line).toLocalFile() if line.startswith("file://") else line for line in lines]
    return [path for path in paths if any(path.lower().endswith(suffix) for suffix in IMAGE_SUFFIXES)]
