"""What a finding is: something worth knowing about a data set before a network learns from it, and what can be done.

``finding_rules.py`` finds them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from finetune_gui.engine.config import SPLIT_NAMES, DataEdits, SplitName
from finetune_gui.engine.data import edits as edit
from finetune_gui.engine.data.dataset import Dataset, Sample
from finetune_gui.engine.data.facts import ImageFacts, Inspection
from finetune_gui.engine.data.finding_texts import ACTION_TEXTS, IGNORED, MEANINGS, SENTENCES
from finetune_gui.engine.data.split import Split
from finetune_gui.engine.texts import Text

FindingKind = Literal[
    "leak",
    "label_conflict",
    "shortcut",
    "unreadable",
    "denied",
    "missing_files",
    "too_small",
    "missing_in_part",
    "imbalance",
    "copies",
    "look_alikes",
    "odd_format",
    "tiny",
    "enormous",
    "nested",
    "ignored",
]
Level = Literal["error", "warning", "info"]
ActionId = Literal["exclude", "keep_one", "move_to_train", "drop_class", "class_weights", "balanced_sampling", "keep"]
FINDING_KINDS: tuple[FindingKind, ...] = get_args(FindingKind)
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that was noticed.

    Attributes:
        kind: What it is.
        key: Tells findings apart, also from one inspection to the next.
        level: ``error`` where results cannot be trusted, ``warning`` where they suffer, ``info`` else.
        count: Images concerned (for ``ignored``, ``denied`` and ``missing_files``: files).
        groups: The images; those in one group belong together, the one to keep first.
        classes: The classes concerned.
        text: What was found.
        meaning: What that means for the model.
        actions: What can be done about it.
        kept: Whether the user said that it is fine as it is.
        details: More about single files (reason by path) or counts (by what is counted).
    """

    kind: FindingKind
    key: str
    level: Level
    count: int
    text: Text
    meaning: Text
    groups: tuple[tuple[str, ...], ...] = ()
    classes: tuple[str, ...] = ()
    actions: tuple[ActionId, ...] = ()
    kept: bool = False
    details: Mapping[str, str]

    def paths(self) -> list[str]:
        """All images of all groups."""
        return [path for group in self.groups for path in group]


def action_text(action: ActionId) -> Text:
    """What a button for the action says."""
    return Text(template=ACTION_TEXTS[action])


def detail_text(finding: Finding, name: str) -> Text:
    """What is counted by ``finding.details[name]``, of files that were passed over."""
    return Text(template=IGNORED[name]) if finding.kind == "ignored" else Text(template="{name}", values={"name": name})


@dataclass(frozen=True, kw_only=True)
class View:
    """What the rules look at: the data as they are used after the decisions so far."""

    inspection: Inspection
    dataset: Dataset
    split: Split
    edits: DataEdits
    balanced: bool  # whether something is done about imbalance

    @cached_property
    def samples(self) -> dict[str, Sample]:
        """The images that are used, by path."""
        return {sample.path: sample for sample in self.dataset.samples}

    @cached_property
    def parts(self) -> dict[str, SplitName]:
        """The part of each image."""
        return self.split.parts()

    @cached_property
    def counts(self) -> dict[SplitName, Counter[int]]:
        """Images of each class in each part."""
        return {name: Counter(sample.label for sample in self.split.part(name)) for name in SPLIT_NAMES}

    def facts(self, path: str) -> ImageFacts:
        """What the inspection found out of an image."""
        return self.inspection.facts[path]

    def used(self, groups: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
        """What is left of groups among the images that are used; the best picture first."""
        for group in groups:
            left = [path for path in group if path in self.samples]
            if len(left) > 1:
                yield tuple(sorted(left, key=self._worth))

    def _worth(self, path: str) -> tuple[int, int, str]:
        facts = self.facts(path)
        return SPLIT_NAMES.index(self.parts[path]), -facts.width * facts.height, path

    def name(self, label: int) -> str:
        """Of a class."""
        return self.dataset.class_names[label]


def new_finding(
    view: View,
    kind: FindingKind,
    level: Level,
    count: int,
    *,
    key: str = "",
    groups: Sequence[tuple[str, ...]] = (),
    labels: Sequence[int] = (),
    actions: tuple[ActionId, ...] = (),
    details: Mapping[str, str] | None = None,
    **values: str | Text,
) -> Finding:
    """A finding with its sentences.

    Args:
        view: What was looked at.
        kind: What it is.
        level: How grave it is.
        count: As ``Finding.count``.
        key: Where there may be several of one kind.
        groups: As ``Finding.groups``.
        labels: Of the classes concerned.
        actions: As ``Finding.actions``.
        details: As ``Finding.details``.
        values: What goes into the sentences.
    """
    key = key or kind
    return Finding(
        kind=kind,
        key=key,
        level=level,
        count=count,
        text=Text(template=SENTENCES[kind], count=count, values=values),
        meaning=Text(template=MEANINGS[kind], count=count, values=values),
        groups=tuple(groups),
        classes=tuple(view.name(label) for label in labels),
        actions=actions,
        kept=key in view.edits.kept,
        details=details or {},
    )


def resolve(finding: Finding, action: ActionId, edits: DataEdits, dataset: Dataset) -> DataEdits:
    """The decisions after an action. ``class_weights`` and ``balanced_sampling`` are for the caller to set."""
    match action:
        case "exclude":
            return edit.exclude(edits, finding.paths() if finding.kind != "leak" else _checked_with(finding))
        case "keep_one":
            return edit.exclude(edits, [path for group in finding.groups for path in group[1:]])
        case "move_to_train":
            return edit.move(edits, finding.paths(), "train")
        case "drop_class":
            for name in finding.classes:
                edits = edit.drop(edits, dataset, name)
            return edits
        case "keep":
            return edit.keep(edits, finding.key)
        case _:
            return edits


def _checked_with(finding: Finding) -> list[str]:
    """Of the images of a leak those that are not learnt from."""
    return [path for path in finding.paths() if finding.details.get(path) != "train"]
