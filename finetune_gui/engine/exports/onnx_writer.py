"""Writes ONNX: full precision, half precision, and eight-bit numbers.

The network is converted by itself, then joined with what belongs before and behind it: those parts are alike in every
precision, and stay in float.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.exports.exportable import Exportable
from finetune_gui.engine.exports.tracing import cannot_convert, layer_of_node, quiet_exporter, traced
from finetune_gui.engine.pixel_network import Answer, CentreSquare, Normalise

MAX_CALIBRATION_IMAGES = 64

_INPUT, _SQUARE, _NORMALISED, _LOGITS = "images", "square", "normalised", "logits"
_OUTPUTS = ("probabilities", "is_known")


def write_onnx(exportable: Exportable, path: Path) -> None:
    """In 32-bit floats. See ``join`` for inputs and outputs.

    Raises:
        EngineError: An operation does not convert, or a package of the exporter is missing.
    """
    _save(join(exportable, convert_network(exportable)), path)


def write_half_onnx(exportable: Exportable, path: Path) -> None:
    """As ``write_onnx``, with the network in 16-bit floats: half the size."""
    network = convert_network(exportable)  # says what is missing, before the next import could
    from onnxruntime.quantization.onnx_model import ONNXModel
    from onnxruntime.transformers.float16 import convert_float_to_float16

    with quiet_exporter():
        half = ONNXModel(convert_float_to_float16(network, keep_io_types=True))
        half.topological_sort()  # the casts of inputs stand at the end
    _save(join(exportable, half.model), path)


def write_int8_onnx(exportable: Exportable, path: Path) -> None:
    """As ``write_onnx``, with the network in eight-bit integers: a quarter of the size.

    Static quantisation with a scale for each channel of the weights; the ranges of activations are those that real
    images give.

    Raises:
        EngineError: There are no images, or an operation does not convert.
    """
    squares = exportable.calibration_squares()
    if not len(squares):
        raise EngineError(
            "Eight-bit numbers must be calibrated with images, and none of the run's can be read any more.",
            "Bring the images back to where they were, or export in another format.",
        )
    network = convert_network(exportable)
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory(dir=path.parent) as folder, quiet_exporter():
        whole, plain, quantised = (Path(folder) / f"{name}.onnx" for name in ("whole", "plain", "int8"))
        _save(network, whole)
        quant_pre_process(whole, plain, skip_symbolic_shape=True)  # puts BatchNorm into convolutions
        quantize_static(
            plain,
            quantised,
            _Squares(squares, exportable.sidecars.preprocessing),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            calibrate_method=CalibrationMethod.MinMax,
        )
        _save(join(exportable, _load(quantised)), path)


class _Squares:
    """Hands images to the quantiser, one after the other, as the network gets them."""

    def __init__(self, squares: "np.ndarray[Any, np.dtype[np.uint8]]", spec: Preprocessing) -> None:
        normalise = Normalise(spec)
        self._inputs: Iterator[dict[str, Any]] = (
            {_NORMALISED: normalise(torch.from_numpy(square[None])).numpy()} for square in squares
        )

    def get_next(self) -> dict[str, Any] | None:
        """The next image, or None at the end."""
        return next(self._inputs, None)


def convert_network(exportable: Exportable) -> Any:
    """The network alone, as an ``onnx.ModelProto``: normalised squares in, logits out."""
    size = exportable.sidecars.preprocessing.size
    return _convert(exportable.model, torch.zeros(2, 3, size, size), {0: _dim("batch")}, _NORMALISED, (_LOGITS,))


def join(exportable: Exportable, network: Any) -> Any:
    """Put preparation before a network and probabilities behind it.

    Args:
        exportable: What the network is of.
        network: An ``onnx.ModelProto`` as ``convert_network`` gives it.

    Returns:
        An ``onnx.ModelProto``. Input ``images``: uint8 RGB of shape (batch, height, width, 3), of any size. Outputs
        ``probabilities`` of shape (batch, num_classes), and ``is_known`` of shape (batch,): False where no class is
        likely enough.
    """
    from onnx import compose

    sidecars = exportable.sidecars
    spec, num_classes = sidecars.preprocessing, len(sidecars.class_names)
    before = _convert(
        nn.Sequential(CentreSquare(spec), Normalise(spec)),
        torch.zeros(2, spec.size + 8, spec.size + 16, 3, dtype=torch.uint8),
        {0: _dim("batch"), 1: _dim("height"), 2: _dim("width")},
        _INPUT,
        (_SQUARE,),
    )
    behind = _convert(Answer(sidecars.answer), torch.zeros(2, num_classes), {0: _dim("batch")}, "scores", _OUTPUTS)
    before, network, behind = (
        _named_apart(part, prefix) for part, prefix in ((before, "a."), (network, "b."), (behind, "c."))
    )
    network.ir_version = behind.ir_version = before.ir_version
    joined = compose.merge_models(before, network, io_map=[(_SQUARE, _NORMALISED)])
    return compose.merge_models(joined, behind, io_map=[(_LOGITS, "scores")])


def _named_apart(part: Any, prefix: str) -> Any:
    from onnx import compose

    del part.metadata_props[:]  # of the tools; parts that say different things could not be joined
    return compose.add_prefix(part, prefix, rename_inputs=False, rename_outputs=False)


def _dim(name: str) -> Any:
    return torch.export.Dim(name)


def _convert(
    network: nn.Module, example: torch.Tensor, dims: dict[int, Any], input_name: str, output_names: tuple[str, ...]
) -> Any:
    _require_exporter()
    program = traced(network.eval(), example, (dims,))
    try:
        with quiet_exporter():
            converted = torch.onnx.export(
                program,
                input_names=[input_name],
                output_names=list(output_names),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
    except torch.onnx.errors.OnnxExporterError as error:
        raise cannot_convert(layer_of_node(program, f"{error} {error.__cause__}"), "ONNX") from error
    assert converted is not None
    return converted.model_proto


def _require_exporter() -> None:
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise EngineError(
            f"The ONNX exporter needs the package {error.name}, which is not installed.",
            f"Install it: pip install {error.name}. Or export as safetensors.",
        ) from error


def _load(path: Path) -> Any:
    import onnx

    return onnx.load(path)


def _save(model: Any, path: Path) -> None:
    import onnx

    onnx.save(model, path)
