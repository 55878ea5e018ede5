"""Models of timm (Wightman), with weights from their hub."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import timm
import timm.data
import torch
from safetensors import SafetensorError
from timm.models import get_pretrained_cfg, group_parameters

from finetune_gui.engine.config import Weights
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.catalog import unknown_model
from finetune_gui.engine.models.fetching import ensure_weights
from finetune_gui.engine.models.layers import HeadPath, Places, is_of_head, leaf_parameters, stage_places
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.tensor_files import read_tensor_file
from finetune_gui.engine.models.weight_files import SAFE_NAME, WeightsFile


def build(name: str, *, weights: Weights, num_classes: int) -> LoadedModel:
    """Build a model of timm with a new head.

    Raises:
        EngineError: There is no such model, its weights cannot be had, or its head is not known.
    """
    _require_known(name)
    model = _create(name, weights, num_classes)
    head_path = model.pretrained_cfg.get("classifier")
    if not head_path:  # an encoder of a language model
        raise EngineError(
            f"The output layer of timm/{name} is not known, so it cannot be fitted to your classes.",
            "Choose another model.",
        )
    head_path = head_path if isinstance(head_path, str) else tuple(head_path)
    return LoadedModel(
        model=model,
        preprocessing=_preprocessing(model),
        head_path=head_path,
        places=partial(timm_places, head_path=head_path),
    )


def weights_file(name: str) -> WeightsFile:
    """The file of its pretrained weights.

    Raises:
        EngineError: There is no such model, or timm offers no weights for it.
    """
    _require_known(name)
    cfg = get_pretrained_cfg(name)
    if cfg is None or not (cfg.hf_hub_id or cfg.url):
        raise EngineError(
            f"timm offers no pretrained weights for '{name}'.", "Choose another model, or train from scratch."
        )
    full = f"{name.partition('.')[0]}.{cfg.tag}" if cfg.tag else name
    if cfg.hf_hub_id:
        return WeightsFile(
            model_id=f"timm/{name}",
            name=cfg.hf_hub_filename or SAFE_NAME,
            place=f"timm/{full}",
            hub_id=cfg.hf_hub_id,
        )
    file_name = cfg.url.rsplit("/", 1)[-1]
    match = torch.hub.HASH_REGEX.search(file_name)
    return WeightsFile(
        model_id=f"timm/{name}",
        name=file_name,
        place=f"timm/{full}",
        url=cfg.url,
        sha256=match.group(1) if match else "",
    )


def load_tensors(name: str, tensors: Mapping[str, torch.Tensor], num_classes: int) -> Any:
    """A network with weights of a file, also one in the format of its authors, which timm knows how to convert.

    Raises:
        RuntimeError: The tensors do not fit.
    """
    model = timm.create_model(
        name,
        pretrained=True,
        num_classes=num_classes,
        pretrained_cfg_overlay={"state_dict": dict(tensors), "custom_load": False},
    )
    model.pretrained_cfg.pop("state_dict", None)  # timm keeps it, a second copy of all weights
    return model


def check_weights(name: str, tensors: Mapping[str, torch.Tensor]) -> None:
    """Whether tensors are weights of a model, by loading them.

    Raises:
        RuntimeError: They are not.
    """
    load_tensors(name, tensors, get_pretrained_cfg(name).num_classes)


def _create(name: str, weights: Weights, num_classes: int) -> Any:
    if weights == "none":
        return timm.create_model(name, pretrained=False, num_classes=num_classes)
    file = weights_file(name)
    path = ensure_weights(file)
    try:
        if path.suffix == ".safetensors":
            overlay = {"file": str(path), "custom_load": False}
            return timm.create_model(name, pretrained=True, num_classes=num_classes, pretrained_cfg_overlay=overlay)
        return load_tensors(name, read_tensor_file(path).tensors, num_classes)
    except (RuntimeError, SafetensorError, OSError) as error:
        raise EngineError(
            f"The weights of timm/{name} in {path} are damaged, or of another network.",
            "Remove the file and download it again.",
        ) from error


def _require_known(name: str) -> None:
    if not timm.is_model(name):
        known = [f"timm/{other}" for other in timm.list_models() + timm.list_models(pretrained=True)]
        raise unknown_model(f"timm/{name}", known)


def _preprocessing(model: Any) -> Preprocessing:
    config = timm.data.resolve_model_data_config(model)
    size = int(config["input_size"][-1])
    return Preprocessing(
        size=size,
        resize=max(size, int(size / config["crop_pct"])),
        interpolation="bilinear" if config["interpolation"] == "bilinear" else "bicubic",
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
    )


def timm_places(model: Any, head_path: HeadPath) -> Places:
    """Places by timm's own ``group_matcher``: stages, with the stem first. Layers it leaves out join the last stage."""
    if not hasattr(model, "group_matcher"):
        return stage_places(model, head_path)
    of_parameter: dict[str, int] = group_parameters(model, model.group_matcher(coarse=True), reverse=True)
    places = {leaf: of_parameter[names[0]] for leaf, names in leaf_parameters(model).items()}
    head = {leaf for leaf in places if is_of_head(leaf, head_path)}
    head_place = max(places[leaf] for leaf in head)  # timm puts what no pattern matches beside the head
    stages = [place for leaf, place in places.items() if leaf not in head and place != head_place]
    if not stages:
        return stage_places(model, head_path)
    return {leaf: max(stages) if place == head_place else place for leaf, place in places.items()}
