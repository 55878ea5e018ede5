"""What a source hands over."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.models.layers import HeadPath, Places, stage_places


@dataclass(frozen=True, kw_only=True)
class LoadedModel:
    """A network with a new head.

    Attributes:
        model: Takes float images of shape (batch, 3, size, size), gives logits of shape (batch, num_classes).
        preprocessing: What it expects of its images.
        head_path: Of the output layer, or of several that are averaged.
        places: Orders the layers by depth, for ``describe_layers``.
    """

    model: nn.Module
    preprocessing: Preprocessing
    head_path: HeadPath
    places: Callable[[nn.Module], Places] = stage_places
