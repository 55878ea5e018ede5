"""Evaluated images that look nearly like a training image, and how good a model is without them.

Such an image does not test a model: it has seen it. Copies and look-alikes are those that the inspection of the data
finds (``data/look_alikes.py``), among all images of the run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.data.facts import Inspection
from finetune_gui.engine.data.inspection import inspect_in_steps
from finetune_gui.engine.data.split import Split, load_split
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.predictions_file import ImagePredictions
from finetune_gui.engine.runs import RunFolder


@dataclass(frozen=True, kw_only=True)
class NearDuplicate:
    """An evaluated image with the training image that it looks like; absolute paths."""

    path: str
    training_path: str


@dataclass(frozen=True, kw_only=True)
class NearDuplicates:
    """All of an evaluation.

    Attributes:
        found: In the order of the evaluation.
        num_images: That were evaluated.
        num_right: Of them, those that were recognised.
        num_others: That look like no training image.
        num_others_right: Of those, the ones that were recognised.
    """

    found: tuple[NearDuplicate, ...]
    num_images: int
    num_right: int
    num_others: int
    num_others_right: int

    @property
    def accuracy(self) -> float:
        """Top-1 of all images."""
        return self.num_right / self.num_images

    @property
    def accuracy_without(self) -> float | None:
        """Top-1 of the images that look like no training image; None where there is none."""
        return self.num_others_right / self.num_others if self.num_others else None


def find_near_duplicates(
    run_path: Path, predictions: ImagePredictions, should_stop: Callable[[], bool] = lambda: False
) -> NearDuplicates | None:
    """Look for evaluated images that look like training images.

    Args:
        run_path: Of the run.
        predictions: Of a part of its data.
        should_stop: Polled; when true the search ends with ``data.inspection.InspectionStopped``.

    Returns:
        None where images of another folder were evaluated, which were not inspected.

    Raises:
        EngineError: The run is damaged.
    """
    if predictions.part not in ("val", "test"):
        return None
    split = load_split(RunFolder(run_path).split_file)
    evaluated = split.val if predictions.part == "val" else split.test
    pairs = _pairs(
        _inspected(split, should_stop), {sample.path for sample in split.train}, {sample.path for sample in evaluated}
    )
    alike = {str(split.root / path): str(split.root / like) for path, like in pairs}
    right = predictions.right.tolist()
    others_right = [is_right for path, is_right in zip(predictions.paths, right, strict=True) if path not in alike]
    return NearDuplicates(
        found=tuple(NearDuplicate(path=path, training_path=alike[path]) for path in predictions.paths if path in alike),
        num_images=len(right),
        num_right=sum(right),
        num_others=len(others_right),
        num_others_right=sum(others_right),
    )


def _inspected(split: Split, should_stop: Callable[[], bool]) -> Inspection:
    """What is known of the images of a run; those that have not changed since its training are not decoded again."""
    steps = inspect_in_steps(split.as_dataset(), DataStore.default(), should_stop=should_stop)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            inspection: Inspection = end.value
            return inspection


def _pairs(inspection: Inspection, training: set[str], evaluated: set[str]) -> Iterator[tuple[str, str]]:
    """Each evaluated image that is in a group with training images, with one of them."""
    for group in (*inspection.copies, *inspection.look_alikes):
        learnt = next((path for path in group if path in training), None)
        if learnt is not None:
            for path in group:
                if path in evaluated:
                    yield path, learnt
