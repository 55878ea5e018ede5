"""Points of one curve: cheap to append to, and thinned for drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
_FIRST_CAPACITY = 1024
_BLOCK = 256


class SeriesBuffer:
    """Growing arrays of x, y and smoothed y, with x never falling.

    A point whose x is not beyond the last one replaces what was known from there on: a resumed run
    repeats the steps after its checkpoint. Points that are not finite are left out, for a loss of NaN
    has no place on an axis.

    Args:
        smoothing: weight of the past in the moving average, 0 (none) to below 1.
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        self._smoothing = smoothing
        self._data: Floats = np.empty((3, _FIRST_CAPACITY))
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def x(self) -> Floats:
        """All x."""
        return self._data[0, : self._size]

    @property
    def y(self) -> Floats:
        """All y."""
        return self._data[1, : self._size]

    @property
    def smooth(self) -> Floats:
        """The moving average of y; y itself without smoothing."""
        return self._data[2, : self._size]

    def clear(self) -> None:
        """Forget all points."""
        self._size = 0

    def extend(self, xs: Sequence[float] | Floats, ys: Sequence[float] | Floats) -> None:
        """Append points.

        Raises:
            ValueError: the lengths differ, or x falls within these points.
        """
        x, y = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
        if x.shape != y.shape:
            raise ValueError("as many x as y, please")
        finite = np.isfinite(x) & np.isfinite(y)
        x, y = x[finite], y[finite]
        if not len(x):
            return
        if np.any(np.diff(x) < 0):
            raise ValueError("x must not fall")
        self._rewind(float(x[0]))
        self._reserve(self._size + len(x))
        new = slice(self._size, self._size + len(x))
        last = float(self.smooth[-1]) if self._size else None
        self._data[0, new], self._data[1, new] = x, y
        self._data[2, new] = moving_average(y, last, self._smoothing)
        self._size += len(x)

    def nearest(self, x: float) -> tuple[float, float] | None:
        """The point whose x is closest."""
        if not self._size:
            return None
        right = int(np.searchsorted(self.x, x))
        best = min(range(max(right - 1, 0), min(right + 1, self._size)), key=lambda at: abs(self.x[at] - x))
        return float(self.x[best]), float(self.y[best])

    def thinned(self, low: float, high: float, buckets: int) -> tuple[Floats, Floats, Floats, Floats]:
        """What is worth drawing between `low` and `high`: at most two points a bucket.

        Of every bucket the least and the greatest y are kept, so that no spike is lost; the average,
        which has no spikes, keeps every bucket's last point. One neighbour on either side is included,
        so that lines run to the edge.

        Returns:
            x and y of the curve, x and y of its average.
        """
        start = max(int(np.searchsorted(self.x, low)) - 1, 0)
        stop = min(int(np.searchsorted(self.x, high, side="right")) + 1, self._size)
        x, y, smooth = self.x[start:stop], self.y[start:stop], self.smooth[start:stop]
        width = len(x) // max(buckets, 1)
        if width < 3:
            return x, y, x, smooth
        keep = _extremes(y, width)
        ends = np.append(np.arange(0, len(x) - 1, width), len(x) - 1)
        return x[keep], y[keep], x[ends], smooth[ends]

    def _rewind(self, x: float) -> None:
        if self._size and x <= self._data[0, self._size - 1]:
            self._size = int(np.searchsorted(self.x, x))

    def _reserve(self, size: int) -> None:
        capacity = self._data.shape[1]
        if size > capacity:
            grown: Floats = np.empty((3, max(size, 2 * capacity)))
            grown[:, : self._size] = self._data[:, : self._size]
            self._data = grown


def moving_average(values: Floats, last: float | None, smoothing: float) -> Floats:
    """Exponential moving average continuing from `last`.

    Worked in blocks, each in closed form: `a_k = s^(k+1) a + (1 - s) sum_j s^(k-j) v_j`; a loop over
    single values would take seconds for a long history.
    """
    if smoothing <= 0.0 or not len(values):
        return values
    average = float(values[0]) if last is None else last
    result = np.empty_like(values)
    # A block must not be so long that smoothing^-block overflows.
    block = min(_BLOCK, max(1, int(500 / -np.log2(smoothing))))
    powers = smoothing ** np.arange(block)
    for start in range(0, len(values), block):
        part = values[start : start + block]
        weights = powers[: len(part)]
        result[start : start + block] = weights * (smoothing * average + (1.0 - smoothing) * np.cumsum(part / weights))
        average = float(result[start + len(part) - 1])
    return result


def _extremes(y: Floats, width: int) -> npt.NDArray[np.intp]:
    """Positions of the least and greatest y of every `width` points, and the last point, in order."""
    whole = len(y) // width * width
    rows = y[:whole].reshape(-1, width)
    starts = np.arange(0, whole, width)
    pairs = np.stack([rows.argmin(axis=1) + starts, rows.argmax(axis=1) + starts])
    rest = np.arange(whole, len(y))
    if len(rest):
        rest = np.array([whole + int(y[whole:].argmin()), whole + int(y[whole:].argmax())])
    kept = np.sort(np.concatenate([pairs.ravel(), rest, [len(y) - 1]]))
    return kept[np.diff(kept, prepend=-1) > 0]  # np.unique would import numpy.ma, in the middle of a run
