"""Weights on disk: safetensors, written whole or not at all. Nothing is ever unpickled.

A checkpoint is one file, so weights and training state cannot get out of step in a power cut. Tensors of the network
carry the prefix ``model.``, those of the optimizer ``optimizer.``, averages of weights ``ema.``, generator states
``rng.``; everything else is JSON in the header, with a checksum of each tensor.
"""

import json
import sys
import zlib
from collections.abc import Collection, Mapping
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
_MODEL, _OPTIMIZER, _AVERAGE, _RNG = "model.", "optimizer.", "ema.", "rng."
Tensors = dict[str, torch.Tensor]


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
        lr_factor: Of the learning rate, lowered each time the loss was no number.
        rollbacks: How often the run went back to a checkpoint.
        micro_batch: Images that go through the network at once, after memory ran out; 0: all of a batch.
        scaler: State of the gradient scaler of float16.
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
    lr_factor: float = 1.0
    rollbacks: int = 0
    micro_batch: int = 0
    scaler: dict[str, float] = field(default_factory=dict)


def weights_of(model: nn.Module, unchanged: Collection[str] = ()) -> Tensors:
    """Copies of the weights and buffers of a network on the CPU, to be written while it goes on learning.

    Args:
        model: The network.
        unchanged: Names of what does not change meanwhile; need not be copied.
    """
    state = model.state_dict()
    return {f"{_MODEL}{name}": (_plain if name in unchanged else _copy)(tensor) for name, tensor in state.items()}


def training_tensors(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    averages: Mapping[str, torch.Tensor],
    rng: Mapping[str, torch.Tensor],
    unchanged: Collection[str] = (),
) -> Tensors:
    """Copies of all tensors that are needed to go on; see ``weights_of``."""
    tensors = weights_of(model, unchanged)
    tensors |= {f"{_AVERAGE}{name}": _copy(tensor) for name, tensor in averages.items()}
    tensors |= {f"{_RNG}{name}": tensor for name, tensor in rng.items()}
    for index, values in optimizer.state_dict()["state"].items():
        tensors |= {f"{_OPTIMIZER}{index}.{name}": _copy(value) for name, value in values.items()}
    return tensors


def save_weights(path: Path, weights: Tensors, info: Mapping[str, Any]) -> None:
    """Write what ``weights_of`` gave, with facts about it in the header.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full.
    """
    _save(path, weights, {"info": info})


def save_training(path: Path, tensors: Tensors, state: TrainingState) -> None:
    """Write what ``training_tensors`` gave, with where the run stands.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full.
    """
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


@dataclass(frozen=True, kw_only=True)
class TrainingCheckpoint:
    """What ``save_training`` wrote.

    Attributes:
        path: The file.
        state: Where the run stood.
    """

    path: Path
    state: TrainingState
    tensors: Tensors

    def load_model(self, model: nn.Module) -> None:
        """Give a network its weights.

        Raises:
            EngineError: It is another network.
        """
        _load_model(self.path, model, self.tensors)

    def load_optimizer(self, optimizer: torch.optim.Optimizer) -> None:
        """Give the optimizer over the parameters that learnt at that point its state.

        Raises:
            EngineError: It is another optimizer.
        """
        try:
            _load_optimizer(optimizer, self.tensors)
        except (KeyError, ValueError) as error:
            raise _does_not_fit(self.path) from error

    @property
    def averages(self) -> Tensors:
        """Moving averages of the weights, by name."""
        return _below(_AVERAGE, self.tensors)

    @property
    def rng(self) -> Tensors:
        """States of the random generators."""
        return _below(_RNG, self.tensors)


def read_training(path: Path) -> TrainingCheckpoint:
    """Read what ``save_training`` wrote.

    Raises:
        EngineError: The file is missing, damaged, or no such checkpoint.
    """
    tensors, header = _load(path)
    try:
        return TrainingCheckpoint(path=path, state=msgspec.convert(header["state"], TrainingState), tensors=tensors)
    except (KeyError, msgspec.ValidationError) as error:
        raise _does_not_fit(path) from error


def read_state(path: Path) -> TrainingState:
    """Where the run stood, without the tensors.

    Raises:
        EngineError: The file is missing, damaged, or no such checkpoint.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = _header(file)
        return msgspec.convert(header["state"], TrainingState)
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise _does_not_fit(path) from error


def _header(file: Any) -> dict[str, Any]:
    header: dict[str, Any] = json.loads((file.metadata() or {}).get("finetune_gui", "{}"))
    return header


def _does_not_fit(path: Path) -> EngineError:
    return EngineError(f"The checkpoint {path} does not fit this run.", "Start a new run with the same settings.")


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


def _plain(value: Any) -> torch.Tensor:
    """On the CPU and contiguous, as safetensors wants it."""
    return torch.as_tensor(value).detach().to("cpu").contiguous()


def _copy(value: Any) -> torch.Tensor:
    """As ``_plain``, sharing nothing."""
    return torch.as_tensor(value).detach().to("cpu", copy=True, memory_format=torch.contiguous_format)


def _below(prefix: str, tensors: Tensors) -> Tensors:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _checksum(tensor: torch.Tensor) -> int:
    return zlib.crc32(tensor.reshape(-1).view(torch.uint8).numpy().data) if tensor.numel() else 0


def _save(path: Path, tensors: Tensors, header: Mapping[str, Any]) -> None:
    checksums = {name: _checksum(tensor) for name, tensor in tensors.items()}
    content = json.dumps({"schema_version": SCHEMA_VERSION, **header, "checksums": checksums})
    with replacing(path) as temporary:
        save_file(tensors, temporary, metadata={"format": "pt", "finetune_gui": content})


def _load(path: Path) -> tuple[Tensors, dict[str, Any]]:
    if not path.is_file():
        raise EngineError(f"There is no checkpoint {path}.", "Train the run for at least one epoch.")
    try:
        with safe_open(path, framework="pt") as file:
            header = _header(file)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        checksums = header.get("checksums", {})  # older versions wrote none
        if any(_checksum(tensors[name]) != checksum for name, checksum in checksums.items()):
            raise ValueError("its content has changed")
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise EngineError(
            f"The checkpoint {path} is damaged: {error}.", "Use another checkpoint of the run, or train anew."
        ) from error
    return tensors, header


def _load_model(path: Path, model: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    try:
        model.load_state_dict(_below(_MODEL, tensors))
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
    for parameter, values in optimizer.state.items():
        for name, value in values.items():
            if value.shape == parameter.shape:
                # In the layout of the weights, as it was: fused updates walk through both side by side in memory.
                values[name] = torch.empty_like(parameter, requires_grad=False).copy_(value)
