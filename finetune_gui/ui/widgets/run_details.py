"""One past run: its curves, and its settings in words."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.events import DriftMeasured, EpochCompleted, Event, FreezeAudited, RunFailed, RunStarted
from finetune_gui.engine.recipes import closest_recipe
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import card
from finetune_gui.ui.widgets.live_plot import LivePlot
from finetune_gui.ui.words import (
    count,
    counted,
    data_name,
    figure,
    model_name,
    optimizer_name,
    percent,
    preset_words,
    recipe_words,
    schedule_name,
)

_WORDS_WIDTH = 270


class RunDetails(QWidget):
    """Accuracy, loss, settings: three cards side by side."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        epoch = self.tr("Epoch")
        self.accuracy = LivePlot(theme, self.tr("Accuracy"), epoch, self.tr("Accuracy"), "percent")
        self.loss = LivePlot(theme, self.tr("Loss"), epoch, self.tr("Loss"), "loss")
        for plot in (self.accuracy, self.loss):
            plot.add_series("train", self.tr("Training"), "train_curve", symbol=True)
            plot.add_series("val", self.tr("Validation"), "val_curve", symbol=True, width=2.5)
        self._failure = QLabel()
        self._failure.setWordWrap(True)
        self._failure.setTextFormat(Qt.TextFormat.PlainText)
        set_kind(self._failure, kind="error")
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(5)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._lay_out()

    def clear(self) -> None:
        """Show nothing, while another run is read."""
        self._draw([])
        self._failure.hide()
        self._set_settings([])

    def show_run(self, config: TrainConfig, events: list[Event], said: Sequence[tuple[str, str]] = ()) -> None:
        """Show a run; ``said`` is what the user says of it, titles with texts."""
        self._draw(events)
        failure = next((event for event in reversed(events) if isinstance(event, RunFailed)), None)
        self._failure.setVisible(failure is not None)
        if failure is not None:
            self._failure.setText(f"{failure.message} {failure.hint}")
        self._set_settings([*said, *self.settings(config), *self._findings(events)])

    def shutdown(self) -> None:
        """The window closes."""
        for plot in (self.accuracy, self.loss):
            plot.shutdown()

    def _set_settings(self, settings: list[tuple[str, str]]) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        for name, value in settings:
            title, text = QLabel(name), QLabel(value)
            set_kind(title, kind="hint")
            text.setWordWrap(True)
            text.setTextFormat(Qt.TextFormat.PlainText)
            self._form.addRow(title, text)

    def _draw(self, events: list[Event]) -> None:
        for plot in (self.accuracy, self.loss):
            plot.clear()
        for event in events:
            if isinstance(event, RunStarted):
                for plot in (self.accuracy, self.loss):
                    plot.set_x_end(float(event.num_epochs))
            elif isinstance(event, EpochCompleted):
                self._draw_epoch(event)
        for plot in (self.accuracy, self.loss):
            plot.refresh()

    def _draw_epoch(self, event: EpochCompleted) -> None:
        x = [float(event.epoch)]
        self.accuracy.extend("train", x, [event.train_accuracy])
        self.accuracy.extend("val", x, [event.val_accuracy])
        self.loss.extend("train", x, [event.train_loss])
        self.loss.extend("val", x, [event.val_loss])
        if event.is_best:
            best = self.tr("best: epoch {0}").format(event.epoch)
            self.accuracy.mark_best(x[0], event.val_accuracy, f"{percent(event.val_accuracy)} · {best}")
            self.loss.mark_best(x[0], event.val_loss, best)

    def settings(self, config: TrainConfig) -> list[tuple[str, str]]:
        """The settings of a run in words."""
        model = model_name(config.model.id)
        if config.model.weights == "none":
            model = self.tr("{model}, from scratch").format(model=model)
        layers = preset_words(config.plan.preset)
        if config.plan.rules:
            number = len(config.plan.rules)
            words = counted(self.tr("{preset}, with {count} rule(s) of your own", "", number), number)
            layers = words.replace("{preset}", layers)
        augment = {"none": self.tr("none"), "light": self.tr("light"), "strong": self.tr("strong")}
        optimizer = optimizer_name(config.optim.optimizer)
        lr = config.optim.lr
        rate = self.tr("automatic rate") if lr is None else self.tr("rate {0}").format(figure(lr))
        batch_norm = {"locked": self.tr("as pretrained"), "adapts": self.tr("adapts")}[config.plan.batch_norm]
        return [
            (self.tr("Images"), data_name(config.data.path)),
            (self.tr("Model"), model),
            (self.tr("Layers"), layers),
            (self.tr("BatchNorm"), batch_norm),
            (self.tr("Recipe"), recipe_words(*closest_recipe(config))),
            (self.tr("Epochs"), self._epochs(config)),
            (self.tr("Optimizer"), f"{optimizer}, {rate}, {schedule_name(config.optim.schedule)}"),
            (self.tr("Variation"), augment[config.data.augment]),
            *self._extras(config),
            (self.tr("Seed"), str(config.seed)),
        ]

    def _epochs(self, config: TrainConfig) -> str:
        if not config.batch_size:
            return self.tr("{0}, as many images a step as suit").format(count(config.num_epochs))
        images = config.batch_size * config.optim.grad_accum_steps
        return self.tr("{0}, {1} images a step").format(count(config.num_epochs), count(images))

    def _extras(self, config: TrainConfig) -> list[tuple[str, str]]:
        """What most runs do without."""
        optim, loss, stopping = config.optim, config.loss, config.stopping
        regular = {
            self.tr("smoothing {0}"): loss.label_smoothing,
            self.tr("mixup {0}"): loss.mixup,
            self.tr("CutMix {0}"): loss.cutmix,
            self.tr("clipping at {0}"): optim.clip_norm,
            self.tr("average {0}"): optim.ema_decay,
        }
        words = [text.format(figure(value)) for text, value in regular.items() if value]
        words += [f"{name} × {figure(weight)}" for name, weight in loss.class_weights.items()]
        found = [(self.tr("Also"), ", ".join(words))] if words else []
        if stopping.patience:
            ends = self.tr("after {count} epoch(s) without a better one", "", stopping.patience)
            found.append((self.tr("Stops early"), counted(ends, stopping.patience)))
        return found

    def _findings(self, events: list[Event]) -> list[tuple[str, str]]:
        """What the audit of the last epoch found, and which layer group has moved most."""
        found = []
        audit = next((event for event in reversed(events) if isinstance(event, FreezeAudited)), None)
        if audit is not None and audit.verified is not None:
            changed = self.tr("changed: {0}").format(", ".join(audit.changed[:3]))
            found.append((self.tr("Frozen"), self.tr("verified") if audit.verified else changed))
        drift = next((event.drift for event in reversed(events) if isinstance(event, DriftMeasured)), {})
        moved = [(name, value) for name, value in drift.items() if value > 0]
        if moved:
            words = (f"{name} {figure(100 * value)} %" for name, value in moved[::-1][:3])
            found.append((self.tr("Moved"), ", ".join(words)))
        return found

    def _lay_out(self) -> None:
        words = QWidget()
        words_layout = QVBoxLayout(words)
        words_layout.setContentsMargins(4, 4, 4, 4)
        words_layout.addWidget(self._failure)
        words_layout.addLayout(self._form)
        words_layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(words)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        scroll.setFixedWidth(_WORDS_WIDTH)
        for part, stretch in ((self.accuracy, 1), (self.loss, 1), (scroll, 0)):
            layout.addWidget(card(part), stretch)
