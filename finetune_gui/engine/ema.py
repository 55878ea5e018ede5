"""The moving average of the weights: often a better model than the last step's (Polyak & Juditsky 1992)."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn


class MovingAverage:
    """Averages of the weights and statistics that learn: a ← d·a + (1 − d)·w after each step.

    d rises to ``decay`` as (1 + t) / (10 + t), so that an average of few steps is not that of the start
    (as TensorFlow's ``ExponentialMovingAverage`` and timm's ``ModelEmaV3`` do).

    Args:
        model: On its device.
        decay: In (0, 1).
        frozen: Names of what does not change, and needs no average.
    """

    def __init__(self, model: nn.Module, decay: float, frozen: Collection[str]) -> None:
        self._model = model
        self._decay = decay
        self._averages: dict[str, torch.Tensor] = {}
        self.follow(frozen)

    def follow(self, frozen: Collection[str]) -> None:
        """Average what learns now; what joins begins with its present value."""
        known, self._averages = self._averages, {}
        for name, tensor in self._model.state_dict().items():
            if name not in frozen and tensor.is_floating_point():
                self._averages[name] = known[name] if name in known else tensor.clone()

    @torch.no_grad()
    def update(self, num_steps: int) -> None:
        """Take in the weights after a step, the ``num_steps``-th of the run."""
        decay = min(self._decay, (1 + num_steps) / (10 + num_steps))
        torch._foreach_lerp_(list(self._averages.values()), self._live(), 1 - decay)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The network computes with the averages, and with its own weights again afterwards."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def tensors(self) -> dict[str, torch.Tensor]:
        """The averages by name, for a checkpoint."""
        return dict(self._averages)

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Take over what ``tensors`` gave."""
        for name, average in self._averages.items():
            if name in tensors:
                average.copy_(tensors[name])

    def to(self, device: torch.device) -> None:
        """Move the averages."""
        self._averages = {name: average.to(device) for name, average in self._averages.items()}

    def _live(self) -> list[torch.Tensor]:
        state = self._model.state_dict()
        return [state[name] for name in self._averages]

    @torch.no_grad()
    def _swap(self) -> None:
        for live, average in zip(self._live(), self._averages.values(), strict=True):
            kept = average.clone()
            average.copy_(live)
            live.copy_(kept)
