"""What is found out about a run beyond its figures: trust, groups, baselines. Reads and computes in the background."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.baselines_file import read_baselines
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import BaselinesMeasured, Event, PreparationAdvanced
from finetune_gui.engine.predictions_file import ImagePredictions, load_predictions
from finetune_gui.engine.trust.groups import (
    GroupFigures,
    columns_of,
    group_figures,
    groups_from_folders,
    groups_from_table,
)
from finetune_gui.engine.trust.settings import Trust, fit_calibration, read_trust, write_trust
from finetune_gui.ui.evaluated_images import EvaluatedImages
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.baselines_view import BaselinesView
from finetune_gui.ui.widgets.groups_view import GroupsView
from finetune_gui.ui.widgets.trust_view import TrustView, Trustworthiness
from finetune_gui.ui.words import preparation_words, progress_share
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.stream_host import StreamHost


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What is known of the images of an evaluation; without predictions nothing is."""

    images: EvaluatedImages | None
    trust: Trustworthiness | None
    groups: tuple[GroupFigures, ...] | None
    baselines: BaselinesMeasured | None


class DeeperLook(QObject):
    """Owns the three views and what runs behind them.

    Signals:
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
        missing: what the model says of each image is not kept: True where the run has to be evaluated first.
        images_found: the ``EvaluatedImages``, where it is.
    """

    failed = Signal(object)
    crashed = Signal(str)
    missing = Signal(bool)
    images_found = Signal(object)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._run_path: Path | None = None
        self._part = "val"
        self._table: Path | None = None
        self._predictions: ImagePredictions | None = None
        self.trust = TrustView(theme)
        self.groups = GroupsView(theme)
        self.baselines = BaselinesView(theme)
        self._reading = LatestOperation(self)
        self._grouping = LatestOperation(self)
        self._headings = LatestOperation(self)
        self._writing = LatestOperation(self)
        self._measuring = StreamHost("baselines", self)
        self._connect()

    def clear(self) -> None:
        """Forget the run."""
        self._reading.forget()
        self._grouping.forget()
        self._measuring.stop()
        self._run_path = self._predictions = self._table = None
        for view in (self.trust, self.groups, self.baselines):
            view.clear()

    def show_run(self, run_path: Path, part: str = "val") -> None:
        """Show what is kept of an evaluation of a run.

        Args:
            run_path: Its folder.
            part: Of its data, or the path of another folder.
        """
        self.clear()
        self._run_path, self._part = run_path, part
        self._reading.start(lambda _: _look(run_path, part))

    def shutdown(self) -> None:
        """Stop everything in the background and wait for it, with a bound."""
        self.trust.shutdown()
        self._measuring.shutdown()
        for background in (self._reading, self._grouping, self._headings, self._writing):
            background.shutdown()

    @Slot(object)
    def _on_found(self, found: _Found) -> None:
        self.missing.emit(found.trust is None)
        if found.trust is None:
            return
        self._predictions = found.trust.predictions
        self.images_found.emit(found.images)
        self.trust.show_trust(found.trust)
        self.groups.show_groups(found.groups)
        if self._part == "val":
            self.baselines.show_baselines(found.baselines)

    @Slot(object)
    def _on_decided(self, trust: Trust) -> None:
        run_path = self._run_path
        if run_path is not None:
            self._writing.start(lambda _: write_trust(run_path, trust))

    # -- groups -----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_folders(self) -> None:
        predictions = self._predictions
        if predictions is not None:
            self._grouping.start(lambda _: _by_folders(predictions))

    @Slot(str)
    def _on_table(self, path: str) -> None:
        table = self._table = Path(path)
        self._headings.start(lambda _: columns_of(table))

    @Slot(str)
    def _on_column(self, column: str) -> None:
        predictions, table = self._predictions, self._table
        if predictions is not None and table is not None:
            self._grouping.start(lambda _: group_figures(predictions, groups_from_table(predictions, table, column)))

    @Slot(object)
    def _on_groups(self, groups: tuple[GroupFigures, ...] | None) -> None:
        self.groups.show_groups(groups)

    @Slot(object)
    def _on_columns(self, columns: tuple[str, ...]) -> None:
        self.groups.offer_columns(columns)

    # -- baselines --------------------------------------------------------------------------------------------------

    @Slot()
    def _on_measure(self) -> None:
        run_path = self._run_path
        if run_path is None:
            return

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.baselines import measure_baselines  # on the thread: it imports torch

            return measure_baselines(run_path, control)

        if self._measuring.start(stream):
            self.baselines.set_progress(self.tr("Loading the model…"))

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        if self._measuring.was_stopped():
            return
        for event in events:
            match event:
                case PreparationAdvanced():
                    self.baselines.set_progress(preparation_words(event), progress_share(event))
                case BaselinesMeasured():
                    self.baselines.show_baselines(event)

    @Slot()
    def _on_measured(self) -> None:
        self.baselines.set_progress(None)

    @Slot()
    def _on_cancel(self) -> None:
        self._measuring.stop()

    def _connect(self) -> None:
        self._reading.succeeded.connect(self._on_found)
        self._grouping.succeeded.connect(self._on_groups)
        self._headings.succeeded.connect(self._on_columns)
        for background in (self._reading, self._grouping, self._headings, self._writing, self._measuring):
            background.failed.connect(self.failed)
            background.crashed.connect(self.crashed)
        self._measuring.events.connect(self._on_events)
        self._measuring.finished.connect(self._on_measured)
        self.trust.decided.connect(self._on_decided)
        self.groups.folders_wanted.connect(self._on_folders)
        self.groups.table_chosen.connect(self._on_table)
        self.groups.column_chosen.connect(self._on_column)
        self.baselines.measure_requested.connect(self._on_measure)
        self.baselines.cancel_requested.connect(self._on_cancel)


def _look(run_path: Path, part: str) -> _Found:
    predictions = load_predictions(run_path, part)
    if predictions is None:
        return _Found(images=None, trust=None, groups=None, baselines=None)
    calibration = fit_calibration(predictions) if part == "val" else None
    trust = Trustworthiness(predictions=predictions, trust=read_trust(run_path), calibration=calibration)
    return _Found(
        images=EvaluatedImages.of(predictions),
        trust=trust,
        groups=_by_folders(predictions),
        baselines=read_baselines(run_path) if part == "val" else None,
    )


def _by_folders(predictions: ImagePredictions) -> tuple[GroupFigures, ...] | None:
    groups = groups_from_folders(predictions)
    return None if groups is None else group_figures(predictions, groups)
