"""Forecasts in the background; the network stays at hand from one plan to the next."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from finetune_gui.engine.config import TrainConfig
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress

if TYPE_CHECKING:
    from finetune_gui.engine.data.dataset import Dataset
    from finetune_gui.engine.forecast import Forecast, Forecaster

_QUIET_MS = 500  # many changes in a row are one
_SHOWN_IMAGES = 12  # of the data set, to see how long decoding takes


class Forecasts(QObject):
    """Makes a forecast for the latest plan it was asked about.

    Signals:
        made: a ``Forecast``.
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
    """

    made = Signal(object)
    failed = Signal(object)
    crashed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish: tuple[TrainConfig, Dataset] | None = None
        self._kept: tuple[object, Forecaster] | None = None
        self._lock = threading.Lock()  # a probe that is given up may still be in its last step
        self._timer = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._timer.timeout.connect(self._begin)
        self._latest = LatestOperation(self)
        self._latest.succeeded.connect(self._on_succeeded)
        self._latest.failed.connect(self.failed)
        self._latest.crashed.connect(self.crashed)

    def ask(self, config: TrainConfig, dataset: Dataset) -> None:
        """Begin soon; what was asked before is given up."""
        self._latest.cancel()
        self._wish = (config, dataset)
        self._timer.start()

    def give_up(self) -> None:
        """Nothing is asked for any more; the network is let go."""
        self._timer.stop()
        self._latest.cancel()
        self._kept = None

    def shutdown(self) -> bool:
        """Cancel and wait with a bound."""
        self._timer.stop()
        return self._latest.shutdown()

    @Slot()
    def _begin(self) -> None:
        if self._wish is not None:
            wish = self._wish
            self._latest.start(lambda progress: self._forecast(*wish, progress))

    def _forecast(self, config: TrainConfig, dataset: Dataset, progress: Progress) -> Forecast | None:
        """On the thread."""
        from finetune_gui.engine.epoch_times import TrainingImages  # these import torch
        from finetune_gui.engine.forecast import Forecaster

        num_classes = len(dataset.class_names)
        key = (config.model, num_classes, config.device)
        with self._lock:
            kept = self._kept
            forecaster = kept[1] if kept is not None and kept[0] == key else None
            if forecaster is None:
                forecaster = Forecaster(config.model, num_classes, config.device)
                self._kept = (key, forecaster)
            if progress.should_stop():
                return None
            num_train, num_val = _num_images(config, dataset)
            shown = dataset.samples[:: max(1, len(dataset.samples) // _SHOWN_IMAGES)]
            images = TrainingImages(
                num_train=num_train, num_val=num_val, root=dataset.root, paths=[sample.path for sample in shown]
            )
            return forecaster.forecast(config, images, should_stop=progress.should_stop)

    @Slot(object)
    def _on_succeeded(self, forecast: Forecast | None) -> None:
        if forecast is not None:
            self.made.emit(forecast)


def _num_images(config: TrainConfig, dataset: Dataset) -> tuple[int, int]:
    """Images to learn from and to validate with, near enough: the exact ones are divided when a run begins."""
    own, data, total = dataset.split_names(), config.data, len(dataset.samples)
    num_test = sum(dataset.counts("test")) if "test" in own else 0 if own else round(data.test_split * total)
    num_val = sum(dataset.counts("val")) if "val" in own else round(data.val_split * (total - num_test))
    return total - num_test - num_val, num_val
