"""Models of timm (Wightman), with weights from their hub."""

import os
import socket
import urllib.request
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import timm
import timm.data
from timm.models import group_parameters

from finetune_gui.engine.config import Weights
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.catalog import unknown_model
from finetune_gui.engine.models.layers import Places, leaf_parameters, stage_places
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.offline import weights_unavailable

_CONNECT_SECONDS = 5.0


def list_names() -> list[str]:
    """Names of all models with pretrained weights, sorted."""
    names: list[str] = timm.list_models(pretrained=True)
    return names


def build(name: str, *, weights: Weights, num_classes: int) -> LoadedModel:
    """Build a model of timm with a new head.

    Raises:
        EngineError: There is no such model, its weights cannot be had, or its head is not known.
    """
    if not timm.is_model(name):
        known = [f"timm/{other}" for other in timm.list_models() + timm.list_models(pretrained=True)]
        raise unknown_model(f"timm/{name}", known)
    model = _create(name, weights, num_classes)
    head_path = model.pretrained_cfg.get("classifier")
    if not isinstance(head_path, str):
        raise EngineError(
            f"The output layer of timm/{name} is not known, so it cannot be fitted to your classes.",
            "Choose another model; variants without '_distilled' have one output layer.",
        )
    return LoadedModel(
        model=model,
        preprocessing=_preprocessing(model),
        head_path=head_path,
        places=partial(timm_places, head_path=head_path),
    )


def _create(name: str, weights: Weights, num_classes: int) -> Any:
    if weights == "none":
        return timm.create_model(name, pretrained=False, num_classes=num_classes)
    _require_weights(name)
    try:
        return timm.create_model(name, pretrained=True, num_classes=num_classes)
    except OSError as error:  # all errors of the hub and of the network are OSErrors
        raise weights_unavailable(f"timm/{name}", error) from error
    except RuntimeError as error:
        if "pretrained" in str(error).lower():
            raise EngineError(
                f"timm offers no pretrained weights for '{name}'.", "Choose another model, or train from scratch."
            ) from error
        raise


def _require_weights(name: str) -> None:
    """Fail at once where neither the cache has the weights nor the hub answers; its client would retry for a minute."""
    from huggingface_hub import constants, try_to_load_from_cache

    hub_id = timm.get_pretrained_cfg_value(name, "hf_hub_id")
    if not hub_id or os.environ.get("HTTPS_PROXY") or urllib.request.getproxies().get("https"):
        return
    cached = (try_to_load_from_cache(hub_id, file) for file in ("model.safetensors", "pytorch_model.bin"))
    if any(isinstance(path, str) for path in cached):
        return
    host = urlsplit(constants.ENDPOINT)
    try:
        socket.create_connection((host.hostname or "", host.port or 443), timeout=_CONNECT_SECONDS).close()
    except OSError as error:
        raise weights_unavailable(f"timm/{name}", error) from error


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


def timm_places(model: Any, head_path: str) -> Places:
    """Places by timm's own ``group_matcher``: stages, with the stem first. Layers it leaves out join the last stage."""
    if not hasattr(model, "group_matcher"):
        return stage_places(model)
    of_parameter: dict[str, int] = group_parameters(model, model.group_matcher(coarse=True), reverse=True)
    places = {leaf: of_parameter[names[0]] for leaf, names in leaf_parameters(model).items()}
    head = {leaf for leaf in places if leaf == head_path or leaf.startswith(f"{head_path}.")}
    head_place = max(places[leaf] for leaf in head)  # timm puts what no pattern matches beside the head
    stages = [place for leaf, place in places.items() if leaf not in head and place != head_place]
    if not stages:
        return stage_places(model)
    return {leaf: max(stages) if place == head_place else place for leaf, place in places.items()}
