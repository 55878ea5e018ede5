"""The commands and their options. Imports neither torch nor Qt, so ``--help`` is quick."""

import argparse
from pathlib import Path

from finetune_gui import __version__
from finetune_gui.cli import commands
from finetune_gui.cli.inspection import inspect
from finetune_gui.cli.models import models
from finetune_gui.cli.samples import samples
from finetune_gui.engine.config import AUGMENTS, BALANCES, CLASS_LEVELS, OPTIMIZERS, PRECISIONS, PRESETS, SCHEDULES

EXPORT_FORMATS = ("onnx", "safetensors")
DATA_HELP = "folder with one folder per class, or train/ and val/; a table of labels; a zip; or several class folders"


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="finetune-gui",
        description="Fine-tune a pretrained network on your own images, on your own machine.",
        epilog="Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"finetune-gui {__version__}")
    parser.set_defaults(command=commands.window, folder=None)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_app(subparsers)
    _add_demo(subparsers)
    _add_train(subparsers)
    _add_evaluate(subparsers)
    _add_predict(subparsers)
    _add_export(subparsers)
    _add_inspect(subparsers)
    _add_samples(subparsers)
    _add_models(subparsers)
    _add_doctor(subparsers)
    return parser


_Subparsers = argparse._SubParsersAction  # argparse has no public name for it


def _add(
    subparsers: "_Subparsers[argparse.ArgumentParser]", name: str, command: object, text: str, *, json: bool = True
) -> argparse.ArgumentParser:
    parser = subparsers.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    if json:
        parser.add_argument("--json", action="store_true", help="print one JSON object a line, for programs")
    return parser


