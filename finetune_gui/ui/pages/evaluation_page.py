"""How good the model is, where it is wrong, and a place to try it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QImage, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from finetune_gui.engine.config import SplitName, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import EvaluationFinished, Event, PreparationAdvanced, ValidationAdvanced, WarningRaised
from finetune_gui.engine.prediction import Prediction, write_predictions
from finetune_gui.ui.camera_trial import CameraTrial
from finetune_gui.ui.deeper_look import DeeperLook
from finetune_gui.ui.dialogs.folder_dialog import folder_dialog
from finetune_gui.ui.explanations import Explanations
from finetune_gui.ui.loaded_run import LoadedRun, from_scratch, load_run
from finetune_gui.ui.report_saving import ReportSaving, open_file
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.tried_images import keep_picture, predict_given
from finetune_gui.ui.widgets.class_table import ClassTable
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.empty_state import EmptyState
from finetune_gui.ui.widgets.evaluation_cards import EvaluationCards
from finetune_gui.ui.widgets.mistakes_view import MistakesView
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.widgets.try_area import TryArea
from finetune_gui.ui.words import count, data_name, model_name, progress_share
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.stream_host import StreamHost

TEST = "test"  # in place of a folder: the images of the run that were set aside for the final test


class EvaluationPage(PageFrame):
    """The result of the run that is looked at.

    Signals:
        next_requested: the user wants to export.
        settings_taken: settings for another run were taken over, to be started under Train.
    """

    next_requested = Signal()
    settings_taken = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Evaluate"), "", parent)
        self._session = session
        self._loaded: LoadedRun | None = None
        self._folder = ""  # what is shown: a folder, or TEST; empty: the run's own validation images
        self._wanted_folder = ""
        self._reading = LatestOperation(self)
        self._predicting = LatestOperation(self)
        self._taking_over = LatestOperation(self)
        self._writing = LatestOperation(self)
        self._written = Path()  # the last file, to be opened
        self._reports = ReportSaving(theme, self)
        self._look = DeeperLook(theme, self)
        self._evaluation = StreamHost("evaluation", self)
        self._build()
        self._lay_out_body()
        self._connect()
        self._show_run(session.run_path)

    def try_images(self, image_paths: list[str]) -> None:
        """Predict these images, or those in these folders, and show what the model says."""
        run_path = self._session.run_path
        if run_path is None:
            self.show_error(
                EngineError(self.tr("There is no model to try yet."), self.tr("Train one, or open one under Runs."))
            )
            return
        self._tabs.setCurrentWidget(self._try)
        self._try.set_busy(True)
        self._predicting.start(lambda progress: predict_given(run_path, image_paths, progress))

    @Slot(str)
    def evaluate_folder(self, folder: str) -> None:
        """Evaluate on the class folders in ``folder``; empty: on the run's validation images, TEST: its test images."""
        run_path = self._session.run_path
        if run_path is None:
            return
        data = Path(folder) if folder not in ("", TEST) else None
        part: SplitName = "test" if folder == TEST else "val"

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.launcher import evaluate_run  # on the thread: it imports torch

            return evaluate_run(run_path, control, data=data, part=part)

        if self._evaluation.start(stream):
            self._wanted_folder = folder
            self.banner.clear()
            self._progress.set_progress(None, self.tr("Loading the model…"))
            self._update_source()

    def shutdown(self) -> None:
        """Stop everything in the background and wait for it, with a bound."""
        self._evaluation.shutdown()
        for background in (self._reading, self._predicting, self._taking_over, self._mistakes, self._try):
            background.shutdown()
        self._look.shutdown()
        self._writing.shutdown()
        self._reports.shutdown()
        self._why.shutdown()
        self._camera.shutdown()

    def showEvent(self, event: QShowEvent) -> None:
        """The run may have been evaluated since."""
        super().showEvent(event)
        if self._session.run_path is not None and (self._loaded is None or self._loaded.result is None):
            self._read(self._session.run_path)

    # -- the run ----------------------------------------------------------------------------------------------------

    @Slot(Path)
    def _show_run(self, path: Path | None) -> None:
        """Forget the former run and read this one."""
        self._evaluation.stop()
        self._predicting.cancel()
        self._look.clear()
        self._why.clear()
        self._camera.close()
        self._loaded = None
        self._folder = ""
        self._try.clear()
        self.banner.clear()
        self._show_result(None)
        self.set_subtitle(self.tr("See how good the model is, where it is wrong, and try it on your own images."))
        self._stack.setCurrentIndex(0 if path is None else 1)
        for button in (self._report, self._other, self._next):
            button.setVisible(path is not None)
        if path is not None:
            self._read(path)

    def _read(self, path: Path) -> None:
        self._reading.start(lambda _: load_run(path))

    @Slot(object)
    def _on_read(self, loaded: LoadedRun) -> None:
        self._loaded = loaded
        self.set_subtitle(self._run_words(loaded))
        self._why.show_run(loaded.path)
        if not self._folder:
            self._show_result(loaded.result)
            self._look.show_run(loaded.path)
        self._update_source()

    def _run_words(self, loaded: LoadedRun) -> str:
        words = [
            self.tr("{model} on {data}").format(
                model=model_name(loaded.config.model.id), data=data_name(loaded.config.data.path)
            )
        ]
        if loaded.best_epoch:
            words.append(
                self.tr("best epoch {best} of {all}").format(
                    best=count(loaded.best_epoch), all=count(loaded.config.num_epochs)
                )
            )
        if loaded.frozen_verified is not None:
            unchanged = self.tr("frozen layers verified")
            words.append(unchanged if loaded.frozen_verified else self.tr("frozen layers have changed!"))
        return "  ·  ".join(words)

    # -- the result -------------------------------------------------------------------------------------------------

    def _show_result(self, result: EvaluationFinished | None) -> None:
        self._cards.set_result(result, self._folder if self._folder != TEST else "")
        self._mistakes.set_result(result)
        self._why.forget_images()
        self._classes.set_classes(result.classes if result else ())
        self._update_source()

    def _update_source(self) -> None:
        """The line that says which images were evaluated, where that needs saying."""
        running = self._evaluation.is_running()
        missing = self._loaded is not None and self._loaded.result is None and not self._folder
        incomplete = self._nothing_kept and self._tabs.currentWidget() in self._deeper and not missing
        self._progress.setVisible(running)
        self._cancel.setVisible(running)
        self._source.setVisible(not running)
        self._back.setVisible(not running and bool(self._folder))
        self._now.setVisible(not running and (missing or incomplete))
        self._source_row.setVisible(running or missing or incomplete or bool(self._folder))
        self._other.setEnabled(not running)
        self._test.setEnabled(not running)
        self._test.setVisible(self._loaded is not None and self._loaded.num_test > 0)
        if incomplete:
            self._source.setText(self.tr("What the model says of each image is not kept yet: evaluate once more."))
        elif self._folder == TEST:
            self._source.setText(self.tr("Evaluated on the test images"))
        elif self._folder:
            self._source.setText(self.tr("Evaluated on {folder}").format(folder=self._folder))
        elif missing:
            self._source.setText(self.tr("This run has not been evaluated yet."))

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case PreparationAdvanced():
                    self._progress.set_progress(progress_share(event), event.activity)
                case ValidationAdvanced():
                    text = self.tr("{done} of {total} images").format(done=count(event.done), total=count(event.total))
                    self._progress.set_progress(event.done / max(1, event.total), text)
                case EvaluationFinished() if not self._evaluation.was_stopped():
                    self._folder = self._wanted_folder
                    if self._loaded is not None and not self._folder:
                        self._loaded = replace(self._loaded, result=event)
                    self._show_result(event)
                    if self._loaded is not None:
                        self._look.show_run(self._loaded.path, event.split)
                case WarningRaised():
                    self.banner.show_message("warning", event.message, event.hint)

    @Slot(bool)
    def _on_missing(self, missing: bool) -> None:
        self._nothing_kept = missing
        self._update_source()

    @Slot()
    def _on_tab(self) -> None:
        self._update_source()

    @Slot()
    def _on_evaluation_finished(self) -> None:
        self._update_source()

    @Slot()
    def _on_back(self) -> None:
        self._folder = ""
        self._show_result(self._loaded.result if self._loaded else None)
        if self._loaded is not None:
            self._look.show_run(self._loaded.path)

    @Slot()
    def _on_now(self) -> None:
        self.evaluate_folder(self._folder)

    @Slot()
    def _on_test(self) -> None:
        self.evaluate_folder(TEST)

    @Slot()
    def _on_scratch(self) -> None:
        """Take over the settings of this run, without pretrained weights."""
        run_path, present = self._session.run_path, self._session.config
        if run_path is not None:
            self._taking_over.start(lambda _: from_scratch(run_path, present))

    @Slot(object)
    def _on_taken_over(self, config: TrainConfig) -> None:
        self._session.use_config(config)
        self.settings_taken.emit()

    @Slot()
    def _on_cancel(self) -> None:
        self._progress.set_progress(None, self.tr("Cancelling…"))
        self._evaluation.stop()

    @Slot()
    def _on_other(self) -> None:
        dialog = folder_dialog(self, self.tr("Choose a folder with one folder per class"))
        dialog.fileSelected.connect(self.evaluate_folder)
        dialog.open()

    @Slot(int)
    def _on_class(self, index: int) -> None:
        self._mistakes.show_class(index)
        self._tabs.setCurrentWidget(self._mistakes)

    # -- trying -----------------------------------------------------------------------------------------------------

    @Slot(list)
    def _on_files(self, image_paths: list[str]) -> None:
        self.try_images(image_paths)

    def _model_to_try(self) -> list[Path]:
        return [self._session.run_path] if self._session.run_path is not None else []

    @Slot(QImage)
    def _on_picture(self, picture: QImage) -> None:
        run_path = self._session.run_path
        if run_path is not None:
            self._tabs.setCurrentWidget(self._try)
            self._try.set_busy(True)
            self._predicting.start(lambda progress: predict_given(run_path, [keep_picture(picture)], progress))

    @Slot()
    def _on_nothing_pasted(self) -> None:
        self.banner.show_message(
            "info",
            self.tr("There is no image on the clipboard."),
            self.tr("Copy an image or an image file, then paste."),
        )

    @Slot(object)
    def _on_some_predicted(self, predictions: list[Prediction]) -> None:
        self._try.add(predictions)

    @Slot(object)
    def _on_predicted(self, predictions: list[Prediction]) -> None:
        self.banner.clear()
        self._try.set_busy(False)
        self._try.add(predictions)

    @Slot()
    def _on_predicting_ended(self) -> None:
        self._try.set_busy(False)

    @Slot(str, object)
    def _on_table_wanted(self, path: str, predictions: tuple[Prediction, ...]) -> None:
        self._writing.start(lambda _: write_predictions(predictions, Path(path)))
        self._written = Path(path)

    @Slot()
    def _on_written(self) -> None:
        words = self.tr("Saved in {file}.").format(file=self._written)
        self.banner.show_message("success", words, action_text=self.tr("Open"))

    @Slot()
    def _on_open_written(self) -> None:
        open_file(self._written)

    # -- report -----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_report(self) -> None:
        if self._session.run_path is not None:
            self._reports.ask(self._session.run_path)

    @Slot(Path)
    def _on_report_saved(self, path: Path) -> None:
        self._written = path
        self._on_written()

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.show_error(error)

    # -- looks ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._other = QPushButton(self.tr("Evaluate on another folder…"))
        self._next = QPushButton(self.tr("Export…"))
        set_kind(self._next, kind="primary")
        self._test = QPushButton(self.tr("Test images"))
        self._test.setToolTip(self.tr("Evaluate on the images that were set aside for the final test"))
        self._test.hide()
        self._report = QPushButton(self.tr("Report…"))
        self._report.setToolTip(self.tr("Curves, figures, mistakes and settings in one file to pass on"))
        self.add_action(self._report)
        self.add_action(self._test)
        self.add_action(self._other)
        self.add_action(self._next)
        self._cards = EvaluationCards(self.theme)
        self._source = ElidedLabel()
        self._progress = ProgressLine(self.theme, beside=True)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._back = QPushButton(self.tr("Back to validation images"))
        self._now = QPushButton(self.tr("Evaluate now"))
        self._mistakes = MistakesView(self.theme)
        self._classes = ClassTable(self.theme)
        self._try = TryArea(self.theme, explains=True)
        self._why = Explanations(self._session, self.theme, self, mistakes=self._mistakes, tried=self._try)
        self._camera = CameraTrial(self.theme, self, self._try, self._model_to_try)
        self._tabs = QTabWidget()
        self._deeper = (self._look.trust, self._look.groups, self._look.baselines)
        self._nothing_kept = False
        self._stack = QStackedWidget()

    def _lay_out_body(self) -> None:
        self._source_row = QWidget()
        row = QHBoxLayout(self._source_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._source, 1)
        row.addWidget(self._progress, 1)
        for button in (self._back, self._now, self._cancel):
            row.addWidget(button)
        table = QWidget()
        table_layout = QVBoxLayout(table)
        table_layout.setContentsMargins(0, 12, 0, 0)
        table_layout.addWidget(self._classes)
        self._tabs.addTab(self._mistakes, self.tr("Mistakes"))
        self._tabs.addTab(table, self.tr("By class"))
        for widget, title in zip(
            self._deeper, (self.tr("Trust"), self.tr("Groups"), self.tr("Baselines")), strict=True
        ):
            self._tabs.addTab(widget, title)
        self._tabs.addTab(self._why.labels.queue, self.tr("Labels"))
        self._tabs.addTab(self._try, self.tr("Try it"))
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._cards)
        layout.addWidget(self._source_row)
        layout.addWidget(self._tabs, 1)
        empty = EmptyState(
            self.theme,
            "evaluate",
            self.tr("No model to look at yet"),
            self.tr("Train a model first, or pick a run under Runs."),
        )
        self._stack.addWidget(empty)
        self._stack.addWidget(content)
        self.body.addWidget(self._reports.line)
        self.body.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._session.run_selected.connect(self._show_run)
        self._reading.succeeded.connect(self._on_read)
        self._predicting.succeeded.connect(self._on_predicted)
        self._predicting.told.connect(self._on_some_predicted)
        self._predicting.progressed.connect(self._try.set_progress)
        self._try.cancel_requested.connect(self._predicting.cancel)
        for ended in (self._predicting.failed, self._predicting.crashed, self._predicting.cancelled):
            ended.connect(self._on_predicting_ended)
        self._evaluation.events.connect(self._on_events)
        self._evaluation.finished.connect(self._on_evaluation_finished)
        self._look.missing.connect(self._on_missing)
        self._look.images_found.connect(self._why.show_images)
        self._look.baselines.scratch_requested.connect(self._on_scratch)
        self._taking_over.succeeded.connect(self._on_taken_over)
        self._tabs.currentChanged.connect(self._on_tab)
        self._test.clicked.connect(self._on_test)
        for background in (self._reading, self._predicting, self._taking_over, self._evaluation, self._look, self._why):
            background.failed.connect(self._on_failed)
            background.crashed.connect(self._session.crashed)
        for saving in (self._writing, self._reports, self._camera):
            saving.failed.connect(self._on_failed)
            saving.crashed.connect(self._session.crashed)
        self._writing.succeeded.connect(self._on_written)
        self._reports.saved.connect(self._on_report_saved)
        self.banner.action_triggered.connect(self._on_open_written)
        self._report.clicked.connect(self._on_report)
        self._try.table_wanted.connect(self._on_table_wanted)
        self._next.clicked.connect(self.next_requested)
        self._other.clicked.connect(self._on_other)
        self._cancel.clicked.connect(self._on_cancel)
        self._back.clicked.connect(self._on_back)
        self._now.clicked.connect(self._on_now)
        self._classes.class_activated.connect(self._on_class)
        self._try.files_given.connect(self._on_files)
        self._try.picture_pasted.connect(self._on_picture)
        self._try.nothing_pasted.connect(self._on_nothing_pasted)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.activated.connect(self._try.paste)
