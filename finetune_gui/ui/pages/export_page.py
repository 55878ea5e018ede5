"""Take the model elsewhere, with the proof that it gives the same answers there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, ExportCompared, ExportFinished, PreparationAdvanced
from finetune_gui.engine.export_formats import ExportFormat
from finetune_gui.engine.prediction import Prediction
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.camera_trial import CameraTrial
from finetune_gui.ui.dialogs.folder_dialog import folder_dialog
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.tried_images import keep_picture, predict_given
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.certificate_card import CertificateCard
from finetune_gui.ui.widgets.empty_state import EmptyState
from finetune_gui.ui.widgets.export_files import ExportFiles
from finetune_gui.ui.widgets.format_cards import FormatCards
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.widgets.try_area import TryArea
from finetune_gui.ui.words import data_name, model_name, percent
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress
from finetune_gui.ui.workers.stream_host import StreamHost

_TRY_HEIGHT = 320


class ExportPreferences(Protocol):
    """What this page remembers between sessions."""

    last_export_folder: str


class ExportPage(PageFrame):
    """Format, folder, Export, certificate; then images to try the exported file on, beside the run.

    Signals:
        exported: the folder that was written.
    """

    exported = Signal(Path)

    def __init__(
        self, session: Session, theme: Theme, preferences: ExportPreferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, self.tr("Export"), "", parent)
        self._session = session
        self._preferences = preferences
        self._run_path: Path | None = None
        self._parent_folder = ""  # chosen by Browse; empty: inside the run folder
        self._typed = False  # the path was typed, so it is left alone
        self._reading = LatestOperation(self)
        self._looking = LatestOperation(self)
        self._predicting = LatestOperation(self)
        self._exported_path: Path | None = None  # what the certificate on the page is of
        self._export = StreamHost("export", self)
        self._build()
        self._lay_out_body()
        self._connect()
        self._show_run(session.run_path)

    def format(self) -> ExportFormat:
        """The format that is chosen."""
        return self._formats.format()

    def destination(self) -> Path:
        """The folder that will be written."""
        return Path(self._folder.text().strip()).expanduser()

    def shutdown(self) -> None:
        """Cancel the export and wait for what runs, with a bound."""
        self._export.shutdown()
        self._reading.shutdown()
        self._looking.shutdown()
        self._predicting.shutdown()
        self._camera.shutdown()
        self._try.shutdown()

    def try_images(self, image_paths: list[str]) -> None:
        """Show what the run and the exported file say of these images, or of those in these folders."""
        if (sources := self._sources()) is not None:
            self._try.set_busy(True)
            self._predicting.start(lambda progress: _answers(sources, image_paths, progress))

    # -- the run ----------------------------------------------------------------------------------------------------

    @Slot(Path)
    def _show_run(self, path: Path | None) -> None:
        if self._export.is_running():  # what is being written belongs to the run on the page; see _on_finished
            return
        self._run_path = path
        self._typed = False
        self._forget_export()
        self.banner.clear()
        self.set_subtitle(self.tr("Take the model elsewhere, checked on real images to give the same answers there."))
        self._stack.setCurrentIndex(0 if path is None else 1)
        self._suggest_folder()
        if path is not None:
            self._reading.start(lambda _: _run_words(path))

    @Slot(object)
    def _on_read(self, words: tuple[str, str, float | None]) -> None:
        model, data, accuracy = words
        text = self.tr("{model} on {data}").format(model=model, data=data)
        if accuracy is not None:
            text += "  ·  " + self.tr("validation accuracy {share}").format(share=percent(accuracy))
        self.set_subtitle(text)

    # -- where to ---------------------------------------------------------------------------------------------------

    @Slot()
    def _suggest_folder(self) -> None:
        """A folder of its own for every run and format."""
        if self._run_path is not None and not self._typed:
            inside = self._run_path / "exports" / self.format()
            outside = Path(self._parent_folder) / f"{self._run_path.name}-{self.format()}"
            self._folder.setText(str(outside if self._parent_folder else inside))
            self._folder.setCursorPosition(0)
        self._files.show_format(self.format())

    @Slot()
    def _on_browse(self) -> None:
        dialog = folder_dialog(self, self.tr("Choose where to put the export"), self._preferences.last_export_folder)
        dialog.fileSelected.connect(self._on_folder)
        dialog.open()

    @Slot(str)
    def _on_folder(self, folder: str) -> None:
        self._parent_folder = folder
        self._typed = False
        self._preferences.last_export_folder = folder
        self._suggest_folder()

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self._typed = bool(text.strip())
        self._start.setEnabled(self._typed)

    # -- exporting --------------------------------------------------------------------------------------------------

    @Slot()
    def _on_start(self) -> None:
        """Look whether the folder is free, then export."""
        folder = self.destination()
        self.banner.clear()
        self._forget_export()
        self._set_busy(True)
        self._progress.set_progress(None, self.tr("Looking at the folder…"))
        self._looking.start(lambda _: _is_taken(folder))

    @Slot(object)
    def _on_looked(self, taken: bool) -> None:
        if not taken:
            self._begin(overwrite=False)
            return
        self._set_busy(False)
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setText(self.tr("This folder is not empty. Replace the export in it?"))
        box.setInformativeText(str(self.destination()))
        box.setStandardButtons(QMessageBox.StandardButton.Cancel)
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        replace.clicked.connect(self._on_replace)
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot()
    def _on_replace(self) -> None:
        self._begin(overwrite=True)

    def _begin(self, *, overwrite: bool) -> None:
        run_path, export_format, out = self._run_path, self.format(), self.destination()
        if run_path is None:
            return

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.launcher import export_run  # on the thread: it imports torch

            return export_run(run_path, export_format, out, control, overwrite=overwrite)

        if self._export.start(stream):
            self._set_busy(True)
            self._progress.set_progress(None, self.tr("Loading the model…"))

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, PreparationAdvanced) and not self._export.was_stopped():
                share = event.done / event.total if event.total else None
                self._progress.set_progress(share, event.activity)
            if isinstance(event, ExportCompared):
                self._certificate.show_result(event)
                self._certificate.show()
            if isinstance(event, ExportFinished):
                self._exported_path = Path(event.path)
                self._try.setVisible(event.has_runtime)
                self.exported.emit(Path(event.path))

    @Slot()
    def _on_cancel(self) -> None:
        self._progress.set_progress(None, self.tr("Cancelling…"))
        self._cancel.setEnabled(False)
        self._looking.cancel()
        self._export.stop()

    @Slot()
    def _on_finished(self) -> None:
        self._set_busy(False)
        if self._certificate.isVisibleTo(self):
            self._content.activate()  # what was just shown has its place only then
            for part in (self._try, self._certificate):  # the certificate above all
                self._scroll.ensureWidgetVisible(part)
        if self._session.run_path != self._run_path:
            self._show_run(self._session.run_path)

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.show_error(error)

    @Slot()
    def _on_looking_ended(self) -> None:
        self._set_busy(False)

    def _forget_export(self) -> None:
        self._exported_path = None
        self._predicting.forget()
        self._camera.close()
        self._certificate.hide()
        self._try.clear()
        self._try.hide()

    # -- trying -----------------------------------------------------------------------------------------------------

    def _sources(self) -> tuple[Path, Path] | None:
        if self._run_path is None or self._exported_path is None:
            return None
        return self._run_path, self._exported_path

    @Slot(list)
    def _on_files(self, image_paths: list[str]) -> None:
        self.try_images(image_paths)

    @Slot(QImage)
    def _on_picture(self, picture: QImage) -> None:
        if (sources := self._sources()) is not None:
            self._try.set_busy(True)
            self._predicting.start(lambda progress: _answers(sources, [keep_picture(picture)], progress))

    @Slot()
    def _on_nothing_pasted(self) -> None:
        self.banner.show_message(
            "info",
            self.tr("There is no image on the clipboard."),
            self.tr("Copy an image or an image file, then paste."),
        )

    @Slot(object)
    def _on_predicted(self, answers: tuple[list[Prediction], ...]) -> None:
        self._try.set_busy(False)
        for column, predictions in enumerate(answers):
            self._try.add(predictions, column)

    @Slot()
    def _on_predicting_ended(self) -> None:
        self._try.set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self._progress.setVisible(busy)
        self._cancel.setVisible(busy)
        self._cancel.setEnabled(True)
        for widget in (self._formats, self._folder, self._browse, self._start):
            widget.setEnabled(not busy)

    # -- looks ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._formats = FormatCards(self.theme)
        self._folder = QLineEdit()
        self._folder.setAccessibleName(self.tr("Destination folder"))
        self._browse = QPushButton(self.tr("Browse…"))
        self._files = ExportFiles()
        self._start = QPushButton(self.tr("Export"))
        set_kind(self._start, kind="primary")
        self._progress = ProgressLine(self.theme, beside=True)
        self._progress.hide()
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.hide()
        self._certificate = CertificateCard(self.theme)
        self._certificate.hide()
        self._try = TryArea(self.theme, columns=(self.tr("The run"), self.tr("The exported file")))
        self._try.setMinimumHeight(_TRY_HEIGHT)
        self._camera = CameraTrial(self.theme, self, self._try, lambda: self._sources() or ())
        self._try.hide()

    def _lay_out_body(self) -> None:
        content = QWidget()
        layout = self._content = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        cards = QHBoxLayout()
        cards.addWidget(self._formats)
        folder = QHBoxLayout()
        folder.setSpacing(8)
        folder.addWidget(self._folder, 1)
        folder.addWidget(self._browse)
        buttons = QHBoxLayout()
        buttons.setSpacing(12)
        buttons.addWidget(self._start)
        buttons.addWidget(self._progress, 1)
        buttons.addWidget(self._cancel)
        buttons.addStretch(0)
        for title, part in ((self.tr("Format"), cards), (self.tr("Folder"), folder)):
            layout.addWidget(text_label("heading", title))
            layout.addLayout(part)
            layout.addSpacing(8)
        layout.addWidget(text_label("heading", self.tr("What will be written")))
        layout.addWidget(self._files)
        layout.addSpacing(8)
        layout.addLayout(buttons)
        layout.addSpacing(8)
        layout.addWidget(self._certificate)
        layout.addWidget(self._try)
        layout.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(content)
        empty = EmptyState(
            self.theme,
            "export",
            self.tr("No model to export yet"),
            self.tr("Train a model first, or pick a run under Runs."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self._scroll)
        self.body.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._session.run_selected.connect(self._show_run)
        self._formats.changed.connect(self._suggest_folder)
        self._folder.textEdited.connect(self._on_typed)
        self._browse.clicked.connect(self._on_browse)
        self._start.clicked.connect(self._on_start)
        self._cancel.clicked.connect(self._on_cancel)
        self._reading.succeeded.connect(self._on_read)
        self._looking.succeeded.connect(self._on_looked)
        for ended in (self._looking.failed, self._looking.crashed, self._looking.cancelled):
            ended.connect(self._on_looking_ended)
        self._predicting.succeeded.connect(self._on_predicted)
        for ended in (self._predicting.failed, self._predicting.crashed, self._predicting.cancelled):
            ended.connect(self._on_predicting_ended)
        self._try.files_given.connect(self._on_files)
        self._try.picture_pasted.connect(self._on_picture)
        self._try.nothing_pasted.connect(self._on_nothing_pasted)
        self._export.events.connect(self._on_events)
        self._export.finished.connect(self._on_finished)
        self._predicting.progressed.connect(self._try.set_progress)
        self._try.cancel_requested.connect(self._predicting.cancel)
        for background in (self._reading, self._looking, self._predicting, self._export, self._camera):
            background.failed.connect(self._on_failed)
            background.crashed.connect(self._session.crashed)


def _run_words(path: Path) -> tuple[str, str, float | None]:
    run = RunFolder.open(path)
    config = run.config()
    accuracy = (run.report() or {}).get("best_val_accuracy")
    return model_name(config.model.id), data_name(config.data.path), accuracy


def _is_taken(folder: Path) -> bool:
    """Whether there is an export already; a folder with other files is refused by the engine."""
    return (folder / "labels.json").is_file()


def _answers(sources: tuple[Path, ...], image_paths: list[str], progress: Progress) -> tuple[list[Prediction], ...]:
    """What each of the sources says of the images."""
    answers = []
    for source in sources:
        answers.append(predict_given(source, image_paths, progress))
        if progress.should_stop():
            return ()
    return tuple(answers)
