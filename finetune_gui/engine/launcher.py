"""Starts runs, and what is done with their results, as streams of events. The window and the command line call this."""

import shutil
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from finetune_gui.engine.allocator import reusing_memory
from finetune_gui.engine.awake import awake_while_running
from finetune_gui.engine.checkpoint import load_weights
from finetune_gui.engine.child import run_in_child
from finetune_gui.engine.config import LayerPlan, SplitName, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.devices import pick_device, unused_gpu
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.evaluator import EvaluationStopped, evaluate
from finetune_gui.engine.events import Event, PreparationAdvanced, RunFailed, RunFinished, WarningRaised
from finetune_gui.engine.export_formats import ExportFormat
from finetune_gui.engine.exports.folder import missing_parents, remove_empty, remove_leftovers
from finetune_gui.engine.files import CannotWrite, write_json
from finetune_gui.engine.models.layer_tree import leaf_multipliers
from finetune_gui.engine.models.layers import freeze
from finetune_gui.engine.models.sources import resolve
from finetune_gui.engine.predictions_file import save_predictions
from finetune_gui.engine.run_lock import RunLock, taken
from finetune_gui.engine.runs import EventLog, RunFolder
from finetune_gui.engine.saving import has_checkpoint, has_learnt
from finetune_gui.engine.tasks.image_classification import ImageClassification
from finetune_gui.engine.trainer import train

WORTH_FOLDING = 500  # images; cutting the network and folding takes as long as it saves on about so many


def start_run(config: TrainConfig, control: RunControl, run_path: Path, *, reserved: bool = False) -> Iterator[Event]:
    """Train anew in a folder of its own; the events are kept in it too.

    A run that ends before it learnt anything, or that is discarded, leaves no folder behind; one that was there before
    stays, empty, unless it was ``reserved`` for this run.

    Raises:
        EngineError: The run cannot start, or cannot go on.
    """
    keep_folder = run_path.exists() and not reserved
    try:
        data = replace(config.data, path=str(Path(config.data.path).resolve()))
        config = replace(config, data=data, model=resolve(config.model))
        run = RunFolder.create(run_path, config)
    except EngineError:
        if reserved:
            with suppress(OSError):
                run_path.rmdir()
        raise
    yield from _recorded(run, _train(config, run, control), keep_folder=keep_folder)


def resume_run(run_path: Path, control: RunControl, *, num_epochs: int | None = None) -> Iterator[Event]:
    """Go on with a run from its last checkpoint, perhaps for more epochs than it was meant to have.

    Raises:
        EngineError: It has no checkpoint, is finished, or another process works on it.
    """
    run = RunFolder.open(run_path)
    if run.is_running():
        raise taken(run_path)
    config = run.config()
    if not has_checkpoint(run):
        raise EngineError(f"The run {run_path} has no checkpoint to go on from.", "Start a new run instead.")
    if num_epochs is not None and num_epochs != config.num_epochs:
        config = replace(config, num_epochs=num_epochs)
        write_json(run.config_file, config.to_json())
    yield from _recorded(run, train(config, run, control, resume=True), keep_folder=True)


def evaluate_run(
    run_path: Path, control: RunControl, *, data: Path | None = None, part: SplitName = "val"
) -> Iterator[Event]:
    """Evaluate the best weights of a run on a part of its data, or on another folder with the same classes.

    What is said of each image is kept in the run folder (``predictions_file``). Ends with ``EvaluationFinished``, or
    without it when the user gave up.

    Raises:
        EngineError: The run has no checkpoint, or the images cannot be used.
    """
    run = RunFolder.open(run_path)
    config = run.config()
    device = pick_device(config.device)
    task = ImageClassification(config)
    yield from task.restore(run)
    unknown = task.use_folder(data) if data is not None else {}
    if not task.num_examples(part):
        raise EngineError(
            f"The run {run_path.name} has no {part} images.", "Evaluate it on its validation images or on a folder."
        )
    load_weights(run.best_checkpoint, task.model)
    task.to(device)
    try:
        with reusing_memory(device.type):
            yield from _run_frozen_once(task, config, part, is_folder=data is not None)
            evaluation = yield from evaluate(task, part, should_stop=lambda: control.should_end)
    except EvaluationStopped:
        return
    finally:
        task.close()
    source = part if data is None else str(data.resolve())
    if evaluation.images is not None:
        try:
            save_predictions(run_path, replace(evaluation.images, part=source))
        except CannotWrite as error:  # the figures are there all the same
            yield WarningRaised(message=error.message, hint=error.hint)
    yield evaluation.as_event(source, task.class_names, task.take_skipped(), unknown)


