"""Answers for images, from a run folder or from an export. The same code path as in training, up to the network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import msgspec
import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from finetune_gui.engine.checkpoint import load_weights
from finetune_gui.engine.config import ModelConfig
from finetune_gui.engine.data.image import Pixels, Preprocessing, UnreadableImage, centre_square, load_image
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import read_json
from finetune_gui.engine.models.sources import load_model
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.image_classification import ImageClassification

ONNX_FILE, SAFETENSORS_FILE = "model.onnx", "model.safetensors"
LABELS_FILE, PREPROCESSING_FILE, MODEL_FILE = "labels.json", "preprocessing.json", "model.json"
CERTIFICATE_FILE = "certificate.json"
EXPORT_FILES = (
    ONNX_FILE,
    SAFETENSORS_FILE,
    LABELS_FILE,
    PREPROCESSING_FILE,
    MODEL_FILE,
    CERTIFICATE_FILE,
)
BATCH_SIZE = 16

Probabilities = npt.NDArray[np.float32]  # (batch, num_classes), rows sum to 1


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """The likeliest classes of one image with their probabilities; or why there is no answer."""

    path: str
    top: tuple[tuple[str, float], ...]
    error: str = ""


class Predictor(Protocol):
    """A network with everything around it."""

    class_names: tuple[str, ...]
    preprocessing: Preprocessing

    def probabilities(self, images: npt.NDArray[np.uint8]) -> Probabilities:
        """Class probabilities of RGB images of shape (batch, 3, size, size)."""


class ProbabilityNetwork(nn.Module):
    """A network from raw pixels to probabilities: normalisation and softmax are inside, as in the ONNX export."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, model: nn.Module, preprocessing: Preprocessing) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("mean", torch.tensor(preprocessing.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(preprocessing.std).view(1, 3, 1, 1))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """uint8 pixels of shape (batch, 3, size, size) to probabilities of shape (batch, num_classes)."""
        normalised = (images.float() / 255 - self.mean) / self.std
        return cast(torch.Tensor, self.model(normalised)).softmax(1)


class TorchPredictor:
    """Runs a network by torch, on the CPU."""

    def __init__(self, model: nn.Module, class_names: Sequence[str], preprocessing: Preprocessing) -> None:
        self.class_names = tuple(class_names)
        self.preprocessing = preprocessing
        self.network = ProbabilityNetwork(model, preprocessing).eval()

    def probabilities(self, images: npt.NDArray[np.uint8]) -> Probabilities:
        """See ``Predictor``."""
        with torch.inference_mode():
            return cast(Probabilities, self.network(torch.from_numpy(images)).numpy())


class OnnxPredictor:
    """Runs an ONNX file by onnxruntime, on the CPU."""

    def __init__(self, path: Path, class_names: Sequence[str], preprocessing: Preprocessing) -> None:
        import onnxruntime

        self.class_names = tuple(class_names)
        self.preprocessing = preprocessing
        try:
            self._session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no common base for its errors
            raise EngineError(f"{path} is not a usable ONNX file: {error}.", "Export the run again.") from error
        self._input = self._session.get_inputs()[0].name

    def probabilities(self, images: npt.NDArray[np.uint8]) -> Probabilities:
        """See ``Predictor``."""
        return cast(Probabilities, self._session.run(None, {self._input: images})[0])


def load_predictor(source: Path) -> Predictor:
    """Make a run folder or an export ready to answer.

    Raises:
        EngineError: It is neither, or it is damaged.
    """
    if not source.exists():
        raise EngineError(f"{source} does not exist.", "Give a run folder or an export.")
    folder = source if source.is_dir() else source.parent
    if (folder / "config.json").is_file() and source.is_dir():
        return load_run(folder)
    if (folder / ONNX_FILE).is_file():
        return OnnxPredictor(folder / ONNX_FILE, *_sidecars(folder))
    if (folder / SAFETENSORS_FILE).is_file():
        return _load_safetensors(folder)
    raise EngineError(
        f"{source} is neither a run folder nor an export of this app.",
        "Give a folder that holds config.json, model.onnx or model.safetensors.",
    )


def load_run(path: Path) -> TorchPredictor:
    """The best weights of a run.

    Raises:
        EngineError: The run has none yet, or they are damaged.
    """
    run = RunFolder.open(path)
    task = ImageClassification(run.config())
    for _ in task.restore(run):
        pass
    load_weights(run.best_checkpoint, task.model)
    return TorchPredictor(task.model, task.class_names, task.preprocessing)


def predict_images(source: Path, images: Sequence[Path], *, top_k: int = 3) -> list[Prediction]:
    """The likeliest classes of each image; an image that cannot be read gets an error in its place.

    Raises:
        EngineError: The source is neither a run nor an export.
    """
    return list(predict(load_predictor(source), images, top_k=top_k))


def predict(predictor: Predictor, images: Sequence[Path], *, top_k: int) -> Iterator[Prediction]:
    """As ``predict_images``, one after the other, with a few images in memory at a time."""
    for start in range(0, len(images), BATCH_SIZE):
        paths = images[start : start + BATCH_SIZE]
        squares = [_square(path, predictor.preprocessing) for path in paths]
        readable = [square for square in squares if not isinstance(square, UnreadableImage)]
        answers = iter(predictor.probabilities(as_batch(readable)) if readable else ())
        for path, square in zip(paths, squares, strict=True):
            if isinstance(square, UnreadableImage):
                yield Prediction(path=str(path), top=(), error=square.message)
            else:
                yield Prediction(path=str(path), top=_top(next(answers), predictor.class_names, top_k))


def as_batch(squares: Sequence[Pixels]) -> npt.NDArray[np.uint8]:
    """Stack pixels of shape (size, size, 3) to (batch, 3, size, size)."""
    return np.ascontiguousarray(np.stack(squares).transpose(0, 3, 1, 2))


def _square(path: Path, preprocessing: Preprocessing) -> Pixels | UnreadableImage:
    try:
        return centre_square(load_image(path, preprocessing.enough), preprocessing)
    except UnreadableImage as error:
        return error


def _top(probabilities: Probabilities, names: Sequence[str], top_k: int) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-probabilities, kind="stable")[:top_k]
    return tuple((names[index], float(probabilities[index])) for index in order)


def _sidecars(folder: Path) -> tuple[tuple[str, ...], Preprocessing]:
    labels: Any = read_json(folder / LABELS_FILE)
    preprocessing: Any = read_json(folder / PREPROCESSING_FILE)
    try:
        return tuple(labels["class_names"]), msgspec.convert(preprocessing, Preprocessing)
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise EngineError(f"The export {folder} is damaged: {error}.", "Export the run again.") from error


def _load_safetensors(folder: Path) -> TorchPredictor:
    class_names, preprocessing = _sidecars(folder)
    facts: Any = read_json(folder / MODEL_FILE)
    loaded = load_model(ModelConfig(id=str(facts["model_id"]), weights="none"), len(class_names))
    try:
        loaded.model.load_state_dict(load_file(folder / SAFETENSORS_FILE))
    except (RuntimeError, SafetensorError, OSError) as error:
        raise EngineError(f"The weights in {folder} are damaged or of another network.", "Export again.") from error
    return TorchPredictor(loaded.model, class_names, preprocessing)
