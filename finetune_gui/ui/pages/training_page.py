"""Settings at the left; progress, figures and live curves of the run at the right."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTabWidget, QVBoxLayout, QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, PreparationAdvanced, RunFinished, WarningRaised
from finetune_gui.ui.frozen_words import kept_words
from finetune_gui.ui.run_progress import RunProgress
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.config_form import ConfigForm
from finetune_gui.ui.widgets.drift_view import DriftView
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.widgets.run_cards import RunCards
from finetune_gui.ui.widgets.run_curves import RunCurves
from finetune_gui.ui.widgets.run_result_bar import RunResultBar
from finetune_gui.ui.words import count, counted, figure, optimizer_name, parameters, percent, size, spoken_time

_MAX_WARNINGS = 2  # shown at once; all of them are in the tooltip


class TrainingPage(PageFrame):
    """Shows what a run does; what shall be done it only wishes.

    Signals:
        train_requested: start a run.
        pause_requested: pause, or go on.
        next_requested: to the evaluation.
        export_requested: to the export.
    """

    train_requested = Signal()
    pause_requested = Signal()
    next_requested = Signal()
    export_requested = Signal()

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        subtitle = self.tr("Press Train and watch it learn. The settings suit most images as they are.")
        super().__init__(theme, self.tr("Train"), subtitle, parent)
        self._session = session
        self._state = "idle"
        self._refused = False
        self.progress = RunProgress()
        self.form = ConfigForm(theme)
        self.headline = QLabel()
        self.details = QLabel()
        self.line = ProgressLine(theme)
        self.warnings = QLabel()
        self.cards = RunCards(theme)
        self.curves = RunCurves(theme)
        self.kept = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.audit = QLabel()
        self.drift = DriftView(theme)
        self.tabs = QTabWidget()
        self.result = RunResultBar(theme)
        self.train_button = QPushButton(self.tr("Start training"))
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._on_tick)
        self._lay_out_body()
        self._connect()
        self._on_config()
        self._on_dataset()
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
        self._show_state()

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
        self._show_state()

    @Slot(object)
    def show_failure(self, error: EngineError) -> None:
        """The run could not go on."""
        self.show_error(error)

    def show_refusal(self, error: EngineError) -> None:
        """What was wished cannot be done now; said until that may have changed."""
        self._refused = True
        self.banner.show_message("warning", error.message, error.hint)

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
        set_kind(self.train_button, kind="" if problem else "primary")
        self.theme.bind_icon(self.train_button, "play", "text_muted" if problem else "accent_text", 16)

    def shutdown(self) -> None:
        """The window closes."""
        self._tick.stop()
        self.curves.shutdown()
        self.drift.shutdown()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space pauses, where no button or field wants it for itself."""
        if event.key() == Qt.Key.Key_Space and self._state in ("running", "paused"):
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
        right.addLayout(head)
        right.addWidget(self.cards)
        right.addWidget(self.tabs, 1)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self.form)
        columns.addLayout(right, 1)
        self.body.addLayout(columns, 1)
        self.add_action(self.train_button)
        self.set_ready(self._session.data_problem())

    def _connect(self) -> None:
        self.train_button.clicked.connect(self._on_train)
        self.form.changed.connect(self._on_changed)
        self.result.evaluate_requested.connect(self.next_requested)
        self.result.export_requested.connect(self.export_requested)
        self._session.config_changed.connect(self._on_config)
        self._session.dataset_changed.connect(self._on_dataset)

    # -- what is shown --------------------------------------------------------------------------------------------

    def _forget_run(self) -> None:
        self.progress = RunProgress()
        self.curves.clear()
        self.drift.clear()
        self.result.hide()
        self.warnings.clear()

    def _show_state(self) -> None:
        run = self.progress
        self.headline.setText(self._headline())
        self.details.setText(self._details())
        self.cards.show_run(run)
        busy = self._state != "idle" and (run.started is None or self._state == "stopping")
        share = run.share or 0.0
        if run.preparation is not None and run.preparation.total:
            busy, share = False, run.preparation.done / run.preparation.total
        self.line.set_progress(None if busy and self._state != "paused" else share)
        finished = run.finished is not None and run.finished.outcome != "discarded"
        self.line.set_level("success" if finished else "warning" if self._state == "paused" else "")
        told = finished and self._state == "idle" and self.result.isVisibleTo(self)  # by the bar above: the curves
        self.headline.setVisible(not told)  # need the room, on a small screen
        self.line.setVisible(not told and (self._state != "idle" or run.started is not None))
        self.train_button.setVisible(self._state == "idle" and run.started is None)  # afterwards the result leads on
        self._show_kept()
        self._show_audit()
        self._show_warnings()

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
        told = self.result.isVisibleTo(self) and audit is not None and audit.verified is True
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

    def _headline(self) -> str:
        run = self.progress
        if self._state == "stopping":
            return self.tr("Stopping after this step…")
        if run.started is None:
            return self._preparation_words() if self._state != "idle" else self.tr("Nothing has been trained yet")
        if run.finished is not None and run.finished.outcome == "discarded":
            return self.tr("The run was discarded")
        if self._state == "idle":
            return self._past_headline()
        if run.preparation is not None:
            return self._preparation_words()
        parts = [self.tr("Epoch {0} of {1}").format(run.epoch_number, run.started.num_epochs)]
        if run.share is not None:
            parts.append(percent(run.share, 0))
        if self._state == "paused":
            parts.append(self.tr("paused"))
        elif run.validation is not None:
            parts.append(self.tr("validating"))
        elif run.seconds_left is not None:
            parts.append(self.tr("{0} left").format(spoken_time(run.seconds_left)))
        return " · ".join(parts)

    def _past_headline(self) -> str:
        run = self.progress
        reached = run.epoch.epoch if run.epoch else 0
        planned = run.started.num_epochs if run.started else reached
        if run.finished is None:
            return self.tr("Ended too early, in epoch {0} of {1}").format(run.epoch_number, planned)
        if run.finished.outcome == "stopped":
            return self.tr("Stopped in epoch {0} of {1}, and kept").format(reached, planned)
        return counted(self.tr("Finished · {count} epoch(s)", "", planned), planned)

    def _preparation_words(self) -> str:
        return preparation_words(self.progress.preparation) or self.tr("Getting ready…")

    def _details(self) -> str:
        started = self.progress.started
        if started is None:
            waiting = self._state == "idle"
            return self.tr("The curves appear here, live, as soon as you press Train.") if waiting else ""
        images = self.tr("{0} training and {1} validation images")
        change = self.progress.plan_change
        lr = change.lr if change is not None else started.lr
        trainable = change.trainable_parameters if change is not None else started.trainable_parameters
        learning = self.tr("{0} of {1} parameters learn")
        return " · ".join(
            (
                images.format(count(started.num_train), count(started.num_val)),
                self.tr("{0}, learning rate {1}").format(optimizer_name(started.optimizer), figure(lr)),
                learning.format(parameters(trainable), parameters(started.total_parameters)),
            )
        )

    def _show_warnings(self) -> None:
        texts = [f"{warning.message} {warning.hint}".strip() for warning in self.progress.warnings]
        shown = texts[-_MAX_WARNINGS:]
        if len(texts) > len(shown):
            words = self.tr("{count} warning(s) in all: rest the mouse here to read them.", "", len(texts))
            shown.append(counted(words, len(texts)))
        self.warnings.setText("\n".join(shown))
        self.warnings.setToolTip("\n".join(texts))
        self.warnings.setVisible(bool(texts))

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
        accuracy = percent(event.best_val_accuracy)
        sentence = self.tr("{0} of the validation images are recognised.").format(accuracy)
        notes = [self.tr("Best at epoch {0}; these weights are kept.").format(event.best_epoch)]
        if event.frozen_verified:
            notes.append(self.tr("Frozen layers verified: identical to the last bit."))
        self.result.show_result(sentence, " ".join(notes))

    # -- slots ----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_train(self) -> None:
        self.train_requested.emit()

    @Slot()
    def _on_tick(self) -> None:
        self.cards.show_time(self.progress)

    @Slot(str, object)
    def _on_changed(self, name: str, value: object) -> None:
        section, _, field = name.partition(".")
        session = self._session
        setters = {
            "training": session.set_training,
            "optim": session.set_optim,
            "data": session.set_data,
            "head": session.set_head,
            "speed": session.set_speed,
        }
        try:
            setters[section](**{field: value})
        except EngineError as error:
            self.form.show_error(name, error)
        else:
            self.form.show_error(name, None)

    @Slot()
    def _on_config(self) -> None:
        self.form.show_config(self._session.config)

    @Slot()
    def _on_dataset(self) -> None:
        dataset = self._session.dataset
        own = dataset is not None and "val" in dataset.split_names()
        reason = self.tr("The folder has its own validation images, so none are kept aside.") if own else ""
        self.form.set_locked("data.val_split", reason)


def preparation_words(event: PreparationAdvanced | None) -> str:
    """``Reading images 120/397``, ``Downloading the weights 19.1 MB/46.8 MB``; empty when nothing is prepared."""
    if event is None:
        return ""
    words = size if event.in_bytes else count
    return f"{event.activity} {words(event.done)}/{words(event.total)}" if event.total else event.activity
