"""What the evaluation page reads of a run."""

from dataclasses import dataclass, replace
from pathlib import Path

from finetune_gui.engine.config import LayerPlan, TrainConfig
from finetune_gui.engine.data.split import load_split
from finetune_gui.engine.events import EvaluationFinished, Event
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.config_reuse import read_reusable


@dataclass(frozen=True, kw_only=True)
class LoadedRun:
    """What the page shows of a run.

    Attributes:
        path: Of its folder.
        config: What it was asked to do.
        result: Of its validation images; None before it was evaluated.
        num_test: Images that were set aside for the final test.
        best_epoch: 0 while there is none.
        frozen_verified: Whether frozen layers are unchanged; None where none was frozen.
    """

    path: Path
    config: TrainConfig
    result: EvaluationFinished | None
    num_test: int
    best_epoch: int
    frozen_verified: bool | None


def load_run(path: Path) -> LoadedRun:
    """Read it.

    Raises:
        EngineError: It is no run, or damaged.
    """
    run = RunFolder.open(path)
    report = run.report() or {}
    plain = report.get("evaluation")
    result = Event.from_json(plain) if plain else None
    return LoadedRun(
        path=path,
        config=run.config(),
        result=result if isinstance(result, EvaluationFinished) else None,
        num_test=len(load_split(run.split_file).test) if run.split_file.is_file() else 0,
        best_epoch=int(report.get("best_epoch") or 0),
        frozen_verified=report.get("frozen_verified"),
    )


def from_scratch(run_path: Path, present: TrainConfig) -> TrainConfig:
    """The settings of a run with random weights at the beginning; then all layers have to learn."""
    config = read_reusable(RunFolder(run_path).config_file, present, ()).config
    return replace(config, model=replace(config.model, weights="none"), plan=LayerPlan(preset="all"))
