"""Recipes: settings that go well together, taken as a whole and changed from there. Imports no torch."""

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Literal, get_args

from finetune_gui.engine.config import Augment, LossConfig, OptimConfig, Preset, TrainConfig, TwoRates
from finetune_gui.engine.models.layer_tree import gradual_unfreezing

RecipeName = Literal["quick", "balanced", "thorough", "classic"]
RECIPE_NAMES: tuple[RecipeName, ...] = get_args(RecipeName)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a recipe decides. Data, model, device, seed, speed and stopping are none of its business.

    Attributes:
        num_epochs: Unless another number is wanted.
        batch_size: Images in a batch.
        augment: How strongly images are varied.
        preset: Which layers learn at first.
        unfreezes: Whether the last stage joins the head half-way.
        optim: How weights are updated.
        loss: What is minimised; weights of classes stay those of the user.
    """

    num_epochs: int
    batch_size: int
    augment: Augment
    preset: Preset
    unfreezes: bool = False
    optim: OptimConfig = field(default_factory=OptimConfig)
    loss: LossConfig = field(default_factory=LossConfig)


RECIPES: dict[RecipeName, Recipe] = {
    "quick": Recipe(num_epochs=10, batch_size=32, augment="light", preset="head"),
    "balanced": Recipe(num_epochs=12, batch_size=32, augment="light", preset="head", unfreezes=True),
    "thorough": Recipe(
        num_epochs=30,
        batch_size=32,
        augment="strong",
        preset="by_depth",
        optim=OptimConfig(warmup=0.1, clip_norm=1.0),
        loss=LossConfig(label_smoothing=0.1),
    ),
    # Nothing here adapts to data or network: a result can be compared with published ones.
    "classic": Recipe(
        num_epochs=20,
        batch_size=100,
        augment="light",
        preset="all",
        optim=OptimConfig(optimizer="sgd", lr=0.001, momentum=0.9, weight_decay=0.0, schedule="constant"),
    ),
}


def apply_recipe(name: RecipeName, config: TrainConfig, *, num_epochs: int | None = None) -> TrainConfig:
    """A config as a recipe wants it. Rules of the user for single layers are dropped: the recipe says what learns.

    Args:
        name: Of the recipe.
        config: Gives all that the recipe leaves open.
        num_epochs: In place of the recipe's own number; the unfreezing follows it.
    """
    recipe = RECIPES[name]
    epochs = num_epochs or recipe.num_epochs
    plan = replace(
        config.plan,
        preset=recipe.preset,
        rules=(),
        two_rates=TwoRates(),
        schedule=gradual_unfreezing(epochs, None) if recipe.unfreezes else (),
    )
    return replace(
        config,
        num_epochs=epochs,
        batch_size=recipe.batch_size,
        plan=plan,
        data=replace(config.data, augment=recipe.augment),
        optim=recipe.optim,
        loss=replace(recipe.loss, class_weights=config.loss.class_weights),
    )


def closest_recipe(config: TrainConfig) -> tuple[RecipeName | None, tuple[str, ...]]:
    """The recipe that a config comes from, and the fields in which it differs; empty where it equals it.

    That is the one with the same layers learning in the same order; None where no recipe has them so.
    """
    course = _course(config)
    for name in RECIPE_NAMES:
        applied = apply_recipe(name, config)
        if _course(applied) == course:
            return name, changed_fields(config, applied)
    return None, ()


def _course(config: TrainConfig) -> tuple[Preset, ...]:
    return (config.plan.preset, *(change.preset for change in config.plan.schedule))


def changed_fields(config: TrainConfig, other: TrainConfig) -> tuple[str, ...]:
    """Names of the fields in which two configs differ, as in ``optim.lr``; those of ``TrainConfig`` stand alone."""
    found: list[str] = []
    for entry in fields(TrainConfig):
        value, counterpart = getattr(config, entry.name), getattr(other, entry.name)
        if not is_dataclass(value):
            found += [entry.name] if value != counterpart else []
            continue
        parts = (part.name for part in fields(value))
        found += [f"{entry.name}.{name}" for name in parts if getattr(value, name) != getattr(counterpart, name)]
    return tuple(found)
