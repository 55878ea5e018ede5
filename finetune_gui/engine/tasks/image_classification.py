"""Image classification: one label an image, cross-entropy, top-1 accuracy."""

from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
import torch
from torch import nn
from torch.nn import functional as F

from finetune_gui.engine.config import SPLIT_NAMES, LayerPlan, ModelConfig, SplitName, TrainConfig
from finetune_gui.engine.data.arrange import Arranged, data_warnings, prepare_in_steps
from finetune_gui.engine.data.batches import ImageBatch, ImagePart, decoded_batches
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.decoded_images import DecodedImages
from finetune_gui.engine.data.epochs import CENTRE, View, batch_bounds, training_views
from finetune_gui.engine.data.facts import STAGE_WORDS, Inspection, InspectionAdvanced
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.data.inspection import inspect_in_steps
from finetune_gui.engine.data.scan import ScanAdvanced, scan
from finetune_gui.engine.data.split import Split, load_split, save_split
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.devices import pick_precision
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, PreparationAdvanced
from finetune_gui.engine.models.layer_tree import LayerTree
from finetune_gui.engine.models.layers import describe_layers
from finetune_gui.engine.models.prefix import Cut, cut_network
from finetune_gui.engine.models.sources import fetch_weights, load_model
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.base import Predictions, StepOutput
from finetune_gui.engine.tasks.frozen_features import FrozenFeatures, cache_budget

