"""Image classification: one label an image, cross-entropy, top-1 accuracy."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import nn
from torch.nn import functional as F

from finetune_gui.engine.config import ModelConfig, SplitName, TrainConfig
from finetune_gui.engine.data.arrange import Arranged, data_warnings, prepare_in_steps
from finetune_gui.engine.data.batches import ImageBatch, batch_bounds, evaluation_batches, training_batches
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.facts import Stage
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.data.scan import ScanAdvanced, scan
from finetune_gui.engine.data.split import Split, load_split, save_split
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import PreparationAdvanced
from finetune_gui.engine.models.layer_tree import LayerTree
from finetune_gui.engine.models.layers import describe_layers
from finetune_gui.engine.models.sources import fetch_weights, load_model
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.base import Predictions, StepOutput

READING_IMAGES, LOADING_MODEL = "Reading the image folder", "Loading the model"
STAGES: dict[Stage, str] = {
    "unpacking": "Unpacking the archive",
    "checking": "Checking the images",
    "comparing": "Comparing the images",
}


class ImageClassification:
    """Implements ``Task``."""

    model: nn.Module
    tree: LayerTree
    preprocessing: Preprocessing
    split: Split

    def __init__(self, config: TrainConfig) -> None:
        self._config = config
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
        self._warnings += data_warnings(arranged)
        save_split(self.split, run.split_file, arranged.left_out)
        yield from self._build(self._config.model)

    def restore(self, run: RunFolder) -> Iterator[PreparationAdvanced]:
        """Take the split of the run; the weights come from a checkpoint later."""
        self.split = load_split(run.split_file)
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

    def _arrange(self) -> Generator[PreparationAdvanced, None, Arranged]:
        steps = prepare_in_steps(self._config.data, self._config.seed, DataStore.default())
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                arranged: Arranged = end.value
                return arranged
            if isinstance(step, ScanAdvanced):
                yield PreparationAdvanced(activity=READING_IMAGES, done=step.num_images)
            else:
                yield PreparationAdvanced(activity=STAGES[step.stage], done=step.done, total=step.total)

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

    def _weights_of_classes(self) -> torch.Tensor | None:
        """Of each class c of k: n / (k · n_c), of n training images. Shape (num_classes,); 1 where all are equal."""
        if self._config.data.balance != "class_weights" or not self.split.train:
            return None
        labels = torch.tensor([sample.label for sample in self.split.train])
        counts = torch.bincount(labels, minlength=len(self.class_names)).clamp(min=1)
        return (len(labels) / (len(counts) * counts)).to(self._device)

    def num_examples(self, split: SplitName) -> int:
        """Images of a part."""
        return len(self.split.part(split))

    def num_batches(self, split: SplitName) -> int:
        """Batches of a part."""
        count, batch_size = self.num_examples(split), self._config.batch_size
        return len(batch_bounds(count, batch_size)) if split == "train" else -(-count // batch_size)

    def training_batches(self, epoch: int, skip: int = 0) -> Iterator[ImageBatch]:
        """Shuffled and augmented."""
        return training_batches(
            self.split.train,
            self.split.root,
            self.preprocessing,
            augment=self._config.data.augment,
            batch_size=self._config.batch_size,
            seed=self._config.seed,
            epoch=epoch,
            balanced=self._config.data.balance == "balanced_sampling",
            skip=skip,
        )

    def evaluation_batches(self, split: SplitName) -> Iterator[ImageBatch]:
        """In order, centre crop."""
        return evaluation_batches(
            self.split.part(split), self.split.root, self.preprocessing, batch_size=self._config.batch_size
        )

    def training_step(self, batch: ImageBatch) -> StepOutput | None:
        """Cross-entropy and hits of one batch."""
        self._note_unreadable(batch)
        if not len(batch):
            return None
        targets = batch.targets.to(self._device, non_blocking=True)
        logits = self.model(self._normalised(batch))
        loss = F.cross_entropy(logits, targets, weight=self._class_weights)
        return StepOutput(loss=loss, num_correct=(logits.argmax(1) == targets).sum(), num_examples=len(batch))

    def predict(self, batch: ImageBatch) -> Predictions:
        """Logits of one batch."""
        self._note_unreadable(batch)
        root = self.split.root
        if len(batch):
            logits = self.model(self._normalised(batch)).float().cpu()
        else:
            logits = torch.empty(0, len(self.class_names))
        return Predictions(
            logits=logits, targets=batch.targets, names=tuple(str(root / sample.path) for sample in batch.samples)
        )

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

    def _normalised(self, batch: ImageBatch) -> torch.Tensor:
        images = batch.images.to(self._device, non_blocking=True).float()
        return (images / 255 - self._mean) / self._std

    def _note_unreadable(self, batch: ImageBatch) -> None:
        for error in batch.unreadable:
            self._skipped.setdefault(error.path, error)
