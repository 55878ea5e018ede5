"""The forms in which a tuned model can be taken away, as data. No torch: the window and the command line read this."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, get_args

ExportFormat = Literal["onnx", "onnx-fp16", "onnx-int8", "pt2", "safetensors", "litert", "coreml"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)

ONNX_FILE, PROGRAM_FILE, SAFETENSORS_FILE = "model.onnx", "model.pt2", "model.safetensors"
LITERT_FILE, COREML_FILE = "model.tflite", "model.mlpackage"  # the latter is a folder
LABELS_FILE, PREPROCESSING_FILE, MODEL_FILE = "labels.json", "preprocessing.json", "model.json"
CERTIFICATE_FILE, CARD_FILE, LICENSE_FILE = "certificate.json", "MODEL_CARD.md", "WEIGHTS_LICENSE.md"
SCRIPT_FILE, TIMM_FILE = "predict.py", "config.json"

SCHEMA_VERSION = 2  # 1 had no model card, no script, and no preprocessing inside
FAILED_SUFFIX = ".failed"  # of a folder whose certificate was refused


@dataclass(frozen=True, kw_only=True)
class FormatInfo:
    """What is written, and how like the run it must be.

    Attributes:
        file: The network.
        min_agreement: Share of images that must get the class that the run gives them; None: it is not asked for.
        max_difference: Largest difference of a probability that is let pass; None: any.
        max_accuracy_loss: How much accuracy may be lost; None: it is not asked for.
        squares: The network takes squares that are cut and resized already: its runtime knows no size but one.
        extra: The optional extra of this app that holds the packages it is written with; empty: they are always there.
        packages: What has to be imported to write it, beyond what is always there.
        platform: The only one that has its runtime, as in ``sys.platform``; empty: all have it.
    """

    file: str
    min_agreement: float | None = None
    max_difference: float | None = None
    max_accuracy_loss: float | None = None
    squares: bool = False
    extra: str = ""
    packages: tuple[str, ...] = ()
    platform: str = ""


_EXACT = 5e-3  # one pixel that is rounded the other way is far less; a wrong resize is far more
FORMATS: Mapping[ExportFormat, FormatInfo] = {
    "onnx": FormatInfo(file=ONNX_FILE, min_agreement=0.995, max_difference=_EXACT),
    "onnx-fp16": FormatInfo(file=ONNX_FILE, min_agreement=0.995),
    "onnx-int8": FormatInfo(file=ONNX_FILE, max_accuracy_loss=0.01),
    "pt2": FormatInfo(file=PROGRAM_FILE, min_agreement=0.995, max_difference=_EXACT),
    "safetensors": FormatInfo(file=SAFETENSORS_FILE, min_agreement=0.995, max_difference=_EXACT),
    "litert": FormatInfo(
        file=LITERT_FILE,
        min_agreement=0.995,
        max_difference=_EXACT,
        squares=True,
        extra="litert",
        packages=("litert_torch", "ai_edge_litert"),
    ),
    "coreml": FormatInfo(
        file=COREML_FILE,
        min_agreement=0.995,
        max_difference=_EXACT,
        squares=True,
        extra="coreml",
        packages=("coremltools",),
        platform="darwin",
    ),
}

EXPORT_FILES = frozenset(
    {
        *(info.file for info in FORMATS.values()),
        *(LABELS_FILE, PREPROCESSING_FILE, MODEL_FILE, CERTIFICATE_FILE, CARD_FILE, LICENSE_FILE, SCRIPT_FILE),
        TIMM_FILE,
    }
)


def missing_package(export_format: ExportFormat) -> str:
    """The first package that a format would be written with and that is not installed; empty where all are there.

    Nothing is imported: that takes seconds. What is installed and broken shows when it is used.
    """
    return next((name for name in FORMATS[export_format].packages if find_spec(name) is None), "")


def offered_formats() -> tuple[ExportFormat, ...]:
    """The formats whose packages are installed."""
    return tuple(name for name in EXPORT_FORMATS if not missing_package(name))


def runs_here(export_format: ExportFormat) -> bool:
    """Whether this system has a runtime for the format."""
    return FORMATS[export_format].platform in ("", sys.platform)
