"""Tensors out of a weight file that somebody else wrote: safetensors, or what ``torch.save`` writes. No code is run.

What a file is, its first bytes say; a wrong ending does no harm. Wrappers around the weights (a checkpoint with
optimizer and epoch, an average of weights, ``module.`` before every name) are taken off.
"""

import json
import pickle
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open

from finetune_gui.engine.errors import EngineError

# Where checkpoints keep their weights; averages of weights first, for they are what is evaluated.
_NESTS = (
    *("state_dict_ema", "model_ema", "ema_state_dict", "ema", "teacher"),
    *("state_dict", "model_state_dict", "model", "net", "network", "weights", "params", "module", "student"),
)
_NAMES = ("arch", "architecture", "model_name", "model_id")  # where they say what they are of
# Put before every name by DataParallel, Lightning, torch.compile and self-supervised training.
_PREFIXES = ("module.", "model.", "_orig_mod.", "backbone.", "encoder_q.", "base_encoder.", "net.", "network.")
_MOST = 0.8  # of the names carry the prefix; the others are of a loss or a projector

_SIGNS_OF_CODE = (
    "Unsupported global",
    "unsupported class",
    "Can only build",
    "not an allowed global",
)  # of torch's reader

_SAVE_AGAIN = "Save only its weights: torch.save(model.state_dict(), 'weights.pth'), or as safetensors."
_FETCH_AGAIN = "Copy or download the file again."


@dataclass(frozen=True, kw_only=True)
class TensorFile:
    """The tensors of a file.

    Attributes:
        tensors: By the names that the network gives them.
        hints: What the file, or what lies beside it, says of the architecture; best first.
        model_id: What this app wrote into the file.
        class_names: Of its outputs, where this app wrote them into the file.
        preprocessing: The same, as plain data.
    """

    tensors: dict[str, torch.Tensor]
    hints: tuple[str, ...] = ()
    model_id: str = ""
    class_names: tuple[str, ...] = ()
    preprocessing: dict[str, Any] | None = None

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each tensor."""
        return {name: tuple(tensor.shape) for name, tensor in self.tensors.items()}


def read_tensor_file(path: Path) -> TensorFile:
    """Read a weight file.

    Raises:
        EngineError: It is missing, damaged, holds no weights, or would run code.
    """
    content, header = _read(path)
    hints = [*_names_within(content), *_names_beside(path), path.stem]
    return TensorFile(
        tensors=_without_prefixes(_tensors_within(content, path)),
        hints=tuple(dict.fromkeys(name for name in hints if isinstance(name, str) and name)),
        model_id=str(header.get("model_id", "")),
        class_names=tuple(header.get("class_names", ())),
        preprocessing=header.get("preprocessing"),
    )


def is_safetensors(path: Path) -> bool:
    """Whether a file begins like safetensors, whatever its name."""
    with path.open("rb") as file:
        return _begins_safetensors(file.read(10))


def _begins_safetensors(start: bytes) -> bool:
    return start[8:9] == b"{"  # eight bytes of length, then JSON


def _read(path: Path) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Everything in the file, and what this app wrote into its header."""
    try:
        with path.open("rb") as file:
            start = file.read(10)
    except OSError as error:
        raise EngineError(f"The weight file {path} cannot be read: {error.strerror}.", "Check the path.") from error
    if _begins_safetensors(start):
        return _read_safetensors(path)
    if start[:2] == b"PK":
        _refuse_programs(path)
    elif start[:1] != b"\x80":  # the first byte of a pickle
        raise EngineError(
            f"{path} is no file of PyTorch weights.", "Give a .safetensors file, or a .pth or .pt file of weights."
        )
    return _read_pickle(path), {}


def _read_safetensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata: dict[str, str] = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
            header: dict[str, Any] = dict(metadata)
            if "finetune_gui" in metadata:  # a checkpoint of a run of this app
                header |= json.loads(metadata["finetune_gui"]).get("info", {})
                tensors = {name: tensor for name, tensor in tensors.items() if name.startswith("model.")}
            return tensors, header
    except (SafetensorError, OSError, ValueError) as error:
        raise EngineError(f"The weight file {path} is damaged or incomplete: {error}.", _FETCH_AGAIN) from error


def _refuse_programs(path: Path) -> None:
    """TorchScript and exported programs are zips too, and loading them runs what they hold."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.partition("/")[2] or name for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError) as error:
        raise EngineError(f"The weight file {path} is damaged or incomplete: {error}.", _FETCH_AGAIN) from error
    if "constants.pkl" in names or "archive_format" in names or any(name.startswith("code/") for name in names):
        raise EngineError(f"{path} is a program (TorchScript or torch.export) and not a file of weights.", _SAVE_AGAIN)


def _read_pickle(path: Path) -> Mapping[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns of pickles that it did not write itself, and reads them
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if any(sign in str(error) for sign in _SIGNS_OF_CODE):
            raise EngineError(
                f"{path} would run code of its own when it is opened, so it was refused.", _SAVE_AGAIN
            ) from error
        raise EngineError(f"The weight file {path} is damaged or incomplete.", _FETCH_AGAIN) from error
    except (RuntimeError, OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise EngineError(f"The weight file {path} is damaged or incomplete.", _FETCH_AGAIN) from error
    if not isinstance(content, Mapping):
        raise EngineError(f"{path} holds a {type(content).__name__} and no weights of a network.", _SAVE_AGAIN)
    return content


def _tensors_within(content: Mapping[Any, Any], path: Path) -> dict[str, torch.Tensor]:
    """The weights, at the top or in a nest."""
    tensors = {str(name): value for name, value in content.items() if isinstance(value, torch.Tensor)}
    nested = next((content[name] for name in _NESTS if isinstance(content.get(name), Mapping)), None)
    if nested is not None and len(tensors) <= len(nested):
        return _tensors_within(nested, path)
    if not tensors:
        raise EngineError(f"{path} holds no weights of a network.", _SAVE_AGAIN)
    return tensors


def _without_prefixes(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    for prefix in _PREFIXES:
        inside = {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
        if inside and len(inside) >= _MOST * len(tensors):
            return _without_prefixes(inside)
    return tensors


def _names_within(content: Mapping[Any, Any]) -> list[Any]:
    arguments = content.get("args") or content.get("hyper_parameters") or {}
    places = [place for place in (content, arguments) if isinstance(place, Mapping)]
    return [place[name] for place in places for name in _NAMES if name in place]


def _names_beside(path: Path) -> list[Any]:
    """What the hub's ``config.json`` and this app's ``model.json`` say, which lie beside the weights."""
    names: list[Any] = []
    for beside in ("model.json", "config.json"):
        try:
            plain = json.loads((path.parent / beside).read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(plain, dict):
            names += [plain.get("model_id"), plain.get("architecture")]
    return names
