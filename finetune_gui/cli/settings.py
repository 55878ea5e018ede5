"""From command-line options to a ``TrainConfig``."""

import argparse
from dataclasses import replace
from typing import Any

from finetune_gui.engine.command_line import OPTIONS
from finetune_gui.engine.config import (
    PRESETS,
    DataConfig,
    LayerPlan,
    LayerRule,
    LossConfig,
    ModelConfig,
    PresetChange,
    TrainConfig,
    TwoRates,
    read_config,
)
from finetune_gui.engine.data.sources import name_data
from finetune_gui.engine.errors import EngineError


def train_config(arguments: argparse.Namespace) -> TrainConfig:
    """The config of ``train``: defaults, then ``--config``, then ``--recipe``, then the options that were given.

    Raises:
        EngineError: No data are named, or a value is not allowed.
    """
    base = read_config(arguments.config) if arguments.config else None
    data = data_config(arguments, base.data if base else None)
    config = replace(base, data=data) if base else TrainConfig(data=data)
    if arguments.recipe:
        config = _cooked(config, arguments)
    return replace(
        config,
        model=_model(config.model, arguments),
        plan=_plan(config.plan, arguments),
        optim=replace(config.optim, **_given(arguments, "optim")),
        loss=_loss(config.loss, arguments),
        stopping=replace(config.stopping, **_given(arguments, "stopping")),
        speed=replace(config.speed, **_given(arguments, "speed")),
        **_given(arguments),
    )


def _cooked(config: TrainConfig, arguments: argparse.Namespace) -> TrainConfig:
    """By the recipe; how strongly images are varied is part of it, unless that is said, too."""
    from finetune_gui.engine.recipes import apply_recipe  # `inspect` has no use for it

    config = apply_recipe(arguments.recipe, config, num_epochs=arguments.epochs)
    return replace(config, data=replace(config.data, **_given(arguments, "data")))


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
    return replace(base, **_given(arguments, "data"))


def _model(model: ModelConfig, arguments: argparse.Namespace) -> ModelConfig:
    if arguments.model:  # what was found out about the one before says nothing of this one
        model = replace(model, architecture="")
    return replace(model, **_given(arguments, "model"))


def _loss(loss: LossConfig, arguments: argparse.Namespace) -> LossConfig:
    loss = replace(loss, **_given(arguments, "loss"))
    if arguments.class_weights is None:
        return loss
    return replace(loss, class_weights=dict(_class_weight(part) for part in _parts(arguments.class_weights)))


def _given(arguments: argparse.Namespace, section: str = "") -> dict[str, Any]:
    """Options that were given, by the name of their field in a section of the config; "": of the config itself."""
    found = {}
    for field, flag in OPTIONS.items():
        part, _, name = field.rpartition(".")
        value = getattr(arguments, flag.removeprefix("--").replace("-", "_"), None) if part == section else None
        if value is not None:
            found[name] = value
    return found


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
    return replace(plan, rules=(*plan.rules, *rules), **_given(arguments, "plan"))


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


def _class_weight(part: str) -> tuple[str, float]:
    name, _, value = part.rpartition("=")
    try:
        return name.strip(), float(value)
    except ValueError as error:
        raise EngineError(f"'{part}' is not a weight of a class.", "Write CLASS=WEIGHT, such as 'ants=2'.") from error
