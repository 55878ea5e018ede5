"""Takes a tuned model away: a folder with the network, its labels, its preprocessing and proof that it is the same."""

import glob
import logging
import secrets
import shutil
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

import msgspec
import numpy as np
import torch
from safetensors.torch import save_file

from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.image import UnreadableImage, centre_square, load_image
from finetune_gui.engine.data.split import Split, load_split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, ExportFinished, PreparationAdvanced
from finetune_gui.engine.files import cannot_write, write_json
from finetune_gui.engine.predictor import (
    BATCH_SIZE,
    CERTIFICATE_FILE,
    EXPORT_FILES,
    LABELS_FILE,
    MODEL_FILE,
    ONNX_FILE,
    PREPROCESSING_FILE,
    SAFETENSORS_FILE,
    TorchPredictor,
    as_batch,
    load_predictor,
    load_run,
)
from finetune_gui.engine.runs import RunFolder

ExportFormat = Literal["onnx", "safetensors"]
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)

SCHEMA_VERSION = 1
MAX_CHECKED = 200
MIN_AGREEMENT = 0.995
MAX_DIFFERENCE = 1e-3  # of a probability


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """How the exported file compares with the run, on validation images, in the runtime it will be used in.

    ``top1_agreement`` and the differences of probability are None where no image could be read any more.
    """

    format: str
    num_checked: int
    top1_agreement: float | None
    max_probability_difference: float | None
    mean_probability_difference: float | None
    accuracy_before: float | None
    accuracy_after: float | None


def export(run_path: Path, export_format: ExportFormat, out: Path, *, overwrite: bool = False) -> Iterator[Event]:
    """Export the best weights of a run into the folder ``out``, and compare the export with the run.

    The folder appears when everything in it is right, or not at all.

    Raises:
        EngineError: There is nothing to export, the folder is taken, or the export gives other answers than the run.
    """
    _require_free(out, overwrite)
    run = RunFolder.open(run_path)
    yield PreparationAdvanced(activity="Loading the model")
    predictor = load_run(run_path)
    with _staging(out) as staging:
        yield PreparationAdvanced(activity=f"Converting to {export_format}")
        _write(predictor, run.config().model.network, export_format, staging)
        certificate = yield from _compare(predictor, staging, load_split(run.split_file), export_format)
        write_json(staging / CERTIFICATE_FILE, {"schema_version": SCHEMA_VERSION, **asdict(certificate)})
        size = sum(file.stat().st_size for file in staging.iterdir())
    yield ExportFinished(
        format=export_format,
        path=str(out),
        size_bytes=size,
        num_checked=certificate.num_checked,
        top1_agreement=certificate.top1_agreement,
        max_probability_difference=certificate.max_probability_difference,
    )


def _require_free(out: Path, overwrite: bool) -> None:
    """Never put the export over anything but an earlier export."""
    if out.suffix in (".onnx", ".safetensors", ".pt2"):
        raise EngineError(f"An export is a folder, not the file {out.name}.", f"Give a folder, such as {out.stem}.")
    if not out.exists():
        return
    if not out.is_dir():
        raise EngineError(f"{out} is a file.", "Choose a folder for the export.")
    names = {entry.name for entry in out.iterdir()}
    if names and not (LABELS_FILE in names and names <= set(EXPORT_FILES)):
        raise EngineError(f"{out} holds other files.", "Choose another folder for the export.")
    if names and not overwrite:
        raise EngineError(f"{out} already holds an export.", "Choose another folder, or ask to overwrite it (--force).")


@contextmanager
def _staging(out: Path) -> Iterator[Path]:
    """A temporary folder beside ``out`` that takes its place at the end, or is removed."""
    staging = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    replaced = out.with_name(f".{out.name}.{secrets.token_hex(4)}.old")
    try:
        staging.mkdir(parents=True)
        yield staging
        if out.exists():
            out.rename(replaced)
        staging.rename(out)
    except OSError as error:
        raise cannot_write(out, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)


def remove_leftovers(out: Path) -> None:
    """Remove what an export that was killed had begun to write beside ``out``."""
    for leftover in out.parent.glob(f".{glob.escape(out.name)}.????????.part"):
        shutil.rmtree(leftover, ignore_errors=True)


