"""From a model id to a network. A source turns a name into a ``LoadedModel``; nothing else knows its library.

Source modules are imported when they are asked for: torchvision alone takes seconds on a slow disk.
"""

import importlib
from typing import Protocol, cast

import torch

from finetune_gui.engine.config import ModelConfig, Weights
from finetune_gui.engine.models.catalog import STARTER_ID, SourceName, split_id
from finetune_gui.engine.models.layer_tree import LayerTree
from finetune_gui.engine.models.layers import describe_layers
from finetune_gui.engine.models.loaded import LoadedModel


class Source(Protocol):
    """What a source module offers."""

    def build(self, name: str, *, weights: Weights, num_classes: int) -> LoadedModel:
        """Build a network with a new head of ``num_classes`` outputs.

        Raises:
            EngineError: There is no such model, or its weights cannot be had.
        """


class ListedSource(Source, Protocol):
    """A source that can say what it has."""

    def list_names(self) -> list[str]:
        """Names of all its models, sorted."""


def _source(name: SourceName) -> Source:
    return cast(Source, importlib.import_module(f"finetune_gui.engine.models.{name}_source"))


def load_model(config: ModelConfig, num_classes: int) -> LoadedModel:
    """Build the network of a config with a new head.

    Raises:
        EngineError: There is no such model, or its weights cannot be had.
    """
    source, name = split_id(config.id)
    return _source(source).build(name, weights=config.weights, num_classes=num_classes)


def load_layer_tree(model_id: str, num_classes: int) -> LayerTree:
    """The layers of a model, without its weights: on the meta device, so nothing large is allocated.

    Raises:
        EngineError: There is no such model.
    """
    config = ModelConfig(id=model_id, weights="none")
    try:
        with torch.device("meta"):
            loaded = load_model(config, num_classes)
    except (NotImplementedError, RuntimeError):  # some constructors compute with tensors, which meta cannot
        loaded = load_model(config, num_classes)
    return describe_layers(loaded.model, loaded.head_path, loaded.places)


def all_model_ids() -> list[str]:
    """Ids of every model that can be chosen. Imports torchvision and timm."""
    ids = [STARTER_ID]
    for name in ("torchvision", "timm"):
        source = cast(ListedSource, importlib.import_module(f"finetune_gui.engine.models.{name}_source"))
        ids += [f"{name}/{model}" for model in source.list_names()]
    return ids
