"""Evaluated images that look nearly like a training image, and how good a model is without them.

Such an image does not test a model: it has seen it. Copies and look-alikes are those that the inspection of the data
finds (``data/look_alikes.py``), among all images of the run. Mirror images count, too: training shows images mirrored.
Of the rest the closest pairs are compared by their pixels (``closest_looks.py``).
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.fact_cache import FactCache
from finetune_gui.engine.data.facts import Inspection
from finetune_gui.engine.data.inspection import InspectionStopped, inspect_in_steps
from finetune_gui.engine.data.look_alikes import group_look_alikes, mirrored_look
from finetune_gui.engine.data.split import Split, load_split
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.explain.closest_looks import closest_looks, is_same_picture
from finetune_gui.engine.predictions_file import ImagePredictions
from finetune_gui.engine.runs import RunFolder

_MOST = 0.9  # of the images: some may have been added, or cannot be read


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
        None where images were evaluated that were not inspected: those of another folder, or of a run from elsewhere.
        Opening a page must not decode a whole data set; evaluating the run anew inspects them.

    Raises:
        EngineError: The run is damaged.
    """
    if predictions.part not in ("val", "test"):
        return None
    split = load_split(RunFolder(run_path).split_file)
    evaluated = split.val if predictions.part == "val" else split.test
    if not _was_inspected(split):
        return None
    search = _Search(_inspected(split, should_stop), split, evaluated, should_stop)
    alike = {str(split.root / path): str(split.root / learnt) for path, learnt in search.alike.items()}
    right = predictions.right.tolist()
    others_right = [is_right for path, is_right in zip(predictions.paths, right, strict=True) if path not in alike]
    return NearDuplicates(
        found=tuple(NearDuplicate(path=path, training_path=alike[path]) for path in predictions.paths if path in alike),
        num_images=len(right),
        num_right=sum(right),
        num_others=len(others_right),
        num_others_right=sum(others_right),
    )


def _was_inspected(split: Split) -> bool:
    with FactCache(DataStore.default().facts_file) as cache:
        known = cache.known(split.root)
    return sum(path in known for path in split.parts()) >= _MOST * len(split.parts())


def _inspected(split: Split, should_stop: Callable[[], bool]) -> Inspection:
    """What is known of the images of a run; those that have not changed since its training are not decoded again."""
    steps = inspect_in_steps(split.as_dataset(), DataStore.default(), should_stop=should_stop)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            inspection: Inspection = end.value
            return inspection


class _Search:
    """For training images that evaluated ones look like.

    Attributes:
        alike: Path of the first such training image, by that of the evaluated one.
    """

    def __init__(
        self, inspection: Inspection, split: Split, evaluated: Sequence[Sample], should_stop: Callable[[], bool]
    ) -> None:
        self._root = split.root
        self._should_stop = should_stop
        self._looks = {path: facts.look for path, facts in inspection.facts.items() if facts.look}
        self._training = {sample.path for sample in split.train}
        self._evaluated = {sample.path for sample in evaluated}
        self._learnt = [path for path in self._looks if path in self._training]
        self._learnt_looks = [self._looks[path] for path in self._learnt]
        self.alike = dict(self._joined(inspection))
        self._look_for_mirrored()
        for mirrored in (False, True):
            self._look_closer(mirrored)
        if should_stop():
            raise InspectionStopped

    def _joined(self, inspection: Inspection) -> Iterator[tuple[str, str]]:
        """Those that the inspection joined already."""
        for group in (*inspection.copies, *inspection.look_alikes):
            learnt = next((path for path in group if path in self._training), None)
            if learnt is not None:
                yield from ((path, learnt) for path in group if path in self._evaluated)

    def _asked(self, *, mirrored: bool) -> tuple[list[str], list[bytes]]:
        """Evaluated images of which nothing was found yet, and their looks."""
        paths = [path for path in self._looks if path in self._evaluated and path not in self.alike]
        return paths, [mirrored_look(self._looks[path]) if mirrored else self._looks[path] for path in paths]

    def _look_for_mirrored(self) -> None:
        """What the inspection would join, were it mirrored; remembered from one time to the next."""
        paths, queries = self._asked(mirrored=True)
        looks = [*self._learnt_looks, *queries]
        digest = hashlib.blake2b(b"".join(looks), digest_size=16, person=b"mirrored").digest()
        with FactCache(DataStore.default().facts_file) as cache:
            groups = cache.groups(digest)
            if groups is None:
                groups = group_look_alikes(looks, self._should_stop)
                if not self._should_stop():
                    cache.remember_groups(digest, groups)
        for first, *others in groups:
            if first < len(self._learnt):
                self.alike |= {
                    paths[index - len(self._learnt)]: self._learnt[first]
                    for index in others
                    if index >= len(self._learnt)
                }

    def _look_closer(self, mirrored: bool) -> None:
        """Those whose looks differ in more bits, but whose pixels agree."""
        paths, queries = self._asked(mirrored=mirrored)
        for row, place in closest_looks(queries, self._learnt_looks, self._should_stop).items():
            if self._should_stop():
                return
            path, learnt = paths[row], self._learnt[place]
            if is_same_picture(self._root / path, self._root / learnt, mirrored=mirrored):
                self.alike[path] = learnt
