"""What the commands print: tables and progress for people, JSON lines for programs."""

import math
import re
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unicodedata import combining, east_asian_width

import msgspec

from finetune_gui.engine.errors import EngineError

if TYPE_CHECKING:  # these take longer to import than a short command runs
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from finetune_gui.engine.events import EvaluationFinished, Event

WIDTH_WITHOUT_TERMINAL = 200  # columns; in a pipe or a file nothing should be folded
BAR_AFTER_S = 0.3
MAX_CONFUSION_CLASSES = 12  # beyond this a confusion matrix does not fit a terminal


def print_json(plain: object) -> None:
    """One JSON object on one line of stdout, at once."""
    sys.stdout.write(msgspec.json.encode(plain).decode() + "\n")
    sys.stdout.flush()


def print_event(event: "Event") -> None:
    """One event as JSON."""
    print_json(event.to_json())


def print_error(error: EngineError, *, as_json: bool) -> None:
    """Sentence and hint on stderr; for programs also as a last JSON line."""
    if as_json:
        print_json({"error": error.message, "hint": error.hint})
    print(f"Error: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"Hint: {error.hint}", file=sys.stderr)


def console(*, stderr: bool = False) -> "Console":
    """Where tables go. Paths and class names are printed as they are, never as markup."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_WITHOUT_TERMINAL
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def one_line(text: str) -> str:
    """Names of classes and files may hold anything: line breaks and other control characters as Python writes them."""
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda found: ascii(found[0])[1:-1], text)


def print_table(columns: list[tuple[str, str]], rows: list[list[str]], *, title: str = "") -> None:
    """A table; each column has a title and ``left`` or ``right``. Long lines are folded on a terminal alone."""
    columns = [(one_line(name), side) for name, side in columns]
    rows = [[one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        _print_columns(columns, rows, title)
        return
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name, side in columns:
        table.add_column(name, justify="right" if side == "right" else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def _print_columns(columns: list[tuple[str, str]], rows: list[list[str]], title: str) -> None:
    lines = [[name for name, _ in columns], *rows]
    widths = [max(map(_cells, column)) for column in zip(*lines, strict=True)]
    if title:
        print(title)
    for line in lines:
        padding = [" " * (width - _cells(text)) for text, width in zip(line, widths, strict=True)]
        sides = [side for _, side in columns]
        cells = [
            pad + text if side == "right" else text + pad for text, pad, side in zip(line, padding, sides, strict=True)
        ]
        print("  ".join(cells).rstrip())


def _cells(text: str) -> int:
    """Columns of a terminal that a text takes: letters of Chinese and like take two, combining accents none."""
    if text.isascii():
        return len(text)
    return sum((east_asian_width(letter) in "WF") + (not combining(letter)) for letter in text)


class LateBar:
    """A progress bar on a terminal, once something takes longer than a moment. Use as a context manager."""

    def __init__(self, description: str) -> None:
        self._shown: dict[str, Any] = {"description": description, "total": None, "note": ""}
        self._appears_at = time.monotonic() + BAR_AFTER_S if sys.stderr.isatty() else math.inf
        self._bar: tuple[Progress, TaskID] | None = None
        self._open = ExitStack()

    def __enter__(self) -> "LateBar":
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def update(self, **shown: Any) -> None:
        """As ``rich.progress.Progress.update``."""
        self._shown |= shown
        if self._bar is None and time.monotonic() >= self._appears_at:
            progress = self._open.enter_context(progress_bar())
            self._bar = progress, progress.add_task(**self._shown)
        elif self._bar is not None:
            self._bar[0].update(self._bar[1], **shown)


@contextmanager
def progress_bar() -> "Iterator[Progress]":
    """A bar on stderr; nothing where stderr is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[note]}"))
    out = console(stderr=True)
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as progress:
        yield progress


def percent(share: float | None) -> str:
    """``95.4 %``; a dash where there is no figure."""
    return "-" if share is None else f"{share:.1%}".replace("%", " %")


def interval(low: float, high: float) -> str:
    """``90.9–97.8 %``."""
    return f"{100 * low:.1f}–{percent(high)}"


def duration(seconds: float) -> str:
    """``42 s``, ``3:05`` or ``1:03:20``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def print_evaluation(result: "EvaluationFinished") -> None:
    """Accuracy, figures of each class and the confusion matrix."""
    from finetune_gui.engine.metrics import wilson_interval

    right = round(result.accuracy * result.num_images)
    likely = interval(*wilson_interval(right, result.num_images))
    print(
        f"Accuracy {percent(result.accuracy)} ({right} of {result.num_images} images), 95 % interval {likely}, "
        f"loss {result.loss:.4f}"
    )
    if result.top5_accuracy is not None:
        hits = round(result.top5_accuracy * result.num_images)
        print(f"Top-5 {percent(result.top5_accuracy)}, {interval(*wilson_interval(hits, result.num_images))}")
    print(f"Macro F1 {percent(result.macro_f1)}, balanced accuracy {percent(result.balanced_accuracy)}")
    print_table(
        [("class", "left"), ("images", "right"), ("precision", "right"), ("recall", "right"), ("F1", "right")],
        [[c.name, str(c.support), percent(c.precision), percent(c.recall), percent(c.f1)] for c in result.classes],
    )
    if len(result.classes) <= MAX_CONFUSION_CLASSES:
        names = [c.name for c in result.classes]
        rows: list[list[Any]] = [
            [name, *map(str, counts)] for name, counts in zip(names, result.confusion, strict=True)
        ]
        print_table([("true \\ predicted", "left"), *((name, "right") for name in names)], rows, title="\nConfusion")
    for message in result.skipped:
        print(f"Left out: {message}", file=sys.stderr)
    if result.unknown_classes:
        unknown = ", ".join(f"{name} ({count})" for name, count in result.unknown_classes.items())
        print(f"Left out: images of classes that the model does not know: {unknown}.", file=sys.stderr)
    absent = [each.name for each in result.classes if not each.support]
    if absent:
        print(f"Without any image: {', '.join(absent)}.", file=sys.stderr)
