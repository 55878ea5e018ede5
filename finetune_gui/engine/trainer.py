"""The training loop, as a generator of events."""

import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, cast

import torch

from finetune_gui.engine.allocator import reusing_memory
from finetune_gui.engine.audit import audit_frozen, measure_drift, take_fingerprints
from finetune_gui.engine.batch_size import find_batch_size
from finetune_gui.engine.checkpoint import (
    EpochSums,
    TrainingCheckpoint,
    TrainingState,
    save_start,
    save_weights,
    weights_of,
)
from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.control import Request, RunControl
from finetune_gui.engine.devices import pick_device
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.evaluator import Evaluation, EvaluationStopped, evaluate
from finetune_gui.engine.events import (
    BatchSizeChosen,
    CheckpointSaved,
    EpochCompleted,
    Event,
    Outcome,
    PlanChanged,
    RunFinished,
    RunResumed,
    RunRolledBack,
    WarningRaised,
)
from finetune_gui.engine.files import write_json
from finetune_gui.engine.interruption import Interrupted
from finetune_gui.engine.learner import Learner
from finetune_gui.engine.models.layer_tree import group_multipliers, trainable_parameters
from finetune_gui.engine.models.layers import train_mode
from finetune_gui.engine.optim import schedule_factor
from finetune_gui.engine.phases import check_phases, learnable_parameters
from finetune_gui.engine.predictions_file import save_predictions
from finetune_gui.engine.run_report import RunReport
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.saving import CheckpointWriter, read_newest, write_last
from finetune_gui.engine.seed import deterministic_algorithms, seed_everything
from finetune_gui.engine.step_reporter import StepReporter
from finetune_gui.engine.stepping import StepSpoiled, all_finite, interruption_of, loss_not_finite
from finetune_gui.engine.tasks.base import DataUnavailable, StepOutput, Task
from finetune_gui.engine.tasks.registry import create_task
from finetune_gui.engine.waiting import Waiting

MAX_ROLLBACKS = 3
ROLLBACK_FACTOR = 0.2  # of the learning rate, each time


def train(config: TrainConfig, run: RunFolder, control: RunControl, *, resume: bool = False) -> Generator[Event]:
    """Fine-tune a network and keep the best and the last weights in the run folder.

    Args:
        config: What to do.
        run: Where to keep it.
        control: Polled between steps, on a CPU between layers too.
        resume: Go on from the last checkpoint of the run.

    Yields:
        Events; the last one is ``RunFinished``.

    Raises:
        EngineError: The data, the model or the plan cannot be used, or the run cannot go on.
    """
    device = pick_device(config.device)
    seed_everything(config.seed)
    task = create_task(config)
    with deterministic_algorithms(config.deterministic), reusing_memory(device.type):
        try:
            for progress in task.restore(run) if resume else task.prepare(run):
                yield progress
                if control.should_end:  # nothing was learnt, so nothing is kept
                    yield RunFinished(
                        outcome="discarded", run_dir=str(run.path), best_epoch=0, best_val_accuracy=0.0, seconds=0.0
                    )
                    return
            config = yield from _with_batch_size(config, run, task, device)
            training = _Training(config, run, control, task, device)
            try:
                yield from training.events(resume)
            finally:
                training.close()
        except torch.AcceleratorError as error:
            raise EngineError(
                f"{device} reported an error that only a new start of the app can clear: {str(error).splitlines()[0]}.",
                "Restart the app and resume the run; it goes on from its last checkpoint.",
            ) from error
        finally:
            task.close()


