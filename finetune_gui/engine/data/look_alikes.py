"""Which of many images look nearly the same.

**What is compared.** A *look* is 80 bytes of an upright picture: a difference hash of 16 x 16 bits (is a spot brighter
than its left neighbour; Krawetz 2013, by ImageHash), and the mean colours of 4 x 4 fields. Two pictures look nearly the
same when their hashes differ in at most 24 bits, or in at most 40 if the mean colours differ by at most 8 of 255. The
first finds pictures that were saved again, resized or recoloured, the second those that were also cropped a little.
Pictures with large even areas have fewer bits to tell them by; for them fewer may differ.

**Why these numbers.** Among the 397 photos of ants-bees no two differ in fewer than 64 bits, and none were joined
wrongly. Of variants of each were found: saved as JPEG of quality 30, 60 or 90, as PNG, at half or double size, or
shifted by a pixel 100 %, in grey 99.7 %; contrast + 20 % 99.5 %, brightness - 15 % 99.2 %, + 15 % (which clips the
lights) 98.0 %; 1 % cropped on every side 100 %, 2 % 96.7 %, 3 % 62 %, 5 % 3.5 %; 2 % cut from one corner 97 %, 3 %
51 %. Of the 60,000 pictures of CIFAR-10 the rule joins 563 in 261 groups. In a sheet of the first two of each, one pair
was wrong (two small planes in blank sky); the others were the same photo, or the same product photo of a car.

**How they are found.** Comparing all pairs of 60,000 would take 1.8 billion comparisons. Two hashes that differ in few
bits agree in many of their 32 bytes, so only those are compared that agree in three bytes of a set (multi-index
hashing; Norouzi, Punjani and Fleet, *Fast search in Hamming space with multi-index hashing*, CVPR 2012). The bytes are
dealt into six sets of 5 or 6: at 19 differing bits at least 13 bytes agree, so three of them in one set, and every such
pair is found for certain; simulated, 99.8 % are at 24 bits, 89 % at 32 and 59 % at 40.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import cast

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

Looks = npt.NDArray[np.uint8]  # (images, LOOK_BYTES)
Indices = npt.NDArray[np.intp]

HASH_BYTES = 32
LOOK_BYTES = HASH_BYTES + 4 * 4 * 3

_MAX_BITS = 24
_MAX_BITS_SAME_COLOURS = 40
_MAX_COLOUR_DIFFERENCE = 8.0
_MIN_FEATURES = 32  # bits that are not like most; photos have 50 and more
_MIN_CONTRAST = 8  # of 255, between the darkest and the brightest of 17 x 16 fields
_SETS = (6, 6, 5, 5, 5, 5)
_SMALL_BUCKET = 128
_LARGE_BUCKET = 8192
_MAX_DEPTH = 2


def look_of(image: Image.Image) -> bytes:
    """What a picture is compared by.

    Args:
        image: Upright RGB, of any size.

    Returns:
        ``LOOK_BYTES`` bytes, or none where the picture is too even to be told from others.
    """
    small = image.resize((17, 16), Image.Resampling.BILINEAR)  # the size that the hash would make of it, less smoothly
    ranges = cast(tuple[tuple[int, int], ...], small.getextrema())  # one for each of R, G, B
    if max(high - low for low, high in ranges) < _MIN_CONTRAST:
        return b""
    bits = imagehash.dhash(small, hash_size=16).hash
    if not _MIN_FEATURES <= np.count_nonzero(bits) <= bits.size - _MIN_FEATURES:
        return b""
    return np.packbits(bits).tobytes() + small.resize((4, 4), Image.Resampling.BOX).tobytes()


def mirrored_look(look: bytes) -> bytes:
    """The look that a picture has when left and right change places, but for fields that are just as bright.

    Args:
        look: By ``look_of``, not empty.
    """
    bits = np.unpackbits(np.frombuffer(look[:HASH_BYTES], np.uint8)).reshape(16, 16)
    fields = np.frombuffer(look[HASH_BYTES:], np.uint8).reshape(4, 4, 3)
    return np.packbits(1 - bits[:, ::-1]).tobytes() + fields[:, ::-1].tobytes()


def group_look_alikes(looks: Sequence[bytes], should_stop: Callable[[], bool] = lambda: False) -> list[list[int]]:
    """Groups of two or more images that look nearly the same, each with one that is like it.

    Args:
        looks: By ``look_of``, none of them empty.
        should_stop: Polled; when true the groups found so far are returned.

    Returns:
        Indices of the images of each group, ascending, in the order of their first ones.
    """
    positions: dict[bytes, int] = {}
    which = [positions.setdefault(look, len(positions)) for look in looks]
    distinct = np.frombuffer(b"".join(positions), dtype=np.uint8).reshape(-1, LOOK_BYTES)
    return _groups_of_equal(_Search(distinct).labels(should_stop)[which])


def _groups_of_equal(labels: Indices) -> list[list[int]]:
    """Indices of the values that occur more than once."""
    order = np.argsort(labels, kind="stable")
    new = np.concatenate([[True], labels[order][1:] != labels[order][:-1]])[: len(order)]
    sizes = np.diff(np.append(np.flatnonzero(new), len(order)))
    repeated = order[np.repeat(sizes > 1, sizes)]
    return sorted(group.tolist() for group in np.split(repeated, np.cumsum(sizes[sizes > 1])[:-1]) if len(group))


class Components:
    """Connected components of a graph whose edges come bit by bit."""

    def __init__(self, size: int) -> None:
        self.labels = np.arange(size)  # the smallest member of each one's component

    def join(self, a: Indices, b: Indices) -> None:
        """Add edges from each of ``a`` to that of ``b``."""
        labels = self.labels
        while True:
            low, high = np.minimum(labels[a], labels[b]), np.maximum(labels[a], labels[b])
            if np.array_equal(low, high):
                return
            np.minimum.at(labels, high, low)
            while not np.array_equal(labels, jumped := labels[labels]):
                labels[:] = jumped


class _Search:
    """Joins what is near each other among looks that are all different."""

    def __init__(self, looks: Looks) -> None:
        hashes = np.ascontiguousarray(looks[:, :HASH_BYTES])
        self._words = hashes.view(np.uint64)
        self._bits = hashes
        self._colours = looks[:, HASH_BYTES:]
        ones = np.bitwise_count(self._words).sum(axis=1, dtype=np.int16)
        self._features = np.minimum(ones, 8 * HASH_BYTES - ones)
        self._components = Components(len(looks))

    def labels(self, should_stop: Callable[[], bool]) -> npt.NDArray[np.intp]:
        """A label for each look, equal for those joined."""
        self._search(np.arange(len(self._words)), 0, should_stop)
        return self._components.labels

    def _search(self, members: Indices, depth: int, should_stop: Callable[[], bool]) -> None:
        """Compare members that agree in three bytes of a set; each depth deals the bits in another way."""
        parts = _dealt(self._bits[members], seed=depth)
        numbers = np.arange(len(members), dtype=np.uint64)
        for first, second, third in _tables():
            if should_stop():
                return
            keys = (parts[first].astype(np.uint32) << 16 | parts[second].astype(np.uint32) << 8 | parts[third]).astype(
                np.uint64
            )
            keys = keys << np.uint64(32) | numbers  # sorting them together is faster than asking for the order
            keys.sort()
            order = members[(keys & 0xFFFFFFFF).astype(np.intp)]
            self._compare_runs(order, keys >> np.uint64(32), depth, should_stop)

    def _compare_runs(self, order: Indices, keys: npt.NDArray[np.uint64], depth: int, stop: Callable[[], bool]) -> None:
        """Compare those of ``order`` that have the same key; ``keys`` ascend."""
        ends = np.append(np.flatnonzero(keys[1:] != keys[:-1]) + 1, len(keys))
        sizes = np.diff(ends, prepend=0)
        for end, size in zip(ends[sizes > _SMALL_BUCKET], sizes[sizes > _SMALL_BUCKET], strict=True):
            self._search_bucket(order[end - size : end], depth, stop)
        ends_of_each = np.repeat(np.where(sizes > _SMALL_BUCKET, 0, ends), sizes)
        starts = np.arange(len(order))
        for offset in range(1, _SMALL_BUCKET):
            starts = starts[starts + offset < ends_of_each[starts]]
            if not len(starts):
                break
            self._join_near(order[starts], order[starts + offset])

    def _search_bucket(self, members: Indices, depth: int, should_stop: Callable[[], bool]) -> None:
        alike = np.count_nonzero(self._near(np.broadcast_to(members[:1], members.shape), members))
        if len(members) > _LARGE_BUCKET and depth < _MAX_DEPTH and alike < len(members) // 8:
            self._search(members, depth + 1, should_stop)
        else:
            self._walk(members, should_stop)

    def _walk(self, members: Indices, should_stop: Callable[[], bool]) -> None:
        """Breadth first from one to all near it: what was reached is not compared again, so large groups are quick."""
        rest = members
        while len(rest) > 1 and not should_stop():
            reached, rest = rest[:1], rest[1:]
            while len(reached) and len(rest):
                one, reached = reached[0], reached[1:]
                near = self._join_near(np.full(len(rest), one), rest)
                reached, rest = np.concatenate([reached, rest[near]]), rest[~near]

    def _join_near(self, a: Indices, b: Indices) -> npt.NDArray[np.bool_]:
        near = self._near(a, b)
        if near.any():
            self._components.join(a[near], b[near])
        return near

    def _near(self, a: Indices, b: Indices) -> npt.NDArray[np.bool_]:
        """Whether each of ``a`` looks nearly like that of ``b``."""
        bits = np.bitwise_count(self._words[a] ^ self._words[b]).sum(axis=1, dtype=np.int16)
        near = np.zeros(len(a), dtype=np.bool_)
        maybe = np.flatnonzero(bits <= _MAX_BITS_SAME_COLOURS)
        if not len(maybe):
            return near
        a, b, bits = a[maybe], b[maybe], bits[maybe]
        share = np.minimum(self._features[a], self._features[b]) / 96  # of a picture with features everywhere
        colours = np.abs(self._colours[a].astype(np.int16) - self._colours[b]).mean(axis=1)
        limit = np.where(colours <= _MAX_COLOUR_DIFFERENCE, _MAX_BITS_SAME_COLOURS, _MAX_BITS)
        near[maybe] = bits <= limit * np.minimum(share, 1.0)
        return near


def _dealt(hashes: Looks, seed: int) -> npt.NDArray[np.uint8]:
    """Mix the bits, since neighbours say much the same: each byte is then made of bits from all over the picture.

    Returns:
        Shape (HASH_BYTES, images).
    """
    order = np.random.default_rng(seed).permutation(8 * HASH_BYTES)
    blocks = np.array_split(hashes, max(1, len(hashes) // 65_536))  # unpacked they take eight times the memory
    return np.hstack([np.packbits(np.unpackbits(block.T, axis=0)[order], axis=0) for block in blocks])


def _tables() -> Iterator[tuple[int, ...]]:
    """Every three bytes of each set."""
    first = 0
    for size in _SETS:
        yield from combinations(range(first, first + size), 3)
        first += size
