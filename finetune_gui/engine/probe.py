"""What the parts of a step cost on this device: seconds and bytes, tried on images of noise."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from finetune_gui.engine.config import BatchNormPolicy
from finetune_gui.engine.models.layers import train_mode
from finetune_gui.engine.models.prefix import Cut

FEWEST_REPEATS, MOST_REPEATS = 2, 4
PROBE_SECONDS = 1.0  # of each part and size; no further repeat than the fewest is begun after it
# What a batch costs is a straight line over its size, so on a CPU it is enough to try what takes about this long.
_LARGEST_SECONDS = 1.5
_WARM_SECONDS = 0.5  # a first time that is longer than this is not much lengthened by what is done once
_MOST_ON_CPU = 64
_SMALLEST_ON_CPU = 2


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds of a batch as a straight line over its size."""

    fixed: float
    per_image: float

    def of(self, num_images: int, batch_size: int) -> float:
        """Seconds for so many images in such batches."""
        return -(-num_images // batch_size) * self.fixed + num_images * self.per_image


FREE = Cost(fixed=0.0, per_image=0.0)


def straight_line(seconds: Mapping[int, Sequence[float]]) -> Cost:
    """The cost that measured times of one or two batch sizes lie on.

    The slope is that of the shortest times, which the rest of the machine disturbs least; the level that of the median.
    """
    largest, smallest = max(seconds), min(seconds)
    best = min(seconds[largest])
    slope = best / largest
    if smallest < largest:
        slope = min(max((best - min(seconds[smallest])) / (largest - smallest), 0.0), slope)
    level = statistics.median(seconds[largest]) / best if best else 1.0
    return Cost(fixed=level * (best - slope * largest), per_image=level * slope)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Costs of the parts, and bytes.

    Attributes:
        prefix: What is frozen before the first learning layer, without gradients; free without a cut.
        step: A training step of the rest.
        evaluation: The rest, without learning.
        gradients: Bytes of all.
        optimizer: Bytes of its state.
        activations: Bytes of an image that a step keeps for its gradients.
        num_steps: That were timed.
        largest: Most images in one.
    """

    prefix: Cost
    step: Cost
    evaluation: Cost
    gradients: int
    optimizer: int
    activations: float
    num_steps: int
    largest: int


class ProbeStopped(Exception):  # noqa: N818 (not an error)
    """It was asked to end."""


class Probe:
    """A few steps of training and of evaluation with one layer plan.

    Args:
        model: On its device, its layers frozen.
        cut: The network in two parts, where the frozen one will run once.
        optimizer: Over what learns; its learning rate should be next to nothing.
        images: Noise as the network gets it, of the largest batch to try.
        targets: Classes of these.
        batch_norm: Of the plan.
        precision: That the network computes in.
        should_stop: Asked before each step.
    """

    def __init__(
        self,
        model: nn.Module,
        cut: Cut | None,
        optimizer: torch.optim.Optimizer,
        images: torch.Tensor,
        targets: torch.Tensor,
        *,
        batch_norm: BatchNormPolicy,
        precision: torch.dtype = torch.float32,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._model = model
        self._cut = cut
        self._optimizer = optimizer
        self._images, self._targets = images, targets
        self._batch_norm = batch_norm
        self._precision = precision
        self._should_stop = should_stop
        self._begun_with: tuple[torch.Tensor, ...] = ()
        self._inputs_of: dict[int, tuple[torch.Tensor, ...]] = {}
        self._on_cpu = images.device.type == "cpu"
        self._smallest = max(2, _SMALLEST_ON_CPU if self._on_cpu else len(images) // 4)
        self._num_steps = 0
        self._largest = 0

    def measure(self) -> Measured:
        """Try all parts.

        Raises:
            ProbeStopped: It was asked to end.
        """
        train_mode(self._model, self._batch_norm)
        self._timed(self._run_prefix, self._smallest)
        activations = self._first_step(self._smallest) / self._smallest
        self._num_steps = 0
        step = self._cost(self._step)
        num_steps, largest = self._num_steps, self._largest
        self._model.eval()
        return Measured(
            prefix=self._cost(self._run_prefix) if self._cut is not None else FREE,
            step=step,
            evaluation=self._cost(self._evaluate),
            gradients=num_bytes(p.grad for p in self._model.parameters() if p.grad is not None),
            optimizer=num_bytes(_tensors(self._optimizer.state.values())),
            activations=activations,
            num_steps=num_steps,
            largest=largest,
        )

    # -- the parts ------------------------------------------------------------------------------------------------

    def _run_prefix(self, size: int) -> None:
        """What the step begins with: images, or what the frozen part makes of them."""
        images = self._images[:size]
        if self._cut is None:
            self._begun_with = (images,)
            return
        with torch.no_grad(), self._autocast():
            self._begun_with = tuple(tensor.float() for tensor in self._cut.prefix(images))

    def _inputs(self, size: int) -> tuple[torch.Tensor, ...]:
        """As many as asked for: the same again and again, for numbers have no bearing on the time."""
        if size not in self._inputs_of:
            rows = torch.arange(size, device=self._images.device) % len(self._begun_with[0])
            self._inputs_of[size] = tuple(tensor[rows] for tensor in self._begun_with)
        return self._inputs_of[size]

    def _first_step(self, size: int) -> int:
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
            loss = self._loss(self._inputs(size))
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        return sum(kept.values())

    def _step(self, size: int) -> None:
        self._optimizer.zero_grad(set_to_none=True)
        self._loss(self._inputs(size)).backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()

    def _loss(self, inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
        forward = self._model if self._cut is None else self._cut.training_suffix
        with self._autocast():
            logits = forward(*inputs)
        return F.cross_entropy(logits.float(), self._targets[: len(inputs[0])].clone())  # memory of these alone

    @torch.inference_mode()
    def _evaluate(self, size: int) -> None:
        forward = self._model if self._cut is None else self._cut.evaluation_suffix
        with self._autocast():
            forward(*self._inputs(size))

    def _autocast(self) -> AbstractContextManager[object]:
        if self._precision is torch.float32:
            return nullcontext()
        return torch.autocast(self._images.device.type, self._precision)

    # -- the clock ------------------------------------------------------------------------------------------------

    def _cost(self, work: Callable[[int], None]) -> Cost:
        """Of a small batch, and of as large a one as there is time for."""
        seconds = {self._smallest: self._repeated(work, self._smallest)}
        affordable = round(self._smallest * _LARGEST_SECONDS / max(min(seconds[self._smallest]), 1e-6))
        self._largest = max(self._smallest, min(len(self._images), affordable if self._on_cpu else len(self._images)))
        if self._largest > self._smallest:
            seconds[self._largest] = self._repeated(work, self._largest)
        return straight_line(seconds)

    def _repeated(self, work: Callable[[int], None], size: int) -> list[float]:
        begun = time.monotonic()
        first = self._timed(work, size)  # of a new size: memory is laid out, kernels are chosen
        seconds = [first] if first > _WARM_SECONDS else []
        while len(seconds) < FEWEST_REPEATS or (
            len(seconds) < MOST_REPEATS and time.monotonic() - begun < PROBE_SECONDS
        ):
            seconds.append(self._timed(work, size))
        return seconds

    def _timed(self, work: Callable[[int], None], size: int) -> float:
        if self._should_stop():
            raise ProbeStopped
        self._num_steps += 1
        begun = time.perf_counter()
        work(size)
        if self._images.device.type == "cuda":
            torch.cuda.synchronize(self._images.device)
        elif self._images.device.type == "mps":
            torch.mps.synchronize()
        return time.perf_counter() - begun


def probe_size(batch_size: int, device: torch.device) -> int:
    """Images of the largest batch to try."""
    return max(2, min(batch_size, _MOST_ON_CPU) if device.type == "cpu" else batch_size)


def num_bytes(tensors: Iterable[torch.Tensor]) -> int:
    """Memory of tensors."""
    return sum(tensor.nbytes for tensor in tensors)


def _tensors(states: Iterable[dict[str, Any]]) -> list[torch.Tensor]:
    return [value for state in states for value in state.values() if isinstance(value, torch.Tensor)]
