"""Traces networks whose code looks at the size of its tensors, which ``torch.fx`` by itself cannot follow."""

import copy
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import torch
from torch import fx, nn


class _Sized(fx.Proxy):
    """A traced tensor that knows its sizes, all but that of the batch, so that code may branch on them."""

    @property
    def shape(self) -> tuple[Any, ...]:
        value = cast(SizedTracer, self.tracer).values.get(self.node)
        if not isinstance(value, torch.Tensor):
            return cast(tuple[Any, ...], super().__getattr__("shape"))
        return (self._call_size(0), *value.shape[1:]) if value.ndim else ()

    def size(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self.shape[dim]

    def _call_size(self, dim: int) -> fx.Proxy:
        return self.tracer.create_proxy("call_method", "size", (self, dim), {})


class SizedTracer(fx.Tracer):
    """Looks into modules that hold both frozen and learning layers, and takes all others as they are.

    Beside the graph it computes what each node gives, with tensors that have a shape and no content.

    Args:
        mixed: Paths of the modules to look into.
        shadow: The root as ``without_content`` gives it, in evaluation mode.
        images: Input on the meta device.
    """

    def __init__(self, mixed: set[str], shadow: nn.Module, images: torch.Tensor) -> None:
        super().__init__()
        self.values: dict[fx.Node, Any] = {}
        self._mixed = mixed
        self._shadow = shadow
        self._images = images
        self._thread = threading.get_ident()
        self._computing = False

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Trace a call. While fx does, every call of any module comes here: of other threads too, and the shadow's."""
        if self._is_foreign():
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        """Trace the use of a tensor of the network; the same is true of these."""
        return attr_val if self._is_foreign() else super().getattr(attr, attr_val, parameter_proxy_cache)

    def _is_foreign(self) -> bool:
        return self._computing or threading.get_ident() != self._thread

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:  # noqa: ARG002 (fx names them)
        """Whether a module is taken as it is."""
        return module_qualified_name not in self._mixed

    def proxy(self, node: fx.Node) -> fx.Proxy:
        """What stands for the result of a node."""
        return _Sized(node, self)

    def create_proxy(self, kind: str, target: Any, args: Any, kwargs: Any, *rest: Any, **named: Any) -> fx.Proxy:
        """Add a node, and compute what it gives."""
        proxy = super().create_proxy(kind, target, args, kwargs, *rest, **named)
        self._computing = True
        with suppress(Exception):  # a value that is not known is only missed where code branches on it
            self.values[proxy.node] = self._value(kind, target, self._known(args), self._known(kwargs))
        self._computing = False
        return proxy

    def _known(self, arguments: Any) -> Any:
        def known(argument: Any) -> Any:
            return self.values[argument.node] if isinstance(argument, fx.Proxy) else argument

        return fx.node.map_aggregate(arguments, known)

    def _value(self, kind: str, target: Any, args: Any, kwargs: Any) -> Any:
        with torch.no_grad():
            match kind:
                case "placeholder":
                    return self._images
                case "get_attr":
                    owner, _, name = target.rpartition(".")
                    return getattr(self._shadow.get_submodule(owner), name)
                case "call_module":
                    return self._shadow.get_submodule(target)(*args, **kwargs)
                case "call_method":
                    return getattr(args[0], target)(*args[1:], **kwargs)
                case _:
                    return target(*args, **kwargs)


def without_content(root: nn.Module) -> nn.Module:
    """A copy whose tensors have shapes only; no memory is taken for them."""
    tensors = [*root.parameters(), *root.buffers()]
    memo: dict[int, Any] = {id(tensor): torch.empty_like(tensor.detach(), device="meta") for tensor in tensors}
    for parameter in root.parameters():
        memo[id(parameter)] = nn.Parameter(memo[id(parameter)], requires_grad=False)
    return copy.deepcopy(root, memo)
