"""Batches of decoded images, made by threads a little ahead of the training loop.

Threads, not processes: Pillow and numpy let go of the interpreter lock while they decode and resize, nothing has to
be imported again, and a frozen app on Windows needs no special care. Memory is bounded by the few batches in flight,
whatever the number of images.
"""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from finetune_gui.engine.config import Augment
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.image import (
    Pixels,
    Preprocessing,
    UnreadableImage,
    augmented_square,
    centre_square,
    load_image,
)

MAX_DECODE_THREADS = 8
BATCHES_AHEAD = 2

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class ImageBatch:
    """A batch before it goes to the device.

    Attributes:
        images: uint8, shape (batch, 3, size, size), RGB.
        targets: int64, shape (batch,).
        samples: What the rows are.
        unreadable: Images that belonged here but could not be decoded.
    """

    images: torch.Tensor
    targets: torch.Tensor
    samples: tuple[Sample, ...]
    unreadable: tuple[UnreadableImage, ...] = ()

    def __len__(self) -> int:
        """Number of images."""
        return len(self.samples)


def epoch_order(num_samples: int, *, seed: int, epoch: int) -> list[int]:
    """A shuffle that depends on seed and epoch alone, so that a resumed run sees the same order."""
    order: list[int] = np.random.default_rng([seed, epoch]).permutation(num_samples).tolist()
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


View = tuple[int, int]
"""Index of an image, and how often it came before in this epoch."""
Decode = Callable[[View], Pixels]


def training_batches(
    samples: Sequence[Sample],
    root: Path,
    spec: Preprocessing,
    *,
    augment: Augment,
    batch_size: int,
    seed: int,
    epoch: int,
    balanced: bool = False,
    skip: int = 0,
) -> Iterator[ImageBatch]:
    """An epoch of images, shuffled and augmented: all of them once, or each class equally often if ``balanced``.

    Each view depends on (seed, epoch, image) and not on thread timing; an image that comes several times in an epoch
    comes in several views. ``skip`` leaves out the first batches, for a run that goes on in the middle of an epoch.
    """
    if balanced:
        order = balanced_order([sample.label for sample in samples], seed=seed, epoch=epoch)
    else:
        order = epoch_order(len(samples), seed=seed, epoch=epoch)
    views = _numbered(order)

    def decode(view: View) -> Pixels:
        index, repeat = view
        rng = np.random.default_rng([seed, epoch, index, repeat] if repeat else [seed, epoch, index])
        return augmented_square(load_image(root / samples[index].path), spec, augment, rng)

    batches = [views[start:stop] for start, stop in batch_bounds(len(samples), batch_size)]
    return _decoded_ahead(samples, batches[skip:], decode)


def _numbered(order: Sequence[int]) -> list[View]:
    """Each index with how often it came before."""
    seen: Counter[int] = Counter()
    views = []
    for index in order:
        views.append((index, seen[index]))
        seen[index] += 1
    return views


def evaluation_batches(
    samples: Sequence[Sample], root: Path, spec: Preprocessing, *, batch_size: int
) -> Iterator[ImageBatch]:
    """All images once, in order, centre crop."""

    def decode(view: View) -> Pixels:
        return centre_square(load_image(root / samples[view[0]].path), spec)

    views = [(index, 0) for index in range(len(samples))]
    batches = [views[start : start + batch_size] for start in range(0, len(samples), batch_size)]
    return _decoded_ahead(samples, batches, decode)


def _decoded_ahead(samples: Sequence[Sample], batches: Sequence[list[View]], decode: Decode) -> Iterator[ImageBatch]:
    num_threads = min(MAX_DECODE_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(num_threads, thread_name_prefix="decode") as pool:
        pending: deque[tuple[list[View], list[Future[Pixels]]]] = deque()
        waiting = iter(batches)
        try:
            while True:
                while len(pending) <= BATCHES_AHEAD and (views := next(waiting, None)) is not None:
                    pending.append((views, [pool.submit(decode, view) for view in views]))
                if not pending:
                    return
                yield _collate(samples, *pending.popleft())
        finally:
            for _, futures in pending:  # the consumer stopped early: do not decode what nobody wants
                for future in futures:
                    future.cancel()


def _collate(samples: Sequence[Sample], views: list[View], futures: list[Future[Pixels]]) -> ImageBatch:
    pixels: list[Pixels] = []
    kept: list[Sample] = []
    unreadable: list[UnreadableImage] = []
    for (index, _), future in zip(views, futures, strict=True):
        try:
            pixels.append(future.result())
            kept.append(samples[index])
        except UnreadableImage as error:
            unreadable.append(error)
    # NHWC memory seen as NCHW is channels_last, the layout convolutions are fastest in.
    images = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2) if pixels else torch.empty(0, 3, 1, 1)
    return ImageBatch(
        images=images,
        targets=torch.tensor([sample.label for sample in kept], dtype=torch.int64),
        samples=tuple(kept),
        unreadable=tuple(unreadable),
    )
