"""What was chosen, step by step, in words: for the summary at the left and the badges at the top."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.catalog import find_info
from finetune_gui.engine.models.layer_tree import leaf_multipliers, trainable_parameters
from finetune_gui.engine.run_list import RunSummary
from finetune_gui.ui.session import Session
from finetune_gui.ui.widgets.step_button import StepState
from finetune_gui.ui.words import (
    count,
    counted,
    model_name,
    optimizer_name,
    parameters,
    percent,
    preset_words,
    translated,
)


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One step: whether it is done, what was chosen, and a note to it (the reason of a warning)."""

    state: StepState
    value: str
    note: str = ""


class StepSummary(QObject):
    """Reads the session; a QObject only for its ``tr``."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def data(self) -> StepLine:
        """``397 images · 2 classes``."""
        arranged = self._session.arranged
        if arranged is None:
            return StepLine(state="none", value=self.tr("No images yet"), note=self.tr("Drop a folder on the window"))
        dataset = arranged.dataset
        value = self._images_and_classes(len(dataset.samples), len(dataset.class_names))
        problem = self._session.data_problem()
        if problem is not None:
            return StepLine(state="warning", value=value, note=problem.message)
        for finding in arranged.findings:
            if finding.level == "error" and not finding.kept:
                return StepLine(state="warning", value=value, note=translated(finding.text))
        return StepLine(state="done", value=value, note=dataset.source.name)

    def _images_and_classes(self, images: int, classes: int) -> str:
        parts = (
            counted(self.tr("{count} image(s)", "", images), images),
            counted(self.tr("{count} class(es)", "", classes), classes),
        )
        return " · ".join(parts)

    def model(self) -> StepLine:
        """Title of the model."""
        model = self._session.config.model
        info = find_info(model.id)
        title = info.title if info else model_name(model.id)
        if model.weights == "none":
            return StepLine(state="warning", value=title, note=self.tr("Random weights: learns from scratch"))
        note = self.tr("Pretrained · {0} parameters").format(parameters(info.num_parameters)) if info else ""
        return StepLine(state="done", value=title, note=note)

    def layers(self) -> StepLine:
        """``Head only`` and ``2,562 of 3.4 M parameters learn``."""
        plan, tree = self._session.config.plan, self._session.tree
        value = preset_words(plan.preset)
        if plan.rules:
            value = self.tr("{preset}, changed").format(preset=value)
        if tree is None:
            return StepLine(state="done", value=value)
        try:
            learning = trainable_parameters(tree, leaf_multipliers(tree, plan))
        except EngineError as error:
            return StepLine(state="warning", value=value, note=error.message)
        if problem := self._session.plan_problem():
            return StepLine(state="warning", value=value, note=problem.message)
        whole = parameters(tree.root.num_parameters)
        return StepLine(state="done", value=value, note=self.tr("{0} of {1} learn").format(parameters(learning), whole))

    def training(self) -> StepLine:
        """``10 epochs · AdamW``."""
        config = self._session.config
        epochs = counted(self.tr("{count} epoch(s)", "", config.num_epochs), config.num_epochs)
        augment = {
            "none": self.tr("not varied"),
            "light": self.tr("varied lightly"),
            "strong": self.tr("varied strongly"),
        }[config.data.augment]
        batch = count(config.batch_size) if config.batch_size else self.tr("automatic size")
        note = self.tr("Batches of {0}, {1}").format(batch, augment)
        return StepLine(state="none", value=f"{epochs} · {optimizer_name(config.optim.optimizer)}", note=note)

    def result(self, run: RunSummary | None) -> StepLine:
        """``95.4 % correct`` of the run that is looked at."""
        if run is None or run.best_val_accuracy is None:
            return StepLine(state="none", value=self.tr("No result yet"), note=self.tr("Train first"))
        value = self.tr("{0} correct").format(percent(run.best_val_accuracy))
        note = self.tr("Best at epoch {0} of {1}").format(count(run.best_epoch), count(run.epochs_done))
        return StepLine(state="done", value=value, note=note)
