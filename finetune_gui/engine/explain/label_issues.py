"""Which labels are probably wrong: confident learning (Northcutt, Jiang and Chuang, JAIR 2021).

Each image is judged by a probe that was fitted on the others alone: of K folds, each is predicted by a logistic
regression on the features of the rest. A class j counts as *said* of an image when its probability is at least the mean
of this probability over the images labelled j: so a class that the probe is never sure of needs less, and one that it
sees everywhere needs more. A label is doubted when the likeliest class that is said of the image is another one, and
likelier than the given one. The most doubtful has the largest lead of another class over the given one.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F

from finetune_gui.engine.control import Stopped

NUM_FOLDS = 5
WEIGHT_DECAY = 3e-3
_MAX_STEPS = 60  # of L-BFGS

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Doubts:
    """What is to be said of labels.

    Attributes:
        rows: Images whose label is doubted, the most doubtful first.
        suggested: The class that is said of each image instead; its own where none is.
        margins: Probability of the given class less that of the likeliest other one; shape (images,).
    """

    rows: Ints
    suggested: Ints
    margins: Floats


def out_of_fold_probabilities(
    features: npt.NDArray[np.floating],
    labels: Ints,
    num_classes: int,
    *,
    seed: int = 0,
    should_stop: Callable[[], bool] = lambda: False,
) -> Generator[int, None, Floats]:
    """What a probe says of each image that was not among those it was fitted on.

    Args:
        features: Shape (images, features), each row of length 1.
        labels: Shape (images,).
        num_classes: Of the labels.
        seed: Of the folds.
        should_stop: Polled at each step.

    Yields:
        How many of the folds are done.

    Returns:
        Shape (images, num_classes); rows sum to 1.

    Raises:
        Stopped: ``should_stop`` said so.
    """
    rows, targets = torch.from_numpy(features.astype(np.float32)), torch.from_numpy(labels)
    rows = rows - rows.mean(0)
    rows = rows / rows.square().sum(1).mean().sqrt().clamp(min=1e-12)
    probabilities = np.empty((len(labels), num_classes), dtype=np.float32)
    folds = _folds(labels, seed)
    for fold in range(NUM_FOLDS):
        held_out = torch.from_numpy(folds == fold)
        weights = _fit(rows[~held_out], targets[~held_out], num_classes, should_stop)
        probabilities[held_out.numpy()] = _logits(rows[held_out], weights).softmax(1).numpy()
        yield fold + 1
    return probabilities


def doubt_labels(probabilities: Floats, labels: Ints) -> Doubts:
    """Compare labels with out-of-fold probabilities.

    Args:
        probabilities: Shape (images, classes).
        labels: Shape (images,).
    """
    images, num_classes = np.arange(len(labels)), probabilities.shape[1]
    given = probabilities[images, labels]
    thresholds = np.full(num_classes, np.inf, dtype=np.float32)  # of a class without images nothing is said
    for label in np.unique(labels):
        thresholds[label] = given[labels == label].mean()
    said = np.where(probabilities >= thresholds, probabilities, -1.0)
    suggested = np.where(said.max(axis=1) > given, said.argmax(axis=1), labels).astype(np.int64)
    others = probabilities.copy()
    others[images, labels] = -1.0
    margins = given - others.max(axis=1)
    doubted = np.flatnonzero(suggested != labels)
    return Doubts(rows=doubted[np.argsort(margins[doubted], kind="stable")], suggested=suggested, margins=margins)


def _folds(labels: Ints, seed: int) -> Ints:
    """The fold of each image: every class is dealt out evenly."""
    folds = np.empty(len(labels), dtype=np.int64)
    order = np.random.default_rng(seed).permutation(len(labels))
    by_class = order[np.argsort(labels[order], kind="stable")]
    folds[by_class] = np.arange(len(labels)) % NUM_FOLDS
    return folds


def _fit(rows: torch.Tensor, targets: torch.Tensor, num_classes: int, should_stop: Callable[[], bool]) -> torch.Tensor:
    """Multinomial logistic regression with weight decay, by L-BFGS.

    Returns:
        Shape (features + 1, num_classes); the last row is the bias.
    """
    weights = torch.zeros(rows.shape[1] + 1, num_classes, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=_MAX_STEPS, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        if should_stop():
            raise Stopped
        optimizer.zero_grad()
        loss = F.cross_entropy(_logits(rows, weights), targets) + WEIGHT_DECAY * weights[:-1].square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach()


def _logits(rows: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    return rows @ weights[:-1] + weights[-1]
