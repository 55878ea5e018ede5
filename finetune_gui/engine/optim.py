"""Optimizers, learning-rate multipliers and schedules."""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from finetune_gui.engine.config import OptimConfig, Preset, Schedule

WARMUP_SHARE = 0.05  # of all steps, of the cosine schedule
DEFAULT_WEIGHT_DECAY = {"adamw": 0.01, "sgd": 1e-4}
# A new head alone stands large steps; pretrained layers lose what they know under them.
_DEFAULT_LR = {
    ("adamw", True): 3e-3,
    ("adamw", False): 3e-4,
    ("sgd", True): 3e-2,
    ("sgd", False): 3e-3,
}


def default_lr(config: OptimConfig, preset: Preset) -> float:
    """The base learning rate η that suits the optimizer and the layer plan, unless one is set."""
    return config.lr if config.lr is not None else _DEFAULT_LR[config.optimizer, preset == "head"]


def build_optimizer(
    parameters: Iterable[tuple[nn.Parameter, float]], config: OptimConfig, lr: float
) -> torch.optim.Optimizer:
    """An optimizer over the parameters with λ > 0, one group for each learning rate η·λ and decay.

    Frozen parameters are in no group, so they have no state and no decay. Biases and the scales of normalisation
    layers are not decayed (Loshchilov & Hutter 2019 leave this open; it is the custom since He et al. 2019, "Bag of
    tricks").
    """
    decay = config.weight_decay if config.weight_decay is not None else DEFAULT_WEIGHT_DECAY[config.optimizer]
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for parameter, multiplier in parameters:
        if multiplier > 0:
            key = (multiplier, decay if parameter.ndim > 1 else 0.0)
            groups.setdefault(key, []).append(parameter)
    settings: list[dict[str, Any]] = [
        {"params": members, "lr": lr * multiplier, "full_lr": lr * multiplier, "weight_decay": weight_decay}
        for (multiplier, weight_decay), members in groups.items()
    ]
    if config.optimizer == "sgd":
        return torch.optim.SGD(settings, lr=lr, momentum=config.momentum)
    return torch.optim.AdamW(settings, lr=lr)


def schedule_factor(schedule: Schedule, step: int, total_steps: int) -> float:
    """Share of the learning rate at a step, counted from 0.

    ``cosine`` warms up linearly, then falls along half a cosine to 0 (Loshchilov & Hutter 2017, SGDR, one cycle).
    """
    if schedule == "constant":
        return 1.0
    warmup = round(WARMUP_SHARE * total_steps)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    progress = (step - warmup) / max(1, total_steps - warmup)
    return 0.5 * (1 + math.cos(math.pi * progress))


def set_learning_rate(optimizer: torch.optim.Optimizer, factor: float) -> None:
    """Give every group its share of its own full rate η·λ."""
    for group in optimizer.param_groups:
        group["lr"] = group["full_lr"] * factor
