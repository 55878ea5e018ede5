"""What a layer plan costs on this device: memory and time, from a few steps with images of noise."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import psutil
import torch
from torch import nn
from torch.nn import functional as F

from finetune_gui.engine.config import LayerPlan, ModelConfig, OptimConfig
from finetune_gui.engine.devices import pick_device
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.layer_tree import leaf_multipliers, require_trainable, trainable_parameters
from finetune_gui.engine.models.layers import describe_layers, freeze, parameter_multipliers, train_mode
from finetune_gui.engine.models.sources import load_model
from finetune_gui.engine.optim import build_optimizer

MEASURED_STEPS = 4
PROBE_SECONDS = 3.0  # no further step is begun after it
_CPU_BATCH = 8  # time and activations grow with the batch in proportion, so a small one tells enough


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """An estimate from ``num_steps`` steps of ``probe_batch`` images. Memory is in bytes.

    Attributes:
        device: Where it was measured.
        trainable_parameters: With λ > 0.
        total_parameters: All.
        weights: Parameters and buffers, measured.
        gradients: Measured.
        optimizer: State of the optimizer, measured.
        activations: What a training step of the full batch keeps for its gradients; in proportion to the probe.
        available: Free on the device.
        seconds_per_epoch: Learning and validating. Reading images goes on meanwhile; where the disk or their decoding
            is slower than the network, an epoch takes longer.
        num_steps: That were timed.
        probe_batch: Images in each.
    """

    device: str
    trainable_parameters: int
    total_parameters: int
    weights: int
    gradients: int
    optimizer: int
    activations: int
    available: int
    seconds_per_epoch: float
    num_steps: int
    probe_batch: int

    @property
    def memory(self) -> int:
        """All of it together."""
        return self.weights + self.gradients + self.optimizer + self.activations

    @property
    def fits(self) -> bool:
        """Whether that much is free; the weights of the probe count as free."""
        return self.memory <= self.available


class Forecaster:
    """Holds a network with random weights, so that one plan after the other can be tried on it.

    Args:
        config: Which network; its pretrained weights are not needed.
        num_classes: Outputs of the head.
        device: As in ``TrainConfig``.

    Raises:
        EngineError: There is no such model or device.
    """

    def __init__(self, config: ModelConfig, num_classes: int, device: str) -> None:
        self._device = pick_device(device)
        probe = ModelConfig(id=config.network, weights="none", head_dropout=config.head_dropout)
        loaded = load_model(probe, num_classes)
        self._num_classes = num_classes
        self._size = loaded.preprocessing.size
        self._tree = describe_layers(loaded.model, loaded.head_path, loaded.places)
        self._model = loaded.model
        self._model.to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forecast(
        self,
        plan: LayerPlan,
        optim: OptimConfig,
        *,
        num_train: int,
        num_val: int,
        batch_size: int,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Forecast | None:
        """Try a plan as it is in the first epoch; None if it was asked to stop.

        Raises:
            EngineError: The plan cannot be, or a batch does not fit into the memory of the device.
        """
        multipliers = leaf_multipliers(self._tree, plan.at(1))
        require_trainable(multipliers)
        freeze(self._model, multipliers)
        optimizer = build_optimizer(parameter_multipliers(self._model, multipliers), optim, lr=1e-6)
        on_cpu = self._device.type == "cpu"
        probe_batch = max(2, min(batch_size, _CPU_BATCH) if on_cpu else batch_size)
        probe = _Probe(self._model, optimizer, self._device, self._noise(probe_batch), plan, should_stop)
        try:
            measured = probe.measure()
        except torch.OutOfMemoryError as error:
            raise EngineError(
                f"A batch of {batch_size} images does not fit into the memory of {self._device} with this plan.",
                "Choose a smaller batch, or freeze more layers.",
            ) from error
        finally:
            self._model.zero_grad(set_to_none=True)
        if measured is None:
            return None
        return Forecast(
            device=str(self._device),
            trainable_parameters=trainable_parameters(self._tree, multipliers),
            total_parameters=self._tree.root.num_parameters,
            weights=_bytes([*self._model.parameters(), *self._model.buffers()]),
            gradients=measured.gradients,
            optimizer=measured.optimizer,
            activations=round(measured.activations * batch_size / probe_batch),
            available=_available(self._device),
            seconds_per_epoch=(num_train * measured.step + num_val * measured.evaluation) / probe_batch,
            num_steps=measured.num_steps,
            probe_batch=probe_batch,
        )

    def _noise(self, batch: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch.Generator().manual_seed(0)  # its own: a run's random numbers are not touched
        images = torch.randn(batch, 3, self._size, self._size, generator=generator)
        targets = torch.randint(0, self._num_classes, (batch,), generator=generator)
        return images.to(self._device), targets.to(self._device)


@dataclass(frozen=True, kw_only=True)
class _Measured:
    """Seconds of a batch, and bytes."""

    step: float
    evaluation: float
    gradients: int
    optimizer: int
    activations: int
    num_steps: int


class _Probe:
    """A few steps of training, and one of evaluation."""

    def __init__(
        self,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        device: torch.device,
        batch: tuple[torch.Tensor, torch.Tensor],
        plan: LayerPlan,
        should_stop: Callable[[], bool],
    ) -> None:
        self._model = model
        self._optimizer = optimizer
        self._device = device
        self._images, self._targets = batch
        self._plan = plan
        self._should_stop = should_stop

    def measure(self) -> _Measured | None:
        """None if it was asked to stop."""
        begun = time.monotonic()
        train_mode(self._model, self._plan.batch_norm)
        activations = self._first_step()
        gradients = _bytes(p.grad for p in self._model.parameters() if p.grad is not None)
        seconds: list[float] = []
        while not seconds or (len(seconds) < MEASURED_STEPS and time.monotonic() - begun < PROBE_SECONDS):
            if self._should_stop():
                return None
            seconds.append(self._timed(self._step))
        self._model.eval()
        evaluation = self._timed(self._evaluate)
        return _Measured(
            step=statistics.median(seconds),
            evaluation=evaluation,
            gradients=gradients,
            optimizer=_bytes(_tensors(self._optimizer.state.values())),
            activations=activations,
            num_steps=len(seconds),
        )

    def _first_step(self) -> int:
        """The step that warms up; returns the bytes that it kept for the gradients."""
        # Some layers keep a view of their weights; those are counted with the weights.
        known = {tensor.untyped_storage().data_ptr() for tensor in self._model.state_dict().values()}
        kept: dict[int, int] = {}

        def note(tensor: torch.Tensor) -> torch.Tensor:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in known:
                kept[storage.data_ptr()] = storage.nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            loss = self._loss()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        return sum(kept.values())

    def _step(self) -> None:
        self._optimizer.zero_grad(set_to_none=True)
        self._loss().backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()

    def _loss(self) -> torch.Tensor:
        return F.cross_entropy(self._model(self._images), self._targets)

    @torch.inference_mode()
    def _evaluate(self) -> None:
        self._model(self._images)

    def _timed(self, work: Callable[[], None]) -> float:
        begun = time.monotonic()
        work()
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        elif self._device.type == "mps":
            torch.mps.synchronize()
        return time.monotonic() - begun


def _tensors(states: Iterable[dict[str, Any]]) -> list[torch.Tensor]:
    return [value for state in states for value in state.values() if isinstance(value, torch.Tensor)]


def _bytes(tensors: Iterable[torch.Tensor]) -> int:
    return sum(tensor.nbytes for tensor in tensors)


def _available(device: torch.device) -> int:
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        return free + torch.cuda.memory_reserved(device)
    return int(psutil.virtual_memory().available)
