"""Rules about files: which cannot be read, and which were passed over."""

from collections.abc import Iterator

from finetune_gui.engine.data.dataset import Ignored
from finetune_gui.engine.data.findings import Finding, FindingKind, Level, View, new_finding

# Reasons for passing over what probably belongs to the data.
_GRAVE: tuple[Ignored, ...] = ("no_class", "not_in_table", "unsafe_name", "same_name", "nested_archive", "broken_name")
_NOBODYS: tuple[Ignored, ...] = ("hidden", "system")  # files that concern nobody where nothing else was passed over


def unreadable(view: View) -> Iterator[Finding]:
    """Images that cannot be decoded, and why."""
    gone = set(view.edits.excluded)
    reasons = {path: reason for path, reason in view.inspection.unreadable().items() if path not in gone}
    if reasons:
        groups = [(path,) for path in reasons]
        yield new_finding(
            view, "unreadable", "warning", len(reasons), groups=groups, actions=("exclude", "keep"), details=reasons
        )


def not_there(view: View) -> Iterator[Finding]:
    """Files that may not be read, and those that only the table knows."""
    found = view.inspection.dataset
    of_kind: dict[FindingKind, tuple[str, ...]] = {"denied": found.denied, "missing_files": found.missing}
    for kind, names in of_kind.items():
        if names:
            details = dict.fromkeys(names, "")
            yield new_finding(view, kind, "warning", len(names), actions=("keep",), details=details)


def passed_over(view: View) -> Iterator[Finding]:
    """Files that are no images, or belong to no class."""
    found = view.inspection.dataset
    details: dict[str, str] = {reason: str(number) for reason, number in found.ignored.items() if number}
    if not set(_NOBODYS).issuperset(details):
        level: Level = "info" if set(_GRAVE).isdisjoint(details) else "warning"
        yield new_finding(view, "ignored", level, found.num_ignored, actions=("keep",), details=details)


def nested(view: View) -> Iterator[Finding]:
    """Classes that could have been meant otherwise."""
    found = view.inspection.dataset
    if found.nested:
        yield new_finding(view, "nested", "info", len(found.class_names), actions=("keep",))
