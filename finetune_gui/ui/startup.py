"""What happens after the window was painted for the first time, bit by bit and in the background.

What the other pages and the dialogs need is imported on a thread: on the GUI thread that is a stall of half a second.
Only then they are built, one at a time, with room for what the user does between them.
"""

import importlib
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from finetune_gui.engine.installation import installed_versions
from finetune_gui.engine.models.catalog import find_info, weights_on_this_machine
from finetune_gui.ui.long_lived import collection_put_off
from finetune_gui.ui.page_stack import PageStack
from finetune_gui.ui.sample_images import draw_samples
from finetune_gui.ui.session import Session
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress

log = logging.getLogger(__name__)

PAUSE_MS = 5  # between pages
DIALOGS = tuple(f"finetune_gui.ui.{name}" for name in ("dataset_wiring", "dialogs.gallery_dialog"))  # with the others


class Startup(QObject):
    """Builds the other pages, warms torch up, and then does what the command line asked for.

    Signals:
        devices_found: a list of (id, name), fastest first.
        activity: (words, done, total) of the sample images being drawn.
        demo_ready: the sample images are scanned: training can start.
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
        finished: all pages are there and torch is warm.
    """

    devices_found = Signal(list)
    activity = Signal(str, int, int)
    demo_ready = Signal()
    failed = Signal(object)
    crashed = Signal(str)
    finished = Signal()

    def __init__(self, session: Session, pages: PageStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pages = pages
        self._dataset: str | None = None
        self._demo = False
        self._model_id = ""
        self._painted_at = 0.0
        self._importing = LatestOperation(self)
        self._importing.succeeded.connect(self._on_imported)
        self._warming = LatestOperation(self)
        self._warming.succeeded.connect(self._on_warm)
        self._drawing = LatestOperation(self)
        self._drawing.progressed.connect(self._on_drawing)
        self._drawing.succeeded.connect(self._on_samples)
        self._drawing.failed.connect(self.failed)
        for operation in (self._importing, self._warming, self._drawing):
            operation.crashed.connect(self.crashed)
        self._timer = QTimer(self, interval=PAUSE_MS)
        self._timer.timeout.connect(self._build_next_page)

    def begin(self, *, dataset: str | None, demo: bool, model_id: str) -> None:
        """Start; ``model_id`` is the model chosen last time."""
        self._painted_at = time.time()
        self._dataset, self._demo, self._model_id = dataset, demo, model_id
        modules = [*self._pages.modules(), *DIALOGS]
        self._importing.start(lambda progress: _import(modules, progress))

    def shutdown(self) -> bool:
        """Cancel and wait with a bound; False when something did not end (an import cannot be stopped)."""
        self._timer.stop()
        ended = [operation.shutdown() for operation in (self._importing, self._warming, self._drawing)]
        return all(ended)

    @Slot(object)
    def _on_imported(self, _nothing: None) -> None:
        self._timer.start()

    @Slot()
    def _build_next_page(self) -> None:
        if not self._pages.build_next():
            self._timer.stop()
            self._open_data()
            model_id = "" if self._demo else self._model_id
            self._warming.start(lambda _: _warm_up(model_id))

    def _open_data(self) -> None:
        if self._demo:
            self.activity.emit(self.tr("Drawing the sample images"), 0, 0)
            self._drawing.start(draw_samples)
        elif self._dataset:
            self._session.open_source(self._dataset)

    @Slot(object)
    def _on_warm(self, warm: "_Warm") -> None:
        self.devices_found.emit(warm.devices)
        if warm.model_is_here:
            self._session.choose_model(self._model_id)
        if self._session.tree is None:
            self._session.load_tree()
        painted, ready = self._painted_at - warm.process_started, time.time() - warm.process_started
        log.info("The window was painted after %.2f s; everything was ready after %.2f s", painted, ready)
        self.finished.emit()

    @Slot(int, int)
    def _on_drawing(self, done: int, total: int) -> None:
        self.activity.emit(self.tr("Drawing the sample images"), done, total)

    @Slot(object)
    def _on_samples(self, folder: Path) -> None:
        self._session.dataset_changed.connect(self._on_demo_dataset)
        self._session.open_source(str(folder))

    @Slot()
    def _on_demo_dataset(self) -> None:
        self._session.dataset_changed.disconnect(self._on_demo_dataset)
        self.demo_ready.emit()


def _import(modules: list[str], progress: Progress) -> None:
    with collection_put_off():
        for module in modules:
            if progress.should_stop():
                return
            with suppress(Exception):  # whoever needs it will say what is wrong with it
                importlib.import_module(module)


@dataclass(frozen=True, kw_only=True)
class _Warm:
    devices: list[tuple[str, str]]
    model_is_here: bool
    process_started: float


def _warm_up(model_id: str) -> _Warm:
    """Import what takes seconds while nobody waits for it, and see what this machine has."""
    with collection_put_off():  # torch has so many objects that walking over them is a stall of 100 ms and more
        devices = importlib.import_module("finetune_gui.engine.devices")
        for module in ("finetune_gui.engine.launcher", "timm"):  # what a run needs; timm brings torchvision
            importlib.import_module(module)
    installed_versions()  # for the dialogs, which keep them
    info = find_info(model_id)
    return _Warm(
        devices=[(device.id, device.name) for device in devices.list_devices()],
        model_is_here=info is not None and weights_on_this_machine(info),
        process_started=importlib.import_module("psutil").Process().create_time(),
    )
