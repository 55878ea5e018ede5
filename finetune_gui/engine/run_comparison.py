"""What sets runs apart: settings that differ, and whether one is better on the same images, beyond chance.

The test is McNemar's in its exact form: only images that one run has right and the other wrong tell them apart, and if
both are as good, each of these is as likely to fall to the one as to the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from finetune_gui.engine.config import SplitName, TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import SIGNIFICANT
from finetune_gui.engine.metrics import mcnemar_exact, wilson_interval
from finetune_gui.engine.predictions_file import ImagePredictions, load_predictions

Verdict = Literal["first", "second", "same", "no_images"]
_WHOLE = ("data.edits", "loss.class_weights", "plan.rules", "plan.schedule")  # one value, however much is in it
_NO_SETTING = ("schema_version",)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A setting that is not the same in all runs.

    Attributes:
        field: Its path in a ``TrainConfig``, such as ``optim.lr``.
        values: Of each run, in plain types.
    """

    field: str
    values: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class PairedTest:
    """Two runs on the images that both were evaluated on and hold to be of the same class.

    Attributes:
        part: Of the data of both runs.
        num_shared: These images.
        num_only_first: Images that only the first was evaluated on.
        num_only_second: Images that only the second was evaluated on.
        num_relabelled: Images of both whose true class differs; they are left out.
        both_right: Of the shared images.
        first_right: Those that the first alone has right.
        second_right: Those that the second alone has right.
        same_classes: Whether both choose from the same classes; one that chooses from fewer has it easier.
        p_value: Two-sided, of the exact test of McNemar (1947); 1 without shared images.
    """

    part: str
    num_shared: int
    num_only_first: int
    num_only_second: int
    num_relabelled: int
    both_right: int
    first_right: int
    second_right: int
    same_classes: bool
    p_value: float

    @property
    def accuracies(self) -> tuple[float, float]:
        """Of the first and of the second on the shared images; 0 for no image."""
        total = max(1, self.num_shared)
        return (self.both_right + self.first_right) / total, (self.both_right + self.second_right) / total

    @property
    def intervals(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The 95 % intervals of the accuracies (Wilson, 1927)."""
        right = (self.both_right + self.first_right, self.both_right + self.second_right)
        return wilson_interval(right[0], self.num_shared), wilson_interval(right[1], self.num_shared)

    @property
    def verdict(self) -> Verdict:
        """Which is better, where chance does not explain it."""
        if not self.num_shared:
            return "no_images"
        if self.p_value > SIGNIFICANT:
            return "same"
        return "first" if self.first_right > self.second_right else "second"


def config_differences(configs: Sequence[TrainConfig]) -> tuple[Difference, ...]:
    """Settings that differ between runs, in the order of the config."""
    flat = [_flattened(msgspec.to_builtins(config)) for config in configs]
    fields = dict.fromkeys(name for each in flat for name in each if name not in _NO_SETTING)
    rows = [Difference(field=name, values=tuple(each.get(name) for each in flat)) for name in fields]
    return tuple(row for row in rows if any(value != row.values[0] for value in row.values))


def _flattened(plain: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in plain.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and path not in _WHOLE:
            flat |= _flattened(value, f"{path}.")
        else:
            flat[path] = value
    return flat


def compare_runs(first: Path, second: Path, part: SplitName = "val") -> PairedTest:
    """The paired test of two run folders, from what is kept of their evaluations.

    Raises:
        EngineError: One of them was not evaluated on this part, or what was kept is damaged.
    """
    return paired_test(_kept(first, part), _kept(second, part))


def _kept(run_path: Path, part: SplitName) -> ImagePredictions:
    predictions = load_predictions(run_path, part)
    if predictions is None:
        words = {"val": "validation", "test": "test", "train": "training"}[part]
        raise EngineError(
            f"What {run_path.name} says of each {words} image is not kept.",
            "Evaluate it under Evaluate, or with `finetune-gui evaluate`, and compare again.",
        )
    return predictions


def paired_test(first: ImagePredictions, second: ImagePredictions) -> PairedTest:
    """Compare two networks image by image. Images are matched by their path, classes by their name."""
    ours, theirs = _by_path(first), _by_path(second)
    both = [(ours[path], theirs[path]) for path in ours if path in theirs]
    shared = [(one[1], other[1]) for one, other in both if one[0] == other[0]]
    only_first = sum(one and not other for one, other in shared)
    only_second = sum(other and not one for one, other in shared)
    return PairedTest(
        part=first.part,
        num_shared=len(shared),
        num_only_first=len(ours) - len(both),
        num_only_second=len(theirs) - len(both),
        num_relabelled=len(both) - len(shared),
        both_right=sum(one and other for one, other in shared),
        first_right=only_first,
        second_right=only_second,
        same_classes=set(first.class_names) == set(second.class_names),
        p_value=mcnemar_exact(only_first, only_second),
    )


def _by_path(predictions: ImagePredictions) -> dict[str, tuple[str, bool]]:
    """The true class of each image, and whether it was recognised."""
    names = [predictions.class_names[target] for target in predictions.targets.tolist()]
    return dict(zip(predictions.paths, zip(names, predictions.right.tolist(), strict=True), strict=True))
