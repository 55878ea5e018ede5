"""Looks for all that is worth knowing about a data set before a network learns from it.

Each rule is a function from a ``View`` to findings. Wrong accuracy mostly comes from data: leaks between the parts,
one picture with two labels, a class that shows itself by something other than its content.
"""

from collections.abc import Callable, Iterator

from finetune_gui.engine.data.class_findings import missing_in_part, too_small, unbalanced
from finetune_gui.engine.data.duplicate_findings import copies, label_conflicts, leaks, look_alikes
from finetune_gui.engine.data.file_findings import nested, not_there, passed_over, unreadable
from finetune_gui.engine.data.findings import FINDING_KINDS, LEVELS, Finding, View
from finetune_gui.engine.data.picture_findings import odd_formats, shortcuts, sizes

_Rules = tuple[Callable[[View], Iterator[Finding]], ...]
_RULES_OF_NAMES: _Rules = (not_there, passed_over, nested, too_small, missing_in_part, unbalanced)
_RULES_OF_PICTURES: _Rules = (
    leaks,
    label_conflicts,
    shortcuts,
    unreadable,
    copies,
    look_alikes,
    odd_formats,
    sizes,
)


def find(view: View) -> tuple[Finding, ...]:
    """All findings, the gravest first; what the user said is fine comes last.

    Before the images were looked at (``facts`` is empty) only what names and numbers tell.
    """
    rules = _RULES_OF_NAMES + _RULES_OF_PICTURES if view.inspection.facts else _RULES_OF_NAMES
    found = [finding for rule in rules for finding in rule(view)]
    return tuple(sorted(found, key=lambda f: (f.kept, LEVELS.index(f.level), FINDING_KINDS.index(f.kind))))