def _add_app(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _add(subparsers, "app", commands.window, "open the window", json=False)
    parser.add_argument("folder", nargs="?", metavar="DATA", help="image folder to open")


def _add_demo(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    text = "open the window with sample data and start training; with no display, do the same job headless"
    parser = _add(subparsers, "demo", commands.demo, text)
    parser.add_argument("--headless", action="store_true", help="do without the window")
    parser.add_argument("--epochs", type=int, default=5, metavar="N", help="epochs of the headless job (%(default)s)")


def _add_train(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _add(subparsers, "train", commands.train, "fine-tune a model on a folder of images")
    parser.add_argument("data", nargs="*", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--out", type=Path, metavar="RUN", help="run folder to make (default: one in the app's data)")
    parser.add_argument("--resume", type=Path, metavar="RUN", help="go on with a run from its last checkpoint")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings from a run's config.json; options win")
    model = parser.add_argument_group("model and layers")
    model.add_argument("--model", metavar="ID", help="starter, torchvision/NAME, timm/NAME, file:PATH or run:PATH")
    model.add_argument("--architecture", metavar="ID", help="of file:WEIGHTS, where it is not found by its tensors")
    model.add_argument("--weights", choices=("pretrained", "none"), help="none trains from scratch (pretrained)")
    model.add_argument("--head-dropout", type=float, metavar="F", help="dropout before the new output layer (as built)")
    model.add_argument("--freeze", metavar="WHAT", help="backbone, none, or globs of layers: 'blocks.0,blocks.1*'")
    model.add_argument("--preset", choices=PRESETS, help="layer plan to start from (head)")
    model.add_argument("--two-rates", metavar="LAYER=λ", help="rate η up to a layer, η·λ beyond it: 'layer3=10'")
    model.add_argument("--unfreeze", metavar="EPOCH=PRESET,...", help="later presets, such as 4=last_stage,7=by_depth")
    model.add_argument("--lr-mult", metavar="GLOB=λ,...", help="learning-rate multiplier of layers; 0 is frozen")
    model.add_argument("--batch-norm", choices=("locked", "adapts"), help="BatchNorm of frozen layers (locked)")
    learning = parser.add_argument_group("learning")
    learning.add_argument("--epochs", type=int, metavar="N", help="times that every image is seen (10)")
    learning.add_argument("--batch-size", type=int, metavar="N", help="images in one step (32)")
    learning.add_argument("--lr", type=float, metavar="F", help="learning rate (chosen to suit)")
    learning.add_argument("--optimizer", choices=OPTIMIZERS, help="(adamw)")
    learning.add_argument("--schedule", choices=SCHEDULES, help="learning rate over the run (cosine)")
    learning.add_argument("--weight-decay", type=float, metavar="F", help="(chosen to suit)")
    learning.add_argument("--augment", choices=AUGMENTS, help="how strongly images are varied (light)")
    learning.add_argument("--seed", type=int, metavar="N", help="same seed, same result on the same machine (0)")
    learning.add_argument("--device", metavar="D", help="auto, cpu, cuda:0 or mps (auto)")
    speed = parser.add_argument_group("speed")
    speed.add_argument("--no-cache", action="store_true", help="run frozen layers and decode images in every epoch")
    speed.add_argument("--cache-gb", type=float, metavar="F", help="most room on disk for what is kept (10)")
    speed.add_argument("--views", type=int, metavar="N", help="random views of an image that epochs take turns with")
    speed.add_argument("--precision", choices=PRECISIONS, help="what the network computes in (auto)")
    data = _add_division(parser)
    data.add_argument("--balance", choices=BALANCES, help="keep frequent classes from outweighing the others (none)")


def _add_division(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    group = parser.add_argument_group("data")
    group.add_argument("--val-split", type=float, metavar="F", help="share kept for validation (0.2)")
    group.add_argument("--test-split", type=float, metavar="F", help="share kept for a final test (0)")
    group.add_argument(
        "--group-pattern",
        metavar="REGEX",
        help=r"images whose file names give the same match stay in one part: 'patient(\d+)'",
    )
    group.add_argument("--class-level", choices=CLASS_LEVELS, help="folder that names the class (auto)")
    return group


def _add_evaluate(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _add(subparsers, "evaluate", commands.evaluate, "accuracy, per-class figures and confusion of a run")
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--data", type=Path, metavar="DATA", help="another folder with the same classes")


def _add_predict(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _add(subparsers, "predict", commands.predict, "name the class of images")
    parser.add_argument("source", type=Path, metavar="RUN_OR_EXPORT")
    parser.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help="image files, or folders of them")
    parser.add_argument("--top-k", type=int, default=3, metavar="K", help="classes to show (%(default)s)")


def _add_export(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _add(subparsers, "export", commands.export, "take the tuned model away, checked against the run")
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--format", choices=EXPORT_FORMATS, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--force", action="store_true", help="replace an earlier export")


def _add_inspect(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _add(subparsers, "inspect", inspect, "what is in a folder of images, and what to know before training")
    parser.add_argument("data", nargs="+", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--seed", type=int, metavar="N", help="of the division into parts (0)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write every image with its findings as a table")
    _add_division(parser)


def _add_samples(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _add(subparsers, "samples", samples, "sample data sets; with a name, bring one onto this machine")
    parser.add_argument("name", nargs="?", metavar="NAME", help="one of the list; its folder is printed")


def _add_models(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _add(subparsers, "models", models, "the models that are recommended, all others, and their weights")
    parser.add_argument("--all", action="store_true", help="every model of torchvision and timm")
    parser.add_argument("--search", nargs="+", metavar="WORD", help="those of all in which these words occur")
    parser.add_argument("--here", action="store_true", help="those of all whose weights are on this machine")
    parser.add_argument("--light", action="store_true", help="those of all that suit phones and small boards")
    parser.add_argument("--self-supervised", action="store_true", help="those of all that learnt without class labels")
    parser.add_argument("--fetch", metavar="ID", help="download the weights of a model")
    parser.add_argument("--take", nargs=2, metavar=("ID", "FILE"), help="take weights that were brought as a file")


def _add_doctor(subparsers: "_Subparsers[argparse.ArgumentParser]") -> None:
    _add(subparsers, "doctor", commands.doctor, "versions, devices, free memory and disk, where things are kept")
