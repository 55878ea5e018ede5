"""The bar at the bottom: how far the run is, in figures that were measured."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from finetune_gui.ui.run_progress import RunProgress
from finetune_gui.ui.run_states import HELD, PAUSED, PAUSING, RunState
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.hardware_strip import HardwareStrip
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import count, duration, figure, percent

HEIGHT = 40
_FIGURES = ("left", "speed", "loss", "accuracy")


class RunStatusBar(QFrame):
    """A sentence and, during a run, a bar and figures beside it; at the right, what the machine does."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "statusbar")
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(self.tr("State of the run"))
        self._sentence = ElidedLabel()
        self._position = QLabel()
        self._line = ProgressLine(theme)
        self._figures = {name: QLabel() for name in _FIGURES}
        self.hardware = HardwareStrip(theme)
        self._lay_out()
        self.show_sentence("")

    def show_sentence(self, text: str) -> None:
        """No run: say what to do next."""
        self._sentence.setText(text)
        self._show_run_parts(False)

    def show_activity(self, text: str, share: float | None) -> None:
        """Something goes on whose end may not be known (``share`` None)."""
        self._show_run_parts(True)
        self._position.setText(text)
        self._line.set_progress(share)
        for label in self._figures.values():
            label.clear()

    def show_run(self, run: RunProgress, state: RunState) -> None:
        """A run: where it is, and the figures so far."""
        if run.started is None or run.epoch_number is None:
            return
        self._show_run_parts(True)
        words, held = self._epoch_words(run, state), state in HELD
        self._position.setText(words.format(count(run.epoch_number), count(run.started.num_epochs)))
        self._line.set_progress(run.share or 0.0)
        self._line.set_level("warning" if held else "")
        left, step, epoch = run.seconds_left, run.step, run.epoch
        texts = {
            "left": self.tr("{0} left").format(duration(left)) if left is not None and not held else "",
            "speed": self.tr("{0} img/s").format(count(round(step.images_per_second))) if step and not held else "",
            "loss": self.tr("loss {0}").format(figure(step.loss)) if step else "",
            "accuracy": self.tr("val acc {0}").format(percent(epoch.val_accuracy)) if epoch else "",
        }
        for name, text in texts.items():
            self._figures[name].setText(text)

    def _epoch_words(self, run: RunProgress, state: RunState) -> str:
        if state == PAUSING:
            return self.tr("Pausing · epoch {0}/{1}")
        if state == PAUSED:
            return self.tr("Waiting · epoch {0}/{1}") if run.waiting else self.tr("Paused · epoch {0}/{1}")
        return self.tr("Epoch {0}/{1}")

    def text(self) -> str:
        """All that is shown, for tests and screen readers."""
        if not self._sentence.isHidden():
            return self._sentence.text()
        shown = [self._position.text(), *(label.text() for label in self._figures.values())]
        return " · ".join(text for text in shown if text)

    def _show_run_parts(self, shown: bool) -> None:
        self._sentence.setVisible(not shown)
        for widget in (self._position, self._line, *self._figures.values()):
            widget.setVisible(shown)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 0, 20, 0)
        layout.setSpacing(20)
        set_kind(self._sentence, kind="hint")
        layout.addWidget(self._sentence, 1)
        layout.addWidget(self._position)
        layout.addWidget(self._line, 1)
        for label in self._figures.values():
            set_kind(label, kind="hint")
            layout.addWidget(label)
        layout.addWidget(self.hardware)
