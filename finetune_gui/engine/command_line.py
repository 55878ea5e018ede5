"""The line for the terminal that starts the same run. The names of options are kept here for both ways."""

import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from finetune_gui.engine.config import DataConfig, DataEdits, LayerPlan, TrainConfig, TwoRates

PROGRAM = "finetune-gui"
# Fields that one option with one value stands for. A truth value has also a --no- form.
OPTIONS = {
    "model.id": "--model",
    "model.architecture": "--architecture",
    "model.weights": "--weights",
    "model.head_dropout": "--head-dropout",
    "plan.batch_norm": "--batch-norm",
    "num_epochs": "--epochs",
    "batch_size": "--batch-size",
    "data.augment": "--augment",
    "optim.optimizer": "--optimizer",
    "optim.lr": "--lr",
    "optim.schedule": "--schedule",
    "optim.warmup": "--warmup",
    "optim.step_epochs": "--step-epochs",
    "optim.step_factor": "--step-factor",
    "optim.momentum": "--momentum",
    "optim.weight_decay": "--weight-decay",
    "optim.clip_norm": "--clip-norm",
    "optim.grad_accum_steps": "--accumulate",
    "optim.ema_decay": "--ema",
    "loss.label_smoothing": "--label-smoothing",
    "loss.mixup": "--mixup",
    "loss.cutmix": "--cutmix",
    "stopping.best_by": "--best-by",
    "stopping.patience": "--patience",
    "speed.cache": "--cache",
    "speed.cache_gb": "--cache-gb",
    "speed.views": "--views",
    "speed.precision": "--precision",
    "speed.compile": "--compile",
    "seed": "--seed",
    "deterministic": "--deterministic",
    "checkpoint_minutes": "--checkpoint-minutes",
    "device": "--device",
    "data.val_split": "--val-split",
    "data.test_split": "--test-split",
    "data.group_pattern": "--group-pattern",
    "data.group_look_alikes": "--group-look-alikes",
    "data.class_level": "--class-level",
    "data.balance": "--balance",
}


def train_arguments(config: TrainConfig) -> tuple[str, ...] | None:
    """Arguments of the program for a run.

    Paths are absolute. What is as it is by default is left out, and so are rates of a preset that is not used.

    Returns:
        None where no options can say it, as with decisions about single images: then save the config, and use
        ``config_arguments``.
    """
    if not _can_be_said(config):
        return None
    default = TrainConfig(data=DataConfig(path=""))
    arguments = ["train", *(str(Path(path).absolute()) for path in config.data.class_folders or (config.data.path,))]
    arguments += _of_plan(config.plan)
    arguments += _option("--class-weights", _pairs(config.loss.class_weights.items()))
    for field, flag in OPTIONS.items():
        value = field_value(config, field)
        if value != field_value(default, field):
            arguments += _plain_option(flag, "auto" if field == "batch_size" and not value else value)
    return tuple(arguments)


def config_arguments(config_file: Path) -> tuple[str, ...]:
    """Arguments of the program for the run of a saved config."""
    return ("train", "--config", str(config_file.absolute()))


def shell_line(arguments: Sequence[str]) -> str:
    """The program and its arguments, quoted for the shell of this system."""
    line = (PROGRAM, *arguments)
    if sys.platform == "win32":
        import subprocess  # it takes longer to import than the rest of this module

        return subprocess.list2cmdline(line)
    return shlex.join(line)


def field_value(config: TrainConfig, field: str) -> Any:
    """A field by its path, such as ``optim.lr``."""
    value: Any = config
    for name in field.split("."):
        value = getattr(value, name)
    return value


def _can_be_said(config: TrainConfig) -> bool:
    plan = config.plan
    names = [*(rule.pattern for rule in plan.rules), *config.loss.class_weights, plan.two_rates.up_to]
    two_rates_later = "two_groups" in [change.preset for change in plan.schedule] and plan.preset != "two_groups"
    return (
        config.data.edits == DataEdits()
        and config.task == TrainConfig.task
        and not (two_rates_later and plan.two_rates != TwoRates())
        and all("," not in name and name == name.strip() for name in names)
    )


def _of_plan(plan: LayerPlan) -> list[str]:
    arguments: list[str] = []
    if plan.preset == "two_groups":
        arguments += _option("--two-rates", _pairs([(plan.two_rates.up_to, plan.two_rates.multiplier)]))
    elif plan.preset != LayerPlan.preset:
        arguments += ["--preset", plan.preset]
    arguments += _option("--unfreeze", ",".join(f"{change.from_epoch}={change.preset}" for change in plan.schedule))
    return arguments + _option("--lr-mult", _pairs((rule.pattern, rule.multiplier) for rule in plan.rules))


def _pairs(pairs: Iterable[tuple[str, float]]) -> str:
    return ",".join(f"{name}={value!r}" for name, value in pairs)


def _plain_option(flag: str, value: object) -> list[str]:
    if isinstance(value, bool):
        return [flag if value else f"--no-{flag.removeprefix('--')}"]
    return _option(flag, str(value))


def _option(flag: str, value: str) -> list[str]:
    """Nothing where there is no value; one that looks like an option is tied to its own."""
    if not value:
        return []
    return [f"{flag}={value}"] if value.startswith("-") else [flag, value]
