"""Exports that answer: each in the runtime that it is made for."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from finetune_gui.engine.answer_settings import AnswerSettings
from finetune_gui.engine.config import ModelConfig
from finetune_gui.engine.data.image import Pixels, Preprocessing, centre_square
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.export_formats import (
    COREML_FILE,
    LABELS_FILE,
    LITERT_FILE,
    MODEL_FILE,
    ONNX_FILE,
    PREPROCESSING_FILE,
    PROGRAM_FILE,
    SAFETENSORS_FILE,
)
from finetune_gui.engine.files import read_json
from finetune_gui.engine.mobile_runtimes import CoreMLPredictor, LiteRTPredictor
from finetune_gui.engine.models.sources import load_model
from finetune_gui.engine.pixel_network import SquareNetwork
from finetune_gui.engine.predictor_protocol import Predictor, Probabilities, Sidecars, as_batch
from finetune_gui.engine.seals import is_sealed


class TorchPredictor:
    """Runs a network by torch, on the CPU; Pillow prepares its images, as in training."""

    def __init__(self, model: nn.Module, sidecars: Sidecars) -> None:
        self.sidecars = sidecars
        self.model = model.eval()
        self._network = SquareNetwork(self.model, sidecars.preprocessing, sidecars.answer)

    def probabilities(self, images: Sequence[Image.Image]) -> Probabilities:
        """See ``Predictor``."""
        squares = as_batch([centre_square(image, self.sidecars.preprocessing) for image in images])
        with torch.inference_mode():
            probabilities, _ = self._network(torch.from_numpy(squares))
        return cast(Probabilities, probabilities.numpy())


class OnnxPredictor:
    """Runs an ONNX file by onnxruntime, on the CPU. The file prepares its images itself."""

    def __init__(self, path: Path, sidecars: Sidecars) -> None:
        import onnxruntime

        self.sidecars = sidecars
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors; it warns of its own optimisations
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no common base for its errors
            raise EngineError(f"{path} is not a usable ONNX file: {error}.", "Export the run again.") from error
        self._input = self._session.get_inputs()[0]
        self._outputs = [output.name for output in self._session.get_outputs()]

    def probabilities(self, images: Sequence[Image.Image]) -> Probabilities:
        """See ``Predictor``."""
        if self._input.shape[-1] != 3:  # schema 1: squares are cut outside, and channels come first
            return self._of_squares(as_batch([centre_square(image, self.sidecars.preprocessing) for image in images]))
        return np.concatenate([self._of_squares(np.asarray(image)[None]) for image in images])

    def _of_squares(self, pixels: Pixels) -> Probabilities:
        return cast(Probabilities, self._session.run(self._outputs[:1], {self._input.name: pixels})[0])


class ProgramPredictor:
    """Runs a program of ``torch.export``, which prepares its images itself."""

    def __init__(self, path: Path, sidecars: Sidecars) -> None:
        self.sidecars = sidecars
        try:
            self._program = torch.export.load(path).module()
        except Exception as error:  # a zip of pickles: whatever it may raise
            raise EngineError(f"{path} is damaged.", "Export the run again.") from error

    def probabilities(self, images: Sequence[Image.Image]) -> Probabilities:
        """See ``Predictor``."""
        with torch.inference_mode():
            answers = [self._program(torch.from_numpy(np.array(image)[None]))[0] for image in images]
        return cast(Probabilities, torch.cat(answers).numpy())


def open_export(folder: Path, *, trusted: bool = False) -> Predictor | None:
    """Make an export ready to answer; None where the folder holds none.

    Args:
        folder: Of the export.
        trusted: Open a program of ``torch.export`` though it was not written here. It may run any code.

    Raises:
        EngineError: It is damaged, or a program from elsewhere.
    """
    for name, opener in _OPENERS.items():
        if (folder / name).exists() and (folder / LABELS_FILE).is_file():
            facts = _facts(folder)
            if name == PROGRAM_FILE and not trusted:
                _require_own(folder, facts)
            return opener(folder / name, _sidecars(folder, facts), facts)
    return None


def _require_own(folder: Path, facts: Mapping[str, Any]) -> None:
    if not is_sealed(folder / PROGRAM_FILE, str(facts.get("seal", ""))):
        raise EngineError(
            f"{folder / PROGRAM_FILE} was not exported by this installation. Opening such a file runs whatever code "
            "is in it.",
            "Use an ONNX or safetensors export; or, where you trust who made it, finetune-gui predict --trust.",
        )


def _facts(folder: Path) -> dict[str, Any]:
    facts = read_json(folder / MODEL_FILE) if (folder / MODEL_FILE).is_file() else {}
    return facts if isinstance(facts, dict) else {}


def _sidecars(folder: Path, facts: Mapping[str, Any]) -> Sidecars:
    labels: Any = read_json(folder / LABELS_FILE)
    preprocessing: Any = read_json(folder / PREPROCESSING_FILE)
    try:
        return Sidecars(
            class_names=tuple(map(str, labels["class_names"])),
            preprocessing=msgspec.convert(preprocessing, Preprocessing),
            answer=msgspec.convert(facts.get("answer", {}), AnswerSettings),
        )
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise EngineError(f"The export {folder} is damaged: {error}.", "Export the run again.") from error


def _open_onnx(path: Path, sidecars: Sidecars, _facts: Mapping[str, Any]) -> Predictor:
    return OnnxPredictor(path, sidecars)


def _open_program(path: Path, sidecars: Sidecars, _facts: Mapping[str, Any]) -> Predictor:
    return ProgramPredictor(path, sidecars)


def _open_litert(path: Path, sidecars: Sidecars, _facts: Mapping[str, Any]) -> Predictor:
    return LiteRTPredictor(path, sidecars)


def _open_coreml(path: Path, sidecars: Sidecars, _facts: Mapping[str, Any]) -> Predictor:
    return CoreMLPredictor(path, sidecars)


def _open_safetensors(path: Path, sidecars: Sidecars, facts: Mapping[str, Any]) -> Predictor:
    loaded = load_model(ModelConfig(id=str(facts.get("model_id", "")), weights="none"), len(sidecars.class_names))
    try:
        loaded.model.load_state_dict(load_file(path))
    except (RuntimeError, SafetensorError, OSError) as error:
        raise EngineError(
            f"The weights in {path.parent} are damaged or of another network.", "Export again."
        ) from error
    return TorchPredictor(loaded.model, sidecars)


_OPENERS: Mapping[str, Callable[[Path, Sidecars, Mapping[str, Any]], Predictor]] = {
    ONNX_FILE: _open_onnx,
    PROGRAM_FILE: _open_program,
    SAFETENSORS_FILE: _open_safetensors,
    LITERT_FILE: _open_litert,
    COREML_FILE: _open_coreml,
}
