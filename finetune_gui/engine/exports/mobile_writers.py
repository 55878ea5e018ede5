"""Writes what phones read: LiteRT (``.tflite``) and Core ML (``.mlpackage``). Their packages are optional extras.

Both take a square that is cut and resized already, because their runtimes are
made for one size; what follows is inside.
"""

import contextlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.export_formats import FORMATS, ExportFormat, missing_package
from finetune_gui.engine.exports.exportable import Exportable
from finetune_gui.engine.exports.tracing import cannot_convert, quiet_exporter, traced
from finetune_gui.engine.mobile_runtimes import without_warnings_logged
from finetune_gui.engine.pixel_network import SquareNetwork


class _ChannelsLast(nn.Module):
    """Squares as LiteRT has them, uint8 of shape (1, size, size, 3), and results that keep their names."""

    def __init__(self, network: SquareNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        probabilities, is_known = self.network(images.permute(0, 3, 1, 2))
        return {"probabilities": probabilities, "is_known": is_known}


class _Probabilities(nn.Module):
    """What Core ML calls a classifier gives probabilities alone."""

    def __init__(self, network: SquareNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        probabilities: torch.Tensor = self.network(image)[0]
        return probabilities


def write_litert(exportable: Exportable, path: Path) -> None:
    """A ``.tflite`` file: ``images``, uint8 RGB of shape (1, size, size, 3), to ``probabilities`` and ``is_known``.

    Raises:
        EngineError: A layer does not convert, or a package is missing.
    """
    network = _ChannelsLast(_square_network(exportable)).eval()
    size = exportable.sidecars.preprocessing.size
    example = torch.zeros(1, size, size, 3, dtype=torch.uint8)
    traced(network, example, ({},))  # names the layer that cannot be traced
    with _quiet(), _loaded("litert"):
        import litert_torch

        litert_torch.config.show_progress = False
        try:
            converted = litert_torch.convert(network, sample_kwargs={"images": example})
        except Exception as error:  # it has no common base for its errors
            raise cannot_convert("", "LiteRT") from error
        converted.export(str(path))


def write_coreml(exportable: Exportable, path: Path) -> None:
    """A ``.mlpackage`` folder: an image of (size, size) in, the likeliest class and all probabilities out.

    It is a classifier in the sense of Core ML, in 32-bit floats; the threshold of "none of these" is in its metadata.

    Raises:
        EngineError: A layer does not convert, or a package is missing.
    """
    sidecars = exportable.sidecars
    size = sidecars.preprocessing.size
    network = _Probabilities(_square_network(exportable)).eval()
    program = traced(network, torch.zeros(1, 3, size, size), ({},))
    with _quiet(), _loaded("coreml"):
        import coremltools

        try:
            converted = coremltools.convert(
                _without_aliases(program.run_decompositions({})),
                inputs=[coremltools.ImageType(name="image", shape=(1, 3, size, size))],
                classifier_config=coremltools.ClassifierConfig(list(sidecars.class_names)),
                minimum_deployment_target=coremltools.target.iOS16,
                compute_precision=coremltools.precision.FLOAT32,  # its usual 16 bits are not what the run computes in
                skip_model_load=True,
            )
        except Exception as error:  # it has no common base for its errors
            raise cannot_convert("", "Core ML") from error
        converted.short_description = f"{len(sidecars.class_names)} classes, tuned from {exportable.model_id}"
        converted.user_defined_metadata["threshold"] = str(sidecars.answer.threshold or 0.0)
        converted.save(str(path))


def require_packages(export_format: ExportFormat) -> None:
    """Refuse a format whose packages are not installed, before anything takes time.

    Raises:
        EngineError: One is missing.
    """
    if missing := missing_package(export_format):
        raise _unusable(export_format, f"needs the package {missing}, which is not installed")


def _square_network(exportable: Exportable) -> SquareNetwork:
    sidecars = exportable.sidecars
    return SquareNetwork(exportable.model, sidecars.preprocessing, sidecars.answer).eval()


def _without_aliases(program: Any) -> Any:
    """``aten.alias`` only gives a tensor a second name, but Core ML's converter does not know it."""
    graph = program.graph_module.graph
    for node in list(graph.nodes):
        if node.target is torch.ops.aten.alias.default:
            node.replace_all_uses_with(node.args[0])
            graph.erase_node(node)
    program.graph_module.recompile()
    return program


@contextmanager
def _loaded(export_format: ExportFormat) -> Iterator[None]:
    """A package that is installed and cannot be imported is told as such."""
    try:
        yield
    except ImportError as error:
        raise _unusable(export_format, f"needs packages that cannot be loaded here: {error}") from error


def _unusable(export_format: ExportFormat, problem: str) -> EngineError:
    return EngineError(
        f"The format {export_format} {problem}.",
        f"Install it: pip install finetune-gui[{FORMATS[export_format].extra}]. Or export as onnx.",
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """These converters tell of their progress and of versions they were not tried with."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # or TensorFlow tells that it is on
    with quiet_exporter(), without_warnings_logged(), contextlib.redirect_stderr(io.StringIO()):
        yield
