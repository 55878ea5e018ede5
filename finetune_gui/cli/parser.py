"""The command line by its commands. It imports next to nothing, since ``--help`` should be there at once."""

import argparse
from collections.abc import Sequence

from finetune_gui import __version__
from finetune_gui.cli.window import window

COMMANDS = {
    "app": "open the window",
    "demo": "open the window with sample data and start training; with no display, do the same job headless",
    "train": "fine-tune a model on a folder of images",
    "find-lr": "try learning rates from tiny to huge for a moment each, and suggest one",
    "evaluate": "accuracy, per-class figures and confusion of a run",
    "predict": "name the class of images",
    "explain": "a heat map of where in an image the answer comes from",
    "check-labels": "images of a run whose label is probably wrong",
    "export": "take the tuned model away, checked against the run",
    "runs": "past runs: list them, compare two of them",
    "report": "a run as one HTML file to pass on, or as a model card",
    "inspect": "what is in a folder of images, and what to know before training",
    "samples": "sample data sets; with a name, bring one onto this machine",
    "models": "the models that are recommended, all others, and their weights",
    "gpu-support": "in an installed app without CUDA: fetch what an NVIDIA GPU needs, or remove it",
    "doctor": "versions, devices, free memory and disk, where things are kept",
}


def build_parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of a command line.

    Args:
        argv: What will be parsed, without the name of the program. Only commands that occur in it have their options.
    """
    parser = argparse.ArgumentParser(
        prog="finetune-gui",
        description="Fine-tune a pretrained network on your own images, on your own machine.",
        epilog="Without a command the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"finetune-gui {__version__}")
    parser.set_defaults(command=window, folder=None)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, text in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=text, description=text)
        if name in argv:
            from finetune_gui.cli.options import add_options  # it imports the command

            add_options(name, subparser)
    return parser
