"""Which function writes a format. A new format is an entry here, one in ``export_formats`` and one in ``runtimes``."""

from collections.abc import Callable, Mapping
from pathlib import Path

from finetune_gui.engine.export_formats import ExportFormat
from finetune_gui.engine.exports.exportable import Exportable
from finetune_gui.engine.exports.mobile_writers import write_coreml, write_litert
from finetune_gui.engine.exports.onnx_writer import write_half_onnx, write_int8_onnx, write_onnx
from finetune_gui.engine.exports.torch_writers import write_program, write_weights

Writer = Callable[[Exportable, Path], None]

WRITERS: Mapping[ExportFormat, Writer] = {
    "onnx": write_onnx,
    "onnx-fp16": write_half_onnx,
    "onnx-int8": write_int8_onnx,
    "pt2": write_program,
    "safetensors": write_weights,
    "litert": write_litert,
    "coreml": write_coreml,
}