def _run_frozen_once(
    task: ImageClassification, config: TrainConfig, part: SplitName, *, is_folder: bool
) -> Iterator[Event]:
    """Use what the run kept of its images; of a large folder nothing is kept, but BatchNorm is folded all the same."""
    if not is_folder:
        plan = config.plan.at(config.num_epochs)
    elif task.num_examples(part) >= WORTH_FOLDING:
        plan = LayerPlan(preset="head")
    else:
        return
    freeze(task.model, leaf_multipliers(task.tree, plan))
    for event in task.run_frozen_once(plan):
        if isinstance(event, PreparationAdvanced) or not is_folder:
            yield event


def export_run(
    run_path: Path, export_format: ExportFormat, out: Path, control: RunControl, *, overwrite: bool = False
) -> Iterator[Event]:
    """Export a run in a child process; ends with ``ExportFinished``, or without it when the user gave up.

    The ONNX exporter is long and pure Python: beside a window it would make it stutter, and it cannot be interrupted.
    A child can be ended at any time. What it had begun to write is removed.

    Raises:
        EngineError: There is nothing to export, the folder is taken, or the export gives other answers than the run.
    """
    arguments = ["export", str(run_path), "--format", export_format, "--out", str(out), "--json"]
    missing = missing_parents(out)
    yield from run_in_child([*arguments, "--force"] if overwrite else arguments, control)
    if control.should_end:
        remove_leftovers(out)
        remove_empty(missing)


def _train(config: TrainConfig, run: RunFolder, control: RunControl) -> Generator[Event]:
    """Train; who has a GPU and is about to wait for the CPU is told why."""
    problem = unused_gpu() if config.device == "auto" else None
    if problem:
        yield WarningRaised(message=problem.message, hint=problem.hint)
    yield from train(config, run, control)


def _recorded(run: RunFolder, events: Generator[Event], *, keep_folder: bool) -> Iterator[Event]:
    """Pass events on and append them to the run folder. Meanwhile it is locked, and the computer stays awake."""
    discarded: RunFinished | None = None  # told when the folder is gone
    with RunLock(run.path) as lock:
        run.remove_leftovers()
        log = EventLog(run)
        try:
            with closing(events):  # what is being written is whole then, also where nobody listens any more
                for event in awake_while_running(events):
                    log.append(event)
                    if isinstance(event, RunFinished) and event.outcome == "discarded":
                        discarded = event
                    else:
                        yield event
        except EngineError as error:
            with suppress(EngineError):  # the folder itself may be what is wrong
                log.append(RunFailed(message=error.message, hint=error.hint))
            raise
        finally:
            log.close()
            lock.release()  # or Windows would not let the folder go
            if discarded or not has_learnt(run):
                _remove(run, keep_folder=keep_folder)
    if discarded:
        yield discarded


def _remove(run: RunFolder, *, keep_folder: bool) -> None:
    """Delete a run that holds nothing worth keeping; a folder that was there before stays, empty."""
    if not keep_folder:
        shutil.rmtree(run.path, ignore_errors=True)
        return
    for file in (run.config_file, run.events_file, run.split_file, run.report_file, run.lock_file):
        file.unlink(missing_ok=True)
    shutil.rmtree(run.best_checkpoint.parent, ignore_errors=True)
