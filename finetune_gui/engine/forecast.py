"""What a layer plan costs on this device: memory, and the time of each epoch.

The parts of a step are tried on images of noise (``probe``), and a few of the user's own images are decoded; what an
epoch does with them follows from the config, as in ``tasks.kept_images``: frozen layers run once for each view of an
image, and images are decoded once.
"""

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import torch

from finetune_gui.engine.config import Augment, ModelConfig, TrainConfig
from finetune_gui.engine.data.augment import base_side, random_view
from finetune_gui.engine.data.batches import MAX_DECODE_THREADS, ImagePart
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.epochs import CENTRE, View
from finetune_gui.engine.data.image import Preprocessing, UnreadableImage
from finetune_gui.engine.data.split import Split
from finetune_gui.engine.devices import pick_device, pick_precision
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.layer_tree import leaf_multipliers, require_trainable, trainable_parameters
from finetune_gui.engine.models.layers import describe_layers, freeze, parameter_multipliers
from finetune_gui.engine.models.prefix import Cut, cut_network
from finetune_gui.engine.models.sources import load_model
from finetune_gui.engine.optim import build_optimizer
from finetune_gui.engine.probe import Measured, Probe, ProbeStopped, num_bytes, probe_size
from finetune_gui.engine.tasks.frozen_features import cache_budget
from finetune_gui.engine.tasks.kept_images import KeptImages

USUAL_BATCH = 32  # where the run shall find its own
DECODED_IMAGES = 12
DECODING_SECONDS = 1.0  # no further image is decoded after it
# What follows on an epoch (audit, drift, checkpoint), by the size of what is saved; measured on an ordinary SSD.
SAVED_BYTES_PER_SECOND = 200e6


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """An estimate for the first preset of a plan. Memory is in bytes.

    Attributes:
        device: Where it was measured.
        trainable_parameters: With λ > 0.
        total_parameters: All.
        weights: Parameters and buffers, measured; those of frozen layers that run once are there twice.
        gradients: Measured.
        optimizer: State of the optimizer, measured.
        activations: What a training step of the full batch keeps for its gradients; in proportion to the probe.
        available: Free on the device.
        epoch_seconds: Of each epoch until the plan changes: learning, validating and saving. What earlier runs have
            kept makes them shorter.
        kept: What frozen layers give for all images, kept in memory or on disk; 0 where they run in every epoch.
        decoding_known: Whether the time to read images is in ``epoch_seconds``.
        num_steps: That were timed.
        probe_batch: Most images in one of them.
    """

    device: str
    trainable_parameters: int
    total_parameters: int
    weights: int
    gradients: int
    optimizer: int
    activations: int
    available: int
    epoch_seconds: tuple[float, ...]
    kept: int
    decoding_known: bool
    num_steps: int
    probe_batch: int

    @property
    def memory(self) -> int:
        """All of it together."""
        return self.weights + self.gradients + self.optimizer + self.activations

    @property
    def fits(self) -> bool:
        """Whether that much is free; the weights of the probe count as free."""
        return self.memory <= self.available


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


class Forecaster:
    """Holds a network with random weights, so that one plan after the other can be tried on it.

    Args:
        config: Which network; its pretrained weights are not needed.
        num_classes: Outputs of the head.
        device: As in ``TrainConfig``.

    Raises:
        EngineError: There is no such model or device.
    """

    def __init__(self, config: ModelConfig, num_classes: int, device: str) -> None:
        self._device = pick_device(device)
        probe = ModelConfig(id=config.network, weights="none", head_dropout=config.head_dropout)
        loaded = load_model(probe, num_classes)
        self._num_classes = num_classes
        self._spec = loaded.preprocessing
        self._tree = describe_layers(loaded.model, loaded.head_path, loaded.places)
        self._model = loaded.model
        self._model.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forecast(
        self, config: TrainConfig, images: TrainingImages, *, should_stop: Callable[[], bool] = lambda: False
    ) -> Forecast | None:
        """Try the plan of a config as it is in the first epoch; None if it was asked to stop.

        Raises:
            EngineError: The plan cannot be, or a batch does not fit into the memory of the device.
        """
        plan = config.plan.at(1)
        multipliers = leaf_multipliers(self._tree, plan)
        require_trainable(multipliers)
        freeze(self._model, multipliers)
        batch_size = config.batch_size or USUAL_BATCH
        noise, targets = self._noise(probe_size(batch_size, self._device))
        cut = self._cut(config, noise) if 0.0 in multipliers.values() else None
        probe = Probe(
            self._model,
            cut,
            build_optimizer(parameter_multipliers(self._model, multipliers), config.optim, lr=1e-6),
            noise,
            targets,
            batch_norm=plan.batch_norm,
            precision=pick_precision(config.speed.precision, self._device),
            should_stop=should_stop,
        )
        try:
            measured = probe.measure()
        except torch.OutOfMemoryError as error:
            raise EngineError(
                f"A batch of {batch_size} images does not fit into the memory of {self._device} with this plan.",
                "Choose a smaller batch, or freeze more layers.",
            ) from error
        except ProbeStopped:
            return None
        finally:
            self._model.zero_grad(set_to_none=True)
        course = _Course(config, images, self._spec, self._device, cut, measured)
        weights = num_bytes([*self._model.parameters(), *self._model.buffers()])
        return Forecast(
            device=str(self._device),
            trainable_parameters=trainable_parameters(self._tree, multipliers),
            total_parameters=self._tree.root.num_parameters,
            weights=weights + (num_bytes(cut.prefix.module.state_dict().values()) if cut is not None else 0),
            gradients=measured.gradients,
            optimizer=measured.optimizer,
            activations=round(measured.activations * batch_size),
            available=_available(self._device),
            epoch_seconds=course.seconds(saving=(weights + measured.optimizer) / SAVED_BYTES_PER_SECOND),
            kept=course.kept,
            decoding_known=course.decoding_known,
            num_steps=measured.num_steps,
            probe_batch=measured.largest,
        )

    def _cut(self, config: TrainConfig, noise: torch.Tensor) -> Cut | None:
        """As a run would; mixed images are new each time, so nothing of them is kept."""
        if not config.speed.cache or config.loss.mixes:
            return None
        example = torch.cat([noise] * 2)[:3].contiguous(memory_format=torch.channels_last)
        return cut_network(self._model, config.plan.batch_norm, example)

    def _noise(self, batch: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch.Generator().manual_seed(0)  # its own: a run's random numbers are not touched
        images = torch.randn(batch, 3, self._spec.size, self._spec.size, generator=generator)
        targets = torch.randint(0, self._num_classes, (batch,), generator=generator)
        return images.to(self._device, memory_format=torch.channels_last), targets.to(self._device)


class _Course:
    """What each epoch has to do, and how long that takes.

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
        kept = KeptImages(config, Split(root=images.root, class_names=(), train=(), val=()), spec, {}, cut=cut)
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


def _available(device: torch.device) -> int:
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        return free + torch.cuda.memory_reserved(device)
    return int(psutil.virtual_memory().available)
