"""From a chosen source to data ready for use, each step in the background: scan, inspection, arrangement."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.config import DataConfig
from finetune_gui.engine.data.arrange import Arranged, arrange, scan_config_in_steps
from finetune_gui.engine.data.facts import Inspection, InspectionAdvanced
from finetune_gui.engine.data.inspection import inspect_in_steps
from finetune_gui.engine.data.scan import ScanAdvanced, ScanStopped
from finetune_gui.engine.data.split_memory import SplitMemory
from finetune_gui.engine.data.store import DataStore
from finetune_gui.ui.long_lived import collection_put_off, spare_from_collection
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress

InspectionState = Literal["none", "running", "waiting", "done", "postponed", "failed"]
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class _Opened:
    """What a scan ended with."""

    config: DataConfig
    seed: int
    arranged: Arranged


class DataPreparation(QObject):
    """Knows the images of the window. After a scan they can be used; the inspection then goes on beside all else.

    Signals:
        scan_progressed: a ``ScanAdvanced``.
        scan_failed: an ``EngineError``; what was there before stays.
        scan_cancelled: what was there before stays.
        opened: a scan ended well: the ``DataConfig`` that it was asked for, with the path in full.
        inspection_changed: ``inspection_state`` is another one.
        inspection_progressed: an ``InspectionAdvanced``.
        inspection_failed: an ``EngineError``.
        arranged_changed: ``arranged`` is another one: of other data, after a decision, or after the inspection.
        crashed: the traceback of a bug.
    """

    scan_progressed = Signal(object)
    scan_failed = Signal(object)
    scan_cancelled = Signal()
    opened = Signal(object)
    inspection_changed = Signal()
    inspection_progressed = Signal(object)
    inspection_failed = Signal(object)
    arranged_changed = Signal()
    crashed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = DataStore.default()
        self._arranged: Arranged | None = None
        self._inspection: Inspection | None = None  # with facts as soon as they are there
        self._wanted: tuple[DataConfig, int] | None = None  # what to arrange by
        self._state: InspectionState = "none"
        self._advanced: InspectionAdvanced | None = None
        self._scanning = LatestOperation(self)
        self._inspecting = LatestOperation(self)
        self._arranging = LatestOperation(self)
        self._connect()

    @property
    def arranged(self) -> Arranged | None:
        """The data as they are used; None before the first scan."""
        return self._arranged

    @property
    def inspection_state(self) -> InspectionState:
        """Whether the images are being looked at, or were."""
        return self._state

    @property
    def advanced(self) -> InspectionAdvanced | None:
        """How far the inspection is."""
        return self._advanced

    def open(self, config: DataConfig, seed: int) -> None:
        """Scan what a config names, and then inspect it."""
        store = self._store
        self._scanning.start(lambda progress: _open(config, seed, store, progress))

    def is_scanning(self) -> bool:
        """Whether a source is being looked through."""
        return self._scanning.is_running()

    def is_arranging(self) -> bool:
        """Whether a decision is not in ``arranged`` yet."""
        return self._arranging.is_running()

    def cancel_scan(self) -> None:
        """Give up the scan."""
        self._scanning.cancel()

    def arrange(self, config: DataConfig, seed: int) -> None:
        """Apply decisions and settings, unless the data are arranged by them already."""
        wanted = (replace(config, augment="none"), seed)  # that has no part in it
        if wanted != self._wanted:
            self._wanted = wanted
            self._arrange()

    def _arrange(self) -> None:
        if self._wanted is None:
            return
        config, seed = self._wanted
        inspection, store = self._inspection, self._store
        if inspection is not None:
            self._arranging.start(lambda _: _arrange(inspection, config, seed, store))

    def inspect(self) -> None:
        """Look at all images, as after a scan; what is known already is not looked at twice."""
        if self._inspection is None or self._inspecting.is_running():
            return
        dataset, store = self._inspection.dataset, self._store
        self._advanced = None
        self._inspecting.start(
            lambda progress: _drain(inspect_in_steps(dataset, store, should_stop=progress.should_stop), progress.tell)
        )
        self._set_state("running")  # it can be put off from now on

    def postpone(self) -> None:
        """Give up the inspection; what it found out is remembered for the next one."""
        self._inspecting.cancel()

    def give_way(self) -> None:
        """A run begins, which looks at its images itself.

        Two at once would do the work twice, and an archive would be unpacked under the hands of the run.
        """
        if self._inspecting.is_running():
            self._inspecting.forget()
            self._set_state("waiting")

    def go_on(self) -> None:
        """The run has looked at its images: what it found out is known here at once."""
        if self._state == "waiting":
            self.inspect()

    def shutdown(self) -> bool:
        """Cancel and wait with a bound; False when something did not end."""
        ended = [operation.shutdown() for operation in (self._scanning, self._inspecting, self._arranging)]
        return all(ended)

    def _set_state(self, state: InspectionState) -> None:
        self._state = state
        self.inspection_changed.emit()

    @Slot(object)
    def _on_opened(self, found: _Opened) -> None:
        self._inspecting.forget()  # those of the data before may take a moment to end
        self._arranging.forget()
        self._inspection = found.arranged.inspection
        self._arranged = found.arranged
        self._wanted = (replace(found.config, augment="none"), found.seed)
        self.opened.emit(found.config)
        self.arranged_changed.emit()
        self.inspect()

    @Slot(object)
    def _on_inspection_told(self, advanced: InspectionAdvanced) -> None:
        self._advanced = advanced
        self.inspection_progressed.emit(advanced)

    @Slot(object)
    def _on_inspected(self, inspection: Inspection) -> None:
        spare_from_collection()
        self._inspection = inspection
        self._set_state("done")
        self._arrange()

    @Slot()
    def _on_postponed(self) -> None:
        self._set_state("postponed")

    @Slot(object)
    def _on_inspection_failed(self, error: object) -> None:
        self._set_state("failed")
        self.inspection_failed.emit(error)

    @Slot()
    def _on_inspection_crashed(self) -> None:
        self._set_state("failed")

    @Slot(object)
    def _on_arranged(self, arranged: Arranged) -> None:
        self._arranged = arranged
        self.arranged_changed.emit()

    def _connect(self) -> None:
        self._scanning.told.connect(self.scan_progressed)
        self._scanning.succeeded.connect(self._on_opened)
        self._scanning.failed.connect(self.scan_failed)
        self._scanning.cancelled.connect(self.scan_cancelled)
        self._inspecting.told.connect(self._on_inspection_told)
        self._inspecting.succeeded.connect(self._on_inspected)
        self._inspecting.cancelled.connect(self._on_postponed)
        self._inspecting.failed.connect(self._on_inspection_failed)
        self._inspecting.crashed.connect(self._on_inspection_crashed)
        self._arranging.succeeded.connect(self._on_arranged)
        for operation in (self._scanning, self._inspecting, self._arranging):
            operation.crashed.connect(self.crashed)


def _open(config: DataConfig, seed: int, store: DataStore, progress: Progress) -> _Opened:
    """The images by their names, arranged as well as names allow."""
    with collection_put_off():
        return _opened(config, seed, store, progress)


def _opened(config: DataConfig, seed: int, store: DataStore, progress: Progress) -> _Opened:
    def tell(advanced: ScanAdvanced) -> None:
        if progress.should_stop():
            raise ScanStopped
        progress.tell(advanced)

    dataset = _drain(scan_config_in_steps(config, store), tell)
    if not config.class_folders:
        config = replace(config, path=str(dataset.source))
    arranged = _arrange(Inspection(dataset=dataset, facts={}), config, seed, store)
    return _Opened(config=config, seed=seed, arranged=arranged)


def _arrange(inspection: Inspection, config: DataConfig, seed: int, store: DataStore) -> Arranged:
    """As a run would, but it alone writes down where images went."""
    with collection_put_off():
        return arrange(inspection, config, seed, SplitMemory(store, inspection.dataset.source, config, seed))


def _drain(steps: Generator[object, None, Result], tell: Callable[..., None]) -> Result:
    while True:
        try:
            advanced = next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
        tell(advanced)
