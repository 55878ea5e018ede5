"""Run folders as the engine writes them, with drawn images and made-up results."""

import time
from dataclasses import replace
from pathlib import Path

from PIL import Image

from finetune_gui import paths
from finetune_gui.engine.config import DataConfig, LayerPlan, TrainConfig
from finetune_gui.engine.events import (
    ClassFigures,
    EpochCompleted,
    EvaluationFinished,
    Event,
    Mistake,
    RunFailed,
    RunFinished,
    RunStarted,
)
from finetune_gui.engine.runs import EventLog, RunFolder, write_json

NAMES = ("ant", "bee", "class 10")
CONFUSION = ((8, 2, 0), (1, 9, 0), (0, 0, 5))


def draw_image(path: Path, color: tuple[int, int, int]) -> Path:
    """A small image of one colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (48, 40), color).save(path)
    return path


def draw_class_folders(root: Path, count: int = 6) -> Path:
    """Reddish and bluish images, in a folder each."""
    for number in range(count):
        draw_image(root / "red" / f"{number}.png", (200 + number, 30, 20))
        draw_image(root / "blue" / f"{number}.png", (20, 30, 200 + number))
    return root


def evaluation(images: Path) -> EvaluationFinished:
    """25 images of 3 classes, 3 mistakes, the worst first."""
    wrong = [(0, 1, 0.98, 4.0), (0, 1, 0.7, 1.2), (1, 0, 0.6, 0.9)]
    mistakes = tuple(
        Mistake(
            path=str(draw_image(images / f"wrong-{number}.png", (10 * number, 99, 0))),
            target=target,
            predicted=predicted,
            confidence=confidence,
            loss=loss,
        )
        for number, (target, predicted, confidence, loss) in enumerate(wrong)
    )
    classes = (
        ClassFigures(name="ant", support=10, precision=8 / 9, recall=0.8, f1=16 / 19),
        ClassFigures(name="bee", support=10, precision=9 / 11, recall=0.9, f1=18 / 21),
        ClassFigures(name="class 10", support=5, precision=1.0, recall=1.0, f1=1.0),
    )
    return EvaluationFinished(
        split="val",
        num_images=25,
        loss=0.3,
        accuracy=22 / 25,
        macro_f1=0.9,
        classes=classes,
        confusion=CONFUSION,
        mistakes=mistakes,
    )


def make_run(
    name: str,
    *,
    outcome: str = "completed",
    best: float = 0.88,
    age_days: float = 0.0,
    evaluated: bool = True,
    config: TrainConfig | None = None,
) -> Path:
    """A run folder of two epochs below the runs of this test."""
    config = config or TrainConfig(data=DataConfig(path="/data/insects"), plan=LayerPlan(preset="head"), num_epochs=2)
    run = RunFolder.create(paths.runs_dir() / name, config)
    log = EventLog(run)
    for event in _events(run, config, outcome, best, time.time() - 86_400 * age_days):
        log.append(event)
    log.close()
    if evaluated:
        report = {"schema_version": 1, "outcome": outcome, "best_epoch": 2, "best_val_accuracy": best}
        result = evaluation(run.path / "images").to_json()
        write_json(run.report_file, {**report, "frozen_verified": True, "evaluation": result})
    return run.path


def _events(run: RunFolder, config: TrainConfig, outcome: str, best: float, started: float) -> list[Event]:
    start = RunStarted(
        run_dir=str(run.path),
        model_id=config.model.id,
        class_names=NAMES,
        num_train=100,
        num_val=25,
        num_epochs=config.num_epochs,
        steps_per_epoch=4,
        first_epoch=1,
        device="cpu",
        optimizer="adamw",
        lr=1e-3,
        trainable_parameters=10,
        total_parameters=100,
        layer_multipliers={"head": 1.0},
        time=started,
    )
    first = EpochCompleted(
        epoch=1,
        global_step=4,
        train_loss=1.0,
        train_accuracy=0.5,
        val_loss=1.1,
        val_accuracy=best - 0.2,
        is_best=True,
        train_seconds=30.0,
        val_seconds=2.0,
    )
    second = replace(first, epoch=2, global_step=8, val_accuracy=best, val_loss=0.4)
    events: list[Event] = [start, first, second]
    if outcome in ("completed", "stopped"):
        events.append(
            RunFinished(outcome=outcome, run_dir=str(run.path), best_epoch=2, best_val_accuracy=best, seconds=64.0)
        )
    elif outcome == "failed":
        events.append(RunFailed(message="The disk is full.", hint="Free some space."))
    return events
