"""Whether fine-tuning paid: the run beside what needs none."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.events import BaselinesMeasured
from finetune_gui.engine.metrics import wilson_interval
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.figure_card import FigureCard
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import percent, shortened


class BaselinesView(QWidget):
    """Three accuracies, and in words whether transfer learning paid.

    Signals:
        measure_requested: the baselines are to be measured.
        cancel_requested: no longer.
        scratch_requested: the same network is to be trained without pretrained weights.
    """

    measure_requested = Signal()
    cancel_requested = Signal()
    scratch_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict = text_label("", wrap=True)
        self.run = FigureCard(theme, self.tr("This run"))
        self.neighbour = FigureCard(theme, self.tr("Nearest neighbour"))
        self.frequent = FigureCard(theme, self.tr("Always the same answer"))
        self.measure = QPushButton(self.tr("Measure"))
        set_kind(self.measure, kind="primary")
        self.scratch = QPushButton(self.tr("Train the same network from scratch…"))
        self.scratch.setToolTip(
            self.tr("Takes over the settings of this run, but without pretrained weights; start it under Train")
        )
        self._progress = ProgressLine(theme, beside=True)
        self._cancel = QPushButton(self.tr("Cancel"))
        self._lay_out()
        self.measure.clicked.connect(self.measure_requested)
        self._cancel.clicked.connect(self._on_cancel)
        self.scratch.clicked.connect(self.scratch_requested)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.set_progress(None)
        self.show_baselines(None)
        self.setEnabled(False)

    def verdict(self) -> str:
        """What is said above the figures."""
        return self._verdict.text()

    def show_baselines(self, found: BaselinesMeasured | None) -> None:
        """Show what was measured, or that nothing was yet."""
        self.setEnabled(True)
        self.measure.setText(self.tr("Measure") if found is None else self.tr("Measure again"))
        if found is None:
            for figure_card in (self.run, self.neighbour, self.frequent):
                figure_card.set_figure("–", "")
            self._verdict.setText(
                self.tr("Compare this run with what needs no fine-tuning: it looks at all images once more.")
            )
            return
        self._set(self.run, found, found.model_accuracy)
        self._set(self.neighbour, found, found.neighbour_accuracy, self.tr("by pretrained features"))
        name = self.tr("“{name}” for every image").format(name=shortened(found.most_frequent_class, 24))
        self._set(self.frequent, found, found.most_frequent_accuracy, name)
        self._verdict.setText(self._verdicts()[found.verdict])

    def set_progress(self, text: str | None, share: float | None = None) -> None:
        """Say how far the measuring is; None: it has ended."""
        busy = text is not None
        self._progress.setVisible(busy)
        self._cancel.setVisible(busy)
        self.measure.setVisible(not busy)
        if busy:
            self._progress.set_progress(share, text or "")

    def _set(self, shown: FigureCard, found: BaselinesMeasured, accuracy: float, note: str = "") -> None:
        low, high = wilson_interval(round(accuracy * found.num_images), found.num_images)
        likely = self.tr("likely {low} – {high}").format(low=percent(low, 0), high=percent(high, 0))
        shown.set_figure(percent(accuracy), f"{note} · {likely}" if note else likely)

    def _verdicts(self) -> dict[str, str]:
        return {
            "learnt_nothing": self.tr("The run is no better, beyond chance, than always giving the same answer."),
            "worse": self.tr("Fine-tuning did harm: comparing images by pretrained features alone is better."),
            "same": self.tr(
                "Fine-tuning did not pay yet: comparing images by pretrained features alone is as good, within chance."
            ),
            "better": self.tr(
                "Fine-tuning paid: it is better, beyond chance, than comparing images by pretrained features alone."
            ),
        }

    @Slot()
    def _on_cancel(self) -> None:
        self._progress.set_progress(None, self.tr("Cancelling…"))
        self.cancel_requested.emit()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._verdict, 1)
        row.addWidget(self._progress, 1)
        row.addWidget(self._cancel)
        row.addWidget(self.measure, 0, Qt.AlignmentFlag.AlignTop)
        cards = QHBoxLayout()
        cards.setSpacing(12)
        for figure_card in (self.run, self.neighbour, self.frequent):
            cards.addWidget(figure_card, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(row)
        layout.addLayout(cards)
        layout.addWidget(self.scratch, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
