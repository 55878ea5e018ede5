"""Checks the labels of all images of a run: features, out-of-fold probes, doubts; kept in the run folder."""

from collections.abc import Generator, Iterator
from pathlib import Path

from finetune_gui.engine.config import SPLIT_NAMES
from finetune_gui.engine.control import RunControl, Stopped
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, LabelIssue, LabelsChecked, PreparationAdvanced, WarningRaised
from finetune_gui.engine.explain.features_file import RunFeatures
from finetune_gui.engine.explain.label_issues import (
    NUM_FOLDS,
    Floats,
    doubt_labels,
    out_of_fold_probabilities,
)
from finetune_gui.engine.explain.labels_file import write_labels_checked
from finetune_gui.engine.explain.run_features import run_features
from finetune_gui.engine.files import CannotWrite

COMPARING = "Comparing labels with what the other images say"


def check_labels(run_path: Path, control: RunControl) -> Iterator[Event]:
    """Find the images of a run whose labels are probably wrong. No file is touched.

    Ends with ``LabelsChecked``, which is also kept in the run folder, or without it when the user gave up.

    Raises:
        EngineError: The run has no weights yet, its images cannot be read, or they are too few to tell.
    """
    features = yield from run_features(run_path, control)
    if features is None:
        return
    if len(features.paths) < 2 * NUM_FOLDS:
        raise EngineError(
            f"{len(features.paths)} images are too few to tell wrong labels.", f"Use at least {2 * NUM_FOLDS}."
        )
    try:
        probabilities = yield from _probed(features, control)
    except Stopped:
        return
    event = LabelsChecked(num_images=len(features.paths), issues=_issues(features, probabilities))
    try:
        write_labels_checked(run_path, event)
    except CannotWrite as error:  # what was found is there all the same
        yield WarningRaised(message=error.message, hint=error.hint)
    yield event


def _probed(features: RunFeatures, control: RunControl) -> Generator[Event, None, Floats]:
    steps = out_of_fold_probabilities(
        features.rows, features.targets, len(features.class_names), should_stop=lambda: control.should_end
    )
    yield PreparationAdvanced(activity=COMPARING, done=0, total=NUM_FOLDS)
    while True:
        try:
            done = next(steps)
        except StopIteration as end:
            probabilities: Floats = end.value
            return probabilities
        yield PreparationAdvanced(activity=COMPARING, done=done, total=NUM_FOLDS)


def _issues(features: RunFeatures, probabilities: Floats) -> tuple[LabelIssue, ...]:
    doubts = doubt_labels(probabilities, features.targets)
    issues = []
    for row in doubts.rows.tolist():
        given, suggested = int(features.targets[row]), int(doubts.suggested[row])
        issues.append(
            LabelIssue(
                path=features.paths[row],
                part=SPLIT_NAMES[features.parts[row]],
                given=features.class_names[given],
                suggested=features.class_names[suggested],
                given_probability=float(probabilities[row, given]),
                suggested_probability=float(probabilities[row, suggested]),
            )
        )
    return tuple(issues)
