"""Sentences that the engine says and that a window may translate: a template, and what goes into it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802, ARG001 (the name that Qt's lupdate looks for)
    """Mark a text for translation, and return it."""
    return text


@dataclass(frozen=True, kw_only=True)
class Text:
    """``str()`` gives it in English.

    Attributes:
        template: With ``{count}`` and other names in braces. ``(s)`` and ``(es)`` stand where a plural is meant.
        count: What ``{count}`` is, and what decides about the plural.
        values: For the other names; a text among them is translated too.
    """

    template: str
    count: int = 0
    values: "Mapping[str, str | Text]" = field(default_factory=dict)

    def __str__(self) -> str:
        return fill(self.template, self, f"{self.count:,}")


def fill(template: str, text: Text, count: str) -> str:
    """Put the values of ``text`` into a template, which may be a translation of its own, as these may be."""
    for ending in ("s", "es"):
        template = template.replace(f"({ending})", "" if text.count == 1 else ending)
    return template.format(count=count, **text.values)
