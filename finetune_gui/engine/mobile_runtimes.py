"""Exports for phones that answer: LiteRT and Core ML. They know one size, so Pillow cuts squares, as in training."""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from finetune_gui.engine.data.image import Pixels, centre_square
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.export_formats import FORMATS, ExportFormat, runs_here
from finetune_gui.engine.predictor_protocol import Probabilities, Sidecars


class LiteRTPredictor:
    """Runs a ``.tflite`` file by the interpreter of LiteRT, on the CPU, one square at a time."""

    def __init__(self, path: Path, sidecars: Sidecars) -> None:
        self.sidecars = sidecars
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise _without("litert", error) from error
        try:
            self._interpreter = Interpreter(str(path), num_threads=os.cpu_count() or 1)
            self._run = self._interpreter.get_signature_runner()
        except (ValueError, RuntimeError) as error:
            raise EngineError(f"{path} is damaged.", "Export the run again.") from error

    def probabilities(self, images: Sequence[Image.Image]) -> Probabilities:
        """See ``Predictor``."""
        return np.concatenate([self._of_square(centre_square(each, self.sidecars.preprocessing)) for each in images])

    def _of_square(self, pixels: Pixels) -> npt.NDArray[np.float32]:
        answer: Mapping[str, Any] = self._run(images=np.ascontiguousarray(pixels)[None])
        return np.asarray(answer["probabilities"], dtype=np.float32)


class CoreMLPredictor:
    """Runs a ``.mlpackage`` by Core ML, which only macOS has."""

    def __init__(self, path: Path, sidecars: Sidecars) -> None:
        self.sidecars = sidecars
        if not runs_here("coreml"):
            raise EngineError(
                "Core ML models run only on macOS and iOS.", "Open the export on a Mac, or export the run as onnx."
            )
        try:
            with without_warnings_logged():
                import coremltools
        except ImportError as error:
            raise _without("coreml", error) from error
        try:
            self._model = coremltools.models.MLModel(str(path))
        except Exception as error:  # coremltools has no common base for its errors
            raise EngineError(f"{path} is not a usable Core ML model: {error}.", "Export the run again.") from error

    def probabilities(self, images: Sequence[Image.Image]) -> Probabilities:
        """See ``Predictor``."""
        return np.stack([self._of_square(centre_square(each, self.sidecars.preprocessing)) for each in images])

    def _of_square(self, pixels: Pixels) -> npt.NDArray[np.float32]:
        answer = self._model.predict({"image": Image.fromarray(pixels)})
        by_name = next(value for value in answer.values() if isinstance(value, dict))
        return np.array([by_name[name] for name in self.sidecars.class_names], dtype=np.float32)


@contextmanager
def without_warnings_logged() -> Iterator[None]:
    """Coremltools warns of every version that it was not tried with."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(level)


def _without(export_format: ExportFormat, error: ImportError) -> EngineError:
    """A package is not installed, or it is and cannot be loaded."""
    extra = FORMATS[export_format].extra
    return EngineError(
        f"Exports in the format {export_format} need the package {error.name or extra}, which cannot be loaded here.",
        f"Install it: pip install finetune-gui[{extra}]. Or use an onnx export.",
    )
