"""Why a model answers as it does: heat maps and look-alikes of single images, and the queue of doubtful labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.config import DataConfig, DataEdits
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.data.inspection import InspectionStopped
from finetune_gui.engine.data.split import load_split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, LabelIssue, LabelsChecked, PreparationAdvanced, WarningRaised
from finetune_gui.engine.explain.duplicates import NearDuplicates, find_near_duplicates
from finetune_gui.engine.explain.labels_file import read_labels_checked
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.data_decisions import DataDecisions, label_key
from finetune_gui.ui.dialogs.why_dialog import WhyDialog, WhyImage
from finetune_gui.ui.evaluated_images import EvaluatedImages
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.duplicates_line import DuplicatesLine
from finetune_gui.ui.widgets.label_queue import LabelQueue, QueuedLabel
from finetune_gui.ui.words import preparation_words
from finetune_gui.ui.workers.image_look import Heated, ImageLook, Seen, Wish
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress
from finetune_gui.ui.workers.stream_host import StreamHost


@dataclass(frozen=True, kw_only=True)
class _Labels:
    """What is known of the labels of a run; ``checked`` is None before a check."""

    root: Path
    class_names: tuple[str, ...]
    data: DataConfig
    checked: LabelsChecked | None


class Explanations(QObject):
    """Owns the queue, the window of explanations, and what runs behind them.

    Args:
        session: Its data are what decisions are about.
        theme: Colours.
        page: What the window of explanations belongs to.

    Signals:
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
    """

    failed = Signal(object)
    crashed = Signal(str)

    def __init__(self, session: Session, theme: Theme, page: QWidget) -> None:
        super().__init__(page)
        self._session = session
        self._run_path: Path | None = None
        self._look: ImageLook | None = None
        self._labels: _Labels | None = None
        self._shown_edits: DataEdits | None = None
        self._decisions = DataDecisions(session, self)
        self.queue = LabelQueue(theme)
        self.duplicates = DuplicatesLine(theme)
        self.dialog = WhyDialog(theme, page)
        self._looking = LatestOperation(self)
        self._reading = LatestOperation(self)
        self._comparing = LatestOperation(self)
        self._features = StreamHost("features", self)
        self._checking = StreamHost("labels", self)
        self._connect()

    def clear(self) -> None:
        """Forget the run."""
        self._looking.forget()
        self._reading.forget()
        self.forget_images()
        self._features.stop()
        self._checking.stop()
        self._run_path = self._look = self._labels = None
        self.dialog.close()
        self.queue.clear()

    def show_run(self, run_path: Path) -> None:
        """Be ready to explain what this run says."""
        if run_path == self._run_path:
            return
        self.clear()
        self._run_path, self._look = run_path, ImageLook(run_path)
        self._reading.start(lambda _: _read_labels(run_path))

    def compare(self, images: EvaluatedImages) -> None:
        """Look for images of an evaluation that look nearly like a training image."""
        run_path = self._run_path
        if run_path is not None:
            self._comparing.start(lambda progress: _near_duplicates(run_path, images, progress))

    def forget_images(self) -> None:
        """Other images are evaluated."""
        self._comparing.forget()
        self.duplicates.show_duplicates(None)

    def explain(self, images: Sequence[WhyImage], place: int = 0) -> None:
        """Explain one image, and the others of the list when the user goes on to them."""
        if self._look is None:
            return
        self.dialog.show_images(images, place)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def shutdown(self) -> bool:
        """Stop everything in the background and wait for it, with a bound."""
        self.dialog.close()
        parts = (self._looking, self._reading, self._comparing, self._features, self._checking, self.dialog, self.queue)
        ended = [part.shutdown() for part in parts]
        return all(each is not False for each in ended)

    # -- one image ----------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_wished(self, wish: Wish) -> None:
        look = self._look
        if look is not None:
            self._looking.start(lambda progress: look.look(wish, progress))

    @Slot()
    def _on_cancelled(self) -> None:
        self._looking.cancel()

    @Slot()
    def _on_closed(self) -> None:
        self._looking.forget()

    @Slot(object)
    def _on_seen(self, seen: Seen) -> None:
        self.dialog.show_seen(seen)

    @Slot(int, int)
    def _on_looking(self, done: int, total: int) -> None:
        self.dialog.heat.set_progress(self.tr("Covering parts of the image…"), done / total if total else None)

    @Slot(object)
    def _on_heated(self, heated: Heated) -> None:
        self.dialog.show_heated(heated)

    @Slot(object)
    def _on_look_failed(self, error: EngineError) -> None:
        self.dialog.show_problem(f"{error.message} {error.hint}".strip())

    @Slot()
    def _on_look_cancelled(self) -> None:
        self.dialog.show_problem(self.tr("Cancelled."))

    @Slot(str)
    def _on_look_crashed(self, report: str) -> None:
        self.dialog.show_problem(self.tr("This image cannot be explained."))
        self.crashed.emit(report)

    # -- the images of the run ----------------------------------------------------------------------------------------

    @Slot()
    def _on_look_requested(self) -> None:
        run_path = self._run_path
        if run_path is None:
            return

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.explain.run_features import run_features  # on the thread: it imports torch

            return run_features(run_path, control)

        if self._features.start(stream):
            self.dialog.nearest.set_progress(self.tr("Loading the model…"))

    @Slot(list)
    def _on_features_events(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, PreparationAdvanced):
                self.dialog.nearest.set_progress(preparation_words(event), _share(event))
            elif isinstance(event, WarningRaised):
                self.failed.emit(EngineError(event.message, event.hint))

    @Slot()
    def _on_features_finished(self) -> None:
        self.dialog.nearest.set_progress(None)
        self._features_are_new()

    def _features_are_new(self) -> None:
        if self._look is not None:
            self._look.forget_features()
            if self.dialog.isVisible():
                self.dialog.wish_again()

    @Slot(object)
    def _on_compared(self, found: NearDuplicates | None) -> None:
        self.duplicates.show_duplicates(found)

    # -- labels -------------------------------------------------------------------------------------------------------

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
    def _on_check_events(self, events: list[Event]) -> None:
        if self._checking.was_stopped():
            return
        for event in events:
            match event:
                case PreparationAdvanced():
                    self.queue.set_progress(preparation_words(event), _share(event))
                case LabelsChecked() if self._labels is not None:
                    self._labels = replace(self._labels, checked=event)
                    self._features_are_new()
                case WarningRaised():
                    self.failed.emit(EngineError(event.message, event.hint))

    @Slot()
    def _on_check_finished(self) -> None:
        self.queue.set_progress(None)
        self._show_queue()

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
    def _on_why(self, files: list[str], place: int) -> None:
        labels = self._labels
        if labels is None or labels.checked is None:
            return
        given = {str(labels.root / issue.path): issue.given for issue in labels.checked.issues}
        self.explain([WhyImage(path=file, true_class=given.get(file, "")) for file in files], place)

    # -- pieces -------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self._looking.told.connect(self._on_seen)
        self._looking.progressed.connect(self._on_looking)
        self._looking.succeeded.connect(self._on_heated)
        self._looking.failed.connect(self._on_look_failed)
        self._looking.cancelled.connect(self._on_look_cancelled)
        self._looking.crashed.connect(self._on_look_crashed)
        self._reading.succeeded.connect(self._on_labels)
        self._reading.failed.connect(self._on_labels_failed)
        self._reading.crashed.connect(self.crashed)
        self._comparing.succeeded.connect(self._on_compared)
        for background in (self._comparing, self._features, self._checking):
            background.failed.connect(self.failed)
            background.crashed.connect(self.crashed)
        self._features.events.connect(self._on_features_events)
        self._features.finished.connect(self._on_features_finished)
        self._checking.events.connect(self._on_check_events)
        self._checking.finished.connect(self._on_check_finished)
        self._decisions.refused.connect(self.failed)
        self.dialog.wished.connect(self._on_wished)
        self.dialog.cancelled.connect(self._on_cancelled)
        self.dialog.closed.connect(self._on_closed)
        self.dialog.look_requested.connect(self._on_look_requested)
        self.dialog.look_cancelled.connect(self._features.stop)
        self.queue.check_requested.connect(self._on_check)
        self.queue.cancel_requested.connect(self._checking.stop)
        self.queue.data_requested.connect(self._on_data)
        self.queue.accepted.connect(self._on_accepted)
        self.queue.relabelled.connect(self._on_relabelled)
        self.queue.excluded.connect(self._on_excluded)
        self.queue.why_requested.connect(self._on_why)
        self._session.dataset_changed.connect(self._show_queue)
        self._session.config_changed.connect(self._on_config)


def _label_by(edits: DataEdits, issue: LabelIssue) -> str:
    """The class of an image by what is decided; perhaps that which the run learnt, and which is doubted."""
    name = edits.relabelled.get(issue.path, "")
    return edits.renamed.get(name, name) or issue.given


def _share(event: PreparationAdvanced) -> float | None:
    return event.done / event.total if event.total else None


def _near_duplicates(run_path: Path, images: EvaluatedImages, progress: Progress) -> NearDuplicates | None:
    try:
        return find_near_duplicates(run_path, images.predictions, progress.should_stop)
    except InspectionStopped:
        return None


def _read_labels(run_path: Path) -> _Labels:
    run = RunFolder.open(run_path)
    split = load_split(run.split_file)
    return _Labels(
        root=split.root,
        class_names=split.class_names,
        data=run.config().data,
        checked=read_labels_checked(run_path),
    )
