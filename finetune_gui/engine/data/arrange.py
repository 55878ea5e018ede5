"""From what was found and what was decided to what is learnt from: the data set, its parts, and what to know of it."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from finetune_gui.engine.config import DataConfig
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.edits import Reason, apply_edits
from finetune_gui.engine.data.facts import Inspection, InspectionAdvanced
from finetune_gui.engine.data.finding_rules import find
from finetune_gui.engine.data.findings import Finding, View
from finetune_gui.engine.data.inspection import inspect_in_steps
from finetune_gui.engine.data.scan import ScanAdvanced, check_trainable, scan_in_steps
from finetune_gui.engine.data.split import Split, SplitRules, split_dataset
from finetune_gui.engine.data.split_memory import SplitMemory
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.texts import Text

MOST_NAMES = 5  # of files, in one sentence


@dataclass(frozen=True, kw_only=True)
class Arranged:
    """A data set ready for use.

    Attributes:
        inspection: What was found.
        dataset: What is used of it.
        split: The parts.
        left_out: Why each image that is not used is not.
        findings: The gravest first.
        problem: Why nothing can be trained on it, or None.
    """

    inspection: Inspection
    dataset: Dataset
    split: Split
    left_out: dict[str, Reason]
    findings: tuple[Finding, ...]
    problem: EngineError | None


def prepare_in_steps(
    config: DataConfig, seed: int, store: DataStore
) -> Generator[ScanAdvanced | InspectionAdvanced, None, Arranged]:
    """Scan, inspect and arrange what a config names, and remember its division.

    Raises:
        EngineError: The data cannot be read. That they cannot be trained on is ``Arranged.problem``.
    """
    dataset = yield from scan_config_in_steps(config, store)
    inspection = yield from inspect_in_steps(dataset, store)
    return arrange_and_remember(inspection, config, seed, store)


def scan_config_in_steps(config: DataConfig, store: DataStore) -> Generator[ScanAdvanced, None, Dataset]:
    """Scan what a config names."""
    folders, level = config.class_folders, config.class_level
    return (yield from scan_in_steps(Path(config.path), class_folders=folders, class_level=level, store=store))


def arrange_and_remember(inspection: Inspection, config: DataConfig, seed: int, store: DataStore) -> Arranged:
    """As ``arrange``, so that images which were divided before stay where they were.

    Raises:
        EngineError: The folder of the app cannot be written to.
    """
    memory = SplitMemory(store, inspection.dataset.source, config, seed)
    arranged = arrange(inspection, config, seed, memory)
    if not inspection.dataset.split_names():
        memory.remember(arranged.split, config.edits.moved)
    return arranged


def arrange(inspection: Inspection, config: DataConfig, seed: int, memory: SplitMemory | None = None) -> Arranged:
    """Apply the decisions, divide, and look for what is worth knowing. Reads and writes no image."""
    edited = apply_edits(inspection.dataset, config.edits, unreadable=inspection.unreadable(), seed=seed)
    rules = SplitRules(
        val_split=config.val_split,
        test_split=config.test_split,
        seed=seed,
        group_pattern=config.group_pattern,
        groups=inspection.look_alikes if config.group_look_alikes else (),
        remembered=memory.recall() if memory else {},
        moved=config.edits.moved,
    )
    split = split_dataset(edited.dataset, rules)
    view = View(
        inspection=inspection,
        dataset=edited.dataset,
        split=split,
        edits=config.edits,
        balanced=config.balance != "none",
    )
    return Arranged(
        inspection=inspection,
        dataset=edited.dataset,
        split=split,
        left_out=edited.left_out,
        findings=find(view),
        problem=_problem(edited.dataset, split, inspection),
    )


def _problem(dataset: Dataset, split: Split, inspection: Inspection) -> EngineError | None:
    unreadable = len(inspection.unreadable())
    if not dataset.samples and unreadable:
        return EngineError(
            f"None of the {unreadable} images in {inspection.dataset.source} can be read.",
            "Check that they open in an image viewer; they may be damaged or of an unknown format.",
        )
    if not dataset.samples:
        return EngineError("Every image is left out.", "Undo some decisions, so that there is something to learn from.")
    try:
        check_trainable(dataset)
    except EngineError as error:
        return error
    learnt = {sample.label for sample in split.train}
    for label, name in enumerate(dataset.class_names):
        if label not in learnt:
            return EngineError(f"The class '{name}' has no images to train on.", "Move some of its images to training.")
    return None


def data_warnings(arranged: Arranged) -> list[EngineError]:
    """What a run says of its data before it starts: what was left out, and what makes its figures doubtful."""
    warnings = []
    if unreadable := [path for path, reason in arranged.left_out.items() if reason == "unreadable"]:
        text = Text(template="{count} image(s) cannot be read and were left out: {names}.", count=len(unreadable))
        text = replace(text, values={"names": _some(unreadable)})
        warnings.append(EngineError(str(text), "Mend or remove them; the run goes on without them."))
    grave = [finding for finding in arranged.findings if finding.level == "error" and not finding.kept]
    return warnings + [EngineError(str(finding.text), str(finding.meaning)) for finding in grave]


def _some(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
