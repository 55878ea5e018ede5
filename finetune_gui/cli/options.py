"""The options of each command, and the function that does it: imported when the command is named."""

import argparse
from pathlib import Path

from finetune_gui.engine.export_formats import EXPORT_FORMATS, FORMATS


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
    from finetune_gui.cli.train_options import add_training_options

    parser.set_defaults(command=train)
    _add_json(parser)
    parser.add_argument("--out", type=Path, metavar="RUN", help="run folder to make (default: one in the app's data)")
    parser.add_argument("--resume", type=Path, metavar="RUN", help="go on with a run from its last checkpoint")
    add_training_options(parser)


def _add_find_lr(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.lr_finding import find_lr
    from finetune_gui.cli.train_options import add_training_options

    parser.set_defaults(command=find_lr)
    _add_json(parser)
    add_training_options(parser)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.evaluation import evaluate

    parser.set_defaults(command=evaluate)
    _add_json(parser)
    parser.add_argument("run", type=Path, metavar="RUN")
    images = parser.add_mutually_exclusive_group()
    images.add_argument("--data", type=Path, metavar="DATA", help="another folder with the same classes")
    images.add_argument("--split", choices=("val", "test"), default="val", help="part of the run's data (%(default)s)")
    trust = parser.add_argument_group("trust, kept in the run for whatever it answers from now on")
    trust.add_argument("--calibrate", action="store_true", help="fit a temperature: as sure as it is right")
    threshold = trust.add_mutually_exclusive_group()
    threshold.add_argument("--none-below", type=float, metavar="P", help="“none of these” below this probability")
    threshold.add_argument("--wrong-at-most", type=float, metavar="P", help="the threshold for this share of errors")
    parser.add_argument("--groups", metavar="FILE:COLUMN", help="accuracy by a column of a table, or by “folders”")
    parser.add_argument("--baselines", action="store_true", help="compare with what needs no fine-tuning")


def _add_predict(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.commands import predict

    parser.set_defaults(command=predict)
    _add_json(parser)
    parser.add_argument("source", type=Path, metavar="RUN_OR_EXPORT")
    parser.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help="image files, or folders of them")
    parser.add_argument("--top-k", type=int, default=3, metavar="K", help="classes to show (%(default)s)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write the answers as a table")
    parser.add_argument("--force", action="store_true", help="replace an earlier table")
    parser.add_argument(
        "--trust", action="store_true", help="open a .pt2 that was exported elsewhere; it may run any code"
    )


def _add_explain(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.explaining import explain

    parser.set_defaults(command=explain)
    _add_json(parser)
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("image", type=Path, metavar="IMAGE")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="picture to write, .png or .jpg")
    parser.add_argument("--class", dest="class_name", metavar="NAME", help="to explain (default: the likeliest)")
    parser.add_argument(
        "--method",
        choices=("gradcam", "rise"),
        default="gradcam",
        help="by gradients, at once, or by covering parts, which takes some hundred passes (%(default)s)",
    )
    parser.add_argument("--force", action="store_true", help="replace an earlier picture")


def _add_check_labels(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.explaining import check_labels

    parser.set_defaults(command=check_labels)
    _add_json(parser)
    parser.add_argument("run", type=Path, metavar="RUN")


def _add_export(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.commands import export

    parser.set_defaults(command=export)
    _add_json(parser)
    parser.add_argument("run", type=Path, metavar="RUN")
    optional = ", ".join(name for name, info in FORMATS.items() if info.extra)
    parser.add_argument(
        "--format", choices=EXPORT_FORMATS, required=True, help=f"{optional}: where their packages are installed"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--force", action="store_true", help="replace an earlier export")


def _add_runs(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.runs import runs_compare, runs_list, runs_name

    actions = parser.add_subparsers(title="what to do", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="all runs, the newest first", description="all runs, the newest first")
    listing.set_defaults(command=runs_list)
    _add_json(listing)
    listing.add_argument("search", nargs="*", metavar="WORD", help="only runs in which these words occur")
    listing.add_argument("--folder", type=Path, metavar="FOLDER", help="where runs are (default: the app's own)")
    naming = actions.add_parser("name", help="name a run, note and tag it", description="name a run, note and tag it")
    naming.set_defaults(command=runs_name)
    naming.add_argument("run", metavar="RUN", help="name or folder of a run")
    naming.add_argument("--name", metavar="NAME", help="to show in place of the folder's; empty: that one again")
    naming.add_argument("--note", metavar="TEXT")
    naming.add_argument("--tags", metavar="TAG,TAG", help="in place of those it has")
    text = "is B better than A on the same images, and what was set otherwise"
    comparing = actions.add_parser("compare", help=text, description=text)
    comparing.set_defaults(command=runs_compare)
    _add_json(comparing)
    comparing.add_argument("first", metavar="A", help="name or folder of a run")
    comparing.add_argument("second", metavar="B")
    comparing.add_argument("--split", choices=("val", "test"), default="val", help="images to compare on (%(default)s)")


def _add_report(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.runs import report

    parser.set_defaults(command=report)
    _add_json(parser)
    parser.add_argument("run", metavar="RUN", help="name or folder of a run")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="ends in .html, or .md for a model card"
    )
    parser.add_argument("--heat-maps", action="store_true", help="show where the worst mistakes came from")
    parser.add_argument("--force", action="store_true", help="replace what is there")


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.inspection import inspect
    from finetune_gui.cli.train_options import DATA_HELP, add_division

    parser.set_defaults(command=inspect)
    _add_json(parser)
    parser.add_argument("data", nargs="+", metavar="DATA", help=DATA_HELP)
    parser.add_argument("--seed", type=int, metavar="N", help="of the division into parts (0)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write every image with its findings as a table")
    add_division(parser)


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


def _add_gpu_support(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.gpu_support import gpu_support

    parser.set_defaults(command=gpu_support)
    _add_json(parser)
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--fetch", action="store_true", help="download it, or what is missing of it, and check it")
    action.add_argument("--remove", action="store_true", help="remove what was downloaded")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    from finetune_gui.cli.doctor import doctor

    parser.set_defaults(command=doctor)
    _add_json(parser)


_ADD = {
    "app": _add_app,
    "demo": _add_demo,
    "train": _add_train,
    "find-lr": _add_find_lr,
    "evaluate": _add_evaluate,
    "predict": _add_predict,
    "explain": _add_explain,
    "check-labels": _add_check_labels,
    "export": _add_export,
    "runs": _add_runs,
    "report": _add_report,
    "inspect": _add_inspect,
    "samples": _add_samples,
    "models": _add_models,
    "gpu-support": _add_gpu_support,
    "doctor": _add_doctor,
}
