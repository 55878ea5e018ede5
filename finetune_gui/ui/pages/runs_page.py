"""Past runs: compare them, open one, use its settings again, go on with it, or throw it away."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from finetune_gui import paths
from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, StepCompleted
from finetune_gui.engine.runs import RunFolder, RunSummary, list_runs
from finetune_gui.ui.item_models.run_item_model import RESUMABLE, RunItemModel
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.empty_state import EmptyState
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.run_details import RunDetails
from finetune_gui.ui.widgets.run_table import RunTable
from finetune_gui.ui.workers.latest_operation import LatestOperation

EXTENSIBLE = ("completed",)  # states of a run that has had all its epochs


@dataclass(frozen=True, kw_only=True)
class _Details:
    path: Path
    config: TrainConfig
    events: list[Event]


class RunsPage(PageFrame):
    """All runs in a table, the selected one in detail beneath.

    Signals:
        open_requested: look at the result of this run.
        reuse_requested: take over the settings of this run.
        resume_requested: go on with this run.
        extend_requested: train this run for more epochs.
    """

    open_requested = Signal(Path)
    reuse_requested = Signal(Path)
    resume_requested = Signal(Path)
    extend_requested = Signal(Path)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Runs"), "", parent)
        self.set_subtitle(self.tr("Every training is kept. Compare them, open one, or start from its settings."))
        self._session = session
        self._active: Path | None = None
        self._wanted: Path | None = None  # to be selected once the list has been read
        self._listing = LatestOperation(self)
        self._reading = LatestOperation(self)
        self._trashing = LatestOperation(self)
        self._build()
        self._lay_out_body()
        self._connect()
        self._update_buttons()

    @Slot()
    def refresh(self) -> None:
        """Read the list of runs anew."""
        self._listing.start(lambda _: list_runs(paths.runs_dir()))

    @Slot(Path)
    @Slot()
    def set_active_run(self, path: Path | None = None) -> None:
        """Tell which run is being trained, if any: it can be neither resumed nor thrown away."""
        self._active = path
        self._runs.set_active(path)
        self._update_buttons()
        if self.isVisible():
            self.refresh()

    def selected_run(self) -> RunSummary | None:
        """The run that is shown in detail."""
        return self._table.selected_run()

    def shutdown(self) -> None:
        """Wait for what runs in the background, with a bound."""
        for background in (self._listing, self._reading, self._trashing):
            background.shutdown()
        self._details.shutdown()

    def showEvent(self, event: QShowEvent) -> None:
        """There may be new runs."""
        super().showEvent(event)
        self.refresh()

    # -- list and details -------------------------------------------------------------------------------------------

    @Slot(Path)
    def _on_run_selected(self, path: Path | None) -> None:
        self._wanted = path
        if self.isVisible():
            self.refresh()

    @Slot(object)
    def _on_listed(self, runs: list[RunSummary]) -> None:
        selected = self.selected_run()
        wanted = self._wanted or (selected.path if selected else self._session.run_path)
        self._wanted = None
        self._runs.set_runs(runs)
        self._stack.setCurrentIndex(1 if runs else 0)
        if runs:
            self._table.select_run(wanted)
        self._update_buttons()

    @Slot()
    def _on_selection(self) -> None:
        self._update_buttons()
        run = self.selected_run()
        if run is not None:
            if run.name != self._name.text():
                self._details.clear()
            self._name.setText(run.name)
            self._reading.start(_reader(run.path))

    @Slot(object)
    def _on_read(self, details: _Details) -> None:
        self._details.show_run(details.config, details.events)

    def _update_buttons(self) -> None:
        run = self.selected_run()
        active = run is not None and self._runs.is_active(run)
        for button in (self._open, self._reuse, self._folder):
            button.setEnabled(run is not None)
        self._resume.setEnabled(run is not None and run.state in RESUMABLE and not active and self._active is None)
        extensible = run is not None and run.state in EXTENSIBLE
        self._resume.setVisible(not extensible)  # one of the two ways to go on makes sense
        self._extend.setVisible(extensible)
        self._extend.setEnabled(extensible and self._active is None)
        self._trash.setEnabled(run is not None and not active)
        another = self.tr("Another training is going on.") if self._active is not None else ""
        self._resume.setToolTip(another or self.tr("Go on from the last checkpoint of a run that did not finish."))
        self._extend.setToolTip(another or self.tr("Go on with a run that has had all its epochs."))

    # -- wishes -----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_open(self) -> None:
        if run := self.selected_run():
            self.open_requested.emit(run.path)

    @Slot()
    def _on_reuse(self) -> None:
        if run := self.selected_run():
            self.reuse_requested.emit(run.path)

    @Slot()
    def _on_resume(self) -> None:
        if run := self.selected_run():
            self.resume_requested.emit(run.path)

    @Slot()
    def _on_extend(self) -> None:
        if run := self.selected_run():
            self.extend_requested.emit(run.path)

    @Slot()
    def _on_folder(self) -> None:
        if run := self.selected_run():
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.path)))

    @Slot()
    def _on_trash(self) -> None:
        run = self.selected_run()
        if run is None:
            return
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("Move this run to the trash?"))
        box.setInformativeText(
            self.tr("{name}, with its model and its exports. You can take it back out of the trash.").format(
                name=run.name
            )
        )
        box.setStandardButtons(QMessageBox.StandardButton.Cancel)
        move = box.addButton(self.tr("Move to trash"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        self._condemned = run.path
        move.clicked.connect(self._on_trash_confirmed)
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot()
    def _on_trash_confirmed(self) -> None:
        path = self._condemned
        if path == self._active:
            return
        self._trash.setEnabled(False)
        self._trashing.start(lambda _: _move_to_trash(path))

    @Slot(object)
    def _on_trashed(self, name: str) -> None:
        self.banner.show_message("success", self.tr("{name} is in the trash.").format(name=name))
        self.refresh()

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.show_error(error)
        self._update_buttons()

    # -- looks ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._runs = RunItemModel(self.theme, self)
        self._table = RunTable(self.theme, self._runs)
        self._name = ElidedLabel()
        set_kind(self._name, kind="heading")
        self._details = RunDetails(self.theme)
        self._open = QPushButton(self.tr("Open"))
        set_kind(self._open, kind="primary")
        self._open.setToolTip(self.tr("Evaluate, try and export the model of this run"))
        self._reuse = QPushButton(self.tr("Use these settings"))
        self._resume = QPushButton(self.tr("Resume"))
        self._extend = QPushButton(self.tr("More epochs…"))
        self._folder = QPushButton(self.tr("Open folder"))
        self._trash = QPushButton(self.tr("Move to trash…"))
        set_kind(self._trash, kind="danger")
        self._condemned = Path()

    def _lay_out_body(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._name, 1)
        for button in (self._open, self._reuse, self._resume, self._extend, self._folder, self._trash):
            buttons.addWidget(button)
        beneath = QWidget()
        beneath_layout = QVBoxLayout(beneath)
        beneath_layout.setContentsMargins(0, 12, 0, 0)
        beneath_layout.setSpacing(8)
        beneath_layout.addLayout(buttons)
        beneath_layout.addWidget(self._details, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._table)
        splitter.addWidget(beneath)
        splitter.setSizes([210, 290])
        empty = EmptyState(
            self.theme,
            "runs",
            self.tr("No runs yet"),
            self.tr("Each training appears here, with its curves and model."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(splitter)
        self.body.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._session.run_selected.connect(self._on_run_selected)
        self._listing.succeeded.connect(self._on_listed)
        self._reading.succeeded.connect(self._on_read)
        self._trashing.succeeded.connect(self._on_trashed)
        for background in (self._listing, self._reading, self._trashing):
            background.failed.connect(self._on_failed)
            background.crashed.connect(self._session.crashed)
        self._table.run_highlighted.connect(self._on_selection)
        self._table.run_activated.connect(self.open_requested)
        self._open.clicked.connect(self._on_open)
        self._reuse.clicked.connect(self._on_reuse)
        self._resume.clicked.connect(self._on_resume)
        self._extend.clicked.connect(self._on_extend)
        self._folder.clicked.connect(self._on_folder)
        self._trash.clicked.connect(self._on_trash)


def _reader(path: Path) -> Callable[[object], _Details]:
    def read(_: object) -> _Details:
        run = RunFolder.open(path)
        # Epochs tell enough of a past run; a long one has millions of steps.
        events = [event for event in run.events() if not isinstance(event, StepCompleted)]
        return _Details(path=path, config=run.config(), events=events)

    return read


def _move_to_trash(path: Path) -> str:
    from send2trash import send2trash

    try:
        send2trash(path)
    except OSError as error:
        message = QCoreApplication.translate("RunsPage", "{name} could not be moved to the trash: {reason}.")
        hint = QCoreApplication.translate("RunsPage", "Use “Open folder” and delete it there.")
        raise EngineError(message.format(name=path.name, reason=error.strerror or error), hint) from error
    return path.name
