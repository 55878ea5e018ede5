"""Gives up what a network computes in its middle: on a CPU one step can take many seconds, and the user waits."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

Undo = list[tuple[torch.Tensor, torch.Tensor]]
_LEARNS_STATISTICS = nn.modules.batchnorm._NormBase  # of batches, in its forward pass


class Interrupted(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user wants to pause or to end; nothing was changed by what was given up, and it can be done again."""


class Interruption:
    """Looks between any two layers, forward and backward, whether to give up.

    Args:
        wished: Whether to give up; asked up to some thousand times a second.
        between_layers: Only where a layer is a Python call that is over when it returns: not on a GPU, whose steps are
            short, and not in a compiled network, which is a single call. Else it looks once, at the beginning.
    """

    def __init__(self, wished: Callable[[], bool], *, between_layers: bool) -> None:
        self._wished = wished
        self._between_layers = between_layers
        self._thread = 0
        self._undo: Undo = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within this, networks of this thread are given up where that is wished.

        Raises:
            Interrupted: It was given up.

        Whatever is raised, the running statistics of BatchNorm are what they were before; gradients and random
        generators are for the caller to put back.
        """
        self._check()
        if not self._between_layers:
            yield
            return
        self._thread, self._undo = threading.get_ident(), []
        # For all networks of the process: hooks on the layers themselves would be copied along with them.
        handle = register_module_forward_pre_hook(self._before_layer)
        try:
            yield
        except BaseException:
            self._put_back()
            raise
        finally:
            handle.remove()
            self._undo = []

    def _check(self) -> None:
        if self._wished():
            raise Interrupted

    def _before_layer(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        if threading.get_ident() != self._thread:
            return  # such as a heat map that is made while a run learns
        self._check()
        if module.training and isinstance(module, _LEARNS_STATISTICS):
            self._undo.extend((buffer, buffer.clone()) for buffer in module.buffers(recurse=False))
        for tensor in inputs:
            if isinstance(tensor, torch.Tensor) and tensor.requires_grad and torch.is_grad_enabled():
                tensor.register_hook(self._before_gradient)  # type: ignore[no-untyped-call]

    def _before_gradient(self, _: torch.Tensor) -> None:
        self._check()

    @torch.no_grad()
    def _put_back(self) -> None:
        for buffer, before in reversed(self._undo):
            buffer.copy_(before)
