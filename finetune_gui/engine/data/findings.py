"""What is worth knowing about a data set before a network learns from it, and what can be done about it.

Each rule is a function from a ``View`` to findings. Wrong accuracy mostly comes from data: leaks between the parts,
one picture with two labels, a class that shows itself by something other than its content.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from finetune_gui.engine.config import SPLIT_NAMES, DataEdits, SplitName
from finetune_gui.engine.data import edits as edit
from finetune_gui.engine.data.dataset import Dataset, Ignored, Sample
from finetune_gui.engine.data.facts import ImageFacts, Inspection
from finetune_gui.engine.data.finding_texts import ACTION_TEXTS, IGNORED, MEANINGS, PARTS, SENTENCES, TRAITS
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

FEW_IMAGES = 10  # to learn a class from; below that its figures are mostly chance
IMBALANCE = 5.0  # training images of the largest class to those of the smallest
SEVERE_IMBALANCE = 10.0
ODD_SHARE = 0.01  # of the images: a format that so few have is an exception
USUAL_SHARE = 0.9  # of the images: a format that so many have is the rule
TINY_PIXELS = 64  # shorter side; networks of this app see 224 pixels and more
ENORMOUS_PIXELS = 50_000_000  # as many as a medium format camera has
SHORTCUT_IMAGES = 5  # of a class; fewer share something by chance
SHORTCUT_ELSEWHERE = 0.1  # largest share of other classes' images that have it too


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


def find(view: View) -> tuple[Finding, ...]:
    """All findings, the gravest first; what the user said is fine comes last.

    Before the images were looked at (``facts`` is empty) only what names and numbers tell.
    """
    rules = _RULES_OF_NAMES + _RULES_OF_PICTURES if view.inspection.facts else _RULES_OF_NAMES
    found = [finding for rule in rules for finding in rule(view)]
    levels = get_args(Level)
    return tuple(sorted(found, key=lambda f: (f.kept, levels.index(f.level), FINDING_KINDS.index(f.kind))))


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


def _finding(
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


# -- files ------------------------------------------------------------------------------------------------------------


def _unreadable(view: View) -> Iterator[Finding]:
    gone = set(view.edits.excluded)
    reasons = {path: reason for path, reason in view.inspection.unreadable().items() if path not in gone}
    if reasons:
        groups = [(path,) for path in reasons]
        yield _finding(
            view, "unreadable", "warning", len(reasons), groups=groups, actions=("exclude", "keep"), details=reasons
        )


def _files(view: View) -> Iterator[Finding]:
    found = view.inspection.dataset
    for kind, names in (("denied", found.denied), ("missing_files", found.missing)):
        if names:
            details = dict.fromkeys(names, "")
            yield _finding(view, kind, "warning", len(names), actions=("keep",), details=details)  # type: ignore[arg-type]
    if any(number and reason not in _NOBODYS for reason, number in found.ignored.items()):
        details = {reason: str(number) for reason, number in found.ignored.items() if number}
        grave: tuple[Ignored, ...] = ("no_class", "not_in_table", "unsafe_name", "nested_archive", "broken_name")
        level: Level = "warning" if any(reason in details for reason in grave) else "info"
        yield _finding(view, "ignored", level, found.num_ignored, actions=("keep",), details=details)
    if found.nested:
        yield _finding(view, "nested", "info", len(found.class_names), actions=("keep",))


_NOBODYS: tuple[Ignored, ...] = ("hidden", "system")  # files that concern nobody where nothing else was passed over


# -- images that are there twice --------------------------------------------------------------------------------------


def _copies(view: View) -> Iterator[Finding]:
    groups = list(view.used(view.inspection.copies))
    if groups:
        count = sum(len(group) - 1 for group in groups)
        yield _finding(view, "copies", "warning", count, groups=groups, actions=("keep_one", "keep"))


def _look_alikes(view: View) -> Iterator[Finding]:
    groups = [
        group
        for group in view.used(view.inspection.look_alikes)
        if len({view.facts(path).digest for path in group}) > 1  # else they are copies, and told of as such
    ]
    if groups:
        count = sum(len(group) - 1 for group in groups)
        yield _finding(view, "look_alikes", "info", count, groups=groups, actions=("keep_one", "keep"))


def _leaks(view: View) -> Iterator[Finding]:
    groups = [
        group for group in view.used(_same_picture(view.inspection)) if len({view.parts[path] for path in group}) > 1
    ]
    if groups:
        details = {path: view.parts[path] for group in groups for path in group}
        count = sum(part != "train" for part in details.values())
        yield _finding(
            view,
            "leak",
            "error",
            count,
            groups=groups,
            actions=("move_to_train", "exclude", "keep"),
            details=details,
        )


def _label_conflicts(view: View) -> Iterator[Finding]:
    groups = [
        group
        for group in view.used(_same_picture(view.inspection))
        if len({view.samples[path].label for path in group}) > 1
    ]
    if groups:
        labels = sorted({view.samples[path].label for group in groups for path in group})
        details = {path: view.name(view.samples[path].label) for group in groups for path in group}
        count = sum(len(group) for group in groups)
        yield _finding(
            view,
            "label_conflict",
            "error",
            count,
            groups=groups,
            labels=labels,
            actions=("exclude", "keep"),
            details=details,
        )


def _same_picture(inspection: Inspection) -> Sequence[tuple[str, ...]]:
    """Look-alikes, and copies too featureless to look like anything."""
    alike = {path for group in inspection.look_alikes for path in group}
    return (*inspection.look_alikes, *(group for group in inspection.copies if not alike.issuperset(group)))


# -- classes ----------------------------------------------------------------------------------------------------------


def _too_small(view: View) -> Iterator[Finding]:
    train = view.counts["train"]
    labels = [label for label in range(len(view.dataset.class_names)) if train[label] < FEW_IMAGES]
    if labels:
        names = ", ".join(f"{view.name(label)} ({train[label]})" for label in labels[:5])
        names += ", …" if len(labels) > 5 else ""
        yield _finding(
            view,
            "too_small",
            "warning",
            sum(train[label] for label in labels),
            key=f"too_small:{'/'.join(view.name(label) for label in labels)}",
            labels=labels,
            actions=("drop_class", "keep"),
            classes_text=names,
            few=str(FEW_IMAGES),
        )


def _missing_in_part(view: View) -> Iterator[Finding]:
    for part in SPLIT_NAMES:
        present = view.counts[part]
        labels = [label for label in range(len(view.dataset.class_names)) if not present[label]]
        if labels and present:
            names = ", ".join(view.name(label) for label in labels[:5]) + (", …" if len(labels) > 5 else "")
            others = sum(view.counts[other][label] for other in SPLIT_NAMES for label in labels)
            yield _finding(
                view,
                "missing_in_part",
                "error" if part == "train" else "warning",
                others,
                key=f"missing_in_part:{part}",
                labels=labels,
                actions=("drop_class", "keep"),
                details={"part": part},
                classes_text=names,
                part=Text(template=PARTS[part]),
            )


def _imbalance(view: View) -> Iterator[Finding]:
    ratio = imbalance(view.counts["train"])
    if ratio < IMBALANCE or view.balanced:
        return
    train = view.counts["train"]
    most, least = max(train, key=lambda label: train[label]), min(train, key=lambda label: train[label])
    recommended: ActionId = "class_weights" if ratio < SEVERE_IMBALANCE else "balanced_sampling"
    yield _finding(
        view,
        "imbalance",
        "warning",
        train[least],
        labels=(most, least),
        actions=(recommended, "keep"),
        most=view.name(most),
        least=view.name(least),
        ratio=f"{ratio:.0f}",
    )


def imbalance(train: Counter[int]) -> float:
    """Training images of the largest class to those of the smallest that has any; 1 where there are none."""
    counts = [count for count in train.values() if count]
    return max(counts) / min(counts) if counts else 1.0


# -- pictures ---------------------------------------------------------------------------------------------------------


def _sizes(view: View) -> Iterator[Finding]:
    tiny, enormous = [], []
    for path in view.samples:
        facts = view.facts(path)
        if min(facts.width, facts.height) < TINY_PIXELS:
            tiny.append((path,))
        if facts.width * facts.height > ENORMOUS_PIXELS:
            enormous.append((path,))
    if tiny:
        # Where all are small, as in CIFAR-10, that is how the data are; a few among large ones are thumbnails.
        level: Level = "info" if len(tiny) > len(view.samples) / 2 else "warning"
        pixels = str(TINY_PIXELS)
        yield _finding(view, "tiny", level, len(tiny), groups=tiny, actions=("exclude", "keep"), pixels=pixels)
    if enormous:
        yield _finding(view, "enormous", "info", len(enormous), groups=enormous, actions=("exclude", "keep"))


def _odd_formats(view: View) -> Iterator[Finding]:
    """Placeholders for missing photos, screenshots and drawings give themselves away by their format."""
    formats = {path: view.facts(path).format for path in view.samples}
    counts = Counter(formats.values())
    if not counts or counts.most_common(1)[0][1] < USUAL_SHARE * len(formats):
        return
    odd = {path: name for path, name in formats.items() if counts[name] <= ODD_SHARE * len(formats)}
    if odd:
        names = ", ".join(sorted(set(odd.values())))
        usual = counts.most_common(1)[0][0]
        yield _finding(
            view,
            "odd_format",
            "warning",
            len(odd),
            groups=[(path,) for path in odd],
            actions=("exclude", "keep"),
            details=odd,
            formats=names,
            usual=usual,
        )


_Trait = Callable[[ImageFacts], str]
_TRAITS: dict[str, _Trait] = {
    "size": lambda facts: f"{facts.width} × {facts.height}",
    "format": lambda facts: facts.format,
    "mode": lambda facts: facts.mode,
    "camera": lambda facts: facts.camera,
}


def _shortcuts(view: View) -> Iterator[Finding]:
    """Classes that a network can tell without looking at what they show (Geirhos et al. 2020, "Shortcut learning")."""
    if len(view.dataset.class_names) < 2:
        return
    members: dict[int, list[str]] = defaultdict(list)
    for sample in view.dataset.samples:
        members[sample.label].append(sample.path)
    total = sum(len(paths) for paths in members.values())
    for trait, value_of in _TRAITS.items():
        overall = Counter(value_of(view.facts(path)) for path in view.samples)
        for label, paths in sorted(members.items()):
            values = {value_of(view.facts(path)) for path in paths}
            value = next(iter(values))
            if len(paths) < SHORTCUT_IMAGES or len(values) > 1 or not value or len(paths) == total:
                continue
            elsewhere = (overall[value] - len(paths)) / (total - len(paths))
            if elsewhere <= SHORTCUT_ELSEWHERE:
                yield _shortcut(view, trait, label, value, paths, elsewhere)


def _shortcut(view: View, trait: str, label: int, value: str, paths: list[str], elsewhere: float) -> Finding:
    return _finding(
        view,
        "shortcut",
        "error",
        len(paths),
        key=f"shortcut:{trait}:{view.name(label)}",
        groups=[(path,) for path in paths],
        labels=(label,),
        actions=("keep",),
        details={"trait": trait, "value": value},
        name=view.name(label),
        trait=Text(template=TRAITS[trait]),
        value=value,
        elsewhere=f"{elsewhere:.0%}".replace("%", " %"),
    )


_Rules = tuple[Callable[[View], Iterator[Finding]], ...]
_RULES_OF_NAMES: _Rules = (_files, _too_small, _missing_in_part, _imbalance)
_RULES_OF_PICTURES: _Rules = (
    _leaks,
    _label_conflicts,
    _shortcuts,
    _unreadable,
    _copies,
    _look_alikes,
    _odd_formats,
    _sizes,
)
