"""From a model id to a network. A source turns a name into a ``LoadedModel``; nothing else knows its library.

Source modules are imported when they are asked for: torchvision alone takes seconds on a slow disk.
"""

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, cast

import torch

from finetune_gui.engine.config import ModelConfig, Weights
from finetune_gui.engine.events import PreparationAdvanced
from finetune_gui.engine.models.catalog import LOCAL_SOURCES, SourceName, split_id
from finetune_gui.engine.models.fetching import fetch_weights as download_weights
from finetune_gui.engine.models.heads import set_head_dropout
from finetune_gui.engine.models.layer_tree import LayerTree
from finetune_gui.engine.models.layers import describe_layers, head_paths
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.output_shapes import output_shapes
from finetune_gui.engine.models.weight_files import WeightsFile


class Source(Protocol):
    """What the module of a library offers."""

    def build(self, name: str, *, weights: Weights, num_classes: int) -> LoadedModel:
        """Build a network with a new head of ``num_classes`` outputs.

        Raises:
            EngineError: There is no such model, or its weights cannot be had.
        """

    def weights_file(self, name: str) -> WeightsFile | None:
        """The file of its pretrained weights; None where they came with the app."""


def library_source(name: SourceName) -> Source:
    """The module of a library."""
    return cast(Source, importlib.import_module(f"finetune_gui.engine.models.{name}_source"))


def resolve(config: ModelConfig) -> ModelConfig:
    """Find the architecture of a file or of an earlier run, so that the network can be built without it later.

    Raises:
        EngineError: The file cannot be read, or its architecture is not known.
    """
    source, name = split_id(config.id)
    if config.architecture or source not in LOCAL_SOURCES:
        return config
    from finetune_gui.engine.models import own_source

    place = str(Path(name).expanduser().resolve())
    return replace(config, id=f"{source}:{place}", architecture=own_source.find_architecture(source, place))


def fetch_weights(config: ModelConfig) -> Iterator[PreparationAdvanced]:
    """Download what ``load_model`` will need; closing the generator gives up, and it goes on the next time.

    Raises:
        EngineError: There is no such model, or its weights cannot be had.
    """
    file = weights_file(config.id) if config.weights == "pretrained" else None
    if file is not None:
        yield from download_weights(file)


def weights_file(model_id: str) -> WeightsFile | None:
    """The file of the pretrained weights of a model; None for what needs no download.

    Raises:
        EngineError: There is no such model, or no weights for it.
    """
    source, name = split_id(model_id)
    return None if source in LOCAL_SOURCES else library_source(source).weights_file(name)


def load_model(config: ModelConfig, num_classes: int, class_names: Sequence[str] = ()) -> LoadedModel:
    """Build the network of a config with a new head.

    Args:
        config: What to build.
        num_classes: Outputs of the head.
        class_names: Of these outputs. A file or a run whose classes are known keeps the outputs of those it shares.

    Raises:
        EngineError: There is no such model, or its weights cannot be had.
    """
    config = resolve(config)
    source, name = split_id(config.id)
    if source in LOCAL_SOURCES and config.weights == "pretrained":
        from finetune_gui.engine.models import own_source

        loaded = own_source.build(source, name, config.architecture, num_classes, class_names)
    else:
        library, network = split_id(config.network)
        loaded = library_source(library).build(network, weights=config.weights, num_classes=num_classes)
    if config.head_dropout is not None:
        for path in head_paths(loaded.head_path):
            set_head_dropout(loaded.model, path, config.head_dropout)
    return loaded


def load_layer_tree(model_id: str, num_classes: int, architecture: str = "") -> LayerTree:
    """The layers of a model, without its weights: on the meta device, so nothing large is allocated.

    Raises:
        EngineError: There is no such model.
    """
    config = resolve(ModelConfig(id=model_id, weights="none", architecture=architecture))
    try:
        with torch.device("meta"):
            loaded = load_model(config, num_classes)
    except (NotImplementedError, RuntimeError):  # some constructors compute with tensors, which meta cannot
        loaded = load_model(config, num_classes)
    shapes = output_shapes(loaded.model, loaded.preprocessing.size)
    return describe_layers(loaded.model, loaded.head_path, loaded.places, shapes)
