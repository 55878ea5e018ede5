"""Images that were decoded and resized once, kept as pixels.

A photo takes milliseconds to decode, in every epoch again; its pixels at the size that a network needs are a few
hundred kilobytes, read in no time.
"""

import hashlib
from pathlib import Path

import numpy as np

from finetune_gui.engine.config import Augment
from finetune_gui.engine.data.augment import base_side
from finetune_gui.engine.data.image import Pixels, Preprocessing
from finetune_gui.engine.data.row_store import CacheBudget, RowStore, row_key

CODE_VERSION = 3  # goes up when the same file gives other pixels than before
_SIZE_BYTES = 8  # width and height of the image, before its pixels

Square = tuple[Pixels, tuple[int, int]]
"""Pixels of shape (side, side, 3), and width and height of the decoded image they are from."""


class DecodedImages:
    """Squares of one side, by the digest of the file."""

    def __init__(self, store: RowStore, side: int) -> None:
        self._store = store
        self._side = side

    @classmethod
    def of_centres(cls, folder: Path, spec: Preprocessing, capacity: int, budget: CacheBudget) -> "DecodedImages":
        """What networks see in evaluation."""
        return cls._open(folder, spec, "centre", spec.size, capacity, budget)

    @classmethod
    def of_bases(
        cls, folder: Path, spec: Preprocessing, strength: Augment, capacity: int, budget: CacheBudget
    ) -> "DecodedImages":
        """What random views are cut from."""
        return cls._open(folder, spec, "base", base_side(spec, strength), capacity, budget)

    @classmethod
    def _open(
        cls, folder: Path, spec: Preprocessing, kind: str, side: int, capacity: int, budget: CacheBudget
    ) -> "DecodedImages":
        resize = spec.resize if kind == "centre" else 0
        what = f"{CODE_VERSION} {kind} {side} {resize} {spec.interpolation} {spec.enough}"
        name = hashlib.sha256(what.encode()).hexdigest()[:32]
        row_bytes = side * side * 3 + _SIZE_BYTES
        return cls(RowStore(folder, name, row_bytes=row_bytes, capacity=capacity, budget=budget), side)

    @property
    def useful(self) -> bool:
        """Whether there is room for any."""
        return self._store.place != "nowhere"

    def find(self, digest: bytes) -> Square | None:
        """The square of a file, if it is there."""
        key = row_key(digest, 0)
        if key not in self._store or (rows := self._store.read([key])) is None:
            return None
        width, height = rows[0, :_SIZE_BYTES].view(np.uint32)
        return rows[0, _SIZE_BYTES:].reshape(self._side, self._side, 3), (int(width), int(height))

    def keep(self, digest: bytes, square: Square) -> None:
        """Keep the square of a file."""
        pixels, size = square
        row = np.concatenate([np.array(size, np.uint32).view(np.uint8), pixels.reshape(-1)])
        self._store.write([row_key(digest, 0)], row[None])

    def close(self) -> None:
        """Save what is new."""
        self._store.close()