CUTTING = "Finding out what need be run only once"
DEFAULT_VIEWS = 4  # random views of an image that frozen layers are run for; enough variety for a head
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
        self._digests: dict[str, bytes] = {}
        self._cut: Cut | None = None
        self._features: FrozenFeatures | None = None
        self._centres: DecodedImages | None = None
        self._bases: DecodedImages | None = None
        self._num_views = 0
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
        self._digests = _digests(arranged.inspection)
        self._warnings += data_warnings(arranged)
        save_split(self.split, run.split_file, arranged.left_out)
        yield from self._build(self._config.model)

    def restore(self, run: RunFolder) -> Iterator[PreparationAdvanced]:
        """Take the split of the run; the weights come from a checkpoint later."""
        self.split = load_split(run.split_file)
        # An image may have changed since: what is kept of it must not be used then.
        inspection = yield from _told(inspect_in_steps(self.split.as_dataset(), self._store))
        self._digests = _digests(inspection)
        yield from self._build(replace(self._config.model, weights="none"))

    def use_folder(self, folder: Path) -> None:
        """Evaluate on another folder: all its images, with classes matched by name. Call after ``restore``.

        Raises:
            EngineError: The folder holds none of the classes.
        """
        dataset = scan(folder)
        labels = {name: label for label, name in enumerate(self.class_names)}
        known = [name for name in dataset.class_names if name in labels]
        if not known:
            raise EngineError(
                f"None of the classes in {folder} is known to the model ({', '.join(dataset.class_names[:5])}).",
                f"Name the class folders as in training: {', '.join(self.class_names[:5])}.",
            )
        samples = tuple(
            Sample(sample.path, labels[name], "val")
            for sample in dataset.samples
            if (name := dataset.class_names[sample.label]) in labels
        )
        self.split = Split(root=dataset.root, class_names=self.class_names, train=(), val=samples)
        self._digests = {}

    def _arrange(self) -> Generator[PreparationAdvanced, None, Arranged]:
        return (yield from _told(prepare_in_steps(self._config.data, self._config.seed, self._store)))

    def _build(self, model: ModelConfig) -> Iterator[PreparationAdvanced]:
        yield from fetch_weights(model)
        yield PreparationAdvanced(activity=LOADING_MODEL)
        loaded = load_model(model, len(self.class_names), self.class_names)
        self.model = loaded.model
        self.preprocessing = loaded.preprocessing
        self.tree = describe_layers(loaded.model, loaded.head_path, loaded.places)

    def to(self, device: torch.device) -> None:
        """Move the network; channels_last is what convolutions are fastest in."""
        self._device = device
        self.model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        shape = (1, 3, 1, 1)
        self._mean = torch.tensor(self.preprocessing.mean, device=device).view(shape)
        self._std = torch.tensor(self.preprocessing.std, device=device).view(shape)
        self._class_weights = self._weights_of_classes()
        self._precision = pick_precision(self._config.speed.precision, device)

    def _weights_of_classes(self) -> torch.Tensor | None:
        """Of each class c of k: n / (k · n_c), of n training images. Shape (num_classes,); 1 where all are equal."""
        if self._config.data.balance != "class_weights" or not self.split.train:
            return None
        labels = torch.tensor([sample.label for sample in self.split.train])
        counts = torch.bincount(labels, minlength=len(self.class_names)).clamp(min=1)
        return (len(labels) / (len(counts) * counts)).to(self._device)

    def run_frozen_once(self, plan: LayerPlan) -> Iterator[Event]:
        """Cut the network where learning begins under a plan, and keep what comes before. Its layers are frozen."""
        self.close()
        yield PreparationAdvanced(activity=CUTTING)
        if self._config.speed.cache:
            self._cut = cut_network(self.model, plan.batch_norm, self._example())
        self._num_views = self._views_per_image()
        self._open_caches()
        if self._features is not None:
            yield self._features.event(self._wanted_views())
            if self._num_views and not self._features.kept:
                self._num_views = self._config.num_epochs  # nothing is saved by taking turns

    def _example(self) -> torch.Tensor:
        """Images of noise, as the network gets them. The generator is its own: the run's must not notice."""
        size = self.preprocessing.size
        generator = torch.Generator().manual_seed(0)
        noise = torch.randint(0, 256, (3, 3, size, size), dtype=torch.uint8, generator=generator)
        return self._normalised(noise.contiguous(memory_format=torch.channels_last))

    def _views_per_image(self) -> int:
        """Random views that the epochs take turns with; each epoch has its own where frozen layers are not kept."""
        config = self._config
        if config.data.augment == "none":
            return 0
        if self._cut is None or config.speed.views == 0:
            return config.num_epochs
        return min(config.num_epochs, config.speed.views or DEFAULT_VIEWS)

    def _open_caches(self) -> None:
        config, folder = self._config, self._store.kept_dir
        budget = cache_budget(config.speed)
        num_train, num_val = len(self.split.train), len(self.split.val) + len(self.split.test)
        if self._cut is not None:
            # New views in every epoch are not worth keeping; what validation sees always is.
            train_views = 0 if config.speed.views == 0 and self._num_views else max(self._num_views, 1) * num_train
            self._features = FrozenFeatures(
                self._cut,
                self._part("train"),
                num_views=self._num_views,
                num_wanted=train_views + num_val,
                folder=folder,
                budget=budget,
                precision=self._precision,
            )
        features_kept = self._features is not None and self._features.kept
        if config.speed.cache and not (features_kept and self._num_views <= 1) and config.num_epochs > 1:
            spec = self.preprocessing
            self._centres = DecodedImages.of_centres(folder, spec, num_train + num_val, budget)
            if config.data.augment != "none":
                self._bases = DecodedImages.of_bases(folder, spec, config.data.augment, num_train, budget)

    def _wanted_views(self) -> Iterator[tuple[ImagePart, View]]:
        """Views that are kept; balanced sampling asks for some more of rare classes."""
        numbers = list(range(1, self._num_views + 1)) if self._num_views else [CENTRE]
        if self._config.speed.views == 0 and self._num_views:
            numbers = []
        parts = {"train": numbers, "val": [CENTRE], "test": [CENTRE]}
        for split in SPLIT_NAMES:
            part = self._part(split)
            for index in range(len(part.samples)):
                for number in parts[split]:
                    yield part, View(index, number)

    def _part(self, split: SplitName) -> ImagePart:
        return ImagePart(
            samples=self.split.part(split),
            root=self.split.root,
            spec=self.preprocessing,
            augment=self._config.data.augment,
            seed=self._config.seed,
            digests=self._digests,
            centres=self._centres,
            bases=self._bases,
        )

    def save_kept(self) -> None:
        """Let other runs find what was kept so far."""
        if self._features is not None:
            self._features.save()

    def close(self) -> None:
        """Let go of what is kept."""
        for kept in (self._features, self._centres, self._bases):
            if kept is not None:
                kept.close()
        self._features = self._centres = self._bases = self._cut = None

    def num_examples(self, split: SplitName) -> int:
        """Images of a part."""
        return len(self.split.part(split))

    def num_batches(self, split: SplitName) -> int:
        """Batches of a part."""
        count, batch_size = self.num_examples(split), self._config.batch_size
        return len(batch_bounds(count, batch_size)) if split == "train" else -(-count // batch_size)

    def training_batches(self, epoch: int, skip: int = 0) -> Iterator[ImageBatch]:
        """Shuffled and augmented."""
        config = self._config
        views = training_views(
            [sample.label for sample in self.split.train],
            seed=config.seed,
            epoch=epoch,
            num_views=self._num_views if self._num_views or config.data.augment == "none" else config.num_epochs,
            balanced=config.data.balance == "balanced_sampling",
        )
        bounds = batch_bounds(len(views), config.batch_size)
        return self._decoded("train", [views[start:stop] for start, stop in bounds][skip:])

    def evaluation_batches(self, split: SplitName) -> Iterator[ImageBatch]:
        """In order, centre crop."""
        views = [View(index, CENTRE) for index in range(self.num_examples(split))]
        size = self._config.batch_size
        return self._decoded(split, [views[start : start + size] for start in range(0, len(views), size)])

    def _decoded(self, split: SplitName, batches: list[list[View]]) -> Iterator[ImageBatch]:
        part, features = self._part(split), self._features
        self._shown = part
        if features is None:
            return decoded_batches(part, batches)
        return decoded_batches(part, batches, lambda view: features.knows(part, view))

    def training_step(self, batch: ImageBatch) -> StepOutput | None:
        """Cross-entropy and hits of one batch."""
        self._note_unreadable(batch)
        if not len(batch):
            return None
        targets = batch.targets.to(self._device, non_blocking=True)
        with self._autocast():
            logits = self._logits(batch, training=True)
        loss = F.cross_entropy(logits.float(), targets, weight=self._class_weights)
        return StepOutput(loss=loss, num_correct=(logits.argmax(1) == targets).sum(), num_examples=len(batch))

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
            logits=logits, targets=batch.targets, names=tuple(str(root / sample.path) for sample in batch.samples)
        )

    def _logits(self, batch: ImageBatch, *, training: bool) -> torch.Tensor:
        if self._cut is None or self._features is None:
            return cast(torch.Tensor, self.model(self._normalised(batch.images)))
        activations = self._features.of(self._shown, batch, self._normalised)
        suffix = self._cut.training_suffix if training else self._cut.evaluation_suffix
        return cast(torch.Tensor, suffix(*activations))

    def _autocast(self) -> AbstractContextManager[object]:
        if self._precision is torch.float32:
            return nullcontext()
        return torch.autocast(self._device.type, self._precision)

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


def _digests(inspection: Inspection) -> dict[str, bytes]:
    return {path: facts.digest for path, facts in inspection.facts.items() if not facts.error}


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
