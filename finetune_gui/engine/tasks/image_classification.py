"""Image classification: one label an image, cross-entropy, top-1 accuracy."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
import numpy as np
import torch
from torch import nn

from finetune_gui.engine.config import LayerPlan, ModelConfig, SplitName, TrainConfig
from finetune_gui.engine.data.arrange import Arranged, data_warnings, prepare_in_steps
from finetune_gui.engine.data.batches import ImageBatch, InspectedFiles, decoded_batches, on_device_ahead
from finetune_gui.engine.data.epochs import CENTRE, View, batch_bounds, training_views
from finetune_gui.engine.data.facts import STAGE_WORDS, InspectionAdvanced
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.data.inspection import inspect_in_steps
from finetune_gui.engine.data.matching import match_classes
from finetune_gui.engine.data.mixing import draw_blend
from finetune_gui.engine.data.scan import ScanAdvanced, scan
from finetune_gui.engine.data.split import Split, load_split, save_split
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.devices import pick_precision
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, PreparationAdvanced
from finetune_gui.engine.models.compiled import CompiledForward
from finetune_gui.engine.models.layer_tree import LayerTree
from finetune_gui.engine.models.layers import describe_layers
from finetune_gui.engine.models.prefix import cut_network
from finetune_gui.engine.models.sources import fetch_weights, load_model
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.base import DataUnavailable, Predictions, StepOutput
from finetune_gui.engine.tasks.image_loss import ImageLoss, class_weights
from finetune_gui.engine.tasks.kept_images import KeptImages

CUTTING = "Finding out what need be run only once"
_MIXING = 1  # tells its random numbers from those of the order of images
Result = TypeVar("Result")
READING_IMAGES, LOADING_MODEL = "Reading the image folder", "Loading the model"


class ImageClassification:
    """Implements ``Task``."""

    model: nn.Module
    tree: LayerTree
    preprocessing: Preprocessing
    split: Split

    def __init__(self, config: TrainConfig) -> None:
        self._config = config
        self._store = DataStore.default()
        self._files = InspectedFiles()
        self._left_out: Mapping[str, str] = {}
        self._gone: set[Path] = set()  # folders of images that could not be found
        self._device = torch.device("cpu")
        self._warnings: list[EngineError] = []  # about the data, still to be told
        self._skipped: dict[Path, EngineError] = {}
        self._reported: set[Path] = set()

    @property
    def class_names(self) -> tuple[str, ...]:
        """In the order of the outputs."""
        return self.split.class_names

    def prepare(self, run: RunFolder) -> Iterator[PreparationAdvanced]:
        """Scan, inspect and divide the data, build the network."""
        arranged = yield from self._arrange()
        if arranged.problem is not None:
            raise arranged.problem
        self.split = arranged.split
        self._files = InspectedFiles.of(arranged.inspection)
        self._warnings += data_warnings(arranged)
        self._left_out = arranged.left_out
        self.save_setup(run)
        yield from self._build(self._config.model)

    def save_setup(self, run: RunFolder) -> None:
        """Write which image went where."""
        save_split(self.split, run.split_file, self._left_out)

    def restore(self, run: RunFolder) -> Iterator[PreparationAdvanced]:
        """Take the split of the run; the weights come from a checkpoint later."""
        self.split = load_split(run.split_file)
        # An image may have changed since: what is kept of it must not be used then.
        inspection = yield from _told(inspect_in_steps(self.split.as_dataset(), self._store))
        self._files = InspectedFiles.of(inspection)
        yield from self._build(replace(self._config.model, weights="none"))

    def use_folder(self, folder: Path) -> Mapping[str, int]:
        """Evaluate on another folder: all its images, with classes matched by name. Call after ``restore``.

        Returns:
            Number of images left out because the model has no such class, by its name.

        Raises:
            EngineError: The folder cannot be read, is not sorted into classes, or holds none that the model knows.
        """
        dataset = scan(folder)
        matched = match_classes(dataset, self.class_names)
        self.split = Split(root=dataset.root, class_names=self.class_names, train=(), val=matched.samples)
        self._files = InspectedFiles()
        self._kept = self._keep_nothing()
        return matched.unknown

    def _arrange(self) -> Generator[PreparationAdvanced, None, Arranged]:
        return (yield from _told(prepare_in_steps(self._config.data, self._config.seed, self._store)))

    def _build(self, model: ModelConfig) -> Iterator[PreparationAdvanced]:
        yield from fetch_weights(model)
        yield PreparationAdvanced(activity=LOADING_MODEL)
        loaded = load_model(model, len(self.class_names), self.class_names)
        self.model = loaded.model
        self.preprocessing = loaded.preprocessing
        self.tree = describe_layers(loaded.model, loaded.head_path, loaded.places)
        self._kept = self._keep_nothing()
        labels = [sample.label for sample in self.split.train]
        config = self._config
        weights = class_weights(self.class_names, labels, config.data.balance, config.loss.class_weights)
        self._loss = ImageLoss(config.loss, weights)

    def to(self, device: torch.device) -> None:
        """Move the network; channels_last is what convolutions are fastest in."""
        self._device = device
        self.model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._kept.to(device)
        self._loss.to(device)
        shape = (1, 3, 1, 1)
        self._mean = torch.tensor(self.preprocessing.mean, device=device).view(shape)
        self._std = torch.tensor(self.preprocessing.std, device=device).view(shape)
        self._precision = pick_precision(self._config.speed.precision, device)

    def run_frozen_once(self, plan: LayerPlan) -> Iterator[Event]:
        """Cut the network where learning begins under a plan, and keep what comes before. Its layers are frozen."""
        self.close()
        yield PreparationAdvanced(activity=CUTTING)
        cut = cut_network(self.model, plan.batch_norm, self._example()) if self._config.speed.cache else None
        self._kept = KeptImages(
            self._config,
            self.split,
            self.preprocessing,
            self._files,
            cut=cut,
            folder=self._store.kept_dir,
            precision=self._precision,
        )
        if self._config.speed.compile:
            self._compile()
        if (event := self._kept.event()) is not None:
            yield event

    def _keep_nothing(self) -> KeptImages:
        self._forward: Callable[..., torch.Tensor] = self.model
        return KeptImages(self._config, self.split, self.preprocessing, self._files)

    def _compile(self) -> None:
        """What training runs in every step."""
        cut = self._kept.cut if self._kept.training_features is not None else None
        if cut is None:
            self._forward = CompiledForward(self.model, self._warnings.append)
        else:
            cut.training_suffix.run_by(CompiledForward(cut.training_suffix.module, self._warnings.append))

    def _example(self) -> torch.Tensor:
        """Images of noise, as the network gets them. The generator is its own: the run's must not notice."""
        size = self.preprocessing.size
        generator = torch.Generator().manual_seed(0)
        noise = torch.randint(0, 256, (3, 3, size, size), dtype=torch.uint8, generator=generator)
        return self._normalised(noise.contiguous(memory_format=torch.channels_last))

    def save_kept(self) -> None:
        """Let other runs find what was kept so far."""
        self._kept.save()

    def close(self) -> None:
        """Let go of what is kept."""
        if hasattr(self, "model"):  # else nothing was prepared yet
            self._kept.close()
            self._kept = self._keep_nothing()

    def num_examples(self, split: SplitName) -> int:
        """Images of a part."""
        return len(self.split.part(split))

    def num_batches(self, split: SplitName) -> int:
        """Batches of a part; of ``train`` those whose gradients make a step."""
        count = self.num_examples(split)
        return len(batch_bounds(count, self._step_size)) if split == "train" else -(-count // self._config.batch_size)

    @property
    def _step_size(self) -> int:
        return self._config.batch_size * self._config.optim.grad_accum_steps

    def training_batches(self, epoch: int, skip: int = 0) -> Iterator[ImageBatch]:
        """Shuffled and augmented; mixed in pairs if that is asked for."""
        config = self._config
        views = training_views(
            [sample.label for sample in self.split.train],
            seed=config.seed,
            epoch=epoch,
            num_views=self._kept.num_views,
            balanced=config.data.balance == "balanced_sampling",
        )
        bounds = batch_bounds(len(views), self._step_size)
        batches = self._decoded("train", [views[start:stop] for start, stop in bounds][skip:])
        if config.loss.mixes:
            batches = self._mixed(batches, epoch, skip)
        return on_device_ahead(batches, self._device)

    def evaluation_batches(self, split: SplitName) -> Iterator[ImageBatch]:
        """In order, centre crop."""
        views = [View(index, CENTRE) for index in range(self.num_examples(split))]
        size = self._config.batch_size
        batches = self._decoded(split, [views[start : start + size] for start in range(0, len(views), size)])
        return on_device_ahead(batches, self._device)

    def _decoded(self, split: SplitName, batches: list[list[View]]) -> Iterator[ImageBatch]:
        """Decode what is not known.

        Raises:
            DataUnavailable: A folder with images is gone.
        """
        part = self._kept.part(split)
        features = self._kept.training_features if split == "train" else self._kept.features
        self._shown = part
        known = (lambda view: features.knows(part, view)) if features is not None else (lambda _: False)
        for batch in decoded_batches(part, batches, known):
            self._gone = {error.path.parent for error in batch.unreadable if not error.path.parent.is_dir()}
            if self._gone:
                raise DataUnavailable(min(self._gone))
            yield batch

    def data_available(self) -> bool:
        """Whether what ``DataUnavailable`` told of is back."""
        return all(folder.is_dir() for folder in self._gone)

    def _mixed(self, batches: Iterator[ImageBatch], epoch: int, skip: int) -> Iterator[ImageBatch]:
        for step, batch in enumerate(batches, start=skip):
            rng = np.random.default_rng([self._config.seed, epoch, step, _MIXING])
            blend = draw_blend(batch.images, batch.targets, self._config.loss, rng) if len(batch) > 1 else None
            yield replace(batch, blend=blend)

    def split_batch(self, batch: ImageBatch, size: int) -> list[tuple[ImageBatch, float]]:
        """Parts of a batch of at most ``size`` images, of nearly equal size, with the share of each in its loss."""
        count = -(-len(batch) // size)
        if count <= 1:
            return [(batch, 1.0)]
        bounds = [round(index * len(batch) / count) for index in range(count + 1)]
        parts = [batch.rows(start, stop) for start, stop in pairwise(bounds)]
        weights = [self._loss.weight(part) for part in parts]
        return [(part, weight / sum(weights)) for part, weight in zip(parts, weights, strict=True)]

    def made_up_batch(self, size: int) -> ImageBatch:
        """Images of noise."""
        side, generator = self.preprocessing.size, torch.Generator().manual_seed(0)  # its own: no run must notice
        return ImageBatch(
            views=(View(0, CENTRE),) * size,
            samples=self.split.train[:1] * size,
            targets=torch.randint(0, len(self.class_names), (size,), generator=generator),
            images=torch.randint(0, 256, (size, 3, side, side), dtype=torch.uint8, generator=generator),
            decoded=tuple(range(size)),
        )

    def training_step(self, batch: ImageBatch) -> StepOutput | None:
        """Cross-entropy and hits of one batch."""
        self._note_unreadable(batch)
        if not len(batch):
            return None
        batch = batch.to(self._device)
        with self._autocast():
            logits = self._logits(batch, training=True)
        likeliest = batch.targets if batch.blend is None or batch.blend.share >= 0.5 else batch.blend.targets
        return StepOutput(
            loss=self._loss(logits, batch),
            num_correct=(logits.argmax(1) == likeliest).sum(),
            num_examples=len(batch),
        )

    def predict(self, batch: ImageBatch) -> Predictions:
        """Logits of one batch."""
        self._note_unreadable(batch)
        root = self.split.root
        if len(batch):
            with self._autocast():
                logits = self._logits(batch, training=False).float().cpu()
        else:
            logits = torch.empty(0, len(self.class_names))
        return Predictions(
            logits=logits, targets=batch.targets.cpu(), names=tuple(str(root / sample.path) for sample in batch.samples)
        )

    def _logits(self, batch: ImageBatch, *, training: bool) -> torch.Tensor:
        kept = self._kept
        features = kept.training_features if training else kept.features
        if kept.cut is None or features is None:
            images = self._normalised(batch.images)
            if batch.blend is not None:
                images = batch.blend.mix(images, self._normalised(batch.blend.images))
            return self._forward(images) if training else cast(torch.Tensor, self.model(images))
        activations = features.of(self._shown, batch, self._normalised)
        suffix = kept.cut.training_suffix if training else kept.cut.evaluation_suffix
        return cast(torch.Tensor, suffix(*activations))

    def _autocast(self) -> AbstractContextManager[object]:
        if self._precision is torch.float32:
            return nullcontext()
        return torch.autocast(self._device.type, self._precision)

    def use_batch_size(self, batch_size: int) -> None:
        """Take a batch size that was found by a probe."""
        self._config = replace(self._config, batch_size=batch_size)

    def take_skipped(self) -> list[EngineError]:
        """What is to be said of the data, and unreadable images, that were not told of yet."""
        fresh, self._warnings = self._warnings, []
        fresh += [error for path, error in self._skipped.items() if path not in self._reported]
        self._reported.update(self._skipped)
        return fresh

    def checkpoint_info(self) -> dict[str, Any]:
        """Model, classes and preprocessing."""
        return {
            "task": "image_classification",
            "model_id": self._config.model.network,
            "class_names": list(self.class_names),
            "preprocessing": msgspec.to_builtins(self.preprocessing),
        }

    def _normalised(self, images: torch.Tensor) -> torch.Tensor:
        return (images.to(self._device, non_blocking=True).float() / 255 - self._mean) / self._std

    def _note_unreadable(self, batch: ImageBatch) -> None:
        for error in batch.unreadable:
            self._skipped.setdefault(error.path, error)


def _told(
    steps: Generator[ScanAdvanced | InspectionAdvanced, None, Result],
) -> Generator[PreparationAdvanced, None, Result]:
    """Pass on how far a scan and an inspection are, and return what they found."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            found: Result = end.value
            return found
        if isinstance(step, ScanAdvanced):
            yield PreparationAdvanced(activity=READING_IMAGES, done=step.num_images)
        else:
            yield PreparationAdvanced(activity=STAGE_WORDS[step.stage], done=step.done, total=step.total)
