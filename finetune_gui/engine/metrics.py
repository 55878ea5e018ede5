"""Figures of a classifier, from a confusion matrix or from logits. numpy alone: the window reads them without torch.

Tests compare every figure with scikit-learn.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from finetune_gui.engine.events import ClassFigures

Confusion = npt.NDArray[np.int64]  # (class, class): true by row, predicted by column
TOP_K = 5
Z_95 = 1.959964  # 97.5 % quantile of the normal distribution


def confusion_matrix(targets: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], num_classes: int) -> Confusion:
    """Count images of true class t predicted as p at [t, p]."""
    flat = np.bincount(targets * num_classes + predicted, minlength=num_classes**2)
    return flat.reshape(num_classes, num_classes).astype(np.int64)


def accuracy(confusion: Confusion) -> float:
    """Share on the diagonal; 0 for no image."""
    total = int(confusion.sum())
    return int(np.trace(confusion)) / total if total else 0.0


def top_k_hits(logits: npt.NDArray[np.floating], targets: npt.NDArray[np.int64], k: int = TOP_K) -> int:
    """Images whose true class is among the k likeliest; a class that is exactly as likely does not push it out.

    Args:
        logits: Shape (images, classes).
        targets: Shape (images,).
        k: How many classes are looked at.
    """
    of_target = logits[np.arange(len(targets)), targets][:, None]
    return int(((logits > of_target).sum(axis=1) < k).sum())


def class_figures(confusion: Confusion, names: Sequence[str]) -> tuple[ClassFigures, ...]:
    """Precision, recall and F1 of each class; None where the denominator is 0."""
    figures = []
    for index, name in enumerate(names):
        hits = int(confusion[index, index])
        support, predicted = int(confusion[index].sum()), int(confusion[:, index].sum())
        figures.append(
            ClassFigures(
                name=name,
                support=support,
                precision=hits / predicted if predicted else None,
                recall=hits / support if support else None,
                f1=2 * hits / (support + predicted) if support + predicted else None,
            )
        )
    return tuple(figures)


def macro_f1(figures: Sequence[ClassFigures]) -> float:
    """Mean F1 over the classes that occur or are predicted."""
    return _mean([figure.f1 for figure in figures])


def balanced_accuracy(figures: Sequence[ClassFigures]) -> float:
    """Mean recall over the classes that occur (Brodersen et al., 2010): a rare class counts as much as a common one."""
    return _mean([figure.recall for figure in figures])


def wilson_interval(right: int, total: int, z: float = Z_95) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927), which holds also near 0 and 1 and for few images."""
    if total == 0:
        return 0.0, 1.0
    share, square = right / total, z * z
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = z * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, centre - half), min(1.0, centre + half)


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """The exact test of McNemar (1947) of two classifiers on the same images; two-sided p-value.

    Args:
        only_first: Images that the first alone has right.
        only_second: Images that the second alone has right.
    """
    total = only_first + only_second
    tail = math.fsum(
        math.exp(math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1) - total * math.log(2))
        for k in range(min(only_first, only_second) + 1)
    )
    return min(1.0, 2 * tail)


def _mean(values: Sequence[float | None]) -> float:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else 0.0
