"""Loss and accuracy of a run over its epochs."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_gui.engine.events import EpochCompleted, Event, RunStarted, StepCompleted
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import card
from finetune_gui.ui.widgets.live_plot import LivePlot
from finetune_gui.ui.words import percent

_SMOOTHING = 0.8  # small image sets have few steps: a longer memory would lag behind by epochs


class RunCurves(QWidget):
    """Two plots side by side, x in epochs: a step within an epoch lies between two whole numbers."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        epoch = self.tr("Epoch")
        self.loss = LivePlot(theme, self.tr("Loss"), epoch, self.tr("Loss"), "loss")
        self.accuracy = LivePlot(theme, self.tr("Accuracy"), epoch, self.tr("Accuracy"), "percent")
        for plot in (self.loss, self.accuracy):
            plot.add_series("step", self.tr("Steps"), "train_curve", width=1.5, smoothing=_SMOOTHING)
            plot.add_series("train", self.tr("Training"), "train_curve", symbol=True)
            plot.add_series("val", self.tr("Validation"), "val_curve", symbol=True, width=2.5)
        self._steps_per_epoch = 1
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for plot in (self.loss, self.accuracy):
            layout.addWidget(card(plot), 1)

    def clear(self) -> None:
        """Forget the run."""
        for plot in (self.loss, self.accuracy):
            plot.clear()
            plot.set_x_end(None)

    def shutdown(self) -> None:
        """The window closes."""
        for plot in (self.loss, self.accuracy):
            plot.shutdown()

    def take(self, events: Iterable[Event]) -> None:
        """Add what happened: one append to a curve for all steps that came together."""
        steps: list[StepCompleted] = []
        for event in events:
            if isinstance(event, StepCompleted):
                steps.append(event)
            elif isinstance(event, (RunStarted, EpochCompleted)):
                self._add_steps(steps)
                steps = []
                if isinstance(event, RunStarted):
                    self._begin(event)
                else:
                    self._add_epoch(event)
        self._add_steps(steps)

    def _begin(self, event: RunStarted) -> None:
        self._steps_per_epoch = max(event.steps_per_epoch, 1)
        for plot in (self.loss, self.accuracy):
            plot.set_x_end(float(event.num_epochs))

    def _add_steps(self, steps: list[StepCompleted]) -> None:
        if not steps:
            return
        x = np.fromiter((step.global_step for step in steps), float, len(steps)) / self._steps_per_epoch
        self.loss.extend("step", x, np.fromiter((step.loss for step in steps), float, len(steps)))
        self.accuracy.extend("step", x, np.fromiter((step.accuracy for step in steps), float, len(steps)))

    def _add_epoch(self, event: EpochCompleted) -> None:
        x = [event.global_step / self._steps_per_epoch]
        self.loss.extend("train", x, [event.train_loss])
        self.loss.extend("val", x, [event.val_loss])
        self.accuracy.extend("train", x, [event.train_accuracy])
        self.accuracy.extend("val", x, [event.val_accuracy])
        if event.is_best:
            best = self.tr("best: epoch {0}").format(event.epoch)
            self.accuracy.mark_best(x[0], event.val_accuracy, f"{percent(event.val_accuracy)} · {best}")
            self.loss.mark_best(x[0], event.val_loss, best)
