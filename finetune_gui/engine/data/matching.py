"""A labelled folder from elsewhere, seen with the eyes of a model: its classes are found by name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finetune_gui.engine.data.dataset import Dataset, Sample
from finetune_gui.engine.errors import EngineError

_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Matched:
    """The images of a folder that a model can be evaluated with.

    Attributes:
        samples: Of classes that the model knows, labelled by its order.
        unknown: Number of images left out, by the name of their class.
    """

    samples: tuple[Sample, ...]
    unknown: Mapping[str, int]


def match_classes(dataset: Dataset, class_names: Sequence[str]) -> Matched:
    """Give each image the label that its class has in the model; upper and lower case are told apart only if they must.

    Raises:
        EngineError: The folder holds none of the classes.
    """
    exact = {name: label for label, name in enumerate(class_names)}
    folded = Counter(map(_folded, class_names))
    alike = {_folded(name): label for name, label in exact.items() if folded[_folded(name)] == 1}
    labels = [exact.get(name, alike.get(_folded(name))) for name in dataset.class_names]
    samples, unknown = [], Counter[str]()
    for sample in dataset.samples:
        label = labels[sample.label]
        if label is None:
            unknown[dataset.class_names[sample.label]] += 1
        else:
            samples.append(Sample(sample.path, label, "val", sample.group))
    if not samples:
        raise EngineError(
            f"None of the classes in {dataset.source} is known to the model "
            f"({', '.join(dataset.class_names[:_NAMED])}).",
            f"Name the class folders as in training: {', '.join(class_names[:_NAMED])}.",
        )
    return Matched(samples=tuple(samples), unknown=dict(unknown))


def _folded(name: str) -> str:
    return name.strip().casefold()
