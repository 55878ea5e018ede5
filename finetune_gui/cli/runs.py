"""Past runs: in a table, two of them beside each other, one of them as a document."""

import argparse
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from finetune_gui import paths
from finetune_gui.cli import output
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.run_list import RunSummary, find_run, list_runs
from finetune_gui.engine.run_notes import clean_tags, read_notes, write_notes

if TYPE_CHECKING:  # numpy, which a list does without
    from finetune_gui.engine.run_comparison import PairedTest

_SHORT = 40  # letters of a value in a table


def runs_list(arguments: argparse.Namespace) -> int:
    """Print all runs, or those that every word of a search occurs in."""
    words = [word.casefold() for word in arguments.search]
    for_all = [run for run in list_runs(arguments.folder or paths.runs_dir()) if _holds(run, words)]
    if arguments.json:
        for run in for_all:
            output.print_json(msgspec.to_builtins(run, enc_hook=str))
        return 0
    if not for_all:
        print("There are no runs." if not words else "No run has these words.")
        return 0
    columns = ("name", "when", "state", "images", "model", "layers", "accuracy", "epochs", "time", "tags")
    right = ("accuracy", "epochs", "time")
    output.print_table([(name, "right" if name in right else "left") for name in columns], [_row(r) for r in for_all])
    for run in for_all:
        if run.problem:
            print(f"{run.path}: {run.problem} {run.way_out}")
    return 0


def _holds(run: RunSummary, words: list[str]) -> bool:
    text = " ".join((run.name, run.path.name, run.note, *run.tags, run.model_id, run.data, run.state)).casefold()
    return all(word in text for word in words)


def _row(run: RunSummary) -> list[str]:
    return [
        run.name,
        time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started)),
        run.state,
        run.data.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1],
        run.model_id,
        run.preset,
        output.percent(run.best_val_accuracy),
        str(run.epochs_done),
        output.duration(run.seconds),
        ", ".join(run.tags),
    ]


def runs_name(arguments: argparse.Namespace) -> int:
    """Write down what the user says of a run; what is not given stays."""
    path = find_run(arguments.run, paths.runs_dir())
    notes = read_notes(path)
    given = {"title": arguments.name, "note": arguments.note}
    changes: dict[str, Any] = {field: text.strip() for field, text in given.items() if text is not None}
    if arguments.tags is not None:
        changes["tags"] = clean_tags(arguments.tags.split(","))
    write_notes(path, replace(notes, **changes))
    return 0


def runs_compare(arguments: argparse.Namespace) -> int:
    """Say which of two runs is better on the same images, and what was set otherwise."""
    from finetune_gui.engine.run_comparison import compare_runs, config_differences
    from finetune_gui.engine.runs import RunFolder

    first, second = (find_run(name, paths.runs_dir()) for name in (arguments.first, arguments.second))
    differences = config_differences([RunFolder.open(folder).config() for folder in (first, second)])
    test = compare_runs(first, second, arguments.split)
    if arguments.json:
        output.print_json(
            msgspec.to_builtins(test)
            | {"verdict": test.verdict, "accuracies": test.accuracies, "differences": msgspec.to_builtins(differences)}
        )
        return 0
    names = (arguments.first, arguments.second)
    print("\n".join(_sentences(test, names)))
    if differences:
        rows = [[each.field, *(_value(value) for value in each.values)] for each in differences]
        output.print_table([("setting", "left"), *((name, "left") for name in names)], rows, title="\nDifferences")
    else:
        print("\nAll settings are the same.")
    return 0


def report(arguments: argparse.Namespace) -> int:
    """Write a run as a document."""
    from finetune_gui.engine.report.documents import write_report

    if arguments.out.exists() and not arguments.force:
        raise EngineError(f"{arguments.out} exists already.", "Give another name, or --force to replace it.")
    with output.LateBar("Adding pictures") as bar:
        write_report(
            find_run(arguments.run, paths.runs_dir()),
            arguments.out,
            heat_maps=arguments.heat_maps,
            tell=lambda done, total: bar.update(completed=done, total=total or None),
        )
    size = arguments.out.stat().st_size
    if arguments.json:
        output.print_json({"path": str(arguments.out), "size_bytes": size})
    else:
        print(f"Written to {arguments.out} ({size / 1e3:,.0f} kB).")
    return 0


def _sentences(test: "PairedTest", names: tuple[str, str]) -> list[str]:
    first, second = (f"“{name}”" for name in names)
    if test.verdict == "no_images":
        return [f"{first} and {second} have no {test.part} image in common: they cannot be compared image by image."]
    said = {
        "first": f"{first} is better than {second}, beyond chance",
        "second": f"{second} is better than {first}, beyond chance",
        "same": f"{first} and {second} cannot be told apart",
    }[test.verdict]
    parts = [
        f"{said}: {first} alone is right on {test.first_right} of {test.num_shared} images, {second} alone on "
        f"{test.second_right} (p = {test.p_value:.2g}, exact test of McNemar).",
        *(
            f"{name}: {output.percent(share)}, 95 % interval {output.interval(*likely)}"
            for name, share, likely in zip(names, test.accuracies, test.intervals, strict=True)
        ),
    ]
    left_out = test.num_only_first + test.num_only_second + test.num_relabelled
    if left_out:
        parts.append(f"Left out: {left_out} images that only one was evaluated on, or that have another class there.")
    if not test.same_classes:
        parts.append("They do not choose from the same classes: the one that chooses from fewer has it easier.")
    return parts


def _value(value: object) -> str:
    text = "-" if value in (None, "", [], {}) else msgspec.json.encode(value).decode().strip('"')
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
