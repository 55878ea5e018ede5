"""Labels of a run that are probably wrong: found in the background, decided on for the next run."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.config import DataConfig, DataEdits
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.data.split import load_split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, LabelIssue, LabelsChecked, PreparationAdvanced, WarningRaised
from finetune_gui.engine.explain.labels_file import read_labels_checked
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.data_decisions import DataDecisions, label_key
from finetune_gui.ui.dialogs.why_dialog import WhyImage
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.label_queue import LabelQueue, QueuedLabel
from finetune_gui.ui.words import preparation_words, progress_share
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.stream_host import StreamHost


@dataclass(frozen=True, kw_only=True)
class _Labels:
    """What is known of the labels of a run; ``checked`` is None before a check."""

    root: Path
    class_names: tuple[str, ...]
    data: DataConfig
    checked: LabelsChecked | None


class LabelChecks(QObject):
    """Owns the queue and what runs behind it.

    Args:
        session: Its data are what decisions are about.
        theme: Colours.

    Signals:
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
        images_seen: the images of the run were looked at, so their features are known now.
        why_requested: (list of ``WhyImage``, place of the one to begin with).
    """

    failed = Signal(object)
    crashed = Signal(str)
    images_seen = Signal()
    why_requested = Signal(list, int)

    def __init__(self, session: Session, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._run_path: Path | None = None
        self._labels: _Labels | None = None
        self._shown_edits: DataEdits | None = None
        self._decisions = DataDecisions(session, self)
        self.queue = LabelQueue(theme)
        self._reading = LatestOperation(self)
        self._checking = StreamHost("labels", self)
        self._connect()

    def clear(self) -> None:
        """Forget the run."""
        self._reading.forget()
        self._checking.stop()
        self._run_path = self._labels = None
        self.queue.clear()

    def show_run(self, run_path: Path) -> None:
        """Show what is known of the labels of this run."""
        self.clear()
        self._run_path = run_path
        self._reading.start(lambda _: _read_labels(run_path))

    def shutdown(self) -> bool:
        """Stop everything in the background and wait for it, with a bound."""
        ended = [part.shutdown() for part in (self._reading, self._checking, self.queue)]
        return all(ended)

    # -- checking -----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_check(self) -> None:
        run_path = self._run_path
        if run_path is None:
            return

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.explain.labels_check import check_labels  # on the thread: it imports torch

            return check_labels(run_path, control)

        if self._checking.start(stream):
            self.queue.set_progress(self.tr("Loading the model…"))

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        if self._checking.was_stopped():
            return
        for event in events:
            match event:
                case PreparationAdvanced():
                    self.queue.set_progress(preparation_words(event), progress_share(event))
                case LabelsChecked() if self._labels is not None:
                    self._labels = replace(self._labels, checked=event)
                    self.images_seen.emit()
                case WarningRaised():
                    self.failed.emit(EngineError(event.message, event.hint))

    @Slot()
    def _on_finished(self) -> None:
        self.queue.set_progress(None)
        self._show_queue()

    # -- what is shown ------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_labels(self, labels: _Labels) -> None:
        self._labels = labels
        self._show_queue()

    @Slot(object)
    def _on_labels_failed(self, error: EngineError) -> None:
        self.queue.show_problem(f"{error.message} {error.hint}".strip())

    @Slot()
    def _show_queue(self) -> None:
        labels = self._labels
        if labels is None:
            return
        if labels.checked is None:
            self.queue.show_queue((), -1, labels.class_names)
            return
        can_decide, edits = self._data_are_open(labels), self._session.config.data.edits
        self._shown_edits = edits
        self.queue.show_queue(
            [self._queued(issue, labels.root, edits if can_decide else DataEdits()) for issue in labels.checked.issues],
            labels.checked.num_images,
            labels.class_names,
            can_decide=can_decide,
        )

    @Slot()
    def _on_config(self) -> None:
        if self._session.config.data.edits is not self._shown_edits:
            self._show_queue()

    def _queued(self, issue: LabelIssue, root: Path, edits: DataEdits) -> QueuedLabel:
        left_out, decision = issue.path in edits.excluded, ""
        if left_out:
            decision = self.tr("left out")
        elif (name := _label_by(edits, issue)) != issue.given:
            decision = self.tr("now “{name}”").format(name=name)
        elif label_key(issue.path) in edits.kept:
            decision = self.tr("“{name}” is right").format(name=issue.given)
        return QueuedLabel(issue=issue, file=str(root / issue.path), decision=decision, left_out=left_out)

    def _data_are_open(self, labels: _Labels) -> bool:
        arranged = self._session.arranged
        return arranged is not None and arranged.inspection.dataset.root == labels.root

    # -- decisions ----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_data(self) -> None:
        """Open the data of the run as they were decided on then; all other settings stay."""
        if self._labels is not None:
            self._session.use_config(replace(self._session.config, data=self._labels.data))

    @Slot(list)
    def _on_accepted(self, issues: list[LabelIssue]) -> None:
        self._decisions.keep_labels([issue.path for issue in issues])

    @Slot(list, str)
    def _on_relabelled(self, issues: list[LabelIssue], name: str) -> None:
        self._decisions.relabel_each({issue.path: name or issue.suggested for issue in issues})

    @Slot(list)
    def _on_excluded(self, issues: list[LabelIssue]) -> None:
        self._decisions.set_excluded([issue.path for issue in issues], True)

    @Slot(list, int)
    def _on_why(self, queued: list[QueuedLabel], place: int) -> None:
        self.why_requested.emit([WhyImage(path=each.file, true_class=each.issue.given) for each in queued], place)

    @Slot()
    def _on_history(self) -> None:
        self.queue.offer_undo(self._session.history.undoable)

    def _connect(self) -> None:
        session = self._session
        self._reading.succeeded.connect(self._on_labels)
        self._reading.failed.connect(self._on_labels_failed)
        self._checking.failed.connect(self.failed)
        for background in (self._reading, self._checking):
            background.crashed.connect(self.crashed)
        self._checking.events.connect(self._on_events)
        self._checking.finished.connect(self._on_finished)
        self._decisions.refused.connect(self.failed)
        self.queue.check_requested.connect(self._on_check)
        self.queue.cancel_requested.connect(self._checking.stop)
        self.queue.data_requested.connect(self._on_data)
        self.queue.accepted.connect(self._on_accepted)
        self.queue.relabelled.connect(self._on_relabelled)
        self.queue.excluded.connect(self._on_excluded)
        self.queue.undo_requested.connect(session.undo)
        self.queue.why_requested.connect(self._on_why)
        session.history_changed.connect(self._on_history)
        session.dataset_changed.connect(self._show_queue)
        session.config_changed.connect(self._on_config)
        self._on_history()


def _label_by(edits: DataEdits, issue: LabelIssue) -> str:
    """The class of an image by what is decided; perhaps that which the run learnt, and which is doubted."""
    name = edits.relabelled.get(issue.path, "")
    return edits.renamed.get(name, name) or issue.given


def _read_labels(run_path: Path) -> _Labels:
    run = RunFolder.open(run_path)
    split = load_split(run.split_file)
    return _Labels(
        root=split.root,
        class_names=split.class_names,
        data=run.config().data,
        checked=read_labels_checked(run_path),
    )
