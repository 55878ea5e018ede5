"""What a report says, read from the run folder. numpy alone; nothing is computed by the network again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from finetune_gui.engine.baselines_file import read_baselines
from finetune_gui.engine.config import SplitName, TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import (
    BaselinesMeasured,
    DriftMeasured,
    EpochCompleted,
    EvaluationFinished,
    Event,
    FreezeAudited,
    Mistake,
    RunStarted,
)
from finetune_gui.engine.metrics import (
    TOP_K,
    accuracy,
    balanced_accuracy,
    class_figures,
    confusion_matrix,
    macro_f1,
    top_k_hits,
    wilson_interval,
)
from finetune_gui.engine.predictions_file import ImagePredictions, load_predictions
from finetune_gui.engine.run_list import RunSummary, summarise_run
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.trust.calibration import (
    ReliabilityBin,
    confidences,
    expected_calibration_error,
    probabilities,
    reliability,
)
from finetune_gui.engine.trust.groups import GroupFigures, group_figures, groups_from_folders
from finetune_gui.engine.trust.rejection import Rejection, rejection_curve
from finetune_gui.engine.trust.settings import Trust, read_trust

MOST_MISTAKES = 24
MOST_PAIRS = 8
PARTS: tuple[SplitName, ...] = ("val", "test")

SomeEvent = TypeVar("SomeEvent", bound=Event)


@dataclass(frozen=True, kw_only=True)
class Reliance:
    """How far the answers of an evaluation can be relied on.

    Attributes:
        bins: The reliability diagram, with the temperature that the run answers with.
        error: Expected calibration error.
        rejection: What the threshold for "none of these" does; None where there is none.
        groups: Accuracy by folder, the worst first; empty where folders make no groups.
    """

    bins: tuple[ReliabilityBin, ...]
    error: float
    rejection: Rejection | None
    groups: tuple[GroupFigures, ...]


@dataclass(frozen=True, kw_only=True)
class ReportedPart:
    """An evaluation.

    Attributes:
        part: Of the run's data.
        result: Its figures.
        interval: 95 % interval of the accuracy.
        top5_interval: Of the top-5 accuracy; None where there is none.
        confused: Classes taken for others, (true, predicted, images), the most frequent first.
        reliance: None where what the run says of each image is not kept.
    """

    part: SplitName
    result: EvaluationFinished
    interval: tuple[float, float]
    top5_interval: tuple[float, float] | None
    confused: tuple[tuple[str, str, int], ...]
    reliance: Reliance | None


@dataclass(frozen=True, kw_only=True)
class RunContents:
    """All that a report is made of.

    Attributes:
        summary: Name, note, tags, state, time.
        config: What was asked for.
        epochs: Each once, as it went in the end.
        started: None where the run never came to its first step.
        parts: Those that were evaluated, validation first.
        trust: Temperature and threshold.
        baselines: None where they were not measured.
        audit: Of the last epoch; None where nothing was frozen.
        drift: How far each layer group moved, in order of depth.
        versions: Of the packages that trained it.
    """

    summary: RunSummary
    config: TrainConfig
    epochs: tuple[EpochCompleted, ...]
    started: RunStarted | None
    parts: tuple[ReportedPart, ...]
    trust: Trust
    baselines: BaselinesMeasured | None
    audit: FreezeAudited | None
    drift: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


def read_contents(run_path: Path) -> RunContents:
    """Read a run folder.

    Raises:
        EngineError: It is no run, it is damaged, or it has not learnt for one epoch yet.
    """
    run = RunFolder.open(run_path)
    events = list(run.milestones())
    epochs = {event.epoch: event for event in events if isinstance(event, EpochCompleted)}
    if not epochs:
        raise EngineError(f"The run {run_path.name} has no epoch to report on.", "Train it for one epoch at least.")
    report = run.report() or {}
    trust = read_trust(run_path)
    drift = _last(events, DriftMeasured)
    audit = _last(events, FreezeAudited)
    return RunContents(
        summary=summarise_run(run),
        config=run.config(),
        epochs=tuple(epochs[number] for number in sorted(epochs)),
        started=_last(events, RunStarted),
        parts=tuple(part for name in PARTS if (part := _part(run_path, name, report, trust)) is not None),
        trust=trust,
        baselines=read_baselines(run_path),
        audit=audit if audit is not None and audit.verified is not None else None,
        drift=drift.drift if drift is not None else {},
        versions=dict(report.get("versions") or {}),
    )


def _last(events: Sequence[Event], kind: type[SomeEvent]) -> SomeEvent | None:
    return next((event for event in reversed(events) if isinstance(event, kind)), None)


def _part(run_path: Path, part: SplitName, report: dict[str, Any], trust: Trust) -> ReportedPart | None:
    predictions = load_predictions(run_path, part)
    if predictions is not None:
        result: Event | None = figures_of(predictions)
    else:
        plain = report.get("evaluation") if part == "val" else None
        result = Event.from_json(plain) if plain else None
    if not isinstance(result, EvaluationFinished):
        return None
    top5 = result.top5_accuracy
    return ReportedPart(
        part=part,
        result=result,
        interval=_interval(result.accuracy, result.num_images),
        top5_interval=None if top5 is None else _interval(top5, result.num_images),
        confused=_confused(result),
        reliance=None if predictions is None else _reliance(predictions, trust),
    )


def figures_of(predictions: ImagePredictions) -> EvaluationFinished:
    """The figures of an evaluation from what is kept of it."""
    names, total = predictions.class_names, len(predictions.targets)
    confusion = confusion_matrix(predictions.targets, predictions.predicted, len(names))
    classes = class_figures(confusion, names)
    hits = top_k_hits(predictions.logits, predictions.targets)
    return EvaluationFinished(
        split=predictions.part,
        num_images=total,
        loss=float(predictions.losses.mean()) if total else 0.0,
        accuracy=accuracy(confusion),
        macro_f1=macro_f1(classes),
        classes=classes,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        mistakes=_mistakes(predictions),
        top5_accuracy=hits / max(1, total) if len(names) > TOP_K else None,
        balanced_accuracy=balanced_accuracy(classes),
    )


def _mistakes(predictions: ImagePredictions) -> tuple[Mistake, ...]:
    wrong = [int(row) for row in (-predictions.losses).argsort(kind="stable") if not predictions.right[row]]
    wrong = wrong[:MOST_MISTAKES]
    sure = probabilities(predictions.logits[wrong]).max(axis=1) if wrong else ()
    return tuple(
        Mistake(
            path=predictions.paths[row],
            target=int(predictions.targets[row]),
            predicted=int(predictions.predicted[row]),
            confidence=float(confidence),
            loss=float(predictions.losses[row]),
        )
        for row, confidence in zip(wrong, sure, strict=True)
    )


def _interval(share: float, total: int) -> tuple[float, float]:
    return wilson_interval(round(share * total), total)


def _confused(result: EvaluationFinished) -> tuple[tuple[str, str, int], ...]:
    names = [each.name for each in result.classes]
    pairs = [
        (names[true], names[predicted], number)
        for true, row in enumerate(result.confusion)
        for predicted, number in enumerate(row)
        if number and true != predicted
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1]))[:MOST_PAIRS])


def _reliance(predictions: ImagePredictions, trust: Trust) -> Reliance:
    sure = confidences(predictions.logits, trust.temperature)
    bins = reliability(sure, predictions.right)
    threshold = trust.threshold
    groups = groups_from_folders(predictions)
    return Reliance(
        bins=bins,
        error=expected_calibration_error(bins),
        rejection=None if threshold is None else rejection_curve(sure, predictions.right).at(threshold),
        groups=() if groups is None else group_figures(predictions, groups),
    )
