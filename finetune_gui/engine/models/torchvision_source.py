"""Models of torchvision, with weights from its own site."""

from functools import partial
from typing import Any

import torch
import torchvision.models as tv
from torch import nn

from finetune_gui.engine.config import Weights
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.catalog import unknown_model
from finetune_gui.engine.models.fetching import ensure_weights
from finetune_gui.engine.models.heads import replace_head
from finetune_gui.engine.models.layers import stage_places
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.tensor_files import read_tensor_file
from finetune_gui.engine.models.weight_files import WeightsFile

_NUM_ORIGINAL_CLASSES = 1000  # ImageNet-1k


def list_names() -> list[str]:
    """Names of all classification models, sorted; weight sets besides the best one as ``NAME.SET``."""
    names = []
    for name in tv.list_models(module=tv):
        sets = tv.get_model_weights(name)
        names += [name, *(f"{name}.{entry.name}" for entry in sets if entry != sets.DEFAULT)]
    return names


def weights_file(name: str) -> WeightsFile:
    """The file of its pretrained weights.

    Raises:
        EngineError: There is no such model.
    """
    entry = weights_entry(name)
    file_name = entry.url.rsplit("/", 1)[-1]
    match = torch.hub.HASH_REGEX.search(file_name)
    return WeightsFile(
        model_id=f"torchvision/{name}",
        name=file_name,
        place="torchvision",
        url=entry.url,
        sha256=match.group(1) if match else "",
        num_bytes=round(entry.meta["_file_size"] * 2**20),  # torchvision counts in MiB
    )


def weights_entry(name: str) -> Any:
    """The library's own description of a weight set: of ``NAME.SET``, or of the best one of ``NAME``.

    Raises:
        EngineError: There is none.
    """
    base, _, wanted = name.partition(".")
    sets = tv.get_model_weights(base) if base in tv.list_models(module=tv) else None
    if sets is None or (wanted and wanted not in sets.__members__):
        raise unknown_model(f"torchvision/{name}", [f"torchvision/{other}" for other in list_names()])
    return sets[wanted] if wanted else sets.DEFAULT


def build(name: str, *, weights: Weights, num_classes: int) -> LoadedModel:
    """Build a model of torchvision with a new head.

    Raises:
        EngineError: There is no such model, its weights cannot be had, or its head cannot be found.
    """
    entry = weights_entry(name)
    model = _create(name, entry)
    if weights == "pretrained":
        _load(model, weights_file(name), complete=entry.meta["categories"] is not None)
    _drop_auxiliary_heads(model)
    head_path = replace_head(model, f"torchvision/{name}", num_classes, num_original=_NUM_ORIGINAL_CLASSES)
    return LoadedModel(
        model=model,
        preprocessing=_preprocessing(entry),
        head_path=head_path,
        places=partial(stage_places, head_path=head_path),
    )


def _create(name: str, entry: Any) -> nn.Module:
    """The network as its weights want it, without torchvision's own download, which shows no progress."""
    base = name.partition(".")[0]
    options: dict[str, Any] = {}
    if base in ("googlenet", "inception_v3"):  # their weights are of TensorFlow, and initialising takes a minute
        options = {"init_weights": False, "transform_input": True}
    if base.startswith("vit_"):  # its table of positions has the size of the image
        options = {"image_size": entry.transforms().crop_size[0]}
    model: nn.Module = tv.get_model(base, **options)
    return model


def _load(model: nn.Module, file: WeightsFile, *, complete: bool) -> None:
    """Load weights; one set, of VGG-16 for detection, comes without the classifier."""
    path = ensure_weights(file)
    try:
        model.load_state_dict(read_tensor_file(path).tensors, strict=complete)
    except RuntimeError as error:
        raise EngineError(f"{path} is not the file of {file.model_id}.", "Remove it and download it again.") from error


def _drop_auxiliary_heads(model: nn.Module) -> None:
    """Auxiliary classifiers help training from scratch; fine-tuning does without, and the output stays one tensor."""
    for attribute in ("aux1", "aux2", "AuxLogits"):
        if getattr(model, attribute, None) is not None:
            setattr(model, attribute, None)
    if hasattr(model, "aux_logits"):
        model.aux_logits = False  # type: ignore[assignment]


def _preprocessing(entry: Any) -> Preprocessing:
    transforms = entry.transforms()
    return Preprocessing(
        size=int(transforms.crop_size[0]),
        resize=int(transforms.resize_size[0]),
        interpolation="bicubic" if transforms.interpolation.value == "bicubic" else "bilinear",
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
    )
