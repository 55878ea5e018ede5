"""The options of each command, and the function that does it: imported when the command is named."""

import argparse
from pathlib import Path

from finetune_gui.engine.config import AUGMENTS, BALANCES, CLASS_LEVELS, OPTIMIZERS, PRECISIONS, PRESETS, SCHEDULES

EXPORT_FORMATS = ("onnx", "safetensors")
DATA_HELP = "folder with one folder per class, or train/ and val/; a table of labels; a zip; or several class folders"


def add_options(name: str, parser: argparse.ArgumentParser) -> None:
    """Give the parser of a command its options. What the other commands need is not imported.

    Args:
        name: Of the command.
        parser: Of this command alone.
    """
    _ADD[name](parser)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object a line, for programs")


def _add_app(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.window import window

    parser.set_defaults(command=window)
    parser.add_argument("folder", nargs="?", metavar="DATA", help="image folder to open")


def _add_demo(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.commands import demo

    parser.set_defaults(command=demo)
    _add_json(parser)
    parser.add_argument("--headless", action="store_true", help="do without the window")
    parser.add_argument("--epochs", type=int, default=5, metavar="N", help="epochs of the headless job (%(default)s)")


def _add_train(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.commands import train

    parser.set_defaults(command=train)
    _add_json(parser)
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


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.commands import evaluate

    parser.set_defaults(command=evaluate)
    _add_json(parser)
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--data", type=Path, metavar="DATA", help="another folder with the same classes")


def _add_predict(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.commands import predict

    parser.set_defaults(command=predict)
    _add_json(parser)
    parser.add_argument("source", type=Path, metavar="RUN_OR_EXPORT")
    parser.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help="image files, or folders of them")
    parser.add_argument("--top-k", type=int, default=3, metavar="K", help="classes to show (%(default)s)")


def _add_export(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.commands import export

    parser.set_defaults(command=export)
    _add_json(parser)
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("--format", choices=EXPORT_FORMATS, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--force", action="store_true", help="replace an earlier export")


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.inspection import inspect

    parser.set_defaults(command=inspect)
    _add_json(parser)
    parser.add_argument("data", nargs="+", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--seed", type=int, metavar="N", help="of the division into parts (0)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write every image with its findings as a table")
    _add_division(parser)


def _add_samples(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.samples import samples

    parser.set_defaults(command=samples)
    _add_json(parser)
    parser.add_argument("name", nargs="?", metavar="NAME", help="one of the list; its folder is printed")


def _add_models(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.models import models

    parser.set_defaults(command=models)
    _add_json(parser)
    parser.add_argument("--all", action="store_true", help="every model of torchvision and timm")
    parser.add_argument("--search", nargs="+", metavar="WORD", help="those of all in which these words occur")
    parser.add_argument("--here", action="store_true", help="those of all whose weights are on this machine")
    parser.add_argument("--light", action="store_true", help="those of all that suit phones and small boards")
    parser.add_argument("--self-supervised", action="store_true", help="those of all that learnt without class labels")
    parser.add_argument("--fetch", metavar="ID", help="download the weights of a model")
    parser.add_argument("--take", nargs=2, metavar=("ID", "FILE"), help="take weights that were brought as a file")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.doctor import doctor

    parser.set_defaults(command=doctor)
    _add_json(parser)


_ADD = {
    "app": _add_app,
    "demo": _add_demo,
    "train": _add_train,
    "evaluate": _add_evaluate,
    "predict": _add_predict,
    "export": _add_export,
    "inspect": _add_inspect,
    "samples": _add_samples,
    "models": _add_models,
    "doctor": _add_doctor,
}
