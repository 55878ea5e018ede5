"""Why a model answers as it does: heat maps and look-alikes of images, near-duplicates, and the check of the labels."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.control import RunControl
from finetune_gui.engine.data.inspection import InspectionStopped
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, Mistake, PreparationAdvanced, WarningRaised
from finetune_gui.engine.explain.duplicates import NearDuplicates, find_near_duplicates
from finetune_gui.ui.dialogs.why_dialog import WhyDialog, WhyImage
from finetune_gui.ui.evaluated_images import EvaluatedImages
from finetune_gui.ui.label_checks import LabelChecks
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.duplicates_line import DuplicatesLine
from finetune_gui.ui.widgets.mistakes_view import MistakesView
from finetune_gui.ui.widgets.try_area import TryArea
from finetune_gui.ui.words import preparation_words, progress_share
from finetune_gui.ui.workers.image_look import Heated, ImageLook, Seen, Wish
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress
from finetune_gui.ui.workers.stream_host import StreamHost


class Explanations(QObject):
    """Owns the window of explanations, the line about near-duplicates, the check of the labels, and what runs behind.

    Args:
        session: Its data are what decisions about labels are about.
        theme: Colours.
        page: What the window of explanations belongs to.
        mistakes: Images of an evaluation that may be explained.
        tried: Other images that may be.

    Signals:
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
    """

    failed = Signal(object)
    crashed = Signal(str)

    def __init__(
        self, session: Session, theme: Theme, page: QWidget, *, mistakes: MistakesView, tried: TryArea
    ) -> None:
        super().__init__(page)
        self._run_path: Path | None = None
        self._look: ImageLook | None = None
        self._mistakes = mistakes
        self._tried = tried
        self.labels = LabelChecks(session, theme, self)
        self.duplicates = DuplicatesLine(theme)
        mistakes.set_notice(self.duplicates)
        self.dialog = WhyDialog(theme, page)
        self._looking = LatestOperation(self)
        self._comparing = LatestOperation(self)
        self._features = StreamHost("features", self)
        self._connect()

    def clear(self) -> None:
        """Forget the run."""
        self._looking.forget()
        self._features.stop()
        self.forget_images()
        self._run_path = self._look = None
        self.dialog.close()
        self.labels.clear()

    def show_run(self, run_path: Path) -> None:
        """Be ready to explain what this run says."""
        if run_path != self._run_path:
            self.clear()
            self._run_path, self._look = run_path, ImageLook(run_path)
            self.labels.show_run(run_path)

    @Slot(object)
    def show_images(self, images: EvaluatedImages) -> None:
        """All images of the evaluation are known: show them by cell, and look for those that were seen in training."""
        self._mistakes.set_images(images)
        run_path = self._run_path
        if run_path is not None:
            self._comparing.start(lambda progress: _near_duplicates(run_path, images, progress))

    def forget_images(self) -> None:
        """Other images are evaluated."""
        self._comparing.forget()
        self.duplicates.show_duplicates(None)

    @Slot(list, int)
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
        parts = (self._looking, self._comparing, self._features, self.dialog, self.labels)
        ended = [part.shutdown() for part in parts]
        return all(ended)

    # -- what is to be explained --------------------------------------------------------------------------------------

    @Slot(list, int)
    def _on_mistake(self, listed: list[Mistake], place: int) -> None:
        names = [each.name for each in self._mistakes.classes()]
        self.explain([WhyImage(path=each.path, true_class=names[each.target]) for each in listed], place)

    @Slot(str)
    def _on_tried(self, path: str) -> None:
        paths = self._tried.predictions.paths()
        self.explain([WhyImage(path=each) for each in paths], paths.index(path))

    @Slot()
    def _on_show_duplicates(self) -> None:
        found = self.duplicates.found()
        if found is not None:
            self._mistakes.show_some(
                [each.path for each in found.found],
                self.tr("Seen in training"),
                self.tr("Nearly the same as a training image, so they do not test the model."),
            )

    # -- one image ----------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_wished(self, wish: Wish) -> None:
        look = self._look
        if look is not None:
            self._looking.start(lambda progress: look.look(wish, progress))

    @Slot()
    def _on_cancel(self) -> None:
        self._looking.cancel()

    @Slot()
    def _on_closed(self) -> None:
        self._looking.forget()

    @Slot(object)
    def _on_seen(self, seen: Seen) -> None:
        self.dialog.show_seen(seen)

    @Slot(int, int)
    def _on_progressed(self, done: int, total: int) -> None:
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
                self.dialog.nearest.set_progress(preparation_words(event), progress_share(event))
            elif isinstance(event, WarningRaised):
                self.failed.emit(EngineError(event.message, event.hint))

    @Slot()
    def _on_features_finished(self) -> None:
        self.dialog.nearest.set_progress(None)
        self._on_images_seen()

    @Slot()
    def _on_images_seen(self) -> None:
        if self._look is not None:
            self._look.forget_features()
            if self.dialog.isVisible():
                self.dialog.wish_again()

    @Slot(object)
    def _on_compared(self, found: NearDuplicates | None) -> None:
        self.duplicates.show_duplicates(found)

    def _connect(self) -> None:
        self._looking.told.connect(self._on_seen)
        self._looking.progressed.connect(self._on_progressed)
        self._looking.succeeded.connect(self._on_heated)
        self._looking.failed.connect(self._on_look_failed)
        self._looking.cancelled.connect(self._on_look_cancelled)
        self._looking.crashed.connect(self._on_look_crashed)
        self._comparing.succeeded.connect(self._on_compared)
        for background in (self._comparing, self._features, self.labels):
            background.failed.connect(self.failed)
            background.crashed.connect(self.crashed)
        self._features.events.connect(self._on_features_events)
        self._features.finished.connect(self._on_features_finished)
        self.labels.images_seen.connect(self._on_images_seen)
        self.labels.why_requested.connect(self.explain)
        self.dialog.wished.connect(self._on_wished)
        self.dialog.cancelled.connect(self._on_cancel)
        self.dialog.closed.connect(self._on_closed)
        self.dialog.look_requested.connect(self._on_look_requested)
        self.dialog.look_cancelled.connect(self._features.stop)
        self._mistakes.why_requested.connect(self._on_mistake)
        self._tried.why_requested.connect(self._on_tried)
        self.duplicates.show_requested.connect(self._on_show_duplicates)


def _near_duplicates(run_path: Path, images: EvaluatedImages, progress: Progress) -> NearDuplicates | None:
    try:
        return find_near_duplicates(run_path, images.predictions, progress.should_stop)
    except InspectionStopped:
        return None
