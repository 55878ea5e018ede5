"""Recipes, and the line for the terminal that gives the same run."""

import shlex
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

from finetune_gui.cli.parser import build_parser
from finetune_gui.cli.settings import train_config
from finetune_gui.engine.command_line import OPTIONS, config_arguments, field_value, shell_line, train_arguments
from finetune_gui.engine.config import (
    DataConfig,
    DataEdits,
    LayerPlan,
    LayerRule,
    LossConfig,
    ModelConfig,
    OptimConfig,
    PresetChange,
    SpeedConfig,
    StoppingConfig,
    TrainConfig,
    TwoRates,
)
from finetune_gui.engine.files import write_json
from finetune_gui.engine.recipes import RECIPE_NAMES, apply_recipe, changed_fields, closest_recipe

DATA = DataConfig(path=str(Path("/data/my images")))
PLAIN = TrainConfig(data=DATA)


def parsed(arguments: tuple[str, ...]) -> TrainConfig:
    """As the command line understands them."""
    return train_config(build_parser(arguments).parse_args(arguments))


# --- recipes -----------------------------------------------------------------------------------------------------


def test_what_the_app_begins_with_is_quick() -> None:
    assert apply_recipe("quick", PLAIN) == PLAIN
    assert closest_recipe(PLAIN) == ("quick", ())


def test_a_recipe_leaves_what_is_not_its_own() -> None:
    mine = replace(
        PLAIN,
        model=ModelConfig(id="torchvision/resnet50"),
        loss=LossConfig(class_weights={"ants": 2.0}, mixup=0.2),
        plan=LayerPlan(preset="two_groups", rules=(LayerRule(pattern="x", multiplier=0.5),), batch_norm="adapts"),
        speed=SpeedConfig(precision="fp32"),
        seed=7,
    )
    cooked = apply_recipe("classic", mine)
    assert (cooked.optim.optimizer, cooked.optim.lr, cooked.optim.momentum) == ("sgd", 0.001, 0.9)
    assert (cooked.batch_size, cooked.num_epochs, cooked.plan.preset) == (100, 20, "all")
    assert cooked.plan.rules == ()
    assert (cooked.model, cooked.speed, cooked.seed) == (mine.model, mine.speed, 7)
    assert cooked.plan.batch_norm == "adapts"
    assert cooked.loss == LossConfig(class_weights={"ants": 2.0})


@pytest.mark.parametrize("name", RECIPE_NAMES)
def test_each_is_recognised_also_when_it_was_changed(name: str) -> None:
    cooked = apply_recipe(name, PLAIN)  # type: ignore[arg-type]
    assert closest_recipe(cooked) == (name, ())
    changed = replace(cooked, num_epochs=33, optim=replace(cooked.optim, lr=0.5), seed=3, device="cpu")
    found, differences = closest_recipe(changed)
    assert found == name
    assert {"num_epochs", "optim.lr"} <= set(differences) <= {"num_epochs", "optim.lr", "plan.schedule"}


def test_a_plan_that_no_recipe_has_is_none() -> None:
    assert closest_recipe(replace(PLAIN, plan=LayerPlan(preset="last_stage"))) == (None, ())


def test_unfreezing_follows_the_number_of_epochs() -> None:
    assert apply_recipe("balanced", PLAIN).plan.schedule == (PresetChange(from_epoch=7, preset="last_stage"),)
    assert apply_recipe("balanced", PLAIN, num_epochs=4).plan.schedule[0].from_epoch == 3
    assert apply_recipe("balanced", PLAIN, num_epochs=1).plan.schedule == ()


def test_changed_fields_are_named() -> None:
    other = replace(PLAIN, seed=1, optim=OptimConfig(lr=0.1), data=replace(DATA, edits=DataEdits(dropped=("a",))))
    assert changed_fields(other, PLAIN) == ("data.edits", "optim.lr", "seed")


# --- the command -------------------------------------------------------------------------------------------------

