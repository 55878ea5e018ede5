"""Weights on disk: safetensors, written whole or not at all. Nothing is ever unpickled.

A checkpoint is one file, so weights and training state cannot get out of step in a power cut. Tensors of the network
carry the prefix ``model.``, those of the optimizer ``optimizer.``, generator states ``rng.``; everything else is JSON
in the header.
"""

import json
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import replacing

SCHEMA_VERSION = 1
_MODEL, _OPTIMIZER, _RNG = "model.", "optimizer.", "rng."


@dataclass(kw_only=True)
class EpochSums:
    """What an epoch has added up so far."""

    loss: float = 0.0  # times the number of examples
    num_correct: int = 0
    num_examples: int = 0


@dataclass(frozen=True, kw_only=True)
class TrainingState:
    """Where a run stands.

    Attributes:
        epoch: Complete epochs.
        step: Steps made in the epoch after them.
        sums: What these steps have added up.
        global_step: Steps of the run.
        seconds: Learning and validating, pauses left out.
        fingerprints: Of the frozen tensors when they were frozen, to check them against after each epoch.
        frozen_verified: Whether all such checks were passed; None if nothing was frozen.
        changed_frozen: Frozen tensors that were found changed.
    """

    epoch: int = 0
    step: int = 0
    sums: EpochSums = field(default_factory=EpochSums)
    global_step: int = 0
    best_epoch: int = 0
    best_val_accuracy: float = 0.0
    best_val_loss: float = sys.float_info.max  # JSON knows no infinity
    seconds: float = 0.0
    fingerprints: dict[str, str] = field(default_factory=dict)
    frozen_verified: bool | None = None
    changed_frozen: tuple[str, ...] = ()


def save_weights(path: Path, model: nn.Module, info: Mapping[str, Any]) -> None:
    """Write the weights of a network, with facts about it in the header.

    Raises:
        EngineError: The folder cannot be written to, or the disk is full.
    """
    _save(path, _model_tensors(model), {"info": info})


def save_training(
    path: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    rng: Mapping[str, torch.Tensor],
    state: TrainingState,
) -> None:
    """Write everything that is needed to go on.

    Raises:
        EngineError: The folder cannot be written to, or the disk is full.
    """
    tensors = _model_tensors(model)
    tensors |= {f"{_RNG}{name}": tensor for name, tensor in rng.items()}
    for index, values in optimizer.state_dict()["state"].items():
        tensors |= {f"{_OPTIMIZER}{index}.{name}": _plain(value) for name, value in values.items()}
    _save(path, tensors, {"state": msgspec.to_builtins(state)})


def load_weights(path: Path, model: nn.Module) -> dict[str, Any]:
    """Put the weights of a checkpoint into a network of the same shape, and return the facts about it.

    Raises:
        EngineError: The file is missing, damaged, or of another network.
    """
    tensors, header = _load(path)
    _load_model(path, model, tensors)
    info: dict[str, Any] = header.get("info", {})
    return info


def load_training(
    path: Path, model: nn.Module, optimizer_for: Callable[[TrainingState], torch.optim.Optimizer]
) -> tuple[TrainingState, dict[str, torch.Tensor]]:
    """Put a run back to where it stood; returns its state and the states of the random generators.

    Args:
        path: The checkpoint.
        model: Gets its weights.
        optimizer_for: Gives the optimizer over the parameters that learnt at that point; it gets its state.

    Raises:
        EngineError: The file is missing, damaged, or of another network.
    """
    tensors, header = _load(path)
    _load_model(path, model, tensors)
    try:
        state = msgspec.convert(header["state"], TrainingState)
        _load_optimizer(optimizer_for(state), tensors)
    except (KeyError, ValueError, msgspec.ValidationError) as error:
        raise EngineError(
            f"The checkpoint {path} does not fit this run.", "Start a new run with the same settings."
        ) from error
    rng = {name.removeprefix(_RNG): tensor for name, tensor in tensors.items() if name.startswith(_RNG)}
    return state, rng


def save_start(path: Path, model: nn.Module, names: Collection[str]) -> None:
    """Write the start of the parameters that may learn, for the drift.

    Raises:
        EngineError: The folder cannot be written to, or the disk is full.
    """
    _save(path, {name: _plain(model.get_parameter(name)) for name in names}, {})


class StartWeights:
    """What ``save_start`` wrote, read one tensor at a time, so that memory holds no second network."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "StartWeights":
        try:
            self._file = safe_open(self._path, framework="pt")
        except (SafetensorError, OSError) as error:
            raise EngineError(
                f"The start of the weights, {self._path}, cannot be read: {error}.", "Start a new run."
            ) from error
        self._names = set(self._file.keys())  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *raised: object) -> None:
        del self._file  # closes it; its own __exit__ has no types

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def tensor(self, name: str) -> torch.Tensor:
        """The start of a parameter."""
        tensor: torch.Tensor = self._file.get_tensor(name)  # type: ignore[no-untyped-call]
        return tensor


def _model_tensors(model: nn.Module) -> dict[str, torch.Tensor]:
    return {f"{_MODEL}{name}": _plain(tensor) for name, tensor in model.state_dict().items()}


def _plain(value: Any) -> torch.Tensor:
    """On the CPU and contiguous, as safetensors wants it."""
    return torch.as_tensor(value).detach().to("cpu").contiguous()


def _save(path: Path, tensors: dict[str, torch.Tensor], header: Mapping[str, Any]) -> None:
    content = json.dumps({"schema_version": SCHEMA_VERSION, **header})
    with replacing(path) as temporary:
        try:
            save_file(tensors, temporary, metadata={"format": "pt", "finetune_gui": content})
        except SafetensorError as error:  # it wraps what the operating system said
            raise OSError(str(error)) from error


def _load(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    if not path.is_file():
        raise EngineError(f"There is no checkpoint {path}.", "Train the run for at least one epoch.")
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {}).get("finetune_gui", "{}"))
            return {name: file.get_tensor(name) for name in file.keys()}, header  # noqa: SIM118 (not a dict)
    except (SafetensorError, OSError, ValueError) as error:
        raise EngineError(
            f"The checkpoint {path} is damaged: {error}.", "Use another checkpoint of the run, or train anew."
        ) from error


def _load_model(path: Path, model: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    own = {name.removeprefix(_MODEL): tensor for name, tensor in tensors.items() if name.startswith(_MODEL)}
    try:
        model.load_state_dict(own)
    except RuntimeError as error:
        raise EngineError(
            f"The checkpoint {path} is of another network.", "Give the run folder that it was written in."
        ) from error


def _load_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, torch.Tensor]) -> None:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith(_OPTIMIZER):
            index, _, key = name.removeprefix(_OPTIMIZER).partition(".")
            state.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
