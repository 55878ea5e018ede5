"""Writes what torch reads: a program of ``torch.export``, and weights in the layout of timm."""

import io
from pathlib import Path
from typing import IO, Any, cast

import torch
from safetensors.torch import save_file

from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.export_formats import TIMM_FILE
from finetune_gui.engine.exports.exportable import Exportable
from finetune_gui.engine.exports.tracing import quiet_exporter, traced
from finetune_gui.engine.files import write_json
from finetune_gui.engine.models.catalog import split_id
from finetune_gui.engine.pixel_network import PixelNetwork

_TIMM_SOURCES = ("timm", "starter")


def write_program(exportable: Exportable, path: Path) -> None:
    """A program: uint8 RGB of shape (batch, height, width, 3) in, the two results of ``Answer`` out.

    Raises:
        EngineError: A layer does what a graph cannot say.
    """
    sidecars = exportable.sidecars
    network = PixelNetwork(exportable.model, sidecars.preprocessing, sidecars.answer).eval()
    size = sidecars.preprocessing.size
    example = torch.zeros(2, size + 8, size + 16, 3, dtype=torch.uint8)
    dims = {axis: torch.export.Dim(name) for axis, name in enumerate(("batch", "height", "width"))}
    program = traced(network, example, (dims,))
    with path.open("wb") as file:
        kept = _KeptErrors(file)
        with quiet_exporter():
            torch.export.save(program, cast(IO[bytes], kept))
        if kept.error is not None:
            raise kept.error


class _KeptErrors(io.RawIOBase):
    """A file whose errors are kept: torch ends an archive in a destructor, where an error would kill the process.

    Attributes:
        error: Why something could not be written; what came after was dropped.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None

    def writable(self) -> bool:
        """Asked by torch."""
        return True

    def seekable(self) -> bool:
        """Asked by torch, which goes back to the start when all is written."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """The new position."""
        return self._file.seek(offset, whence)

    def write(self, data: Any, /) -> int:
        """The bytes that were taken: all of them, also where they could not be written."""
        if self.error is None:
            try:
                self._file.write(data)
            except OSError as error:
                self.error = error
        return len(data)


def write_weights(exportable: Exportable, path: Path) -> None:
    """Weights by the names of the library; for timm's networks with the ``config.json`` that timm loads them by."""
    state = {name: tensor.contiguous() for name, tensor in exportable.model.state_dict().items()}
    save_file(state, path, metadata={"format": "pt", "model_id": exportable.model_id})
    if is_of_timm(exportable.model_id):
        write_json(path.with_name(TIMM_FILE), timm_config(exportable))


def is_of_timm(model_id: str) -> bool:
    """Whether plain timm can build the network."""
    return split_id(model_id)[0] in _TIMM_SOURCES


def timm_config(exportable: Exportable) -> dict[str, Any]:
    """What ``timm.create_model("local-dir:FOLDER", pretrained=True)`` reads."""
    names = exportable.sidecars.class_names
    return {
        "architecture": split_id(exportable.model_id)[1].partition(".")[0],
        "num_classes": len(names),
        "num_features": getattr(exportable.model, "num_features", None),
        "label_names": list(names),
        "pretrained_cfg": _pretrained_cfg(exportable.model, exportable.sidecars.preprocessing, len(names)),
    }


def _pretrained_cfg(model: Any, spec: Preprocessing, num_classes: int) -> dict[str, Any]:
    published = getattr(model, "pretrained_cfg", {})
    structure = {key: published[key] for key in ("first_conv", "classifier", "fixed_input_size") if key in published}
    return {
        **structure,
        "tag": "finetuned",
        "custom_load": False,
        "input_size": [3, spec.size, spec.size],
        "num_classes": num_classes,
        "interpolation": spec.interpolation,
        "crop_pct": spec.size / spec.resize,
        "crop_mode": "center",
        "mean": list(spec.mean),
        "std": list(spec.std),
    }
