"""What belongs to a plan beside the preset: the layer that divides two rates, and gradual unfreezing."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QVBoxLayout, QWidget

from finetune_gui.engine.config import LayerPlan, PresetChange, TwoRates
from finetune_gui.engine.models.layer_tree import LayerTree, gradual_unfreezing, phases
from finetune_gui.ui.item_models.layer_item_model import MAX_MULTIPLIER
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.words import count, preset_words


class PlanOptions(QWidget):
    """Shows a plan and wishes for changes of it.

    Signals:
        two_rates_wished: a ``TwoRates``.
        schedule_wished: a tuple of ``PresetChange``.
    """

    two_rates_wished = Signal(object)
    schedule_wished = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._num_epochs = 1
        self.up_to = QComboBox()
        self.up_to.setAccessibleName(self.tr("Up to layer"))
        self.multiplier = QDoubleSpinBox()
        self.multiplier.setRange(0.0, MAX_MULTIPLIER)
        self.multiplier.setDecimals(2)
        self.multiplier.setKeyboardTracking(False)
        self.multiplier.setPrefix("λ = ")
        self.multiplier.setAccessibleName(self.tr("Multiplier beyond that layer"))
        self.schedule = QComboBox()
        self.schedule.setAccessibleName(self.tr("Gradual unfreezing"))
        for box in (self.up_to, self.schedule):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
        self._rates = QWidget()
        self._phases = text_label("hint", wrap=True)
        self._lay_out()
        self.up_to.activated.connect(self._on_rates)
        self.multiplier.valueChanged.connect(self._on_rates)
        self.schedule.activated.connect(self._on_schedule)

    def show_plan(self, tree: LayerTree | None, plan: LayerPlan, num_epochs: int) -> None:
        """What holds now; ``tree`` gives the layers to choose from."""
        self._num_epochs = num_epochs
        self._rates.setVisible(plan.preset == "two_groups" and tree is not None)
        self._show_rates([group.name for group in tree.groups[:-1]] if tree is not None else [], plan.two_rates)
        with QSignalBlocker(self.schedule):
            self.schedule.clear()
            for text, schedule in self._schedules(plan):
                self.schedule.addItem(text, schedule)
            self.schedule.setCurrentIndex(max(self.schedule.findData(plan.schedule), 0))
        self._phases.setText(phase_words(plan, num_epochs))
        self._phases.setVisible(bool(plan.schedule))

    def _show_rates(self, groups: Sequence[str], rates: TwoRates) -> None:
        with QSignalBlocker(self.up_to), QSignalBlocker(self.multiplier):
            self.up_to.clear()
            self.up_to.addItem(self.tr("the layer before the head"), "")
            for name in [*groups, *([rates.up_to] if rates.up_to and rates.up_to not in groups else [])]:
                self.up_to.addItem(name, name)
            self.up_to.setCurrentIndex(self.up_to.findData(rates.up_to))
            self.multiplier.setValue(rates.multiplier)

    def _schedules(self, plan: LayerPlan) -> list[tuple[str, tuple[PresetChange, ...]]]:
        """Off first; one that came with a config and is none of ours is offered, too."""
        ours: list[tuple[str, tuple[PresetChange, ...]]] = [(self.tr("Off"), ())]
        for text, schedule in (
            (self.tr("Head, then last stage"), gradual_unfreezing(self._num_epochs, None)),
            (self.tr("Head, last stage, everything"), gradual_unfreezing(self._num_epochs)),
        ):
            if schedule and schedule not in [known for _, known in ours]:
                ours.append((text, schedule))
        if plan.schedule not in [schedule for _, schedule in ours]:
            ours.append((self.tr("Of your own"), plan.schedule))
        return ours

    @Slot()
    def _on_rates(self) -> None:
        self.two_rates_wished.emit(TwoRates(up_to=self.up_to.currentData(), multiplier=self.multiplier.value()))

    @Slot()
    def _on_schedule(self) -> None:
        self.schedule_wished.emit(self.schedule.currentData())

    def _lay_out(self) -> None:
        rates = QVBoxLayout(self._rates)
        rates.setContentsMargins(0, 0, 0, 10)
        rates.setSpacing(5)
        rates.addWidget(text_label("heading", self.tr("Two rates"), wrap=True))
        rates.addWidget(text_label("hint", self.tr("Rate η up to and including"), wrap=True))
        rates.addWidget(self.up_to)
        rates.addWidget(text_label("hint", self.tr("and η·λ beyond it, with"), wrap=True))
        rates.addWidget(self.multiplier)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self._rates)
        layout.addWidget(text_label("heading", self.tr("Gradual unfreezing"), wrap=True))
        layout.addWidget(self.schedule)
        layout.addWidget(self._phases)


def phase_words(plan: LayerPlan, num_epochs: int) -> str:
    """One line a phase: ``Epoch 1–3: Head only``."""
    found = phases(plan, num_epochs)
    ends = [first - 1 for first, _ in found[1:]] + [num_epochs]
    return "\n".join(
        QCoreApplication.translate("PlanOptions", "Epoch {epochs}: {preset}").format(
            epochs=count(first) if first == last else f"{count(first)}–{count(last)}", preset=preset_words(part.preset)
        )
        for (first, part), last in zip(found, ends, strict=True)
    )
