"""How long each epoch of a run takes, from what its parts cost.

As in ``tasks.kept_images``: frozen layers run once for each view of an image, and images are decoded once. Some of the
user's own images are decoded to see how long that takes.
"""

import math
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from finetune_gui.engine.config import Augment, TrainConfig
from finetune_gui.engine.data.augment import base_side, random_view
from finetune_gui.engine.data.batches import MAX_DECODE_THREADS, ImagePart, InspectedFiles
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.epochs import CENTRE, View
from finetune_gui.engine.data.image import Preprocessing, UnreadableImage
from finetune_gui.engine.data.split import Split
from finetune_gui.engine.models.prefix import Cut
from finetune_gui.engine.probe import Measured
from finetune_gui.engine.tasks.frozen_features import cache_budget
from finetune_gui.engine.tasks.kept_images import KeptImages

USUAL_BATCH = 32  # where the run shall find its own
DECODED_IMAGES = 12
DECODING_SECONDS = 1.0  # no further image is decoded after it


@dataclass(frozen=True, kw_only=True)
class TrainingImages:
    """How many images an epoch shows, and some of them.

    Attributes:
        num_train: Images that are learnt from.
        num_val: Images that are validated with.
        root: Folder of the paths.
        paths: Of some images, spread over all of them; decoded to see how long that takes.
    """

    num_train: int
    num_val: int
    root: Path = Path()
    paths: Sequence[str] = ()


class EpochTimes:
    """What each epoch of the first preset of a plan has to do, and how long that takes.

    Args:
        config: Of the run.
        images: Of an epoch.
        spec: Of the network.
        device: It computes on.
        cut: The network in two parts, where the frozen one runs once.
        measured: What the parts of a step cost.

    Attributes:
        kept: Bytes of what frozen layers give; 0 where that is not kept.
        decoding_known: Whether any image could be decoded.
    """

    def __init__(
        self,
        config: TrainConfig,
        images: TrainingImages,
        spec: Preprocessing,
        device: torch.device,
        cut: Cut | None,
        measured: Measured,
    ) -> None:
        self._config, self._images, self._measured = config, images, measured
        self._on_cpu = device.type == "cpu"
        self._batch_size = config.batch_size or USUAL_BATCH
        changes = [change.from_epoch - 1 for change in config.plan.schedule]
        self._num_epochs = min([config.num_epochs, *changes])
        kept = KeptImages(
            config, Split(root=images.root, class_names=(), train=(), val=()), spec, InspectedFiles(), cut=cut
        )
        self._num_views = max(kept.num_views, 1)
        self._num_kept_views = self._num_views if kept.keeps_views else 0
        self.kept = self._room_taken(cut) if cut is not None else 0
        decoding = _seconds_to_decode(images, spec)
        self.decoding_known = decoding is not None
        self._decode = decoding or 0.0
        augment = config.data.augment
        self._cut_view = 0.0 if augment == "none" else _seconds_of_a_view(spec, augment)

    def seconds(self, *, saving: float) -> tuple[float, ...]:
        """Of each epoch."""
        return tuple(self._epoch(number) + saving for number in range(1, self._num_epochs + 1))

    def _epoch(self, number: int) -> float:
        """Training images in a view of this epoch, then validation images, which are the same each time."""
        images, measured, size = self._images, self._measured, self._batch_size
        new_view = not self.kept or number <= self._num_views
        never_seen = not self.kept or number == 1  # as for the frozen layers and the validation images
        frozen = (images.num_train if new_view else 0, images.num_val if never_seen else 0)
        computing = (
            sum(measured.prefix.of(count, size) for count in frozen)
            + measured.step.of(images.num_train, size)
            + measured.evaluation.of(images.num_val, size)
        )
        decoding = self._cut_view * images.num_train if new_view else 0.0
        if number == 1 or not self._config.speed.cache:
            decoding += self._decode * (images.num_train + images.num_val)
        decoding /= min(MAX_DECODE_THREADS, os.cpu_count() or 1)
        return computing + decoding if self._on_cpu else max(computing, decoding)  # a CPU does one or the other

    def _room_taken(self, cut: Cut) -> int:
        """Bytes of all rows, halved where there is no room for the whole; 0 where there is none for that either."""
        numbers = sum(math.prod(shape) for shape in cut.shapes)
        rows = self._num_kept_views * self._images.num_train + self._images.num_val
        budget = cache_budget(self._config.speed)
        room = max(budget.memory, budget.disk)
        return next((size * numbers * rows for size in (4, 2) if size * numbers * rows <= room), 0)


def _seconds_to_decode(images: TrainingImages, spec: Preprocessing) -> float | None:
    """Mean of some images, on one thread, without the view that is cut from it; None where none can be read."""
    part = ImagePart(samples=[Sample(path, 0) for path in images.paths], root=images.root, spec=spec)
    seconds: list[float] = []
    for index in range(min(len(images.paths), DECODED_IMAGES)):
        begun = time.perf_counter()
        try:
            part.decode(View(index, CENTRE))
        except UnreadableImage:
            continue
        seconds.append(time.perf_counter() - begun)
        if sum(seconds) > DECODING_SECONDS:
            break
    return sum(seconds) / len(seconds) if seconds else None


def _seconds_of_a_view(spec: Preprocessing, augment: Augment) -> float:
    """Of cutting a random view from an image that is decoded already."""
    side = base_side(spec, augment)
    rng = np.random.default_rng(0)
    base = rng.integers(0, 256, (side, side, 3), dtype=np.uint8)
    begun = time.perf_counter()
    for _ in range(4):
        random_view(base, (side, side), spec, augment, rng)
    return (time.perf_counter() - begun) / 4
