"""The training loop, as a generator of events."""

import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import torch

from finetune_gui import __version__
from finetune_gui.engine.audit import audit_frozen, measure_drift, take_fingerprints
from finetune_gui.engine.checkpoint import (
    EpochSums,
    TrainingState,
    load_training,
    save_start,
    save_training,
    save_weights,
)
from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.control import Request, RunControl
from finetune_gui.engine.devices import pick_device, pick_precision
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.evaluator import Evaluation, EvaluationStopped, evaluate
from finetune_gui.engine.events import (
    CheckpointSaved,
    EpochCompleted,
    Event,
    Outcome,
    PlanChanged,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    WarningRaised,
)
from finetune_gui.engine.files import write_json
from finetune_gui.engine.models.layer_tree import group_multipliers, trainable_parameters
from finetune_gui.engine.models.layers import train_mode
from finetune_gui.engine.optim import schedule_factor, set_learning_rate
from finetune_gui.engine.phases import begin_phase, check_phases, learnable_parameters
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.seed import restore_rng_state, rng_state, seed_everything
from finetune_gui.engine.step_reporter import StepReporter
from finetune_gui.engine.tasks.base import Task
from finetune_gui.engine.tasks.registry import create_task

REPORT_SCHEMA_VERSION = 1
REPORTED_PACKAGES = ("torch", "torchvision", "timm")


def train(config: TrainConfig, run: RunFolder, control: RunControl, *, resume: bool = False) -> Iterator[Event]:
    """Fine-tune a network and keep the best and the last weights in the run folder.

    Args:
        config: What to do.
        run: Where to keep it.
        control: Polled once a step.
        resume: Go on from the last checkpoint of the run.

    Yields:
        Events; the last one is ``RunFinished``.

    Raises:
        EngineError: The data, the model or the plan cannot be used, or the loss is no longer a number.
    """
    device = pick_device(config.device)
    seed_everything(config.seed)
    task = create_task(config)
    try:
        for progress in task.restore(run) if resume else task.prepare(run):
            yield progress
            if control.should_end:  # nothing was learnt, so nothing is kept
                yield RunFinished(
                    outcome="discarded", run_dir=str(run.path), best_epoch=0, best_val_accuracy=0.0, seconds=0.0
                )
                return
        yield from _Training(config, run, control, task, device).events(resume)
    finally:
        task.close()


