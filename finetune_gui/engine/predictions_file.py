"""What a network said of each image of an evaluation, kept in the run folder so that no page computes it again.

``RUN/predictions/val.safetensors`` (``test``, ``train``, or ``folder-<digest of its path>``) holds

    logits   float32, (images, classes): of the best weights, before any softmax
    targets  int64, (images,): the true class of each
    losses   float32, (images,): cross-entropy, plain: without weights of classes or smoothing

and in its header as JSON, under ``predictions``: ``schema_version``, ``part``, ``root``, ``class_names``, ``paths``
(of the images, in the order of the rows, relative to ``root``) and ``weights``, a digest that tells whose they are.
Predictions of other weights are not read: after more training they are made anew.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import replacing

SCHEMA_VERSION = 1
MAX_LOGITS = 2**26  # numbers, 256 MB: ImageNet's 50,000 validation images with 1,000 classes fit
_KEY = "predictions"
_MAX_HEADER = 2**26  # bytes; a damaged file may claim any length

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ImagePredictions:
    """Logits of every image of an evaluation.

    Attributes:
        part: ``train``, ``val``, ``test``, or the path of a folder.
        class_names: In the order of the columns.
        paths: Of the images, absolute.
        targets: Shape (images,).
        logits: Shape (images, classes).
        losses: Shape (images,).
    """

    part: str
    class_names: tuple[str, ...]
    paths: tuple[str, ...]
    targets: Ints
    logits: Floats
    losses: Floats

    @property
    def predicted(self) -> Ints:
        """The likeliest class of each image; shape (images,)."""
        likeliest: Ints = self.logits.argmax(axis=1).astype(np.int64)
        return likeliest

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether the likeliest class is the true one; shape (images,)."""
        right: npt.NDArray[np.bool_] = self.predicted == self.targets
        return right


def predictions_path(run_path: Path, part: str) -> Path:
    """Where the predictions for a part of a run's data, or for a folder, are kept."""
    name = part if part in ("train", "val", "test") else f"folder-{hashlib.sha256(part.encode()).hexdigest()[:12]}"
    return run_path / "predictions" / f"{name}.safetensors"


def save_predictions(run_path: Path, predictions: ImagePredictions) -> None:
    """Write them whole or not at all. The run folder holds the best weights, and these are what they say.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full.
    """
    root = common_folder(predictions.paths)
    header = {
        "schema_version": SCHEMA_VERSION,
        "part": predictions.part,
        "root": str(root),
        "class_names": predictions.class_names,
        "paths": [_below(path, root) for path in predictions.paths],
        "weights": weights_stamp(run_path),
    }
    arrays = {name: np.ascontiguousarray(getattr(predictions, name)) for name in ("logits", "targets", "losses")}
    with replacing(predictions_path(run_path, predictions.part)) as temporary:
        save_file(arrays, temporary, metadata={_KEY: msgspec.json.encode(header).decode()})


def load_predictions(run_path: Path, part: str = "val") -> ImagePredictions | None:
    """What was kept of an evaluation; None where there is nothing, or only what former weights said.

    Raises:
        EngineError: The file is damaged.
    """
    path = predictions_path(run_path, part)
    if not path.is_file():
        return None
    try:
        with safe_open(path, "numpy") as file:
            header = msgspec.json.decode((file.metadata() or {})[_KEY])
            if header["schema_version"] != SCHEMA_VERSION or header["weights"] != weights_stamp(run_path):
                return None
            arrays = {name: file.get_tensor(name) for name in ("logits", "targets", "losses")}
        return _checked(header, arrays)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, msgspec.DecodeError) as error:
        raise EngineError(f"{path} is damaged: {error}.", "Evaluate the run again: it is replaced.") from error


def weights_stamp(run_path: Path) -> str:
    """Tells the best weights of a run from others: a digest of the header, which holds a checksum of each tensor."""
    try:
        with (run_path / "checkpoints" / "best.safetensors").open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            return hashlib.sha256(file.read(min(length, _MAX_HEADER))).hexdigest()[:32]
    except OSError:
        return ""


def _checked(header: Any, arrays: dict[str, Any]) -> ImagePredictions:
    root = Path(header["root"])
    predictions = ImagePredictions(
        part=str(header["part"]),
        class_names=tuple(header["class_names"]),
        paths=tuple(str(root / path) for path in header["paths"]),
        **arrays,
    )
    shape = (len(predictions.paths), len(predictions.class_names))
    if predictions.logits.shape != shape or not len(predictions.targets) == len(predictions.losses) == shape[0]:
        raise ValueError("its parts do not fit together")
    return predictions


def _below(path: str, root: Path) -> str:
    return PurePath(*PurePath(path).parts[len(root.parts) :]).as_posix()


def common_folder(paths: Sequence[str]) -> Path:
    """The deepest folder that holds all of them; empty where there is none, as on several drives."""
    try:
        return Path(os.path.commonpath([os.path.dirname(path) for path in paths]))
    except ValueError:
        return Path()
