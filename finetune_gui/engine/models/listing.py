"""Collects every model of torchvision and timm with what they say of it. Imports both, which takes seconds."""

import math
from collections.abc import Iterator
from typing import Any

import timm
from timm.models import get_pretrained_cfg

from finetune_gui.engine.models import timm_source, torchvision_source
from finetune_gui.engine.models.architectures import figures_key, known_architectures
from finetune_gui.engine.models.catalog import ModelInfo
from finetune_gui.engine.models.families import family, is_self_supervised, license_name, pretraining


def list_torchvision() -> Iterator[ModelInfo]:
    """Every classification model with every weight set, the best set first."""
    for name in torchvision_source.list_names():
        entry = torchvision_source.weights_entry(name)
        meta: dict[str, Any] = entry.meta
        yield ModelInfo(
            id=f"torchvision/{name}",
            title=name.replace(".", " · "),
            family=family(name),
            num_parameters=meta["num_params"],
            gmacs=meta["_ops"],
            input_size=int(entry.transforms().crop_size[0]),
            license="CC-BY-NC-4.0" if "SWAG" in name else "BSD-3-Clause",  # of SWAG: its LICENSE file
            weights=torchvision_source.weights_file(name),
            top1=_top1(meta),
            pretraining=pretraining(f"{name}.{entry.name.replace('IMAGENET1K', 'in1k')}"),
            recipe=meta.get("recipe", ""),
        )


def _top1(meta: dict[str, Any]) -> float | None:
    accuracy = float(meta["_metrics"]["ImageNet-1K"]["acc@1"])
    return None if math.isnan(accuracy) else accuracy / 100  # weights without an output layer have none


def list_timm() -> Iterator[ModelInfo]:
    """Every model with pretrained weights; size and work from the shipped table, 0 where it does not have them."""
    table = {figures_key(each.id, each.input_size, each.num_outputs): each for each in known_architectures()}
    for name in timm.list_models(pretrained=True):
        cfg = get_pretrained_cfg(name)
        size = int(cfg.input_size[-1])
        figures = table.get(figures_key(f"timm/{name}", size, cfg.num_classes))
        yield ModelInfo(
            id=f"timm/{name}",
            title=name,
            family=family(name),
            num_parameters=figures.num_parameters if figures else 0,
            gmacs=figures.gmacs if figures else 0.0,
            input_size=size,
            license=license_name(cfg.license),
            weights=timm_source.weights_file(name),
            pretraining=pretraining(name),
            self_supervised=is_self_supervised(name),
            recipe=cfg.origin_url or "",
        )
