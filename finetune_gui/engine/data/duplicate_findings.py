"""Rules about images that are there twice: copies, look-alikes, leaks between the parts, pictures with two labels."""

from collections.abc import Iterator, Sequence

from finetune_gui.engine.data.facts import Inspection
from finetune_gui.engine.data.findings import Finding, View, new_finding


def copies(view: View) -> Iterator[Finding]:
    """The same file more than once."""
    groups = list(view.used(view.inspection.copies))
    if groups:
        count = sum(len(group) - 1 for group in groups)
        yield new_finding(view, "copies", "warning", count, groups=groups, actions=("keep_one", "keep"))


def look_alikes(view: View) -> Iterator[Finding]:
    """Nearly the same picture more than once."""
    groups = [
        group
        for group in view.used(view.inspection.look_alikes)
        if len({view.facts(path).digest for path in group}) > 1  # else they are copies, and told of as such
    ]
    if groups:
        count = sum(len(group) - 1 for group in groups)
        yield new_finding(view, "look_alikes", "info", count, groups=groups, actions=("keep_one", "keep"))


def leaks(view: View) -> Iterator[Finding]:
    """The same picture in two parts."""
    groups = [
        group for group in view.used(_same_picture(view.inspection)) if len({view.parts[path] for path in group}) > 1
    ]
    if groups:
        details = {path: view.parts[path] for group in groups for path in group}
        count = sum(part != "train" for part in details.values())
        yield new_finding(
            view,
            "leak",
            "error",
            count,
            groups=groups,
            actions=("move_to_train", "exclude", "keep"),
            details=details,
        )


def label_conflicts(view: View) -> Iterator[Finding]:
    """The same picture in two classes."""
    groups = [
        group
        for group in view.used(_same_picture(view.inspection))
        if len({view.samples[path].label for path in group}) > 1
    ]
    if groups:
        labels = sorted({view.samples[path].label for group in groups for path in group})
        details = {path: view.name(view.samples[path].label) for group in groups for path in group}
        count = sum(len(group) for group in groups)
        yield new_finding(
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
