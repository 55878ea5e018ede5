"""What a run keeps so that nothing is computed twice: what frozen layers give, and decoded images."""

from collections.abc import Iterator
from pathlib import Path

import torch

from finetune_gui.engine.config import SPLIT_NAMES, SplitName, TrainConfig
from finetune_gui.engine.data.batches import ImagePart, InspectedFiles
from finetune_gui.engine.data.decoded_images import DecodedImages
from finetune_gui.engine.data.epochs import CENTRE, View
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.data.row_store import CacheBudget
from finetune_gui.engine.data.split import Split
from finetune_gui.engine.events import FrozenLayersKept
from finetune_gui.engine.models.prefix import Cut
from finetune_gui.engine.tasks.frozen_features import FrozenFeatures, cache_budget

DEFAULT_VIEWS = 4  # random views of an image that frozen layers are run for; enough variety for a head


class KeptImages:
    """Images of a run as the network gets them, and what is kept of them under one layer plan.

    Args:
        config: Of the run.
        split: The images.
        spec: Of the network.
        files: What is known of the files.
        cut: The network in two parts; None where all of it runs each time.
        folder: Of all caches; None keeps nothing.
        precision: That the network computes in.

    Attributes:
        cut: As given.
        features: What the frozen part gives; None without a cut.
        num_views: Random views that the epochs take turns with; each epoch has its own where they are not kept; 0 for
            the centre alone.
    """

    def __init__(
        self,
        config: TrainConfig,
        split: Split,
        spec: Preprocessing,
        files: InspectedFiles,
        *,
        cut: Cut | None = None,
        folder: Path | None = None,
        precision: torch.dtype = torch.float32,
    ) -> None:
        self._config = config
        self._split = split
        self._spec = spec
        self._files = files
        self._centres: DecodedImages | None = None
        self._bases: DecodedImages | None = None
        self.cut = cut
        self.features: FrozenFeatures | None = None
        self.num_views = self._views_per_image()
        if config.speed.cache and folder is not None:
            self._open(folder, precision)

    @property
    def training_features(self) -> FrozenFeatures | None:
        """What is kept of training images; mixed images are new each time, so their frozen layers run each time."""
        return None if self._config.loss.mixes else self.features

    @property
    def keeps_views(self) -> bool:
        """Whether views of training images are kept; new ones in every epoch are not worth it."""
        asked_for_new = self._config.speed.views == 0 and self._config.data.augment != "none"
        return not asked_for_new and not self._config.loss.mixes

    def _views_per_image(self) -> int:
        config = self._config
        if config.data.augment == "none":
            return 0
        if self.cut is None or not self.keeps_views:
            return config.num_epochs
        return min(config.num_epochs, config.speed.views or DEFAULT_VIEWS)

    def _open(self, folder: Path, precision: torch.dtype) -> None:
        config = self._config
        # Of files that no inspection saw, nothing would be found again.
        budget = cache_budget(config.speed) if self._files.digests else CacheBudget(memory=0, disk=0)
        num_train, num_val = len(self._split.train), len(self._split.val) + len(self._split.test)
        if self.cut is not None:
            train_views = max(self.num_views, 1) * num_train if self.keeps_views else 0
            self.features = FrozenFeatures(
                self.cut,
                self.part("train"),
                num_views=self.num_views,
                num_wanted=train_views + num_val,
                folder=folder,
                budget=budget,
                precision=precision,
            )
            if self.num_views and not self.features.kept:
                self.num_views = config.num_epochs  # nothing is saved by taking turns
        all_kept = self.training_features is not None and self.training_features.kept and self.num_views <= 1
        if not all_kept and config.num_epochs > 1:
            self._centres = DecodedImages.of_centres(folder, self._spec, num_train + num_val, budget)
            if config.data.augment != "none":
                self._bases = DecodedImages.of_bases(folder, self._spec, config.data.augment, num_train, budget)

    def part(self, split: SplitName) -> ImagePart:
        """Images of a part, and how they are decoded."""
        return ImagePart(
            samples=self._split.part(split),
            root=self._split.root,
            spec=self._spec,
            augment=self._config.data.augment,
            seed=self._config.seed,
            files=self._files,
            centres=self._centres,
            bases=self._bases,
        )

    def event(self) -> FrozenLayersKept | None:
        """What is to be told of it, if frozen layers need not run each time."""
        return self.features.event(self._wanted_views()) if self.features is not None else None

    def _wanted_views(self) -> Iterator[tuple[ImagePart, View]]:
        """Views that are kept; balanced sampling asks for some more of rare classes."""
        numbers = list(range(1, self.num_views + 1)) if self.num_views else [CENTRE]
        parts = {"train": numbers if self.keeps_views else [], "val": [CENTRE], "test": [CENTRE]}
        for split in SPLIT_NAMES:
            part = self.part(split)
            for index in range(len(part.samples)):
                for number in parts[split]:
                    yield part, View(index, number)

    def to(self, device: torch.device) -> None:
        """Move what computes."""
        if self.cut is not None:
            self.cut.to(device)

    def save(self) -> None:
        """Let other runs find what was kept so far."""
        if self.features is not None:
            self.features.save()

    def close(self) -> None:
        """Let go of it."""
        for kept in (self.features, self._centres, self._bases):
            if kept is not None:
                kept.close()
