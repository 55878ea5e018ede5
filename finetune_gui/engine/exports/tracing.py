"""From a network to its graph; what cannot be converted is told with the name of the layer."""

import logging
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from finetune_gui.engine.errors import EngineError

DynamicShapes = tuple[dict[int, Any], ...]


def traced(network: nn.Module, example: torch.Tensor, dynamic_shapes: DynamicShapes) -> torch.export.ExportedProgram:
    """Trace a network with ``torch.export``.

    Raises:
        EngineError: A layer does what a graph cannot say, such as a choice by the values of a tensor.
    """
    try:
        with quiet_exporter():
            return torch.export.export(network, (example,), dynamic_shapes=dynamic_shapes, strict=False)
    except Exception as error:  # torch.export has no common base for its errors
        raise cannot_convert(_running_layer(network, error), "torch.export") from error


def cannot_convert(layer: str, target: str) -> EngineError:
    """The one sentence for it."""
    where = f"The layer {layer}" if layer else "This model"
    return EngineError(
        f"{where} does something that {target} cannot express.", "Export it as safetensors, or use another model."
    )


def layer_of_node(program: torch.export.ExportedProgram, message: str) -> str:
    """The layer of the operation that an error of the ONNX exporter is about; empty where it names none."""
    for node in program.run_decompositions().graph.nodes:  # as the exporter does before it translates
        if f"%{node.name} :" in message and (stack := node.meta.get("nn_module_stack")):
            return str(list(stack.values())[-1][0])
    return ""


def _running_layer(network: nn.Module, error: BaseException | None) -> str:
    """The innermost layer that was running when an error was raised, or the one that it came from."""
    paths = {id(module): path for path, module in network.named_modules()}
    found = ""
    while error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            found = paths.get(id(frame.f_locals.get("self")), "") or found
        error = error.__cause__ or error.__context__
    return found


@contextmanager
def quiet_exporter() -> Iterator[None]:
    """The exporters warn of their own internals, and log what they then raise."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxruntime")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
