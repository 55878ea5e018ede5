"""Features of all images of a run, kept in its folder: ``RUN/features.safetensors``.

It holds

    rows     float16, (images, features): what goes into the output layer of the best weights, each row of length 1
    targets  int64, (images,): the class of each by its label
    parts    uint8, (images,): which part it is in, an index into ``SPLIT_NAMES``
    stamps   int64, (images, 2): size in bytes and time of change in ns of the file

and in its header as JSON, under ``features``: ``schema_version``, ``class_names``, ``root``, ``paths`` (as in
``split.json``, relative to ``root``) and ``weights``, a digest that tells whose they are.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from finetune_gui.engine.config import SPLIT_NAMES
from finetune_gui.engine.data.long_paths import long_path
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import replacing
from finetune_gui.engine.predictions_file import weights_stamp

SCHEMA_VERSION = 1
FILE_NAME = "features.safetensors"
MAX_NUMBERS = 2**28  # of all rows together, 512 MB: 130,000 images of 2,048 features
_KEY = "features"
_ARRAYS = ("rows", "targets", "parts", "stamps")
_GONE = (-1, -1)
_BLOCK = 4096  # rows that are in memory in full length at once

Stamps = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class RunFeatures:
    """What the file holds.

    Attributes:
        class_names: In the order of the outputs.
        root: Folder of the images.
        paths: Relative to it, with forward slashes.
        rows: Shape (images, features).
        targets: Shape (images,).
        parts: Shape (images,).
        stamps: Shape (images, 2).
    """

    class_names: tuple[str, ...]
    root: Path
    paths: tuple[str, ...]
    rows: npt.NDArray[np.float16]
    targets: npt.NDArray[np.int64]
    parts: npt.NDArray[np.uint8]
    stamps: Stamps

    def is_fresh(self) -> bool:
        """Whether all files are still those that were looked at."""
        return bool(np.array_equal(self.stamps, stamps_of(self.root, self.paths)))


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A training image that is like another one.

    Attributes:
        path: Absolute.
        class_name: By its label.
        similarity: Cosine of the features.
    """

    path: str
    class_name: str
    similarity: float


def stamps_of(root: Path, paths: Sequence[str]) -> Stamps:
    """Size and time of change of files; -1 where there is none."""
    stamps = np.empty((len(paths), 2), dtype=np.int64)
    base = f"{root}{os.sep}"
    for row, path in enumerate(paths):
        try:
            status = os.stat(long_path(base + path))
            stamps[row] = status.st_size, status.st_mtime_ns
        except (OSError, ValueError):
            stamps[row] = _GONE
    return stamps


def save_features(run_path: Path, features: RunFeatures) -> None:
    """Write them whole or not at all.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full.
    """
    header = {
        "schema_version": SCHEMA_VERSION,
        "class_names": features.class_names,
        "root": str(features.root),
        "paths": features.paths,
        "weights": weights_stamp(run_path),
    }
    arrays = {name: np.ascontiguousarray(getattr(features, name)) for name in _ARRAYS}
    with replacing(run_path / FILE_NAME) as temporary:
        save_file(arrays, temporary, metadata={_KEY: msgspec.json.encode(header).decode()})


def load_features(run_path: Path) -> RunFeatures | None:
    """What was kept; None where there is nothing, or only features of former weights, or the file is damaged."""
    try:
        with safe_open(run_path / FILE_NAME, "numpy") as file:
            header = msgspec.json.decode((file.metadata() or {})[_KEY])
            if header["schema_version"] != SCHEMA_VERSION or header["weights"] != weights_stamp(run_path):
                return None
            arrays = {name: file.get_tensor(name) for name in _ARRAYS}
        features = RunFeatures(
            class_names=tuple(header["class_names"]), root=Path(header["root"]), paths=tuple(header["paths"]), **arrays
        )
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, msgspec.DecodeError):
        return None  # they are computed anew
    return features if {len(array) for array in arrays.values()} == {len(features.paths)} else None


def nearest(features: RunFeatures, query: npt.NDArray[np.float32], *, count: int, spared: str = "") -> list[Neighbour]:
    """The training images whose features have the largest cosine with those of an image, the nearest first.

    Args:
        features: Of the run.
        query: Of the image, of length 1; shape (features,).
        count: Most that are wanted.
        spared: Path of the image itself, which is not told of.

    Raises:
        EngineError: The features are of another network.
    """
    if features.rows.shape[1:] != query.shape:
        raise EngineError("The features that were kept are of another network.", "Look at the training images again.")
    candidates = np.flatnonzero(features.parts == SPLIT_NAMES.index("train"))
    blocks = (candidates[start : start + _BLOCK] for start in range(0, len(candidates), _BLOCK))
    cosines = np.concatenate([features.rows[block].astype(np.float32) @ query for block in blocks] or [query[:0]])
    found: list[Neighbour] = []
    for place in np.argsort(-cosines, kind="stable")[: count + 1].tolist():
        row = int(candidates[place])
        path = str(features.root / features.paths[row])
        if path != spared and len(found) < count:
            name = features.class_names[int(features.targets[row])]
            found.append(Neighbour(path=path, class_name=name, similarity=float(min(cosines[place], 1.0))))
    return found


def require_room(num_images: int, num_features: int) -> None:
    """Refuse what would not fit into memory.

    Raises:
        EngineError: They are too many.
    """
    if num_images * num_features > MAX_NUMBERS:
        raise EngineError(
            f"{num_images} images of {num_features} features each are too many to compare.",
            "Limit the images of each class on the data page, and train on fewer.",
        )
