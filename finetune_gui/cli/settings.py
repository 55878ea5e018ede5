"""From command-line options to a ``TrainConfig``."""

import argparse
from dataclasses import replace
from typing import Any

from finetune_gui.engine.config import (
    PRESETS,
    DataConfig,
    LayerPlan,
    LayerRule,
    ModelConfig,
    PresetChange,
    SpeedConfig,
    TrainConfig,
    TwoRates,
    read_config,
)
from finetune_gui.engine.data.sources import name_data
from finetune_gui.engine.errors import EngineError


def train_config(arguments: argparse.Namespace) -> TrainConfig:
    """The config of ``train``: defaults, then ``--config``, then the options that were given.

    Raises:
        EngineError: No data are named, or a value is not allowed.
    """
    base = read_config(arguments.config) if arguments.config else None
    data = data_config(arguments, base.data if base else None)
    config = replace(base, data=data) if base else TrainConfig(data=data)
    config = replace(
        config,
        model=_model(config.model, arguments),
        plan=_plan(config.plan, arguments),
        optim=replace(config.optim, **_given(arguments, "optimizer", "lr", "weight_decay", "schedule")),
        speed=_speed(config.speed, arguments),
    )
    return replace(config, **_given(arguments, "batch_size", "seed", "device", num_epochs="epochs"))


def _speed(speed: SpeedConfig, arguments: argparse.Namespace) -> SpeedConfig:
    speed = replace(speed, **_given(arguments, "cache_gb", "views", "precision"))
    return replace(speed, cache=False) if arguments.no_cache else speed


def data_config(arguments: argparse.Namespace, base: DataConfig | None = None) -> DataConfig:
    """Which data are named, and how they are divided.

    Raises:
        EngineError: No data are named, or a value is not allowed.
    """
    if arguments.data:
        place = name_data(arguments.data)
        base = replace(base or DataConfig(path=""), path=place.path, class_folders=place.class_folders)
    if base is None or not base.path:
        raise EngineError("No image folder is given.", "Name it: finetune-gui train FOLDER.")
    names = ("val_split", "test_split", "group_pattern", "class_level", "balance", "augment")
    return replace(base, **_given(arguments, *(name for name in names if hasattr(arguments, name))))


def _model(model: ModelConfig, arguments: argparse.Namespace) -> ModelConfig:
    if arguments.model:  # what was found out about the one before says nothing of this one
        model = replace(model, architecture="")
    return replace(model, **_given(arguments, "weights", "head_dropout", "architecture", id="model"))


def _given(arguments: argparse.Namespace, *names: str, **renamed: str) -> dict[str, Any]:
    """Options that were given, by the name of their field; ``renamed`` maps field to option."""
    options = {name: name for name in names} | renamed
    values = {field: getattr(arguments, option) for field, option in options.items()}
    return {field: value for field, value in values.items() if value is not None}


def _plan(plan: LayerPlan, arguments: argparse.Namespace) -> LayerPlan:
    rules: list[LayerRule] = []
    if arguments.preset:
        plan = LayerPlan(preset=arguments.preset, batch_norm=plan.batch_norm)
    if arguments.freeze == "backbone":
        plan = LayerPlan(preset="head", batch_norm=plan.batch_norm)
    elif arguments.freeze == "none":
        plan = LayerPlan(preset="all", batch_norm=plan.batch_norm)
    elif arguments.freeze:
        preset = plan.preset if arguments.preset or arguments.config else "all"
        plan = LayerPlan(preset=preset, rules=plan.rules, batch_norm=plan.batch_norm)
        rules += [LayerRule(pattern=glob, multiplier=0.0) for glob in _parts(arguments.freeze)]
    if arguments.two_rates:
        divide = _multiplier(arguments.two_rates)
        rates = TwoRates(up_to=divide.pattern, multiplier=divide.multiplier)
        plan = replace(plan, preset="two_groups", two_rates=rates)
    if arguments.unfreeze:
        plan = replace(plan, schedule=tuple(_preset_change(part) for part in _parts(arguments.unfreeze)))
    rules += [_multiplier(part) for part in _parts(arguments.lr_mult or "")]
    return replace(plan, rules=(*plan.rules, *rules), **_given(arguments, "batch_norm"))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _preset_change(part: str) -> PresetChange:
    epoch, _, preset = (piece.strip() for piece in part.partition("="))
    if not epoch.isdecimal() or preset not in PRESETS:
        raise EngineError(
            f"'{part}' is not a change of the preset.", f"Write EPOCH=PRESET with one of {', '.join(PRESETS)}."
        )
    return PresetChange(from_epoch=int(epoch), preset=preset)


def _multiplier(part: str) -> LayerRule:
    pattern, _, value = part.rpartition("=")
    try:
        return LayerRule(pattern=pattern.strip(), multiplier=float(value))
    except ValueError as error:
        raise EngineError(
            f"'{part}' is not a multiplier for layers.", "Write GLOB=λ, such as 'blocks.5*=0.1'."
        ) from error
