"""Which images an epoch shows, in which order, and in which views. Pure functions of seed and epoch.

So a run that goes on in the middle of an epoch sees what it would have seen, and threads cannot change the result.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]
CENTRE = 0


class View(NamedTuple):
    """One image as it is shown once.

    Attributes:
        image: Its index among the samples.
        number: ``CENTRE`` for the centre crop, else which of its random views.
    """

    image: int
    number: int


def training_views(
    labels: Sequence[int], *, seed: int, epoch: int, num_views: int, balanced: bool = False
) -> list[View]:
    """An epoch of views: all images once, or each class equally often if ``balanced``.

    Args:
        labels: Of the images.
        seed: Of the run.
        epoch: Counted from 1.
        num_views: Random views of each image that the epochs take turns with; 0 for the centre alone.
        balanced: Whether rare classes come more often; an image that comes again in an epoch comes in another view.
    """
    order = (balanced_order if balanced else plain_order)(labels, seed=seed, epoch=epoch)
    if not num_views:
        return [View(index, CENTRE) for index in order]
    seen: Counter[int] = Counter()
    views = []
    for index in order:
        views.append(View(index, 1 + (epoch - 1) % num_views + num_views * seen[index]))
        seen[index] += 1
    return views


def plain_order(labels: Sequence[int], *, seed: int, epoch: int) -> list[int]:
    """A shuffle of all indices."""
    order: list[int] = np.random.default_rng([seed, epoch]).permutation(len(labels)).tolist()
    return order


def balanced_order(labels: Sequence[int], *, seed: int, epoch: int) -> list[int]:
    """As many indices as there are labels, each class equally often up to one (Buda et al. 2018, oversampling).

    Images of a rare class come several times, those of a frequent one in some epochs only; a class is gone through
    once before any of its images comes again.
    """
    rng = np.random.default_rng([seed, epoch])
    members = [np.flatnonzero(np.asarray(labels) == label) for label in sorted(set(labels))]
    share, rest = divmod(len(labels), len(members))
    extra = set(rng.permutation(len(members))[:rest].tolist())
    drawn = [_cycled(own, share + (place in extra), rng) for place, own in enumerate(members)]
    order: list[int] = rng.permutation(np.concatenate(drawn)).tolist()
    return order


def _cycled(indices: Indices, count: int, rng: np.random.Generator) -> Indices:
    """``count`` of the indices, shuffled anew each time all have come."""
    rounds = [rng.permutation(indices) for _ in range(-(-count // len(indices)))]
    return np.concatenate(rounds)[:count] if rounds else indices[:0]


def batch_bounds(num_samples: int, batch_size: int) -> list[tuple[int, int]]:
    """First and last + 1 index of each batch. A last batch of one joins its neighbour.

    BatchNorm cannot be trained on a single value per channel, which a batch of one gives after global pooling.
    """
    bounds = [(start, min(start + batch_size, num_samples)) for start in range(0, num_samples, batch_size)]
    if len(bounds) > 1 and bounds[-1][1] - bounds[-1][0] == 1:
        (start, _), (_, stop) = bounds[-2:]
        bounds[-2:] = [(start, stop)]
    return bounds
