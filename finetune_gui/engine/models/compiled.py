"""``torch.compile`` by choice: a network that cannot be compiled runs as it is."""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from finetune_gui.bundle import is_bundle
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.out_of_memory import is_out_of_memory


class CompiledForward:
    """The forward of a module, compiled when it is first called; takes about a minute then.

    Args:
        module: Not changed.
        tell: Gets what is to be said where it cannot be compiled.
    """

    def __init__(self, module: nn.Module, tell: Callable[[EngineError], None]) -> None:
        self._module = module
        self._tell = tell
        self._compiled: Callable[..., Any] | None = None
        if is_bundle():  # it brings neither Triton nor the headers of torch
            tell(
                EngineError(
                    "The network is not compiled and runs as it is: the installed app brings no compiler.",
                    "Turn compiling off, or run Finetune GUI from source.",
                )
            )
        else:
            self._compiled = torch.compile(module)

    def __call__(self, *inputs: Any) -> Any:
        """What the module gives."""
        if self._compiled is None:
            return self._module(*inputs)
        try:
            return self._compiled(*inputs)
        except Exception as error:  # whatever a compiler that is missing or does not understand says
            if is_out_of_memory(error):
                raise
            self._compiled = None
            reason = str(error).strip().splitlines() or [type(error).__name__]
            self._tell(
                EngineError(
                    f"The network could not be compiled and runs as it is: {reason[0]}.",
                    "Turn compiling off, or install a C++ compiler.",
                )
            )
        return self._module(*inputs)