CONFIGS = {
    "as it is": PLAIN,
    "all that has an option": replace(
        PLAIN,
        data=replace(
            DATA,
            val_split=0.25,
            test_split=0.125,
            group_pattern=r"-p(\d+) '",
            group_look_alikes=False,
            class_level="last",
            balance="class_weights",
            augment="strong",
        ),
        model=ModelConfig(id="file:/a b.pth", weights="none", architecture="timm/x", head_dropout=0.0),
        plan=LayerPlan(
            preset="by_depth",
            rules=(LayerRule(pattern="a.*", multiplier=0.1), LayerRule(pattern="*", multiplier=0.0)),
            batch_norm="adapts",
            schedule=(PresetChange(from_epoch=2, preset="all"), PresetChange(from_epoch=5, preset="head")),
        ),
        optim=OptimConfig(
            optimizer="sgd",
            lr=1 / 3,
            weight_decay=1e-7,
            momentum=0.5,
            schedule="step",
            warmup=0.0,
            step_epochs=3,
            step_factor=0.3,
            clip_norm=1.5,
            grad_accum_steps=4,
            ema_decay=0.99,
        ),
        loss=LossConfig(label_smoothing=0.1, class_weights={"a=b": 2.0, "c": 0.5}, mixup=0.2, cutmix=1.0),
        stopping=StoppingConfig(best_by="val_loss", patience=3),
        speed=SpeedConfig(cache=False, cache_gb=2.5, views=0, precision="bf16", compile=True),
        num_epochs=3,
        batch_size=0,
        seed=2**32 - 1,
        deterministic=True,
        checkpoint_minutes=0.0,
        device="cuda:1",
    ),
    "two rates": replace(PLAIN, plan=LayerPlan(preset="two_groups", two_rates=TwoRates(up_to="", multiplier=3.5))),
    **{name: apply_recipe(name, PLAIN) for name in RECIPE_NAMES},
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_command_gives_the_same_run(config: TrainConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    arguments = train_arguments(config)
    assert arguments is not None
    line = shlex.split(shell_line(arguments))
    assert line[0] == "finetune-gui"
    assert parsed(tuple(line[1:])) == config


def test_only_what_differs_is_said() -> None:
    assert train_arguments(PLAIN) == ("train", DATA.path)
    assert train_arguments(replace(PLAIN, num_epochs=3)) == ("train", DATA.path, "--epochs", "3")
    idle = LayerPlan(two_rates=TwoRates(multiplier=2))  # of a preset that is not used
    assert train_arguments(replace(PLAIN, plan=idle)) == ("train", DATA.path)


def test_every_field_of_a_config_is_thought_of() -> None:
    of_their_own = {
        "data.path", "data.class_folders", "data.edits", "plan.preset", "plan.rules", "plan.two_rates",
        "plan.schedule", "loss.class_weights", "task", "schema_version",
    }  # fmt: skip
    known = set()
    for entry in fields(TrainConfig):
        value = getattr(PLAIN, entry.name)
        known |= {f"{entry.name}.{part.name}" for part in fields(value)} if is_dataclass(value) else {entry.name}
    assert set(OPTIONS) | of_their_own == known
    for field in OPTIONS:
        field_value(PLAIN, field)


def test_class_folders_are_named_one_by_one(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    folders = (str(tmp_path / "a"), str(tmp_path / "b"))
    config = replace(PLAIN, data=DataConfig(path=str(tmp_path), class_folders=folders))
    arguments = train_arguments(config)
    assert arguments == ("train", *folders)
    assert parsed(arguments) == config


CANNOT: dict[str, Callable[[TrainConfig], TrainConfig]] = {
    "decisions": lambda config: replace(config, data=replace(DATA, edits=DataEdits(excluded=("a.jpg",)))),
    "a comma in a class": lambda config: replace(config, loss=LossConfig(class_weights={"a,b": 2})),
    "a comma in a glob": lambda config: replace(
        config, plan=LayerPlan(rules=(LayerRule(pattern="a,b", multiplier=1),))
    ),
    "two rates later": lambda config: replace(
        config,
        plan=LayerPlan(
            two_rates=TwoRates(multiplier=2), schedule=(PresetChange(from_epoch=2, preset="two_groups"),)
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CANNOT.values(), ids=CANNOT)
def test_what_no_option_can_say_goes_by_a_file(change: Callable[[TrainConfig], TrainConfig], tmp_path: Path) -> None:
    config = change(PLAIN)
    assert train_arguments(config) is None
    write_json(tmp_path / "my config.json", config.to_json())
    assert parsed(config_arguments(tmp_path / "my config.json")) == config


def test_options_win_over_recipe_and_file(tmp_path: Path) -> None:
    write_json(tmp_path / "config.json", replace(PLAIN, seed=5, deterministic=True, batch_size=8).to_json())
    config = parsed(
        ("train", "--config", str(tmp_path / "config.json"), "--recipe", "balanced", "--epochs", "4", "--lr", "0.5",
         "--augment", "none", "--no-deterministic")
    )  # fmt: skip
    assert (config.seed, config.deterministic, config.optim.lr, config.data.augment) == (5, False, 0.5, "none")
    assert config.plan.schedule == (PresetChange(from_epoch=3, preset="last_stage"),)
    assert config.batch_size == 32  # the recipe's


def test_quoted_for_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert shell_line(("train", "C:\\my images", "--epochs", "3")) == 'finetune-gui train "C:\\my images" --epochs 3'