def _with_batch_size(
    config: TrainConfig, run: RunFolder, task: Task, device: torch.device
) -> Generator[Event, None, TrainConfig]:
    """The config with a batch size; one that is found here is written to the run folder, so that resuming keeps it."""
    if config.batch_size:
        return config
    check_phases(task.tree, config)
    begun = time.monotonic()
    batch_size = find_batch_size(task, config, device)
    task.use_batch_size(batch_size)
    config = replace(config, batch_size=batch_size)
    write_json(run.config_file, config.to_json())
    yield BatchSizeChosen(batch_size=batch_size, seconds=time.monotonic() - begun)
    return config


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
        interruption = interruption_of(config, device, lambda: control.paused or control.should_end)
        self._learner = Learner(task, config, device, interruption)
        self._steps_per_epoch = task.num_batches("train")
        self._state = TrainingState()
        self._val_seconds = 0.0
        self._stopped_early = False
        self._report = RunReport(config, run, task, str(device))
        self._writer = CheckpointWriter()
        self._reporter = self._new_reporter(1)
        self._waiting = Waiting(control, lambda: self._reporter)
        self._saved = time.monotonic()

    def close(self) -> None:
        """Wait for what is being written."""
        self._writer.close()

    # -- the run ------------------------------------------------------------------------------------------------------

    def events(self, resume: bool) -> Iterator[Event]:
        """The whole run."""
        yield from self._begin(resume)
        while (epoch := self._state.epoch + 1) <= self._config.num_epochs:
            try:
                if not (yield from self._epoch(epoch)):
                    break
            except StepSpoiled as error:
                yield from self._roll_back(error)
        if not self._discarding():
            yield from self._stored(wait=True)
        yield from self._finish()

    def _begin(self, resume: bool) -> Iterator[Event]:
        task, config = self._task, self._config
        if resume:
            checkpoint, warnings = read_newest(self._run)
            yield from warnings
            self._restore(checkpoint)
            if self._state.epoch >= config.num_epochs:
                raise EngineError(
                    f"The run has already finished its {config.num_epochs} epochs.", "Ask for more epochs to extend it."
                )
            yield RunResumed(global_step=self._state.global_step)
        else:
            learnable = learnable_parameters(task.model, task.tree, config.plan)
            yield from self._waiting.written(partial(save_start, self._run.start_weights, task.model, learnable))
            self._take_fingerprints()
            self._learner.average_all_but(self._state.fingerprints)
        yield self._report.started(self._learner.phase, self._state)
        yield from self._tell_of_skipped()
        yield from task.run_frozen_once(self._learner.phase.plan)
        if not resume:
            yield from self._save(epoch=0)

    def _epoch(self, epoch: int) -> Generator[Event, None, bool]:
        """Learn, evaluate, keep; whether the run goes on."""
        yield from self._change_plan(epoch)
        yield from self._learn(epoch)
        if self._discarding():
            return False
        # Gone on with after its last step, or stopped at once before anything was ever evaluated.
        left_over = self._state.step == self._steps_per_epoch or (self._state.step and not self._state.best_epoch)
        if self._reporter.num_steps or left_over:
            yield from self._validate_and_save(epoch)
        patience = self._config.stopping.patience
        self._stopped_early = bool(patience) and self._state.epoch - self._state.best_epoch >= patience
        return not self._control.should_end and not self._stopped_early

    def _change_plan(self, epoch: int) -> Iterator[Event]:
        """Begin the next phase where the schedule of the plan says so."""
        if self._config.plan.at(epoch) == self._learner.phase.plan:
            return
        yield from self._stored(wait=True)  # what was frozen until now is written without a copy
        self._learner.change_phase(epoch)
        self._take_fingerprints()
        self._learner.average_all_but(self._state.fingerprints)
        tree, phase = self._task.tree, self._learner.phase
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

    # -- learning -----------------------------------------------------------------------------------------------------

    def _new_reporter(self, epoch: int) -> StepReporter:
        return StepReporter(
            epoch,
            (epoch - 1) * self._steps_per_epoch,
            self._config.num_epochs * self._steps_per_epoch,
            seconds_per_validation=self._val_seconds,
            validations_left=self._config.num_epochs - epoch + 1,
            sums=replace(self._state.sums),
            last_step=self._state.step,
        )

    def _learn(self, epoch: int) -> Iterator[Event]:
        """One pass over the training images, or what is left of it after a stop."""
        train_mode(self._task.model, self._config.plan.batch_norm)
        self._reporter = reporter = self._new_reporter(epoch)
        begun_at = reporter.last_step
        while True:
            try:
                yield from self._steps(epoch)
                break
            except DataUnavailable as error:
                if reporter.num_steps:
                    yield from self._save_before_waiting(epoch)
                if not (yield from self._waiting.until_mended(error, self._task.data_available)):
                    break
        yield from reporter.all()
        yield from self._waiting.while_paused(self._learner)
        yield from self._tell_of_skipped()
        if not reporter.num_steps and begun_at < self._steps_per_epoch and not self._control.should_end:
            raise EngineError(
                "Not one training image could be read.",
                "Check that the image folder is still in place, then try again.",
            )

    def _steps(self, epoch: int) -> Iterator[Event]:
        """Steps from where the epoch stands to its end."""
        reporter, optim = self._reporter, self._config.optim
        total_steps = self._config.num_epochs * self._steps_per_epoch
        first_step, skip = (epoch - 1) * self._steps_per_epoch, reporter.last_step
        for step, batch in enumerate(self._task.training_batches(epoch, skip), start=skip):
            factor = schedule_factor(optim, first_step + step, total_steps, self._steps_per_epoch)
            factor *= self._state.lr_factor
            try:
                output = yield from self._step(batch, factor, first_step + step + 1)
            except Interrupted:  # to end
                break
            if output is None:
                reporter.pass_over(step + 1)
                continue
            reporter.add(step + 1, output, self._learner.phase.lr * factor)
            yield from reporter.due()
            yield from self._stored()
            if self._checkpoint_due(step + 1):
                yield from self._save_within_epoch(epoch)

    def _step(self, batch: Any, factor: float, global_step: int) -> Generator[Event, None, StepOutput | None]:
        """A step, made anew after a pause in its middle.

        Raises:
            Interrupted: The run is to end.
        """
        while True:
            yield from self._waiting.while_paused(self._learner)
            try:
                return (yield from self._learner.step(batch, factor, global_step))
            except Interrupted:
                if self._control.should_end:
                    raise

    # -- evaluating and keeping ---------------------------------------------------------------------------------------

    def _validate_and_save(self, epoch: int) -> Iterator[Event]:
        reporter = self._reporter
        if not all_finite(self._task.model):
            raise loss_not_finite(reporter.global_step)
        begun, paused = time.monotonic(), self._waiting.paused_seconds
        try:
            evaluation = yield from self._evaluated(epoch)
        except EvaluationStopped:
            return
        self._val_seconds = time.monotonic() - begun - (self._waiting.paused_seconds - paused)
        yield from self._tell_of_skipped()
        yield from self._stored(wait=True)  # whether the best is on disk is known then
        is_best = self._take_over(epoch, evaluation)
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

    def _evaluated(self, epoch: int) -> Generator[Event, None, Evaluation]:
        """The evaluation; waits for data that are gone.

        Raises:
            EvaluationStopped: The user discards the run.
        """
        while True:
            try:
                with self._learner.averaged():
                    return (yield from self._evaluation(epoch))
            except DataUnavailable as error:
                yield from self._save_before_waiting(epoch)
                if not (yield from self._waiting.until_mended(error, self._task.data_available)):
                    raise EvaluationStopped from error

    def _evaluation(self, epoch: int) -> Generator[Event, None, Evaluation]:
        """The evaluation; pauses between its batches, or within one where a batch is slow."""
        evaluation = evaluate(
            self._task,
            "val",
            epoch=epoch,
            micro=self._learner.micro,
            should_stop=self._discarding,
            should_yield=lambda: self._control.paused or self._discarding(),
        )
        while True:
            try:
                yield next(evaluation)
            except StopIteration as finished:
                return cast(Evaluation, finished.value)
            yield from self._waiting.while_paused(self._learner)

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

    def _take_over(self, epoch: int, evaluation: Evaluation) -> bool:
        """Bring the state up to date; returns whether these weights are the best so far."""
        reporter, state = self._reporter, self._state
        complete = reporter.last_step == self._steps_per_epoch
        is_best = self._is_best(evaluation)
        self._state = replace(
            state,
            epoch=epoch if complete else epoch - 1,
            step=0 if complete else reporter.last_step,
            sums=EpochSums() if complete else replace(reporter.sums),
            global_step=reporter.global_step,
            seconds=state.seconds + self._reporter.take_seconds() + self._val_seconds,
            best_epoch=epoch if is_best else state.best_epoch,
            best_val_accuracy=evaluation.accuracy if is_best else state.best_val_accuracy,
            best_val_loss=evaluation.loss if is_best else state.best_val_loss,
        )
        return is_best

    def _is_best(self, evaluation: Evaluation) -> bool:
        state = self._state
        if not state.best_epoch or not self._run.best_checkpoint.is_file():
            return True
        if self._config.stopping.best_by == "val_loss":
            return evaluation.loss < state.best_val_loss
        return (evaluation.accuracy, -evaluation.loss) > (state.best_val_accuracy, -state.best_val_loss)

    def _checkpoint_due(self, step: int) -> bool:
        """Whether it is time for one within the epoch; at its end there is one anyway."""
        minutes = self._config.checkpoint_minutes
        return 0 < minutes * 60 <= time.monotonic() - self._saved and step < self._steps_per_epoch

    def _save_within_epoch(self, epoch: int) -> Iterator[Event]:
        reporter = self._reporter
        yield from reporter.all()
        if not all_finite(self._task.model):
            raise loss_not_finite(reporter.global_step)
        self._state = replace(
            self._state,
            step=reporter.last_step,
            sums=replace(reporter.sums),
            global_step=reporter.global_step,
            seconds=self._state.seconds + reporter.take_seconds(),
        )
        yield from self._save(epoch)

    def _save_before_waiting(self, epoch: int) -> Iterator[Event]:
        """The user may not want to wait until something is mended, and go on another day."""
        yield from self._save_within_epoch(epoch)
        yield from self._stored(wait=True)

    def _save(self, epoch: int, best: Evaluation | None = None) -> Iterator[Event]:
        """Keep the last weights; and the best, with the evaluation that made them so."""
        yield from self._stored(wait=True)  # memory holds the copies of one checkpoint only
        yield from self._restore_folder()
        learner = self._learner
        self._state = replace(self._state, micro_batch=learner.micro_batch(), scaler=learner.scaler.state_dict())
        if best is not None:
            self._submit_best(epoch, best)
        tensors = learner.tensors(self._state.fingerprints)
        event = CheckpointSaved(
            kind="last", epoch=epoch, path=str(self._run.last_checkpoint), global_step=self._state.global_step
        )
        self._writer.submit(partial(write_last, self._run, tensors, self._state), event)
        self._task.save_kept()
        self._saved = time.monotonic()
        yield from self._stored()

    def _submit_best(self, epoch: int, best: Evaluation) -> None:
        task, state, phase = self._task, self._state, self._learner.phase
        with self._learner.averaged():
            weights = weights_of(task.model, state.fingerprints)
        info = task.checkpoint_info() | {"epoch": epoch, "val_accuracy": best.accuracy}
        evaluation = best.as_event("val", task.class_names, []).to_json()

        def write() -> None:
            save_weights(self._run.best_checkpoint, weights, info)
            if best.images is not None:  # after the weights, whose digest they carry
                save_predictions(self._run.path, best.images)
            self._report.write(phase, state, evaluation=evaluation)

        path = str(self._run.best_checkpoint)
        self._writer.submit(write, CheckpointSaved(kind="best", epoch=epoch, path=path, global_step=state.global_step))

    def _stored(self, *, wait: bool = False) -> Iterator[Event]:
        return self._waiting.stored(self._writer, wait=wait)

    def _restore_folder(self) -> Iterator[Event]:
        """Make the run folder anew if somebody removed it: what was learnt is in memory."""
        if self._run.config_file.is_file():
            return
        yield WarningRaised(
            message=f"The run folder {self._run.path} was removed; it is made anew.",
            hint="What was kept in it before is lost; what was learnt is not.",
        )
        yield from self._waiting.written(partial(write_json, self._run.config_file, self._config.to_json()))
        yield from self._waiting.written(partial(self._task.save_setup, self._run))

    # -- going back and going on --------------------------------------------------------------------------------------

    def _restore(self, checkpoint: TrainingCheckpoint) -> None:
        """Put the run to where a checkpoint was made."""
        self._learner.restore(checkpoint)
        self._state = checkpoint.state

    def _roll_back(self, error: StepSpoiled) -> Iterator[Event]:
        """Go on from the last checkpoint after the weights were spoiled, more carefully."""
        yield from self._stored(wait=True)
        rollbacks, lr_factor, plan = self._state.rollbacks + 1, self._state.lr_factor, self._learner.phase.plan
        if rollbacks > MAX_ROLLBACKS:
            raise error
        if error.lower_rate:
            lr_factor *= ROLLBACK_FACTOR
        spoiled_at = self._reporter.global_step
        checkpoint, warnings = read_newest(self._run)
        yield from warnings
        self._restore(checkpoint)
        self._state = replace(self._state, rollbacks=rollbacks, lr_factor=lr_factor)
        yield RunRolledBack(global_step=spoiled_at, to_step=self._state.global_step, lr_factor=lr_factor)
        if self._learner.phase.plan != plan:
            yield from self._task.run_frozen_once(self._learner.phase.plan)

    def _finish(self) -> Iterator[Event]:
        state = self._state
        outcome: Outcome = "completed"
        if self._discarding() or not state.best_epoch:
            outcome = "discarded"
        elif state.epoch < self._config.num_epochs and not self._stopped_early:
            outcome = "stopped"
        if outcome != "discarded":
            changes = {
                "outcome": outcome,
                "frozen_verified": state.frozen_verified,
                "changed_frozen": list(state.changed_frozen),
            }
            yield from self._waiting.written(partial(self._report.write, self._learner.phase, state, **changes))
        yield self._report.finished(state, outcome, stopped_early=self._stopped_early)

    def _tell_of_skipped(self) -> Iterator[Event]:
        for error in self._task.take_skipped():
            yield WarningRaised(message=error.message, hint=error.hint)

    def _discarding(self) -> bool:
        return self._control.request is Request.DISCARD
