"""Optimizers, learning-rate multipliers and schedules."""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from finetune_gui.engine.config import OptimConfig, Preset

DEFAULT_WEIGHT_DECAY = {"adamw": 0.01, "sgd": 1e-4}
# Those of torch's OneCycleLR: share of the run in which the rate climbs, and how much smaller it is before and after.
_ONE_CYCLE_RISE, _ONE_CYCLE_START, _ONE_CYCLE_END = 0.3, 25.0, 1e4
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
    # One kernel for all tensors of a group, where the device has it.
    fused = {parameter.device.type for group in settings for parameter in group["params"]} <= {"cpu", "cuda"}
    if config.optimizer == "sgd":
        return torch.optim.SGD(settings, lr=lr, momentum=config.momentum, fused=fused)
    return torch.optim.AdamW(settings, lr=lr, fused=fused)


def schedule_factor(config: OptimConfig, step: int, total_steps: int, steps_per_epoch: int) -> float:
    """Share of the learning rate at a step, counted from 0.

    ``cosine`` warms up linearly, then falls along half a cosine to 0 (Loshchilov & Hutter 2017, SGDR, one cycle).
    ``one_cycle`` goes from 1/25 up to 1 and down to 1/250,000, along half cosines, as ``torch``'s ``OneCycleLR``.
    """
    match config.schedule:
        case "constant":
            return 1.0
        case "step":
            return config.step_factor ** (step // steps_per_epoch // config.step_epochs)
        case "one_cycle":
            return _one_cycle(step, total_steps)
        case "cosine":
            return _cosine(step, total_steps, round(config.warmup * total_steps))


def _cosine(step: int, total_steps: int, warmup: int) -> float:
    if step < warmup:
        return (step + 1) / (warmup + 1)
    progress = (step - warmup) / max(1, total_steps - warmup)
    return _between(1.0, 0.0, progress)


def _one_cycle(step: int, total_steps: int) -> float:
    peak = max(0.0, _ONE_CYCLE_RISE * total_steps - 1)  # at 0, in runs of a few steps, there is no rise
    if step < peak:
        return _between(1 / _ONE_CYCLE_START, 1.0, step / peak)
    progress = (step - peak) / max(1.0, total_steps - 1 - peak)
    return _between(1.0, 1 / _ONE_CYCLE_START / _ONE_CYCLE_END, progress)


def _between(start: float, end: float, progress: float) -> float:
    """Along half a cosine."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * progress))


def set_learning_rate(optimizer: torch.optim.Optimizer, factor: float) -> None:
    """Give every group its share of its own full rate η·λ."""
    for group in optimizer.param_groups:
        group["lr"] = group["full_lr"] * factor
