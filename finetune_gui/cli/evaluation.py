"""Figures of a run: how good it is, how far its answers can be trusted, and for whom."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from finetune_gui.cli import output
from finetune_gui.cli.commands import show_evaluation, show_progress
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import BaselinesMeasured

if TYPE_CHECKING:  # numpy, which a typing error need not wait for
    from finetune_gui.engine.predictions_file import ImagePredictions


def evaluate(arguments: argparse.Namespace) -> int:
    """Evaluate a run, and what else is asked for."""
    _check(arguments)
    from finetune_gui.engine.launcher import evaluate_run

    events = evaluate_run(arguments.run, RunControl(), data=arguments.data, part=arguments.split)
    show_evaluation(events, as_json=arguments.json)
    _show_near_duplicates(arguments)
    if arguments.calibrate or arguments.none_below is not None or arguments.wrong_at_most is not None:
        _decide(arguments)
    if arguments.groups is not None:
        _show_groups(arguments)
    if arguments.baselines:
        _show_baselines(arguments)
    return 0


def _show_near_duplicates(arguments: argparse.Namespace) -> None:
    from finetune_gui.engine.explain.duplicates import find_near_duplicates
    from finetune_gui.engine.predictions_file import load_predictions

    predictions = load_predictions(arguments.run, arguments.split) if arguments.data is None else None
    found = find_near_duplicates(arguments.run, predictions) if predictions is not None else None
    if found is None or not found.found:
        return
    if arguments.json:
        without = {"accuracy_without": found.accuracy_without, "num_images_without": found.num_others}
        output.print_json({"near_duplicates": {"images": msgspec.to_builtins(found.found), **without}})
        return
    print(
        f"\n{len(found.found)} of these images look nearly like a training image. Without them: accuracy "
        f"{output.percent(found.accuracy_without)} ({found.num_others_right} of {found.num_others} images)"
    )


def _check(arguments: argparse.Namespace) -> None:
    trusts = arguments.calibrate or arguments.none_below is not None or arguments.wrong_at_most is not None
    if trusts and (arguments.data is not None or arguments.split != "val"):
        raise EngineError(
            "Temperature and threshold are fitted on the validation images of the run.",
            "Leave out --data and --split for that.",
        )
    for name in ("none_below", "wrong_at_most"):
        share = getattr(arguments, name)
        if share is not None and not 0 <= share <= 1:
            raise EngineError(f"{share:g} is no share.", f"Give --{name.replace('_', '-')} a number between 0 and 1.")


def _predictions(arguments: argparse.Namespace) -> "ImagePredictions":
    from finetune_gui.engine.predictions_file import load_predictions

    part = arguments.split if arguments.data is None else str(arguments.data.resolve())
    predictions = load_predictions(arguments.run, part)
    if predictions is None:
        raise EngineError(
            "What the model says of each image could not be kept.", "Check the free space, or evaluate fewer images."
        )
    return predictions


def _decide(arguments: argparse.Namespace) -> None:
    """Fit temperature and threshold, and keep them for whatever this run answers from now on."""
    from finetune_gui.engine.trust.calibration import confidences
    from finetune_gui.engine.trust.rejection import rejection_curve
    from finetune_gui.engine.trust.settings import fit_calibration, read_trust, write_trust

    predictions = _predictions(arguments)
    trust = read_trust(arguments.run)
    if arguments.calibrate:
        fitted = fit_calibration(predictions)
        trust = replace(trust, temperature=fitted.temperature, num_images=len(predictions.targets))
        if arguments.json:
            output.print_json({"calibration": msgspec.to_builtins(fitted)})
        else:
            print(
                f"Temperature {fitted.temperature:.3f}: calibration error {output.percent(fitted.error_before)} → "
                f"{output.percent(fitted.error_after)}"
            )
    curve = rejection_curve(confidences(predictions.logits, trust.temperature), predictions.right)
    rejection = None if arguments.none_below is None else curve.at(arguments.none_below)
    if arguments.wrong_at_most is not None and (rejection := curve.for_error(arguments.wrong_at_most)) is None:
        raise EngineError(
            f"No threshold leaves at most {output.percent(arguments.wrong_at_most)} wrong answers.",
            "Allow more of them.",
        )
    if rejection is not None:
        trust = replace(trust, threshold=rejection.threshold)
        if arguments.json:
            output.print_json({"rejection": msgspec.to_builtins(rejection)})
        else:
            print(
                f"“None of these” below {output.percent(rejection.threshold)}: {output.percent(rejection.coverage)} of "
                f"the images are answered, {output.percent(rejection.error)} of the answers are wrong"
            )
    write_trust(arguments.run, trust)


def _show_groups(arguments: argparse.Namespace) -> None:
    from finetune_gui.engine.trust.groups import group_figures, groups_from_folders, groups_from_table

    predictions = _predictions(arguments)
    if arguments.groups == "folders":
        groups = groups_from_folders(predictions)
        if groups is None:
            raise EngineError(
                "The folders of the images make no groups.", "Give --groups FILE.csv:COLUMN, or one folder per group."
            )
    else:
        table, _, column = arguments.groups.rpartition(":")
        groups = groups_from_table(predictions, Path(table), column)
    figures = group_figures(predictions, groups)
    if arguments.json:
        output.print_json({"groups": [msgspec.to_builtins(each) | {"accuracy": each.accuracy} for each in figures]})
        return
    output.print_table(
        [("group", "left"), ("images", "right"), ("accuracy", "right"), ("95 % interval", "right")],
        [
            [each.name, str(each.support), output.percent(each.accuracy), output.interval(each.low, each.high)]
            for each in figures
        ],
        title="\nBy group, the worst first",
    )
    if figures and figures[0].stands_out:
        print(f"The model is worse for “{figures[0].name}” than for the others, beyond chance.")


def _show_baselines(arguments: argparse.Namespace) -> None:
    from finetune_gui.engine.baselines import measure_baselines
    from finetune_gui.engine.baselines_file import VERDICTS

    result = show_progress(measure_baselines(arguments.run, RunControl()))
    if not isinstance(result, BaselinesMeasured):
        return
    if arguments.json:
        output.print_json(result.to_json() | {"verdict": result.verdict})
        return
    print(
        f"\nAlways “{result.most_frequent_class}”: {output.percent(result.most_frequent_accuracy)}. Nearest neighbour "
        f"on pretrained features: {output.percent(result.neighbour_accuracy)}. This run: "
        f"{output.percent(result.model_accuracy)}."
    )
    print(VERDICTS[result.verdict])
