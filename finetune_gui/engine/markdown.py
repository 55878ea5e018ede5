"""Foreign text on a line of Markdown: names of classes and files may hold anything."""

import json
import re
from collections.abc import Iterable, Sequence


def inline(text: str) -> str:
    """Any text on one line of Markdown: line breaks as JSON writes them, within back-ticks."""
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    fence = "``" if "`" in plain else "`"
    return f"{fence} {plain} {fence}" if "`" in plain else f"`{plain}`"


def plain(text: str) -> str:
    """Any text as running text on one line: what Markdown or HTML would read otherwise is escaped."""
    return re.sub(r"([\\`*_\[\]<>#|!&~])", r"\\\1", " ".join(text.split()))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell is written so that it ends none."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
