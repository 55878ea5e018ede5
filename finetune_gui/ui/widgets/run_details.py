"""One past run: its curves, and its settings in words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.events import Event, RunFailed
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.run_curves import RunCurves
from finetune_gui.ui.words import data_name, model_name, preset_words


class RunDetails(QWidget):
    """Curves at the left, settings at the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves = RunCurves(theme)
        self._failure = QLabel()
        self._failure.setWordWrap(True)
        self._failure.setTextFormat(Qt.TextFormat.PlainText)
        set_kind(self._failure, kind="error")
        self._values: list[tuple[QLabel, QLabel]] = []
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(5)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._lay_out()

    @property
    def curves(self) -> RunCurves:
        """The plots."""
        return self._curves

    def clear(self) -> None:
        """Show nothing, while another run is read."""
        self._curves.clear()
        self._failure.hide()

    def show_run(self, config: TrainConfig, events: list[Event]) -> None:
        """Show a run."""
        self._curves.clear()
        self._curves.take(events)
        for plot in (self._curves.loss, self._curves.accuracy):
            plot.refresh()
        failure = next((event for event in reversed(events) if isinstance(event, RunFailed)), None)
        self._failure.setVisible(failure is not None)
        if failure is not None:
            self._failure.setText(f"{failure.message} {failure.hint}")
        while self._form.rowCount():
            self._form.removeRow(0)
        for name, value in self.settings(config):
            title, text = QLabel(name), QLabel(value)
            set_kind(title, kind="hint")
            text.setWordWrap(True)
            text.setTextFormat(Qt.TextFormat.PlainText)
            self._form.addRow(title, text)

    def settings(self, config: TrainConfig) -> list[tuple[str, str]]:
        """The settings of a run in words."""
        model = model_name(config.model.id)
        if config.model.weights == "none":
            model = self.tr("{model}, from scratch").format(model=model)
        layers = preset_words(config.plan.preset)
        if config.plan.rules:
            layers = self.tr("{preset}, with {count} of your own rules").format(
                preset=layers, count=len(config.plan.rules)
            )
        augment = {"none": self.tr("none"), "light": self.tr("light"), "strong": self.tr("strong")}
        optimizer = {"adamw": "AdamW", "sgd": "SGD"}[config.optim.optimizer]
        rate = self.tr("automatic rate") if config.optim.lr is None else self.tr("rate {0:g}").format(config.optim.lr)
        schedule = {"cosine": self.tr("falling to 0"), "constant": self.tr("constant")}[config.optim.schedule]
        batch_norm = {"locked": self.tr("as pretrained"), "adapts": self.tr("adapts")}[config.plan.batch_norm]
        return [
            (self.tr("Images"), data_name(config.data.path)),
            (self.tr("Model"), model),
            (self.tr("Layers that learn"), layers),
            (self.tr("BatchNorm of frozen layers"), batch_norm),
            (self.tr("Epochs"), self.tr("{0}, {1} images a step").format(config.num_epochs, config.batch_size)),
            (self.tr("Optimizer"), f"{optimizer}, {rate}, {schedule}"),
            (self.tr("Variation of images"), augment[config.data.augment]),
            (self.tr("Seed"), str(config.seed)),
        ]

    def _lay_out(self) -> None:
        words = QWidget()
        words_layout = QVBoxLayout(words)
        words_layout.setContentsMargins(16, 4, 4, 4)
        words_layout.addWidget(self._failure)
        words_layout.addLayout(self._form)
        words_layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(words)
        scroll.setMinimumWidth(260)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._curves)
        splitter.addWidget(scroll)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([660, 330])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
