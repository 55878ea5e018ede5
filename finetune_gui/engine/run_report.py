"""What is told of a run at its beginning and at its end: events, and ``report.json``."""

import time
from importlib.metadata import version
from typing import Any

from finetune_gui import __version__
from finetune_gui.engine.checkpoint import TrainingState
from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.events import Outcome, RunFinished, RunStarted
from finetune_gui.engine.files import write_json
from finetune_gui.engine.models.layer_tree import group_multipliers, trainable_parameters
from finetune_gui.engine.phases import Phase
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.base import Task

REPORT_SCHEMA_VERSION = 1
REPORTED_PACKAGES = ("torch", "torchvision", "timm")


class RunReport:
    """Puts what is known of a run into words and figures.

    Args:
        config: Of the run.
        run: Its folder.
        task: Prepared.
        device: Where it is trained.
    """

    def __init__(self, config: TrainConfig, run: RunFolder, task: Task, device: str) -> None:
        self._config = config
        self._run = run
        self._task = task
        self._device = device

    def started(self, phase: Phase, state: TrainingState) -> RunStarted:
        """The event before the first step."""
        config, task = self._config, self._task
        return RunStarted(
            run_dir=str(self._run.path),
            model_id=config.model.id,
            class_names=task.class_names,
            num_train=task.num_examples("train"),
            num_val=task.num_examples("val"),
            num_epochs=config.num_epochs,
            steps_per_epoch=task.num_batches("train"),
            first_epoch=state.epoch + 1,
            device=self._device,
            optimizer=config.optim.optimizer,
            lr=phase.lr,
            trainable_parameters=trainable_parameters(task.tree, phase.multipliers),
            total_parameters=task.tree.root.num_parameters,
            layer_multipliers=group_multipliers(task.tree, phase.multipliers),
            time=time.time(),
            batch_size=config.batch_size * config.optim.grad_accum_steps,
        )

    def finished(self, state: TrainingState, outcome: Outcome, *, stopped_early: bool) -> RunFinished:
        """The event after the last."""
        return RunFinished(
            outcome=outcome,
            run_dir=str(self._run.path),
            best_epoch=state.best_epoch,
            best_val_accuracy=state.best_val_accuracy,
            seconds=state.seconds,
            frozen_verified=state.frozen_verified,
            changed_frozen=state.changed_frozen,
            stopped_early=stopped_early,
        )

    def write(self, phase: Phase, state: TrainingState, **changes: Any) -> None:
        """Bring ``report.json`` up to date. It is there from the first epoch on, so a crash leaves one.

        Raises:
            CannotWrite: The folder cannot be written to, or the disk is full.
        """
        config, task = self._config, self._task
        facts = {
            "schema_version": REPORT_SCHEMA_VERSION,
            "outcome": "unfinished",
            "model_id": config.model.id,
            "class_names": list(task.class_names),
            "num_train": task.num_examples("train"),
            "num_val": task.num_examples("val"),
            "trainable_parameters": trainable_parameters(task.tree, phase.multipliers),
            "total_parameters": task.tree.root.num_parameters,
            "best_epoch": state.best_epoch,
            "best_val_accuracy": state.best_val_accuracy,
            "seconds": state.seconds,
            "device": self._device,
            "versions": {"finetune-gui": __version__} | {name: version(name) for name in REPORTED_PACKAGES},
        }
        write_json(self._run.report_file, (self._run.report() or {}) | facts | changes)
