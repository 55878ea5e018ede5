"""Settings at the left; progress, figures and live curves of the run at the right."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, RunFinished, WarningRaised
from finetune_gui.ui import run_words
from finetune_gui.ui.frozen_words import kept_words
from finetune_gui.ui.lr_search import LrSearch
from finetune_gui.ui.paced_refresh import PacedRefresh
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.run_progress import RunProgress
from finetune_gui.ui.run_states import GOING_ON, HELD
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.training_settings import TrainingSettings
from finetune_gui.ui.widgets.config_form import ConfigForm
from finetune_gui.ui.widgets.drift_view import DriftView
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.widgets.run_cards import RunCards
from finetune_gui.ui.widgets.run_curves import RunCurves
from finetune_gui.ui.widgets.run_result_bar import RunResultBar
from finetune_gui.ui.widgets.waiting_bar import WaitingBar
from finetune_gui.ui.words import count, counted

_MAX_INCIDENTS = 2  # shown at once; all of them are in the tooltip
_LOW = 660  # pixels: on a lower page, as in a window of 1280 x 720, the curves get the room of some words


class TrainingPage(PageFrame):
    """Shows what a run does; what shall be done it only wishes.

    Signals:
        train_requested: start a run.
        pause_requested: pause, or go on.
        next_requested: to the evaluation.
        stop_requested: end the run, and keep what was learnt.
        export_requested: to the export.
        extend_requested: folder of the run that is shown: train it for more epochs.
        config_chosen: a file whose settings shall be taken.
        searching: whether a search for a learning rate goes on; no run may begin beside it.
        crashed: the traceback of a bug.
    """

    train_requested = Signal()
    pause_requested = Signal()
    stop_requested = Signal()
    next_requested = Signal()
    export_requested = Signal()
    extend_requested = Signal(Path)
    config_chosen = Signal(Path)
    searching = Signal(bool)
    crashed = Signal(str)

    def __init__(self, session: Session, theme: Theme, preferences: Preferences, parent: QWidget | None = None) -> None:
        subtitle = self.tr("Press Train and watch it learn. The settings suit most images as they are.")
        super().__init__(theme, self.tr("Train"), subtitle, parent)
        self._session = session
        self._state = "idle"
        self._refused = False
        self._low = False
        self._unsaid = ""  # the message of the banner that offers to save
        self.progress = RunProgress()
        self.form = ConfigForm(theme)
        self.settings = TrainingSettings(self.form, session, theme, preferences, self)
        self.search = LrSearch(session, theme, self)
        self.headline = QLabel()
        self.details = QLabel()
        self.line = ProgressLine(theme)
        self.warnings = QLabel()
        self.waiting = WaitingBar(theme)
        self.cards = RunCards(theme)
        self.curves = RunCurves(theme)
        self.kept = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.audit = QLabel()
        self.drift = DriftView(theme)
        self.tabs = QTabWidget()
        self.result = RunResultBar(theme)
        self.train_button = QPushButton(self.tr("Start training"))
        self.extend_button = QPushButton(self.tr("More epochs…"))
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._on_tick)
        self._refresh = PacedRefresh(self._show_state, self)
        self._lay_out_body()
        self._connect()
        self._show_state()

    # -- the run --------------------------------------------------------------------------------------------------

    @Slot()
    def begin_run(self) -> None:
        """A run is about to start: an empty page for it."""
        self._forget_run()
        self.banner.clear()
        self._show_state()

    def take(self, events: list[Event]) -> None:
        """Show what happened in the run that is under way."""
        self.progress.take(events)
        self.curves.take(events)
        self.drift.take(events)
        self._tell_milestones(events)
        self._refresh.after(events)

    def show_run(self, events: Iterable[Event]) -> None:
        """Show a past run."""
        known = list(events)
        self._forget_run()
        self.banner.clear()
        self.progress.take(known, live=False)
        self.curves.take(known)
        self.drift.take(known)
        self._tell_milestones(known)
        self._show_state()

    @Slot(str)
    def set_run_state(self, state: str) -> None:
        """``idle``, ``running``, ``paused`` or ``stopping``."""
        self._state = state
        if state == "idle":
            self.progress.end()
            self._tick.stop()
            self._forget_refusal()
        else:
            self._tick.start()
        self.form.set_note("" if state == "idle" else self.tr("Changes are for the next run."))
        self._show_search()
        self._show_state()

    @Slot(object)
    def show_failure(self, error: EngineError) -> None:
        """The run could not go on."""
        self.show_error(error)

    def show_refusal(self, error: EngineError) -> None:
        """What was wished cannot be done now; said until that may have changed."""
        self._refused = True
        self.banner.show_message("warning", error.message, error.hint)

    def show_taken(self, missing: str) -> None:
        """Settings were taken over; ``missing`` says what could not be, or is empty."""
        if missing:
            self.banner.show_message("warning", self.tr("The settings are taken, but not all."), missing)
        else:
            self.banner.show_message("success", self.tr("The settings are taken. Press Train to use them."))

    def _forget_refusal(self) -> None:
        if self._refused:
            self._refused = False
            self.banner.clear()

    def set_devices(self, devices: Sequence[tuple[str, str]]) -> None:
        """Offer devices as (id, name)."""
        self.form.set_devices(devices, self._session.config.device)

    def set_ready(self, problem: EngineError | None) -> None:
        """Whether a run can start."""
        if problem is None and self._state == "idle":
            self._forget_refusal()
        self.train_button.setToolTip(str(problem) if problem else self.tr("Start training (F5)"))
        self._show_search()
        set_kind(self.train_button, kind="" if problem else "primary")
        self.theme.bind_icon(self.train_button, "play", "text_muted" if problem else "accent_text", 16)

    def build_rest(self) -> bool:
        """The sections of the settings, one at a time."""
        return self.form.build_rest()

    def shutdown(self) -> None:
        """The window closes."""
        self._tick.stop()
        self.settings.shutdown()
        self.search.shutdown()
        self.curves.shutdown()
        self.drift.shutdown()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer words where the page is low."""
        super().resizeEvent(event)
        if (low := self.height() < _LOW) != self._low:
            self._low = low
            self.cards.set_compact(low)
            self._show_state()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space pauses, where no button or field wants it for itself."""
        if event.key() == Qt.Key.Key_Space and self._state in GOING_ON:
            self.pause_requested.emit()
        else:
            super().keyPressEvent(event)

    # -- parts ----------------------------------------------------------------------------------------------------

    def _lay_out_body(self) -> None:
        set_kind(self.headline, kind="heading")
        set_kind(self.details, kind="hint")
        set_kind(self.warnings, kind="warning")
        self.warnings.setWordWrap(True)
        self.warnings.setTextFormat(Qt.TextFormat.PlainText)
        self.details.setWordWrap(True)
        set_kind(self.kept, kind="hint")
        self.audit.setWordWrap(True)
        self.audit.setTextFormat(Qt.TextFormat.PlainText)
        self.curves.setContentsMargins(0, 8, 0, 0)
        self.tabs.addTab(self.curves, self.tr("Curves"))
        self.tabs.addTab(self.drift, self.tr("What moved"))
        head = QVBoxLayout()
        head.setSpacing(8)
        for widget in (self.headline, self.line, self.details, self.kept, self.audit, self.warnings):
            head.addWidget(widget)
        right = QVBoxLayout()
        right.setSpacing(14)
        right.addWidget(self.result)
        right.addWidget(self.waiting)
        right.addLayout(head)
        right.addWidget(self.cards)
        right.addWidget(self.tabs, 1)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self.form)
        columns.addLayout(right, 1)
        self.body.addLayout(columns, 1)
        self.extend_button.setToolTip(self.tr("Go on with this run, for more epochs than it was meant to have"))
        self.add_action(self.extend_button)
        self.add_action(self.train_button)
        self.set_ready(self._session.data_problem())

    def _connect(self) -> None:
        self.train_button.clicked.connect(self._on_train)
        self.result.evaluate_requested.connect(self.next_requested)
        self.result.export_requested.connect(self.export_requested)
        self.extend_button.clicked.connect(self._on_extend)
        self.waiting.retry_requested.connect(self.pause_requested)
        self.waiting.stop_requested.connect(self.stop_requested)
        self.form.lr_search_wished.connect(self.search.begin)
        self.search.failed.connect(self.show_refusal)
        self.search.active_changed.connect(self.searching)
        self.settings.told.connect(self._on_told)
        self.settings.unsaid.connect(self._on_unsaid)
        self.settings.failed.connect(self.show_error)
        self.settings.config_chosen.connect(self.config_chosen)
        for part in (self.settings, self.search):
            part.crashed.connect(self.crashed)
        self.banner.action_triggered.connect(self._on_banner_action)

    # -- what is shown --------------------------------------------------------------------------------------------

    def _forget_run(self) -> None:
        self.progress = RunProgress()
        self.curves.clear()
        self.drift.clear()
        self.result.hide()
        self.warnings.clear()

    def _show_state(self) -> None:
        run = self.progress
        self.headline.setText(run_words.headline(run, self._state))
        self.details.setText(run_words.details(run, self._state))
        self.cards.show_run(run)
        busy = self._state != "idle" and (run.started is None or self._state == "stopping")
        share = run.share or 0.0
        if run.preparation is not None and run.preparation.total:
            busy, share = False, run.preparation.done / run.preparation.total
        self.line.set_progress(None if busy and self._state not in HELD else share)
        finished = run.finished is not None and run.finished.outcome != "discarded"
        self.line.set_level("success" if finished else "warning" if self._state in HELD else "")
        told = finished and self._state == "idle" and self.result.isVisibleTo(self)  # by the bar above: the curves
        self.headline.setVisible(not told)  # need the room, on a small screen
        self.line.setVisible(not told and (self._state != "idle" or run.started is not None))
        self.extend_button.setVisible(finished and self._state == "idle")
        self.train_button.setVisible(self._state == "idle" and run.started is None)  # afterwards the result leads on
        self._show_kept()
        self._show_audit()
        self.waiting.show_pause(run.waiting if self._state != "idle" else None)
        self._show_incidents()

    def _show_kept(self) -> None:
        """One line: what frozen layers need not do again."""
        run = self.progress
        self.kept.setVisible(run.kept is not None)
        if run.kept is not None and run.started is not None:
            words = kept_words(run.kept, run.started.num_epochs)
            self.kept.setText(words)

    def _show_audit(self) -> None:
        """One line: is what is frozen still what it was?"""
        audit = self.progress.audit
        told = audit is not None and audit.verified is True and (self._low or self.result.isVisibleTo(self))
        self.audit.setVisible(audit is not None and audit.verified is not None and not told)
        if audit is None:
            return
        if audit.verified:
            words = self.tr("Frozen: verified after epoch {epoch}. {tensors} tensors are identical to the last bit.")
            text = words.format(epoch=count(audit.epoch), tensors=count(audit.num_frozen))
        else:
            text = self.tr("Frozen layers have changed: {0}.").format(", ".join(audit.changed[:3]))
        self.audit.setText(text)
        set_kind(self.audit, kind="hint" if audit.verified else "error")

    def _show_incidents(self) -> None:
        incidents = self.progress.incidents
        texts = [run_words.incident_words(event) for event in incidents]
        shown = texts[-_MAX_INCIDENTS:]
        if self._low:
            shown = [run_words.incident_words(event, brief=True) for event in incidents[-1:]]
        if len(texts) > len(shown):
            words = self.tr("{count} warning(s) in all: rest the mouse here to read them.", "", len(texts))
            shown.append(counted(words, len(texts)))
        self.warnings.setText("\n".join(shown))
        self.warnings.setToolTip("\n".join(texts))
        self.warnings.setVisible(bool(texts))

    def _show_search(self) -> None:
        """Whether a learning rate can be searched for."""
        problem = self._session.data_problem()
        if self._state != "idle":
            self.form.set_search(self.tr("A run is under way."))
        else:
            self.form.set_search(str(problem) if problem else "")

    def _tell_milestones(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, RunFinished):
                self._tell_finished(event)
            elif isinstance(event, WarningRaised):
                self.warnings.setAccessibleName(event.message)
        if self.progress.failed is not None and self._state == "idle":
            failed = self.progress.failed
            self.show_error(EngineError(failed.message, failed.hint))
        started = self.progress.started
        self.form.show_auto_lr(started.lr if started and self._session.config.optim.lr is None else None)

    def _tell_finished(self, event: RunFinished) -> None:
        if event.outcome == "discarded":
            self.banner.show_message("info", self.tr("The run was discarded."), self.tr("Nothing of it was kept."))
            return
        if event.changed_frozen:
            names = ", ".join(event.changed_frozen[:3])
            message = self.tr("Frozen layers have changed: {0}.").format(names)
            self.banner.show_message("error", message, self.tr("This is a bug. Please report it with the run's log."))
        for widget in (self.waiting, self.headline, self.line):  # first: else a small window would grow for a moment
            widget.hide()
        self.result.show_result(*run_words.result_words(event))

    # -- slots ----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_train(self) -> None:
        self.train_requested.emit()

    @Slot()
    def _on_tick(self) -> None:
        self.cards.show_time(self.progress)

    @Slot()
    def _on_extend(self) -> None:
        if self.progress.started is not None:
            self.extend_requested.emit(Path(self.progress.started.run_dir))

    @Slot(str, str)
    def _on_told(self, message: str, hint: str) -> None:
        self._unsaid = ""
        self.banner.show_message("success", message, hint)

    @Slot(object)
    def _on_unsaid(self, error: EngineError) -> None:
        self._unsaid = error.message
        self.banner.show_message("info", error.message, error.hint, self.tr("Save config…"))

    @Slot()
    def _on_banner_action(self) -> None:
        if self._unsaid and self.banner.message() == self._unsaid:
            self.settings.save_config()
