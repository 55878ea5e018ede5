"""``inspect``: what the window's data page says of a folder, a table or an archive."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from finetune_gui.cli import output
from finetune_gui.cli.settings import data_config
from finetune_gui.engine.config import SPLIT_NAMES, DataConfig, SplitName
from finetune_gui.engine.data.arrange import Arranged, prepare_in_steps
from finetune_gui.engine.data.facts import STAGE_WORDS, InspectionAdvanced
from finetune_gui.engine.data.findings import Finding, detail_text
from finetune_gui.engine.data.store import DataStore

LEVEL_MARKS = {"error": "!!", "warning": "! ", "info": "  "}
MOST_FILES = 5  # shown to a person, of each finding


def inspect(arguments: argparse.Namespace) -> int:
    """Say what is in a folder of images, and what to know before training on it.

    Raises:
        EngineError: It cannot be read, or (after it was described) cannot be trained on.
    """
    config = data_config(arguments)
    arranged = _prepare(arguments, config)
    if arguments.csv is not None:
        from finetune_gui.engine.data.decisions_csv import write_decisions

        write_decisions(arranged, config.edits, arguments.csv)
    if arguments.json:
        output.print_json(as_json(arranged))
    else:
        _print(arranged)
    if arranged.problem is not None:
        raise arranged.problem
    return 0


def _prepare(arguments: argparse.Namespace, config: DataConfig) -> Arranged:
    steps = prepare_in_steps(config, arguments.seed or 0, DataStore.default())
    with output.LateBar("Reading the folder") as bar:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                arranged: Arranged = end.value
                return arranged
            if isinstance(step, InspectionAdvanced):
                bar.update(description=STAGE_WORDS[step.stage], completed=step.done, total=step.total or None)
            else:
                bar.update(completed=step.num_images, note=f"{len(step.class_counts)} classes")


# -- for programs -----------------------------------------------------------------------------------------------------


def as_json(arranged: Arranged) -> dict[str, Any]:
    """All of it, in plain types."""
    found, used = arranged.inspection.dataset, arranged.dataset
    totals = used.counts()
    parts = {name: _counts(arranged, name) for name in SPLIT_NAMES}
    problem = arranged.problem
    return {
        "source": str(found.source),
        "root": str(found.root),
        "layout": found.layout,
        "num_images": len(used.samples),
        "classes": [
            {"name": name, "images": totals[label]} | {part: counts[label] for part, counts in parts.items()}
            for label, name in enumerate(used.class_names)
        ],
        "ignored_files": found.num_ignored,
        "ignored": {reason: number for reason, number in found.ignored.items() if number},
        "unreadable": arranged.inspection.unreadable(),
        "missing": list(found.missing),
        "denied": list(found.denied),
        "left_out": arranged.left_out,
        "findings": [_finding_json(finding) for finding in arranged.findings],
        "split": arranged.split.parts(),
        "problem": {"message": problem.message, "hint": problem.hint} if problem else None,
    }


def _counts(arranged: Arranged, part: SplitName) -> list[int]:
    counts = [0] * len(arranged.dataset.class_names)
    for sample in arranged.split.part(part):
        counts[sample.label] += 1
    return counts


def _finding_json(finding: Finding) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(finding).items() if name not in ("text", "meaning")}
    return plain | {"message": str(finding.text), "meaning": str(finding.meaning)}


# -- for people -------------------------------------------------------------------------------------------------------


def _print(arranged: Arranged) -> None:
    used = arranged.dataset
    names, totals = used.class_names, used.counts()
    print(f"{arranged.inspection.dataset.source}: {sum(totals)} images in {len(names)} classes")
    parts = {part: counts for part in SPLIT_NAMES if any(counts := _counts(arranged, part))}
    output.print_table(
        [("class", "left"), ("images", "right"), *((part, "right") for part in parts)],
        [[name, str(totals[i]), *(str(counts[i]) for counts in parts.values())] for i, name in enumerate(names)],
    )
    for finding in arranged.findings:
        print(f"\n{LEVEL_MARKS[finding.level]} {finding.text}")
        print(f"   {finding.meaning}")
        for line in _some_of(finding):
            print(f"     {line}")
    if not arranged.findings:
        print("Nothing was found that needs you.")


def _some_of(finding: Finding) -> Sequence[str]:
    lines = [" = ".join(group) for group in finding.groups] if finding.kind != "shortcut" else []
    if finding.kind in ("unreadable", "denied", "missing_files", "ignored"):
        named = [(str(detail_text(finding, name)), detail) for name, detail in finding.details.items()]
        lines = [f"{name}: {detail}" if detail else name for name, detail in named]
    more = len(lines) - MOST_FILES
    return lines if more <= 0 else [*lines[:MOST_FILES], f"… and {more} more (--json tells all)"]