class _Training:
    """A run with its data and network at hand."""

    def __init__(
        self, config: TrainConfig, run: RunFolder, control: RunControl, task: Task, device: torch.device
    ) -> None:
        self._config = config
        self._run = run
        self._control = control
        self._task = task
        self._device = device
        check_phases(task.tree, config)
        task.to(device)
        self._phase = begin_phase(task.model, task.tree, config, epoch=1)
        self._steps_per_epoch = task.num_batches("train")
        self._state = TrainingState()
        self._val_seconds = 0.0
        # Keeps small gradients from vanishing in float16; passes everything through in other precisions.
        fp16 = pick_precision(config.speed.precision, device) is torch.float16
        self._scaler = torch.amp.GradScaler(device.type, enabled=fp16)

    def events(self, resume: bool) -> Iterator[Event]:
        """The whole run."""
        if resume:
            yield self._go_on()
        else:
            learnable = learnable_parameters(self._task.model, self._task.tree, self._config.plan)
            save_start(self._run.start_weights, self._task.model, learnable)
        self._take_fingerprints()
        yield self._run_started()
        yield from self._tell_of_skipped()
        yield from self._task.run_frozen_once(self._phase.plan)
        for epoch in range(self._state.epoch + 1, self._config.num_epochs + 1):
            yield from self._change_plan(epoch)
            reporter = yield from self._learn(epoch)
            if self._discarding():
                break
            if reporter.num_steps:
                yield from self._validate_and_save(epoch, reporter)
            if self._control.should_end:
                break
        yield self._finish()

    def _change_plan(self, epoch: int) -> Iterator[Event]:
        """Begin the next phase where the schedule of the plan says so."""
        if self._config.plan.at(epoch) == self._phase.plan:
            return
        self._phase = begin_phase(self._task.model, self._task.tree, self._config, epoch, self._phase)
        self._take_fingerprints()
        tree, phase = self._task.tree, self._phase
        yield PlanChanged(
            epoch=epoch,
            preset=phase.plan.preset,
            lr=phase.lr,
            trainable_parameters=trainable_parameters(tree, phase.multipliers),
            layer_multipliers=group_multipliers(tree, phase.multipliers),
        )
        yield from self._task.run_frozen_once(phase.plan)

    def _take_fingerprints(self) -> None:
        batch_norm = self._config.plan.batch_norm
        fingerprints = take_fingerprints(self._task.model, batch_norm, self._state.fingerprints)
        self._state = replace(self._state, fingerprints=fingerprints)

    def _learn(self, epoch: int) -> Generator[Event, None, StepReporter]:
        """One pass over the training images, or what is left of it after a stop."""
        train_mode(self._task.model, self._config.plan.batch_norm)
        total_steps = self._config.num_epochs * self._steps_per_epoch
        first_step = (epoch - 1) * self._steps_per_epoch
        skip = self._state.step
        reporter = StepReporter(
            epoch,
            first_step,
            total_steps,
            seconds_per_validation=self._val_seconds,
            validations_left=self._config.num_epochs - epoch + 1,
            sums=replace(self._state.sums),
        )
        for step, batch in enumerate(self._task.training_batches(epoch, skip), start=skip):
            yield from self._pause_here(reporter)
            if self._control.should_end:
                break
            factor = schedule_factor(self._config.optim, first_step + step, total_steps, self._steps_per_epoch)
            set_learning_rate(self._phase.optimizer, factor)
            output = self._task.training_step(batch)
            if output is None:
                continue
            self._phase.optimizer.zero_grad(set_to_none=True)
            self._scaler.scale(output.loss).backward()  # type: ignore[no-untyped-call]
            self._scaler.step(self._phase.optimizer)
            self._scaler.update()
            reporter.add(step + 1, output, self._phase.lr * factor)
            yield from reporter.due()
        yield from reporter.all()
        yield from self._pause_here(reporter)
        yield from self._tell_of_skipped()
        if not reporter.num_steps and not self._control.should_end:
            raise EngineError(
                "Not one training image could be read.",
                "Check that the image folder is still in place, then try again.",
            )
        return reporter

    def _pause_here(self, reporter: StepReporter) -> Iterator[Event]:
        if not self._control.paused:
            return
        yield from reporter.all()
        yield RunPaused(global_step=reporter.global_step)
        with reporter.clock_stopped():
            self._control.wait_while_paused()
        if not self._control.should_end:
            yield RunResumed(global_step=reporter.global_step)

    def _validate_and_save(self, epoch: int, reporter: StepReporter) -> Iterator[Event]:
        begun = time.monotonic()
        try:
            evaluation = yield from evaluate(self._task, "val", epoch=epoch, should_stop=self._discarding)
        except EvaluationStopped:
            return
        self._val_seconds = time.monotonic() - begun
        yield from self._tell_of_skipped()
        is_best = self._take_over(epoch, reporter, evaluation)
        yield EpochCompleted(
            epoch=epoch,
            global_step=reporter.global_step,
            train_loss=reporter.mean_loss,
            train_accuracy=reporter.accuracy,
            val_loss=evaluation.loss,
            val_accuracy=evaluation.accuracy,
            is_best=is_best,
            train_seconds=reporter.seconds_learning,
            val_seconds=self._val_seconds,
            partial=self._state.epoch < epoch,
        )
        yield from self._audit(epoch)
        yield from self._save(epoch, evaluation if is_best else None)

    def _audit(self, epoch: int) -> Iterator[Event]:
        """Prove that what is frozen did not move, and say how far the rest did."""
        task, state = self._task, self._state
        audited = audit_frozen(task.model, self._config.plan.batch_norm, state.fingerprints, epoch)
        changed = tuple(dict.fromkeys(state.changed_frozen + audited.changed))
        verified = state.frozen_verified if audited.verified is None else not changed
        self._state = replace(state, frozen_verified=verified, changed_frozen=changed)
        yield audited
        if self._run.start_weights.is_file():  # runs of older versions have none
            yield measure_drift(task.model, task.tree, self._run.start_weights, epoch)

    def _take_over(self, epoch: int, reporter: StepReporter, evaluation: Evaluation) -> bool:
        """Bring the state up to date; returns whether these weights are the best so far."""
        state = self._state
        complete = reporter.last_step == self._steps_per_epoch
        is_best = (evaluation.accuracy, -evaluation.loss) > (state.best_val_accuracy, -state.best_val_loss)
        self._state = replace(
            state,
            epoch=epoch if complete else epoch - 1,
            step=0 if complete else reporter.last_step,
            sums=EpochSums() if complete else reporter.sums,
            global_step=reporter.global_step,
            seconds=state.seconds + reporter.seconds_learning + self._val_seconds,
            best_epoch=epoch if is_best else state.best_epoch,
            best_val_accuracy=evaluation.accuracy if is_best else state.best_val_accuracy,
            best_val_loss=evaluation.loss if is_best else state.best_val_loss,
        )
        return is_best

    def _save(self, epoch: int, best: Evaluation | None) -> Iterator[Event]:
        """Keep the last weights; and the best, with the evaluation that made them so."""
        if best is not None:
            info = self._task.checkpoint_info() | {"epoch": epoch, "val_accuracy": best.accuracy}
            save_weights(self._run.best_checkpoint, self._task.model, info)
            self._write_report(evaluation=best.as_event("val", self._task.class_names, []).to_json())
            yield CheckpointSaved(kind="best", epoch=epoch, path=str(self._run.best_checkpoint))
        rng = rng_state(self._device)
        save_training(self._run.last_checkpoint, self._task.model, self._phase.optimizer, rng, self._state)
        self._task.save_kept()
        yield CheckpointSaved(kind="last", epoch=epoch, path=str(self._run.last_checkpoint))

    def _go_on(self) -> RunResumed:
        model = self._task.model
        self._state, rng = load_training(self._run.last_checkpoint, model, self._optimizer_at)
        restore_rng_state(rng, self._device)
        if self._state.epoch >= self._config.num_epochs:
            raise EngineError(
                f"The run has already finished its {self._config.num_epochs} epochs.",
                "Ask for more epochs to extend it.",
            )
        return RunResumed(global_step=self._state.global_step)

    def _optimizer_at(self, state: TrainingState) -> torch.optim.Optimizer:
        """That of the phase in which the last step was made."""
        epoch = state.epoch + (state.step > 0)
        self._phase = begin_phase(self._task.model, self._task.tree, self._config, epoch)
        return self._phase.optimizer

    def _run_started(self) -> RunStarted:
        tree = self._task.tree
        return RunStarted(
            run_dir=str(self._run.path),
            model_id=self._config.model.id,
            class_names=self._task.class_names,
            num_train=self._task.num_examples("train"),
            num_val=self._task.num_examples("val"),
            num_epochs=self._config.num_epochs,
            steps_per_epoch=self._steps_per_epoch,
            first_epoch=self._state.epoch + 1,
            device=str(self._device),
            optimizer=self._config.optim.optimizer,
            lr=self._phase.lr,
            trainable_parameters=trainable_parameters(tree, self._phase.multipliers),
            total_parameters=tree.root.num_parameters,
            layer_multipliers=group_multipliers(tree, self._phase.multipliers),
            time=time.time(),
        )

    def _finish(self) -> RunFinished:
        state = self._state
        outcome: Outcome = "completed"
        if self._discarding() or not state.best_epoch:
            outcome = "discarded"
        elif state.epoch < self._config.num_epochs:
            outcome = "stopped"
        verified, changed = state.frozen_verified, state.changed_frozen
        if outcome != "discarded":
            self._write_report(outcome=outcome, frozen_verified=verified, changed_frozen=list(changed))
        return RunFinished(
            outcome=outcome,
            run_dir=str(self._run.path),
            best_epoch=state.best_epoch,
            best_val_accuracy=state.best_val_accuracy,
            seconds=state.seconds,
            frozen_verified=verified,
            changed_frozen=changed,
        )

    def _write_report(self, **changes: Any) -> None:
        """Bring ``report.json`` up to date. It is there from the first epoch on, so a crash leaves one."""
        state, tree = self._state, self._task.tree
        facts = {
            "schema_version": REPORT_SCHEMA_VERSION,
            "outcome": "unfinished",
            "model_id": self._config.model.id,
            "class_names": list(self._task.class_names),
            "num_train": self._task.num_examples("train"),
            "num_val": self._task.num_examples("val"),
            "trainable_parameters": trainable_parameters(tree, self._phase.multipliers),
            "total_parameters": tree.root.num_parameters,
            "best_epoch": state.best_epoch,
            "best_val_accuracy": state.best_val_accuracy,
            "seconds": state.seconds,
            "device": str(self._device),
            "versions": {"finetune-gui": __version__} | {name: version(name) for name in REPORTED_PACKAGES},
        }
        write_json(self._run.report_file, (self._run.report() or {}) | facts | changes)

    def _tell_of_skipped(self) -> Iterator[Event]:
        for error in self._task.take_skipped():
            yield WarningRaised(message=error.message, hint=error.hint)

    def _discarding(self) -> bool:
        return self._control.request is Request.DISCARD
