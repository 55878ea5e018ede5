"""What frozen layers make of images, computed once per view and kept."""

import hashlib
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
import psutil
import torch

from finetune_gui.engine.config import SpeedConfig
from finetune_gui.engine.data.batches import ImageBatch, ImagePart, as_tensor
from finetune_gui.engine.data.decoded_images import CODE_VERSION
from finetune_gui.engine.data.epochs import View
from finetune_gui.engine.data.row_store import CacheBudget, RowKey, Rows, RowStore
from finetune_gui.engine.events import FrozenLayersKept
from finetune_gui.engine.models.prefix import Activations, Cut

MEMORY_SHARE = 0.25  # of what is free when a run begins
Normalise = Callable[[torch.Tensor], torch.Tensor]
"""From uint8 pixels on the CPU to what the network gets, on its device."""


def cache_budget(speed: SpeedConfig) -> CacheBudget:
    """Room for what is kept, on this machine as it is now."""
    if not speed.cache:
        return CacheBudget(memory=0, disk=0)
    return CacheBudget(memory=int(psutil.virtual_memory().available * MEMORY_SHARE), disk=int(speed.cache_gb * 1e9))


class FrozenFeatures:
    """Activations where learning begins, by image and view.

    Args:
        cut: The network in two parts.
        part: The training images: how they are decoded is what activations depend on besides the network.
        num_views: Of a training image; 0 for the centre alone.
        num_wanted: Views of all images that a run will ask for.
        folder: Of all caches.
        budget: Room for them.
        precision: That the network computes in.
    """

    def __init__(
        self,
        cut: Cut,
        part: ImagePart,
        *,
        num_views: int,
        num_wanted: int,
        folder: Path,
        budget: CacheBudget,
        precision: torch.dtype = torch.float32,
    ) -> None:
        self._cut = cut
        self._num_views = num_views
        self._num_wanted = num_wanted
        self._sizes = [math.prod(shape) for shape in cut.shapes]
        self._dtype = self._pick_dtype(budget)
        self._row_bytes = sum(self._sizes) * self._dtype.itemsize
        name = _name(cut, part, num_views, self._dtype, precision)
        self._store = RowStore(folder, name, row_bytes=self._row_bytes, capacity=num_wanted, budget=budget)

    def _pick_dtype(self, budget: CacheBudget) -> torch.dtype:
        """As computed where there is room, else half as long."""
        room = max(budget.memory, budget.disk)
        return torch.float32 if 4 * sum(self._sizes) * self._num_wanted <= room else torch.float16

    @property
    def kept(self) -> bool:
        """Whether there is room for them."""
        return self._store.place != "nowhere"

    def knows(self, part: ImagePart, view: View) -> bool:
        """Whether a view need not be decoded."""
        key = part.key(view)
        return key is not None and key in self._store

    def event(self, wanted: Iterable[tuple[ImagePart, View]]) -> FrozenLayersKept:
        """What is to be told of this; ``wanted`` are the views that a run will ask for."""
        return FrozenLayersKept(
            num_layers=self._cut.num_layers,
            place=self._store.place,
            num_ready=sum(self.knows(part, view) for part, view in wanted),
            num_wanted=self._num_wanted,
            num_views=self._num_views,
            num_bytes=self._row_bytes * self._num_wanted,
            persistent=self._store.persistent,
        )

    def of(self, part: ImagePart, batch: ImageBatch, normalise: Normalise) -> Activations:
        """Activations of a batch, on the device of the network; what is not known is computed and kept.

        Raises:
            UnreadableImage: A kept row was damaged, and its image cannot be decoded any more.
        """
        decoded, images = list(batch.decoded), batch.images
        known = [row for row in range(len(batch)) if row not in set(decoded)]
        rows = self._read(part, [batch.views[row] for row in known])
        if rows is None:  # damaged: decode after all
            images = as_tensor([part.decode(view) for view in batch.views])
            known, decoded = [], list(range(len(batch)))
        computed = self._compute(part, [batch.views[row] for row in decoded], normalise(images)) if decoded else None
        if rows is None or not known:
            assert computed is not None  # a batch has at least one row
            return _laid_out(computed)
        device = normalise(images[:0]).device
        return _laid_out(self._merged(self._unpack(rows, device), known, computed, decoded))

    def save(self) -> None:
        """Let other runs find what is new."""
        self._store.save()

    def close(self) -> None:
        """Save, and free the memory."""
        self._store.close()

    def _read(self, part: ImagePart, views: Sequence[View]) -> Rows | None:
        keys = [key for view in views if (key := part.key(view)) is not None]
        return self._store.read(keys)

    def _compute(self, part: ImagePart, views: Sequence[View], images: torch.Tensor) -> Activations:
        with torch.no_grad():
            activations: Activations = self._cut.prefix(images)
        keys = [part.key(view) for view in views]
        wanted = [row for row, key in enumerate(keys) if key is not None and key not in self._store]
        if wanted and self.kept:
            rows = self._pack(activations)
            new: list[RowKey] = [key for row in wanted if (key := keys[row]) is not None]
            self._store.write(new, rows[wanted])
        return activations

    def _pack(self, activations: Activations) -> Rows:
        flat = torch.cat([tensor.detach().reshape(len(tensor), -1).to(self._dtype) for tensor in activations], dim=1)
        return flat.cpu().contiguous().view(torch.uint8).numpy()

    def _unpack(self, rows: Rows, device: torch.device) -> Activations:
        flat = torch.from_numpy(rows).view(self._dtype).to(device, non_blocking=True).float()
        parts = torch.split(flat, self._sizes, dim=1)
        return tuple(part.reshape(-1, *shape) for part, shape in zip(parts, self._cut.shapes, strict=True))

    @staticmethod
    def _merged(
        kept: Activations, known: Sequence[int], computed: Activations | None, decoded: Sequence[int]
    ) -> Activations:
        if computed is None:
            return kept
        merged = []
        for old, new in zip(kept, computed, strict=True):
            tensor = torch.empty(len(known) + len(decoded), *old.shape[1:], device=old.device)
            tensor[list(known)] = old
            tensor[list(decoded)] = new.float()
            merged.append(tensor)
        return tuple(merged)


def _laid_out(activations: Activations) -> Activations:
    """In one layout in memory, wherever they come from: sums in another order would differ in the last bit.

    Of maps it is channels_last, which convolutions are fastest in.
    """
    return tuple(
        tensor.contiguous(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor.contiguous()
        for tensor in activations
    )


def _name(cut: Cut, part: ImagePart, num_views: int, dtype: torch.dtype, precision: torch.dtype) -> str:
    """Digest over everything that activations depend on besides image and number of the view."""
    views = f"{part.augment} {part.seed}" if num_views else "centre"
    spec = msgspec.json.encode(part.spec).decode()
    return hashlib.sha256(f"{CODE_VERSION} {cut.key} {spec} {views} {dtype} {precision}".encode()).hexdigest()[:32]
