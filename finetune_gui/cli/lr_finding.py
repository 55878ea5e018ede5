"""``find-lr``: a learning rate for the settings of a run, with the curve it comes from."""

import argparse
from collections.abc import Iterator

from finetune_gui.cli import output
from finetune_gui.cli.settings import train_config
from finetune_gui.cli.training import STOPPED, stop_on_interrupt
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, LearningRateSuggested, LearningRateTried, PreparationAdvanced

CURVE_WIDTH = 40


def find_lr(arguments: argparse.Namespace) -> int:
    """Try learning rates and suggest one.

    Raises:
        EngineError: The run could not start, or the loss fell with no rate.
    """
    config = train_config(arguments)  # before torch is imported: a typing error is told at once
    from finetune_gui.engine.lr_finder import find_learning_rate

    control = RunControl()
    with stop_on_interrupt(control, "Stopping. Ctrl-C again gives up."):
        events = find_learning_rate(config, control)
        suggested = _pass_on(events) if arguments.json else _show(events)
    if suggested is None:
        return STOPPED
    if suggested.lr is None:
        raise EngineError(
            "The loss fell with no learning rate.", "Check the labels of the images, or let more layers learn."
        )
    if not arguments.json:
        print(f"Suggested: --lr {suggested.lr:g}")
    return 0


def _pass_on(events: Iterator[Event]) -> LearningRateSuggested | None:
    last: Event | None = None
    for last in events:
        output.print_event(last)
    return last if isinstance(last, LearningRateSuggested) else None


def _show(events: Iterator[Event]) -> LearningRateSuggested | None:
    last: Event | None = None
    tried: list[LearningRateTried] = []
    with output.LateBar("Starting") as bar:
        for last in events:
            if isinstance(last, PreparationAdvanced):
                bar.update(description=last.activity, completed=last.done, total=last.total or None)
            elif isinstance(last, LearningRateTried):
                tried.append(last)
                bar.update(completed=len(tried), note=f"rate {last.lr:.1e}  loss {last.loss:.3f}")
    _print_curve(tried)
    return last if isinstance(last, LearningRateSuggested) else None


def _print_curve(tried: list[LearningRateTried]) -> None:
    """Every fourth rate with a bar as long as its loss."""
    most = max((point.loss for point in tried), default=1.0)
    rows = [
        [f"{point.lr:.1e}", f"{point.loss:.4f}", "#" * round(CURVE_WIDTH * point.loss / most)] for point in tried[::4]
    ]
    if rows:
        output.print_table([("rate", "right"), ("loss", "right"), ("", "left")], rows)
