"""An answer of "none of these": what is gained and lost when a model may keep silent about some images."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """What a threshold does: images less sure than it are answered with "none of these".

    Attributes:
        threshold: Smallest confidence that is answered.
        coverage: Share of the images that get an answer.
        error: Share of wrong answers among these; 0 for none.
        num_answered: Images that get an answer.
        num_wrong: Of them, the wrong ones.
    """

    threshold: float
    coverage: float
    error: float
    num_answered: int
    num_wrong: int


@dataclass(frozen=True, kw_only=True)
class RejectionCurve:
    """Coverage and error for every threshold that makes a difference (El-Yaniv and Wiener, 2010), the lowest first.

    Attributes:
        thresholds: The confidences that occur, ascending; shape (steps,).
        answered: Images at least as sure; shape (steps,).
        wrong: Of them, the wrong ones; shape (steps,).
        total: All images.
    """

    thresholds: Floats
    answered: npt.NDArray[np.int64]
    wrong: npt.NDArray[np.int64]
    total: int

    @property
    def coverage(self) -> Floats:
        """Share of the images that get an answer; shape (steps,)."""
        return self.answered / max(1, self.total)

    @property
    def error(self) -> Floats:
        """Share of wrong answers; shape (steps,)."""
        return self.wrong / np.maximum(1, self.answered)

    def at(self, threshold: float) -> Rejection:
        """What a threshold does."""
        step = int(np.searchsorted(self.thresholds, threshold))  # the first confidence that is not below it
        beyond = step == len(self.thresholds)
        answered, wrong = (0, 0) if beyond else (int(self.answered[step]), int(self.wrong[step]))
        return Rejection(
            threshold=threshold,
            coverage=answered / self.total if self.total else 0.0,
            error=wrong / answered if answered else 0.0,
            num_answered=answered,
            num_wrong=wrong,
        )

    def for_error(self, max_error: float) -> Rejection | None:
        """The threshold that answers most images with at most this share of wrong answers; None where none does."""
        fitting = np.flatnonzero(self.error <= max_error)
        return self.at(float(self.thresholds[fitting[0]])) if len(fitting) else None


def rejection_curve(confidence: Floats, right: npt.NDArray[np.bool_]) -> RejectionCurve:
    """What each threshold would do.

    Args:
        confidence: Probability of the likeliest class; shape (images,).
        right: Whether it is the true one; shape (images,).
    """
    thresholds, steps = np.unique(confidence, return_inverse=True)
    images = np.bincount(steps, minlength=len(thresholds))
    wrong = np.bincount(steps, weights=~right, minlength=len(thresholds)).astype(np.int64)
    return RejectionCurve(
        thresholds=thresholds,
        answered=images[::-1].cumsum()[::-1],
        wrong=wrong[::-1].cumsum()[::-1],
        total=len(confidence),
    )
