"""``inspect``: what the window's data page says of a folder."""

import argparse
import sys
from typing import Any

from finetune_gui.cli import output
from finetune_gui.engine.config import SplitName
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.scan import check_trainable, scan
from finetune_gui.engine.data.split import split_dataset
from finetune_gui.engine.errors import EngineError

PARTS: tuple[SplitName, ...] = ("train", "val", "test")
Counts = dict[SplitName, list[int]]  # images of each class, by part


def inspect(arguments: argparse.Namespace) -> int:
    """Say what is in a folder of images.

    Raises:
        EngineError: It cannot be read, or (after it was described) cannot be trained on.
    """
    dataset = scan(arguments.data)
    problem, counts = None, Counts()
    try:
        check_trainable(dataset)
        counts = _count_parts(dataset, arguments.val_split, arguments.seed)
    except EngineError as error:
        problem = error
    if arguments.json:
        output.print_json(_as_json(dataset, counts, problem))
    else:
        _print(dataset, counts)
    if problem is not None:
        raise problem
    return 0


def _count_parts(dataset: Dataset, val_split: float, seed: int) -> Counts:
    split = split_dataset(dataset, val_split=val_split, seed=seed)
    counts = {part: [0] * len(dataset.class_names) for part in PARTS}
    for part in PARTS:
        for sample in split.part(part):
            counts[part][sample.label] += 1
    return counts


def _as_json(dataset: Dataset, counts: Counts, problem: EngineError | None) -> dict[str, Any]:
    totals = dataset.counts()
    return {
        "root": str(dataset.root),
        "layout": dataset.layout,
        "num_images": len(dataset.samples),
        "classes": [
            {"name": name, "images": totals[label]} | {part: counts[part][label] for part in counts}
            for label, name in enumerate(dataset.class_names)
        ],
        "ignored_files": dataset.num_ignored,
        "problem": {"message": problem.message, "hint": problem.hint} if problem else None,
    }


def _print(dataset: Dataset, counts: Counts) -> None:
    names, totals = dataset.class_names, dataset.counts()
    print(f"{dataset.root}: {sum(totals)} images in {len(names)} classes")
    parts = [part for part in counts if sum(counts[part])]
    output.print_table(
        [("class", "left"), ("images", "right"), *((part, "right") for part in parts)],
        [[name, str(totals[i]), *(str(counts[part][i]) for part in parts)] for i, name in enumerate(names)],
    )
    if dataset.num_ignored:
        print(f"{dataset.num_ignored} files are no images and are ignored.", file=sys.stderr)