def _write(predictor: TorchPredictor, model_id: str, export_format: ExportFormat, folder: Path) -> None:
    write_json(folder / LABELS_FILE, {"schema_version": SCHEMA_VERSION, "class_names": list(predictor.class_names)})
    write_json(folder / PREPROCESSING_FILE, msgspec.to_builtins(predictor.preprocessing))
    write_json(folder / MODEL_FILE, {"schema_version": SCHEMA_VERSION, "model_id": model_id, "format": export_format})
    if export_format == "onnx":
        _write_onnx(predictor, folder / ONNX_FILE)
    else:
        state = {name: tensor.contiguous() for name, tensor in predictor.network.model.state_dict().items()}
        save_file(state, folder / SAFETENSORS_FILE, metadata={"format": "pt", "model_id": model_id})


def _write_onnx(predictor: TorchPredictor, path: Path) -> None:
    """Normalisation and softmax are in the graph: uint8 (batch, 3, size, size) in, probabilities out."""
    size = predictor.preprocessing.size
    example = torch.zeros(2, 3, size, size, dtype=torch.uint8)
    exporter_log = logging.getLogger("torch.onnx")
    level = exporter_log.level
    exporter_log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the exporter, about its own internals
            torch.onnx.export(
                predictor.network,
                (example,),
                path,
                dynamo=True,
                dynamic_shapes=({0: torch.export.Dim("batch")},),
                input_names=["images"],
                output_names=["probabilities"],
                external_data=False,
                verbose=False,
            )
    except torch.onnx.errors.OnnxExporterError as error:
        raise EngineError(
            "This model uses an operation that ONNX does not have.", "Export it as safetensors, or use another model."
        ) from error
    finally:
        exporter_log.setLevel(level)


def _compare(
    predictor: TorchPredictor, folder: Path, split: Split, export_format: ExportFormat
) -> Generator[PreparationAdvanced, None, Certificate]:
    """Run validation images through the run and through the exported file.

    Raises:
        EngineError: They give different answers.
    """
    exported = load_predictor(folder)
    samples = _evenly(split.val, MAX_CHECKED)
    before, after, targets = [], [], []
    for start in range(0, len(samples), BATCH_SIZE):
        yield PreparationAdvanced(activity="Comparing with the run", done=start, total=len(samples))
        squares, labels = _readable(split, samples[start : start + BATCH_SIZE], predictor)
        if squares is not None:
            before.append(predictor.probabilities(squares))
            after.append(exported.probabilities(squares))
            targets += labels
    if not targets:
        return Certificate(
            format=export_format,
            num_checked=0,
            top1_agreement=None,
            max_probability_difference=None,
            mean_probability_difference=None,
            accuracy_before=None,
            accuracy_after=None,
        )
    certificate = _certificate(export_format, np.concatenate(before), np.concatenate(after), np.array(targets))
    _require_same(certificate)
    return certificate


def _readable(
    split: Split, samples: tuple[Sample, ...], predictor: TorchPredictor
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | None, list[int]]:
    squares, labels, spec = [], [], predictor.preprocessing
    for sample in samples:
        try:
            squares.append(centre_square(load_image(split.root / sample.path, spec.enough), spec))
            labels.append(sample.label)
        except UnreadableImage:  # gone or damaged since training: it proves nothing, and it stops nothing
            continue
    return (as_batch(squares) if squares else None), labels


def _certificate(
    export_format: str,
    before: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    after: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    targets: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> Certificate:
    difference = np.abs(before - after)
    top_before, top_after = before.argmax(1), after.argmax(1)
    return Certificate(
        format=export_format,
        num_checked=len(targets),
        top1_agreement=float((top_before == top_after).mean()),
        max_probability_difference=float(difference.max()),
        mean_probability_difference=float(difference.mean()),
        accuracy_before=float((top_before == targets).mean()),
        accuracy_after=float((top_after == targets).mean()),
    )


def _require_same(certificate: Certificate) -> None:
    agreement, difference = certificate.top1_agreement, certificate.max_probability_difference
    if agreement is None or difference is None:
        return
    if agreement < MIN_AGREEMENT or difference > MAX_DIFFERENCE:
        raise EngineError(
            f"The exported model gives other answers than the run: {agreement:.1%} of {certificate.num_checked} images "
            f"agree, and a probability differs by up to {difference:.2g}. It was not kept.",
            "Export as safetensors, which is exact, and report this model to us.",
        )


def _evenly(samples: tuple[Sample, ...], count: int) -> tuple[Sample, ...]:
    """At most ``count`` samples, spread over all, so that every class is among them."""
    if len(samples) <= count:
        return samples
    return tuple(samples[index * len(samples) // count] for index in range(count))
