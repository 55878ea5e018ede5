"""Batches of decoded images, made by threads a little ahead of the training loop.

Threads, not processes: Pillow and numpy let go of the interpreter lock while they decode and resize, nothing has to
be imported again, and a frozen app on Windows needs no special care. Memory is bounded by the few batches in flight,
whatever the number of images.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from finetune_gui.engine.config import Augment
from finetune_gui.engine.data.augment import base_square, random_view
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.decoded_images import DecodedImages, Square
from finetune_gui.engine.data.edits import rank
from finetune_gui.engine.data.epochs import CENTRE, View
from finetune_gui.engine.data.facts import Inspection
from finetune_gui.engine.data.image import Pixels, Preprocessing, UnreadableImage, centre_square, load_image
from finetune_gui.engine.data.mixing import Blend
from finetune_gui.engine.data.row_store import RowKey, row_key

MAX_DECODE_THREADS = 8
BATCHES_AHEAD = 2


@dataclass(frozen=True, kw_only=True)
class InspectedFiles:
    """Files as an inspection saw them; what has a digest can be found in a cache.

    Attributes:
        digests: Of the content, by path.
        stamps: Size in bytes and time of change in ns when they had these digests.
        changed: Paths of files that were found to be others since then; filled while decoding.
    """

    digests: Mapping[str, bytes] = field(default_factory=dict)
    stamps: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, inspection: Inspection) -> "InspectedFiles":
        """Those that can be read."""
        readable = {path: facts for path, facts in inspection.facts.items() if not facts.error}
        return cls(
            digests={path: facts.digest for path, facts in readable.items()},
            stamps={path: (facts.num_bytes, facts.mtime_ns) for path, facts in readable.items()},
        )

    def has_changed(self, path: str, file: Path) -> bool:
        """Whether a file is another one now: what is kept by its digest must not come from it."""
        seen = self.stamps.get(path)
        if seen is None:
            return False
        try:
            status = file.stat()
        except OSError:
            return True
        return (status.st_size, status.st_mtime_ns) != seen


@dataclass(frozen=True, kw_only=True)
class ImagePart:
    """Labelled images, and how they are decoded.

    Attributes:
        samples: The images.
        root: Folder of their paths.
        spec: Of the network.
        augment: How strongly views are varied.
        seed: Decides the random views.
        files: What is known of the files.
        centres: Kept centre squares.
        bases: Kept squares that random views are cut from.
    """

    samples: Sequence[Sample]
    root: Path
    spec: Preprocessing
    augment: Augment = "none"
    seed: int = 0
    files: InspectedFiles = field(default_factory=InspectedFiles)
    centres: DecodedImages | None = None
    bases: DecodedImages | None = None

    def key(self, view: View) -> RowKey | None:
        """What a view is found by in a cache; None where the file is not the one that an inspection saw."""
        path = self.samples[view.image].path
        digest = self.files.digests.get(path)
        return row_key(digest, view.number) if digest and path not in self.files.changed else None

    def decode(self, view: View) -> Pixels:
        """The pixels of a view: a function of file, seed and number.

        Raises:
            UnreadableImage: The file is missing or damaged.
        """
        path = self.samples[view.image].path
        digest = self.files.digests.get(path, b"")
        if view.number == CENTRE:
            return self._square(path, digest, self.centres, lambda image: centre_square(image, self.spec))[0]
        base, size = self._square(path, digest, self.bases, lambda image: base_square(image, self.spec, self.augment))
        source = digest or rank(path, 0)
        rng = np.random.default_rng([self.seed, view.number, int.from_bytes(source[:8], "little")])
        return random_view(base, size, self.spec, self.augment, rng)

    def _square(self, path: str, digest: bytes, kept: DecodedImages | None, cut: Callable[..., Pixels]) -> Square:
        if kept is not None and digest and (known := kept.find(digest)) is not None:
            return known
        file = self.root / path
        image = load_image(file, self.spec.enough)
        square = cut(image), image.size
        if digest and self.files.has_changed(path, file):  # looked at now: it may have happened while it was read
            self.files.changed.add(path)
        elif digest and kept is not None:
            kept.keep(digest, square)
        return square


@dataclass(frozen=True, kw_only=True)
class ImageBatch:
    """A batch before it goes to the device.

    Attributes:
        views: What the rows are.
        samples: Likewise.
        targets: int64, shape (batch,).
        images: uint8, shape (decoded, 3, size, size), RGB, of those rows that had to be decoded.
        decoded: Which rows these are.
        unreadable: Images that belonged here but could not be decoded.
        blend: What each image is mixed with, if it is; then all rows are decoded.
    """

    views: tuple[View, ...]
    samples: tuple[Sample, ...]
    targets: torch.Tensor
    images: torch.Tensor
    decoded: tuple[int, ...]
    unreadable: tuple[UnreadableImage, ...] = ()
    blend: Blend | None = None

    def __len__(self) -> int:
        """Number of images."""
        return len(self.samples)

    def rows(self, start: int, stop: int) -> "ImageBatch":
        """Some rows as a batch of their own."""
        places = [place for place, row in enumerate(self.decoded) if start <= row < stop]
        return ImageBatch(
            views=self.views[start:stop],
            samples=self.samples[start:stop],
            targets=self.targets[start:stop],
            images=self.images[places[0] : places[-1] + 1] if places else self.images[:0],  # `decoded` ascends
            decoded=tuple(self.decoded[place] - start for place in places),
            unreadable=self.unreadable if start == 0 else (),
            blend=self.blend.rows(start, stop) if self.blend else None,
        )

    def to(self, device: torch.device) -> "ImageBatch":
        """With its tensors on a device; from pinned memory the copy goes on beside what else is done."""
        blend = self.blend
        if blend is not None:
            images, targets = (tensor.to(device, non_blocking=True) for tensor in (blend.images, blend.targets))
            blend = replace(blend, images=images, targets=targets)
        images, targets = (tensor.to(device, non_blocking=True) for tensor in (self.images, self.targets))
        return replace(self, images=images, targets=targets, blend=blend)

    def pinned(self) -> "ImageBatch":
        """With its tensors in memory that a GPU can fetch from by itself."""
        blend = self.blend
        if blend is not None:
            blend = replace(blend, images=blend.images.pin_memory(), targets=blend.targets.pin_memory())
        return replace(self, images=self.images.pin_memory(), targets=self.targets.pin_memory(), blend=blend)


Known = Callable[[View], bool]


def decoded_batches(
    part: ImagePart, batches: Sequence[Sequence[View]], known: Known = lambda _: False
) -> Iterator[ImageBatch]:
    """Decode batches of views in threads, a little ahead of whoever asks.

    Args:
        part: The images.
        batches: The views of each batch.
        known: Whether a view need not be decoded, since what the network makes of it is known.
    """
    num_threads = min(MAX_DECODE_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(num_threads, thread_name_prefix="decode") as pool:
        pending: deque[tuple[Sequence[View], list[Future[Pixels] | None]]] = deque()
        waiting = iter(batches)
        try:
            while True:
                while len(pending) <= BATCHES_AHEAD and (views := next(waiting, None)) is not None:
                    futures = [None if known(view) else pool.submit(part.decode, view) for view in views]
                    pending.append((views, futures))
                if not pending:
                    return
                yield _collate(part, *pending.popleft())
        finally:
            for _, futures in pending:  # the consumer stopped early: do not decode what nobody wants
                for future in futures:
                    if future is not None:
                        future.cancel()


def _collate(part: ImagePart, views: Sequence[View], futures: Sequence[Future[Pixels] | None]) -> ImageBatch:
    pixels: list[Pixels] = []
    decoded: list[int] = []
    kept: list[View] = []
    unreadable: list[UnreadableImage] = []
    for view, future in zip(views, futures, strict=True):
        if future is not None:
            try:
                pixels.append(future.result())
            except UnreadableImage as error:
                unreadable.append(error)
                continue
            decoded.append(len(kept))
        kept.append(view)
    samples = tuple(part.samples[view.image] for view in kept)
    return ImageBatch(
        views=tuple(kept),
        samples=samples,
        targets=torch.tensor([sample.label for sample in samples], dtype=torch.int64),
        images=as_tensor(pixels),
        decoded=tuple(decoded),
        unreadable=tuple(unreadable),
    )


def as_tensor(pixels: Sequence[Pixels]) -> torch.Tensor:
    """Stack squares to uint8 of shape (batch, 3, size, size)."""
    if not pixels:
        return torch.empty(0, 3, 1, 1, dtype=torch.uint8)
    # NHWC memory seen as NCHW is channels_last, the layout convolutions are fastest in.
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2)


def on_device_ahead(batches: Iterable[ImageBatch], device: torch.device) -> Iterator[ImageBatch]:
    """Copy each batch to a GPU while the one before is computed with; elsewhere there is nothing to copy."""
    if device.type != "cuda":
        yield from batches
        return
    copies = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    ahead: tuple[ImageBatch, torch.cuda.Event] | None = None
    for batch in batches:
        with torch.cuda.stream(copies):
            copied = batch.pinned().to(device)
            done = copies.record_event()
        if ahead is not None:
            yield _arrived(*ahead, device)
        ahead = copied, done
    if ahead is not None:
        yield _arrived(*ahead, device)


def _arrived(batch: ImageBatch, done: torch.cuda.Event, device: torch.device) -> ImageBatch:
    """Let what is computed from now on wait for the copy, and keep its memory until that is over."""
    stream = torch.cuda.current_stream(device)
    stream.wait_event(done)
    tensors = [batch.images, batch.targets, *((batch.blend.images, batch.blend.targets) if batch.blend else ())]
    for tensor in tensors:
        tensor.record_stream(stream)
    return batch
