"""Batches of decoded images, made by threads a little ahead of the training loop.

Threads, not processes: Pillow and numpy let go of the interpreter lock while they decode and resize, nothing has to
be imported again, and a frozen app on Windows needs no special care. Memory is bounded by the few batches in flight,
whatever the number of images.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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


def batch_bounds(num_samples: int, batch_size: int) -> list[tuple[int, int]]:
    """First and last + 1 index of each batch. A last batch of one joins its neighbour.

    BatchNorm cannot be trained on a single value per channel, which a batch of one gives after global pooling.
    """
    bounds = [(start, min(start + batch_size, num_samples)) for start in range(0, num_samples, batch_size)]
    if len(bounds) > 1 and bounds[-1][1] - bounds[-1][0] == 1:
        (start, _), (_, stop) = bounds[-2:]
        bounds[-2:] = [(start, stop)]
    return bounds


Decode = Callable[[int], Pixels]


def training_batches(
    samples: Sequence[Sample],
    root: Path,
    spec: Preprocessing,
    *,
    augment: Augment,
    batch_size: int,
    seed: int,
    epoch: int,
    skip: int = 0,
) -> Iterator[ImageBatch]:
    """All images once, shuffled and augmented. Each view depends on (seed, epoch, image) and not on thread timing.

    ``skip`` leaves out the first batches, for a run that goes on in the middle of an epoch.
    """
    order = epoch_order(len(samples), seed=seed, epoch=epoch)

    def decode(index: int) -> Pixels:
        rng = np.random.default_rng([seed, epoch, index])
        return augmented_square(load_image(root / samples[index].path), spec, augment, rng)

    batches = [order[start:stop] for start, stop in batch_bounds(len(samples), batch_size)]
    return _decoded_ahead(samples, batches[skip:], decode)


def evaluation_batches(
    samples: Sequence[Sample], root: Path, spec: Preprocessing, *, batch_size: int
) -> Iterator[ImageBatch]:
    """All images once, in order, centre crop."""

    def decode(index: int) -> Pixels:
        return centre_square(load_image(root / samples[index].path), spec)

    batches = [
        list(range(start, min(start + batch_size, len(samples)))) for start in range(0, len(samples), batch_size)
    ]
    return _decoded_ahead(samples, batches, decode)


def _decoded_ahead(samples: Sequence[Sample], batches: Sequence[list[int]], decode: Decode) -> Iterator[ImageBatch]:
    num_threads = min(MAX_DECODE_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(num_threads, thread_name_prefix="decode") as pool:
        pending: deque[tuple[list[int], list[Future[Pixels]]]] = deque()
        waiting = iter(batches)
        try:
            while True:
                while len(pending) <= BATCHES_AHEAD and (indices := next(waiting, None)) is not None:
                    pending.append((indices, [pool.submit(decode, index) for index in indices]))
                if not pending:
                    return
                yield _collate(samples, *pending.popleft())
        finally:
            for _, futures in pending:  # the consumer stopped early: do not decode what nobody wants
                for future in futures:
                    future.cancel()


def _collate(samples: Sequence[Sample], indices: list[int], futures: list[Future[Pixels]]) -> ImageBatch:
    pixels: list[Pixels] = []
    kept: list[Sample] = []
    unreadable: list[UnreadableImage] = []
    for index, future in zip(indices, futures, strict=True):
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
