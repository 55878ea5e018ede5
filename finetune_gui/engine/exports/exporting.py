"""Exports a run: converts it, writes what belongs to it, and compares the written file with the run."""

import errno
import os
import shutil
from collections.abc import Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import nn

from finetune_gui.engine.data.image import centre_square
from finetune_gui.engine.data.split import Split, load_split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, ExportFinished, ExportRefused, PreparationAdvanced
from finetune_gui.engine.export_formats import CERTIFICATE_FILE, FORMATS, SCHEMA_VERSION, ExportFormat, runs_here
from finetune_gui.engine.exports.certificate import Certificate, compare, evenly, readable, without_runtime
from finetune_gui.engine.exports.documents import write_card, write_sidecars
from finetune_gui.engine.exports.exportable import Exportable
from finetune_gui.engine.exports.folder import keep_aside, require_free, scratch, staging
from finetune_gui.engine.exports.mobile_writers import require_packages
from finetune_gui.engine.exports.onnx_writer import MAX_CALIBRATION_IMAGES
from finetune_gui.engine.exports.writers import WRITERS
from finetune_gui.engine.files import size_on_disk, system_error, write_json
from finetune_gui.engine.predictor import load_run
from finetune_gui.engine.predictor_protocol import Sidecars, as_batch
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.runtimes import TorchPredictor, open_export

_SCRATCH_FILES = 3  # copies of the network for which a converter wants room on the disk


def export(run_path: Path, export_format: ExportFormat, out: Path, *, overwrite: bool = False) -> Iterator[Event]:
    """Export the best weights of a run into the folder ``out``, and compare the export with the run.

    The folder appears when everything in it is right, or not at all. One whose certificate is refused is kept beside
    it, as ``NAME.failed``.

    Raises:
        EngineError: There is nothing to export, the folder is taken, or the export gives other answers than the run.
    """
    require_packages(export_format)
    require_free(out, overwrite=overwrite)
    run = RunFolder.open(run_path)
    config = run.config()
    yield PreparationAdvanced(activity="Loading the model")
    predictor, split = load_run(run_path), load_split(run.split_file)
    exportable = _exportable(predictor, config.model.network, split)
    with staging(out) as folder:
        yield PreparationAdvanced(activity=f"Converting to {export_format}")
        with scratch(out):
            _write(exportable, export_format, folder)
        certificate = yield from _compare(predictor, folder, split, export_format)
        write_json(folder / CERTIFICATE_FILE, {"schema_version": SCHEMA_VERSION, **asdict(certificate)})
        write_card(exportable, certificate, folder, Path(config.data.path).name)
        size = size_on_disk(folder)
        if certificate.verdict == "failed":
            aside = keep_aside(folder, out)
            yield ExportRefused(**_compared(certificate, aside, size), reason=certificate.reason)
            raise _refused(certificate, aside)
    yield ExportFinished(**_compared(certificate, out, size))


def _exportable(predictor: TorchPredictor, model_id: str, split: Split) -> Exportable:
    return Exportable(
        model=predictor.model,
        sidecars=predictor.sidecars,
        model_id=model_id,
        calibration_squares=lambda: _calibration_squares(split, predictor.sidecars),
    )


def _calibration_squares(split: Split, sidecars: Sidecars) -> npt.NDArray[np.uint8]:
    spec = sidecars.preprocessing
    images = readable(split, evenly(split.val, MAX_CALIBRATION_IMAGES), spec.enough)
    squares = [centre_square(image, spec) for image, _ in images]
    return as_batch(squares) if squares else np.empty((0, 3, spec.size, spec.size), dtype=np.uint8)


def _write(exportable: Exportable, export_format: ExportFormat, folder: Path) -> None:
    """The network and what belongs to it. Writers of other libraries tell of a full disk in many ways."""
    if FORMATS[export_format].extra:
        _require_room(exportable, folder)  # or LLVM, which writes LiteRT, ends the process
    try:
        WRITERS[export_format](exportable, folder / FORMATS[export_format].file)
        write_sidecars(exportable, export_format, folder)
    except EngineError:
        raise
    except Exception as error:
        if (told := system_error(error)) is not None:
            raise told from error
        _require_room(exportable, folder)  # it may have taken half a file for a whole
        raise


def _require_room(exportable: Exportable, folder: Path) -> None:
    if shutil.disk_usage(folder).free < _SCRATCH_FILES * _num_bytes(exportable.model):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _num_bytes(model: nn.Module) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in model.state_dict().values())


def _compare(
    predictor: TorchPredictor, folder: Path, split: Split, export_format: ExportFormat
) -> Generator[PreparationAdvanced, None, Certificate]:
    sizes = (_num_bytes(predictor.model), size_on_disk(folder / FORMATS[export_format].file))
    if not runs_here(export_format):
        return without_runtime(export_format, sizes)
    exported = open_export(folder)
    assert exported is not None
    return (yield from compare(predictor, exported, split, export_format, sizes))


def _refused(certificate: Certificate, aside: Path) -> EngineError:
    return EngineError(
        f"The exported model gives other answers than the run: {certificate.reason}. It was put aside in {aside}.",
        "Export in another format, such as onnx or safetensors.",
    )


def _compared(certificate: Certificate, out: Path, size: int) -> dict[str, Any]:
    """The fields of ``ExportCompared``."""
    return {
        "format": certificate.format,
        "path": str(out),
        "size_bytes": size,
        "has_runtime": runs_here(certificate.format),
        "num_checked": certificate.num_checked,
        "top1_agreement": certificate.top1_agreement,
        "max_probability_difference": certificate.max_probability_difference,
        "mean_probability_difference": certificate.mean_probability_difference,
        "accuracy_before": certificate.accuracy_before,
        "accuracy_after": certificate.accuracy_after,
        "latency_before_ms": certificate.latency_before_ms,
        "latency_after_ms": certificate.latency_after_ms,
        "model_bytes_before": certificate.size_before_bytes,
        "model_bytes_after": certificate.size_after_bytes,
    }
