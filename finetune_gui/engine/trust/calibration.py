"""Whether a model is right as often as it is sure: reliability, its error, and the temperature that mends it."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NUM_BINS = 15  # as in Guo et al. (2017)
COLDEST, HOTTEST = 0.05, 20.0
_TOLERANCE = 1e-5  # of the logarithm of the temperature
_GOLDEN = (math.sqrt(5) - 1) / 2

Floats = npt.NDArray[np.float64]
Logits = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ReliabilityBin:
    """Images about as sure as each other.

    Attributes:
        low: Images that are surer than this,
        high: and not surer than this.
        count: How many.
        confidence: Their mean; 0 for none.
        accuracy: Share of them that is right; 0 for none.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def probabilities(logits: Logits, temperature: float = 1.0) -> Floats:
    """softmax(logits / temperature); shape (images, classes)."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    np.exp(scaled, out=scaled)
    scaled /= scaled.sum(axis=1, keepdims=True)
    return scaled


def confidences(logits: Logits, temperature: float = 1.0) -> Floats:
    """Probability of the likeliest class; shape (images,)."""
    largest: Floats = probabilities(logits, temperature).max(axis=1)
    return largest


def negative_log_likelihood(logits: Logits, targets: Ints, temperature: float = 1.0) -> float:
    """Mean of -log p(true class), in nats."""
    scaled = logits.astype(np.float64) / temperature
    top = scaled.max(axis=1)
    log_sums = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
    return float((log_sums - scaled[np.arange(len(targets)), targets]).mean())


def fit_temperature(logits: Logits, targets: Ints) -> float:
    """The temperature under which the true classes are likeliest (Guo et al., 2017, On Calibration of Modern Networks).

    The likelihood has one maximum over the temperature, so that a golden section finds it. Where every image is right
    it has none: ever colder would be ever better. Then, and where nothing is gained, it is 1.

    Args:
        logits: Shape (images, classes), of images that the network has not learnt from.
        targets: Shape (images,).
    """
    if not len(targets) or bool((logits.argmax(axis=1) == targets).all()):
        return 1.0

    def loss(log_temperature: float) -> float:
        return negative_log_likelihood(logits, targets, math.exp(log_temperature))

    low, high = math.log(COLDEST), math.log(HOTTEST)
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    left_loss, right_loss = loss(left), loss(right)
    while high - low > _TOLERANCE:
        if left_loss <= right_loss:
            high, right, right_loss = right, left, left_loss
            left = high - _GOLDEN * (high - low)
            left_loss = loss(left)
        else:
            low, left, left_loss = left, right, right_loss
            right = low + _GOLDEN * (high - low)
            right_loss = loss(right)
    fitted = (low + high) / 2
    return math.exp(fitted) if loss(fitted) < loss(0.0) else 1.0


def reliability(
    confidence: Floats, right: npt.NDArray[np.bool_], num_bins: int = NUM_BINS
) -> tuple[ReliabilityBin, ...]:
    """The reliability diagram, in bins of equal width.

    Args:
        confidence: Probability of the likeliest class; shape (images,).
        right: Whether it is the true one; shape (images,).
        num_bins: Between 0 and 1.
    """
    places = np.clip(np.ceil(confidence * num_bins).astype(np.int64) - 1, 0, num_bins - 1)
    counts = np.bincount(places, minlength=num_bins)
    sure = np.bincount(places, weights=confidence, minlength=num_bins)
    hits = np.bincount(places, weights=right, minlength=num_bins)
    return tuple(
        ReliabilityBin(
            low=index / num_bins,
            high=(index + 1) / num_bins,
            count=int(counts[index]),
            confidence=float(sure[index] / counts[index]) if counts[index] else 0.0,
            accuracy=float(hits[index] / counts[index]) if counts[index] else 0.0,
        )
        for index in range(num_bins)
    )


def expected_calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """ECE: mean distance between confidence and accuracy, each bin by its images (Naeini et al., 2015)."""
    total = sum(each.count for each in bins)
    return sum(each.count * abs(each.accuracy - each.confidence) for each in bins) / total if total else 0.0
