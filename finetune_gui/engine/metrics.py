"""Figures from a confusion matrix."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from finetune_gui.engine.events import ClassFigures

Confusion = npt.NDArray[np.int64]  # (class, class): true by row, predicted by column


def confusion_matrix(targets: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], num_classes: int) -> Confusion:
    """Count images of true class t predicted as p at [t, p]."""
    flat = np.bincount(targets * num_classes + predicted, minlength=num_classes**2)
    return flat.reshape(num_classes, num_classes).astype(np.int64)


def accuracy(confusion: Confusion) -> float:
    """Share on the diagonal; 0 for no image."""
    total = int(confusion.sum())
    return int(np.trace(confusion)) / total if total else 0.0


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
    """Mean F1 over the classes that occur."""
    values = [figure.f1 for figure in figures if figure.f1 is not None]
    return sum(values) / len(values) if values else 0.0
