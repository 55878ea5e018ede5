"""The options of a training run, in groups that ``--help`` shows."""

import argparse
from pathlib import Path

from finetune_gui.engine.config import (
    AUGMENTS,
    BALANCES,
    BEST_BY,
    CLASS_LEVELS,
    OPTIMIZERS,
    PRECISIONS,
    PRESETS,
    SCHEDULES,
)
from finetune_gui.engine.recipes import RECIPE_NAMES

DATA_HELP = "folder with one folder per class, or train/ and val/; a table of labels; a zip; or several class folders"


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """Data, and an option for every setting of a run."""
    parser.add_argument("data", nargs="*", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings from a run's config.json; options win")
    parser.add_argument(
        "--recipe",
        choices=RECIPE_NAMES,
        help="settings that go well together: quick trains the head, balanced then also the last stage, thorough all "
        "layers, classic as in the literature; options win",
    )
    _add_model(parser.add_argument_group("model and layers"))
    _add_learning(parser.add_argument_group("learning"))
    _add_loss(parser.add_argument_group("loss"))
    _add_stopping(parser.add_argument_group("stopping"))
    _add_speed(parser.add_argument_group("speed"))
    _add_again(parser.add_argument_group("reproducibility"))
    data = add_division(parser)
    data.add_argument("--balance", choices=BALANCES, help="keep frequent classes from outweighing the others (none)")
    data.add_argument("--augment", choices=AUGMENTS, help="how strongly images are varied (light)")


def _add_model(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--model", metavar="ID", help="starter, torchvision/NAME, timm/NAME, file:PATH or run:PATH")
    group.add_argument("--architecture", metavar="ID", help="of file:WEIGHTS, where it is not found by its tensors")
    group.add_argument("--weights", choices=("pretrained", "none"), help="none trains from scratch (pretrained)")
    group.add_argument("--head-dropout", type=float, metavar="F", help="dropout before the new output layer (as built)")
    group.add_argument("--freeze", metavar="WHAT", help="backbone, none, or globs of layers: 'blocks.0,blocks.1*'")
    group.add_argument("--preset", choices=PRESETS, help="layer plan to start from (head)")
    group.add_argument("--two-rates", metavar="LAYER=λ", help="rate η up to a layer, η·λ beyond it: 'layer3=10'")
    group.add_argument("--unfreeze", metavar="EPOCH=PRESET,...", help="later presets, such as 4=last_stage,7=by_depth")
    group.add_argument("--lr-mult", metavar="GLOB=λ,...", help="learning-rate multiplier of layers; 0 is frozen")
    group.add_argument("--batch-norm", choices=("locked", "adapts"), help="BatchNorm of frozen layers (locked)")


def _add_learning(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--epochs", type=int, metavar="N", help="times that every image is seen (10)")
    group.add_argument("--batch-size", type=_batch_size, metavar="N", help="images in one batch; auto finds one (32)")
    group.add_argument("--lr", type=float, metavar="F", help="learning rate (chosen to suit); see find-lr")
    group.add_argument("--optimizer", choices=OPTIMIZERS, help="(adamw)")
    group.add_argument("--momentum", type=float, metavar="F", help="of sgd (0.9)")
    group.add_argument("--weight-decay", type=float, metavar="F", help="(chosen to suit)")
    group.add_argument("--schedule", choices=SCHEDULES, help="learning rate over the run (cosine)")
    group.add_argument("--warmup", type=float, metavar="F", help="share of the run in which the cosine climbs (0.05)")
    group.add_argument("--step-epochs", type=int, metavar="N", help="epochs between falls of the schedule step (7)")
    group.add_argument("--step-factor", type=float, metavar="F", help="what step multiplies the rate by (0.1)")
    group.add_argument("--clip-norm", type=float, metavar="F", help="largest norm of the gradient; 0 is any (0)")
    group.add_argument("--accumulate", type=int, metavar="N", help="batches that make one step (1)")
    group.add_argument("--ema", type=float, metavar="F", help="decay of the average of weights that is kept (0: none)")


def _add_loss(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--label-smoothing", type=float, metavar="F", help="share of a label given to all classes (0)")
    group.add_argument("--class-weights", metavar="CLASS=F,...", help="what an image counts: 'ants=2,bees=1' (all 1)")
    group.add_argument("--mixup", type=float, metavar="α", help="blend images in pairs, by Beta(α, α) (0: no)")
    group.add_argument("--cutmix", type=float, metavar="α", help="paste a piece of one image into another (0: no)")


def _add_stopping(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--best-by", choices=BEST_BY, help="what makes an epoch the best (val_accuracy)")
    group.add_argument("--patience", type=int, metavar="N", help="epochs without a better one that end it (0: never)")


def _add_speed(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--device", metavar="D", help="auto, cpu, cuda:0 or mps (auto)")
    group.add_argument("--precision", choices=PRECISIONS, help="what the network computes in (auto)")
    _add_switch(group, "--cache", "keep what frozen layers and decoders give (yes)")
    group.add_argument("--cache-gb", type=float, metavar="F", help="most room on disk for what is kept (10)")
    group.add_argument("--views", type=int, metavar="N", help="random views of an image that epochs take turns with")
    _add_switch(group, "--compile", "compile the layers that learn (no)")


def _add_again(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--seed", type=int, metavar="N", help="same seed, same result on the same machine (0)")
    _add_switch(group, "--deterministic", "only algorithms of a GPU that give the same each time (no)")
    group.add_argument("--checkpoint-minutes", type=float, metavar="F", help="between checkpoints (5); 0: epochs only")


def add_division(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """How the data are divided; returns the group, for more options."""
    group = parser.add_argument_group("data")
    group.add_argument("--val-split", type=float, metavar="F", help="share kept for validation (0.2)")
    group.add_argument("--test-split", type=float, metavar="F", help="share kept for a final test (0)")
    group.add_argument(
        "--group-pattern",
        metavar="REGEX",
        help=r"images whose file names give the same match stay in one part: 'patient(\d+)'",
    )
    _add_switch(group, "--group-look-alikes", "keep images that look nearly the same in one part (yes)")
    group.add_argument("--class-level", choices=CLASS_LEVELS, help="folder that names the class (auto)")
    return group


def _add_switch(group: argparse._ArgumentGroup, flag: str, text: str) -> None:
    """An option with a --no- form, which is not given by default."""
    group.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=text)


def _batch_size(text: str) -> int:
    if text == "auto":
        return 0
    size = int(text)
    if size < 1:
        raise argparse.ArgumentTypeError(f"{size} images make no batch; give 1 or more, or auto")
    return size
