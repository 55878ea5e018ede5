"""Forecasts in the background; the network stays at hand from one plan to the next."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from finetune_gui.engine.config import TrainConfig
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress

if TYPE_CHECKING:
    from finetune_gui.engine.forecast import Forecast, Forecaster

_QUIET_MS = 500  # many changes in a row are one


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
        self._wish: tuple[TrainConfig, int, int, int] | None = None
        self._kept: tuple[object, Forecaster] | None = None
        self._lock = threading.Lock()  # a probe that is given up may still be in its last step
        self._timer = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._timer.timeout.connect(self._begin)
        self._latest = LatestOperation(self)
        self._latest.succeeded.connect(self._on_succeeded)
        self._latest.failed.connect(self.failed)
        self._latest.crashed.connect(self.crashed)

    def ask(self, config: TrainConfig, *, num_classes: int, num_train: int, num_val: int) -> None:
        """Begin soon; what was asked before is given up."""
        self._latest.cancel()
        self._wish = (config, num_classes, num_train, num_val)
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

    def _forecast(
        self, config: TrainConfig, num_classes: int, num_train: int, num_val: int, progress: Progress
    ) -> Forecast | None:
        """On the thread."""
        from finetune_gui.engine.forecast import Forecaster  # it imports torch

        key = (config.model, num_classes, config.device)
        with self._lock:
            kept = self._kept
            forecaster = kept[1] if kept is not None and kept[0] == key else None
            if forecaster is None:
                forecaster = Forecaster(config.model, num_classes, config.device)
                self._kept = (key, forecaster)
            if progress.should_stop():
                return None
            return forecaster.forecast(
                config.plan,
                config.optim,
                num_train=num_train,
                num_val=num_val,
                batch_size=config.batch_size,
                should_stop=progress.should_stop,
            )

    @Slot(object)
    def _on_succeeded(self, forecast: Forecast | None) -> None:
        if forecast is not None:
            self.made.emit(forecast)
