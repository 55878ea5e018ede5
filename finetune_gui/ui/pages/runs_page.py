"""Past runs: find and compare them, open one, use its settings again, go on with it, or throw it away."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from finetune_gui import paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.run_list import RunSummary, list_runs
from finetune_gui.engine.run_notes import RunNotes, write_notes
from finetune_gui.ui.compared_runs import ComparedRuns, ReadRun, read_compared, read_run
from finetune_gui.ui.dialogs.run_notes_dialog import RunNotesDialog
from finetune_gui.ui.item_models.run_item_model import RunItemModel
from finetune_gui.ui.report_saving import ReportSaving, open_file
from finetune_gui.ui.run_trash import RunTrash
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.empty_state import EmptyState
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.run_actions import RunActions
from finetune_gui.ui.widgets.run_comparison_view import MOST_RUNS, RunComparisonView
from finetune_gui.ui.widgets.run_details import RunDetails
from finetune_gui.ui.widgets.run_table import RunTable
from finetune_gui.ui.widgets.search_field import SearchField
from finetune_gui.ui.words import counted
from finetune_gui.ui.workers.latest_operation import LatestOperation

_SEARCH_WIDTH = 260


class RunsPage(PageFrame):
    """All runs in a table; beneath it the selected one in detail, or several of them compared.

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
        self.set_subtitle(
            self.tr("Every training is kept. Select several to compare them; open one, or start from its settings.")
        )
        self._session = session
        self._active: Path | None = None
        self._wanted: Path | None = None  # to be selected once the list has been read
        self._shown: Path | None = None  # in detail
        self._compared_names: list[str] = []
        self._left_out = 0  # of those that are compared
        self._listing = LatestOperation(self)
        self._reading = LatestOperation(self)
        self._trash = RunTrash(self)
        self._noting = LatestOperation(self)
        self._reports = ReportSaving(theme, self)
        self._written: Path | None = None  # the last report, to be opened
        self._build()
        self._lay_out_body()
        self._connect()
        self._update_actions()

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
        self._update_actions()
        if self.isVisible():
            self.refresh()

    def selected_run(self) -> RunSummary | None:
        """The run that is shown in detail; None where none or several are selected."""
        runs = self._table.selected_runs()
        return runs[0] if len(runs) == 1 else None

    def shutdown(self) -> None:
        """Wait for what runs in the background, with a bound."""
        for background in self._in_background():
            background.shutdown()
        self._reports.shutdown()
        self._trash.shutdown()
        self._details.shutdown()
        self._comparison.shutdown()

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
        wanted = [run.path for run in self._table.selected_runs()]
        if self._wanted is not None:
            wanted = [self._wanted]
        elif not wanted and self._session.run_path is not None:
            wanted = [self._session.run_path]
        self._wanted = None
        self._runs.set_runs(runs)
        self._stack.setCurrentIndex(1 if runs else 0)
        self._search.setVisible(bool(runs))
        if self._table.num_shown():
            self._table.select_runs(wanted)
        else:
            self._update_actions()

    @Slot()
    def _on_find(self) -> None:
        self._search.setFocus()
        self._search.selectAll()

    @Slot(str)
    def _on_search(self, text: str) -> None:
        self._table.search(text)
        found = self._table.num_shown()
        self._found.setText(counted(self.tr("{count} run(s) found", "", found), found) if text.strip() else "")
        if found and not self._table.selected_runs():
            self._table.select_runs(())

    @Slot()
    def _on_selection(self) -> None:
        self._update_actions()
        runs = self._table.selected_runs()
        if len(runs) == 1 and runs[0].problem:
            self._reading.forget()
            self._lower.setCurrentWidget(self._damaged)
            self._damaged.setText(f"{runs[0].path}\n\n{runs[0].problem} {runs[0].way_out}")
        elif len(runs) == 1:
            path = runs[0].path
            if self._lower.currentWidget() is not self._details or path != self._shown:
                self._details.clear()
            self._shown = path
            self._lower.setCurrentWidget(self._details)
            self._reading.start(lambda _: read_run(path))
        elif whole := [run for run in runs if not run.problem]:
            self._left_out = max(0, len(whole) - MOST_RUNS)
            self._compare(whole[self._left_out :])

    def _compare(self, runs: list[RunSummary]) -> None:
        compared = [run.path for run in runs]
        self._compared_names = [run.name for run in runs]
        self._reading.start(lambda _: read_compared(compared))

    @Slot(object)
    def _on_read(self, found: ReadRun | ComparedRuns) -> None:
        if isinstance(found, ReadRun):
            self._details.show_run(found.config, list(found.events), self._said())
            return
        self._comparison.show_runs(self._compared_names, found, left_out=self._left_out)
        self._lower.setCurrentWidget(self._comparison)

    def _said(self) -> list[tuple[str, str]]:
        """Tags and note of the selected run, as far as there are some."""
        run = self.selected_run()
        if run is None:
            return []
        texts = ((self.tr("Tags"), ", ".join(run.tags)), (self.tr("Note"), run.note))
        return [(title, text) for title, text in texts if text]

    def _update_actions(self) -> None:
        runs = self._table.selected_runs()
        active = [self._runs.is_active(run) for run in runs]
        self._actions_row.update_for(runs, active, training=self._active is not None)

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
    def _on_notes(self) -> None:
        run = self.selected_run()
        if run is None:
            return
        title = "" if run.name == run.path.name else run.name
        dialog = RunNotesDialog(run.path, RunNotes(title=title, note=run.note, tags=run.tags), self)
        dialog.noted.connect(self._on_noted)
        dialog.open()

    @Slot(Path, object)
    def _on_noted(self, path: Path, notes: RunNotes) -> None:
        self._noting.start(lambda _: write_notes(path, notes))

    @Slot()
    def _on_report(self) -> None:
        if run := self.selected_run():
            self._reports.ask(run.path)

    @Slot(Path)
    def _on_report_saved(self, path: Path) -> None:
        self._written = path
        self._trash.forget()
        words = self.tr("Saved in {file}.").format(file=path)
        self.banner.show_message("success", words, action_text=self.tr("Open"))

    @Slot()
    def _on_banner(self) -> None:
        """Its button undoes the last wish, or opens what was written."""
        if self._trash.can_undo:
            self.banner.clear()
            self._trash.undo()
        elif self._written is not None:
            open_file(self._written)

    @Slot(QPoint)
    def _on_menu(self, position: QPoint) -> None:
        self._actions_row.menu.popup(self._table.viewport().mapToGlobal(position))

    @Slot()
    def _on_trash(self) -> None:
        runs = self._table.selected_runs()
        if runs and not any(self._runs.is_active(run) for run in runs):
            self._trash.ask(runs)

    @Slot()
    def _on_trashing(self) -> None:
        """That they are gone is no news then."""
        self._reading.forget()
        self._listing.forget()

    @Slot(str)
    def _on_trashed(self, words: str) -> None:
        self.banner.show_message("success", words, action_text=self.tr("Undo") if self._trash.can_undo else "")
        self.refresh()

    @Slot(Path)
    def _on_returned(self, path: Path) -> None:
        self._wanted = path
        self.refresh()

    @Slot(object)
    def _on_changed(self, _: object) -> None:
        self.refresh()

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.show_error(error)
        self._update_actions()

    # -- looks ------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._runs = RunItemModel(self.theme, self)
        self._table = RunTable(self.theme, self._runs)
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._search = SearchField(self.theme, self.tr("Search runs"))
        self._search.setFixedWidth(_SEARCH_WIDTH)
        self._search.setToolTip(self.tr("Words of names, notes, tags, images, models, layers and states (Ctrl+F)"))
        self._found = text_label("hint")
        self._actions_row = RunActions()
        self._details = RunDetails(self.theme)
        self._comparison = RunComparisonView(self.theme)
        self._damaged = text_label("error", wrap=True)
        self._damaged.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        for action in (self._actions_row.notes, self._actions_row.trash):
            self._table.addAction(action)  # so that their keys work where the runs are

    def _lay_out_body(self) -> None:
        self.add_action(self._found)
        self.add_action(self._search)
        self._lower = QStackedWidget()
        for part in (self._details, self._comparison, self._damaged):
            self._lower.addWidget(part)
        beneath = QWidget()
        beneath_layout = QVBoxLayout(beneath)
        beneath_layout.setContentsMargins(0, 12, 0, 0)
        beneath_layout.setSpacing(8)
        beneath_layout.addWidget(self._actions_row)
        beneath_layout.addWidget(self._lower, 1)
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
        self.body.addWidget(self._reports.line)
        self.body.addWidget(self._stack, 1)

    def _in_background(self) -> tuple[LatestOperation, ...]:
        return self._listing, self._reading, self._noting

    def _connect(self) -> None:
        self._session.run_selected.connect(self._on_run_selected)
        self._listing.succeeded.connect(self._on_listed)
        self._reading.succeeded.connect(self._on_read)
        self._noting.succeeded.connect(self._on_changed)
        for background in self._in_background():
            background.failed.connect(self._on_failed)
            background.crashed.connect(self._session.crashed)
        for doer in (self._reports, self._trash):
            doer.failed.connect(self._on_failed)
            doer.crashed.connect(self._session.crashed)
        self._trash.began.connect(self._on_trashing)
        self._trash.moved.connect(self._on_trashed)
        self._trash.returned.connect(self._on_returned)
        self._trash.failed.connect(self._on_changed)  # some of several may be gone
        self._search.textChanged.connect(self._on_search)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self._on_find)
        self._table.run_highlighted.connect(self._on_selection)
        self._table.run_activated.connect(self.open_requested)
        self._table.customContextMenuRequested.connect(self._on_menu)
        self.banner.action_triggered.connect(self._on_banner)
        self._reports.saved.connect(self._on_report_saved)
        row = self._actions_row
        row.open_requested.connect(self._on_open)
        row.reuse_requested.connect(self._on_reuse)
        row.resume_requested.connect(self._on_resume)
        row.extend_requested.connect(self._on_extend)
        row.report_requested.connect(self._on_report)
        row.notes_requested.connect(self._on_notes)
        row.folder_requested.connect(self._on_folder)
        row.trash_requested.connect(self._on_trash)
