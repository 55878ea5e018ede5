"""What each command does. torch and Qt are imported by the commands that need them, when they need them."""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from finetune_gui import paths
from finetune_gui.cli import output, settings
from finetune_gui.cli.training import drain_training
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import (
    EvaluationFinished,
    Event,
    ExportFinished,
    PreparationAdvanced,
    ValidationAdvanced,
)
from finetune_gui.engine.runs import reserve_run_path


def demo(arguments: argparse.Namespace) -> int:
    """The window with sample data, already training; without a display the same job headless."""
    if _has_display() and not arguments.headless:
        opened: int = arguments.open_window(demo=True)
        return opened
    from finetune_gui.engine.config import DataConfig, TrainConfig
    from finetune_gui.engine.launcher import evaluate_run, start_run

    sample = _draw_sample()
    config = TrainConfig(data=DataConfig(path=str(sample)), num_epochs=arguments.epochs)
    run_path = reserve_run_path(paths.runs_dir(), config)
    control = RunControl()
    code = drain_training(start_run(config, control, run_path, reserved=True), control, as_json=arguments.json)
    if code == 0:
        show_evaluation(evaluate_run(run_path, control), as_json=arguments.json)
    return code


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _draw_sample() -> Path:
    from finetune_gui.engine.data.samples import SURFACE_INSPECTION, ensure_sample_set

    with output.progress_bar() as progress:
        bar = progress.add_task("Drawing the sample images", total=SURFACE_INSPECTION.num_images, note="")
        return ensure_sample_set(
            SURFACE_INSPECTION,
            paths.samples_dir(),
            on_progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )


def train(arguments: argparse.Namespace) -> int:
    """Fine-tune a model."""
    if arguments.resume:
        return _resume(arguments)
    config = settings.train_config(arguments)  # before torch is imported: a typing error is told at once
    from finetune_gui.engine.launcher import start_run

    control = RunControl()
    reserved = arguments.out is None
    run_path = reserve_run_path(paths.runs_dir(), config) if reserved else arguments.out
    return drain_training(start_run(config, control, run_path, reserved=reserved), control, as_json=arguments.json)


def _resume(arguments: argparse.Namespace) -> int:
    if arguments.out or arguments.data or arguments.config:
        raise EngineError("A resumed run keeps its data and its folder.", "Give only --resume RUN and --epochs.")
    from finetune_gui.engine.launcher import resume_run

    control = RunControl()
    events = resume_run(arguments.resume, control, num_epochs=arguments.epochs)
    return drain_training(events, control, as_json=arguments.json)


def show_evaluation(events: Iterator[Event], *, as_json: bool) -> None:
    """Print the figures that an evaluation ends with."""
    result = show_progress(events)
    if isinstance(result, EvaluationFinished):
        if as_json:
            output.print_event(result)
        else:
            output.print_evaluation(result)


def show_progress(events: Iterator[Event]) -> Event | None:
    """Show the progress of a stream of events on stderr, and return its last event."""
    last: Event | None = None
    with output.progress_bar() as progress:
        bar = progress.add_task("", total=None, note="")
        for last in events:
            if isinstance(last, PreparationAdvanced):
                progress.update(bar, description=last.activity, completed=last.done, total=last.total or None)
            elif isinstance(last, ValidationAdvanced):
                progress.update(bar, description="Evaluating", completed=last.done, total=last.total)
    return last


def predict(arguments: argparse.Namespace) -> int:
    """Name the class of images; an unreadable one costs only itself, and the exit code."""
    if arguments.top_k < 1:
        raise EngineError(f"{arguments.top_k} classes are none to show.", "Use --top-k 1 or more.")
    from finetune_gui.engine import predictor
    from finetune_gui.engine.prediction import write_predictions

    if arguments.csv is not None and arguments.csv.exists() and not arguments.force:
        raise EngineError(f"{arguments.csv} exists already.", "Give another name, or --force to replace it.")
    images = list(_image_files(arguments.images))
    model = predictor.load_predictor(arguments.source, trusted=arguments.trust)
    failed, kept = 0, []
    for prediction in predictor.predict(model, images, top_k=arguments.top_k):
        failed += bool(prediction.error)
        kept += [prediction] if arguments.csv is not None else []
        if arguments.json:
            top = [{"class": name, "probability": probability} for name, probability in prediction.top]
            output.print_json(
                {
                    "image": prediction.path,
                    "top": top,
                    "is_known": prediction.is_known,
                    "seconds": prediction.seconds,
                    "error": prediction.error or None,
                }
            )
        elif not prediction.error:
            answers = ", ".join(f"{name} {output.percent(probability)}" for name, probability in prediction.top)
            none = "" if prediction.is_known else "none of these; likeliest "
            print(output.one_line(f"{prediction.path}: {none}{answers}"))
        if prediction.error:
            print(f"Error: {output.one_line(prediction.error)}", file=sys.stderr)
    if arguments.csv is not None:
        write_predictions(kept, arguments.csv)
    if failed:
        print("Hint: Open it in an image viewer and save it again, or leave it out.", file=sys.stderr)
    return 2 if failed else 0


def _image_files(given: list[Path]) -> Iterator[Path]:
    from finetune_gui.engine.data.formats import IMAGE_SUFFIXES

    for path in given:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in IMAGE_SUFFIXES)
        else:
            yield path


def export(arguments: argparse.Namespace) -> int:
    """Take the tuned model away."""
    from finetune_gui.engine.exports.exporting import export as export_in_steps

    events = export_in_steps(arguments.run, arguments.format, arguments.out, overwrite=arguments.force)
    if arguments.json:
        for event in events:
            output.print_event(event)
        return 0
    result = show_progress(events)
    if isinstance(result, ExportFinished):
        print(f"Exported to {result.path} ({result.size_bytes / 1e6:.1f} MB).")
        print(_certificate(result))
    return 0


def _certificate(result: ExportFinished) -> str:
    if not result.has_runtime:
        return f"Not certified: nothing on this system runs {result.format}. Export it again where it is used."
    if result.top1_agreement is None:
        return "Not certified: none of the validation images can be read any more."
    return (
        f"{output.percent(result.top1_agreement)} of {result.num_checked} validation images get the same "
        f"class as from the run; the largest difference of a probability is {result.max_probability_difference:.1e}.\n"
        f"Accuracy {output.percent(result.accuracy_after)} (run {output.percent(result.accuracy_before)}), "
        f"{result.latency_after_ms:.1f} ms an image (run {result.latency_before_ms:.1f} ms), "
        f"{result.model_bytes_after / 1e6:.1f} MB (run {result.model_bytes_before / 1e6:.1f} MB)."
    )
