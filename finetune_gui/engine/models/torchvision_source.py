"""Models of torchvision, with weights from its own site."""

from pathlib import Path
from typing import Any

import torch
import torchvision.models as tv
from torch import nn

from finetune_gui.engine.config import Weights
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.catalog import unknown_model
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.offline import weights_unavailable

_NUM_ORIGINAL_CLASSES = 1000  # ImageNet-1k


def list_names() -> list[str]:
    """Names of all classification models, sorted."""
    names: list[str] = tv.list_models(module=tv)
    return names


def build(name: str, *, weights: Weights, num_classes: int) -> LoadedModel:
    """Build a model of torchvision with a new head.

    Raises:
        EngineError: There is no such model, its weights cannot be had, or its head cannot be found.
    """
    if name not in list_names():
        raise unknown_model(f"torchvision/{name}", [f"torchvision/{other}" for other in list_names()])
    entry = tv.get_model_weights(name).DEFAULT
    model = _create(name)
    if weights == "pretrained":
        _load(model, name, entry)
    _drop_auxiliary_heads(model)
    head_path = _replace_head(model, name, num_classes)
    return LoadedModel(model=model, preprocessing=_preprocessing(entry), head_path=head_path)


def _create(name: str) -> nn.Module:
    # Inception and GoogLeNet initialise for a minute unless told not to; a run seeds and trains them all the same.
    options: dict[str, Any] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    model: nn.Module = tv.get_model(name, **options)
    return model


def _load(model: nn.Module, name: str, entry: Any) -> None:
    """Load weights from the cache that torchvision uses too, after downloading them if need be.

    ``entry.get_state_dict`` would do both, but prints to stdout, which belongs to ``--json``.
    """
    file_name = entry.url.rsplit("/", 1)[-1]
    path = Path(torch.hub.get_dir()) / "checkpoints" / file_name
    try:
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            match = torch.hub.HASH_REGEX.search(file_name)
            torch.hub.download_url_to_file(entry.url, str(path), match.group(1) if match else None, progress=False)
    except (OSError, RuntimeError) as error:  # RuntimeError: the hash of what was downloaded is wrong
        raise weights_unavailable(f"torchvision/{name}", error) from error
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))


def _drop_auxiliary_heads(model: nn.Module) -> None:
    """Auxiliary classifiers help training from scratch; fine-tuning does without, and the output stays one tensor."""
    for attribute in ("aux1", "aux2", "AuxLogits"):
        if getattr(model, attribute, None) is not None:
            setattr(model, attribute, None)
    if hasattr(model, "aux_logits"):
        model.aux_logits = False  # type: ignore[assignment]


def _replace_head(model: nn.Module, name: str, num_classes: int) -> str:
    """Swap the last layer with 1000 outputs for one sized to the classes, and return its path."""
    modules: list[tuple[str, nn.Module]] = list(model.named_modules())
    for path, module in reversed(modules):
        if isinstance(module, nn.Linear) and module.out_features == _NUM_ORIGINAL_CLASSES:
            model.set_submodule(path, nn.Linear(module.in_features, num_classes, bias=module.bias is not None))
            return path
        if isinstance(module, nn.Conv2d) and module.out_channels == _NUM_ORIGINAL_CLASSES:
            head = nn.Conv2d(module.in_channels, num_classes, kernel_size=1)
            model.set_submodule(path, head)
            return path
    raise EngineError(
        f"The output layer of torchvision/{name} was not found, so it cannot be fitted to your classes.",
        "Choose another model.",
    )


def _preprocessing(entry: Any) -> Preprocessing:
    transforms = entry.transforms()
    return Preprocessing(
        size=int(transforms.crop_size[0]),
        resize=int(transforms.resize_size[0]),
        interpolation="bicubic" if transforms.interpolation.value == "bicubic" else "bilinear",
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
    )
