"""Drawings of a report as SVG. Colours are those of the page: ``var(--train)`` and like, so that it can be dark.

Texts go through ``escape``: names of classes may hold anything.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from finetune_gui.engine.events import EpochCompleted, EvaluationFinished
from finetune_gui.engine.trust.calibration import ReliabilityBin

_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 14, 12, 34  # room around a plot for its numbers
_WIDTH, _HEIGHT = 420, 240
_MOST_DOTS = 60  # epochs that have a dot each
_MOST_LABELS = 60  # classes whose names stand beside the matrix
_MOST_NUMBERS = 20  # classes of whose cells the counts are written out
_LABEL_LETTERS = 18
_LETTER = 5.6  # width of one at 10 px


@dataclass(frozen=True, kw_only=True)
class _Axes:
    """Where values lie on the drawing."""

    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0)
        return _LEFT + across * (_WIDTH - _LEFT - _RIGHT), _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM)


def accuracy_curves(epochs: Sequence[EpochCompleted]) -> str:
    """Accuracy over the epochs: training and validation, the best epoch marked."""
    series = [[each.train_accuracy for each in epochs], [each.val_accuracy for each in epochs]]
    return _curves(epochs, series, (0.0, 1.0), "Accuracy by epoch", lambda value: f"{value:.0%}")


def loss_curves(epochs: Sequence[EpochCompleted]) -> str:
    """Loss over the epochs."""
    series = [[each.train_loss for each in epochs], [each.val_loss for each in epochs]]
    top = max((value for line in series for value in line if math.isfinite(value)), default=1.0)
    return _curves(epochs, series, (0.0, 1.05 * top or 1.0), "Loss by epoch", lambda value: f"{value:.3g}")


def _curves(
    epochs: Sequence[EpochCompleted],
    series: Sequence[Sequence[float]],
    y_range: tuple[float, float],
    title: str,
    words: Callable[[float], str],
) -> str:
    axes = _Axes(x=(epochs[0].epoch, max(epochs[-1].epoch, epochs[0].epoch + 1)), y=y_range)
    parts = [_grid(axes, words), _epoch_numbers(axes, epochs)]
    for values, color in zip(series, ("train", "val"), strict=True):
        points = [axes.at(each.epoch, y) for each, y in zip(epochs, values, strict=True) if math.isfinite(y)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" style="stroke:var(--{color})" stroke-width="2.2"/>')
        if len(points) <= _MOST_DOTS:
            parts += [_dot(point, 2.6, color) for point in points]
    best = next((row for row in reversed(range(len(epochs))) if epochs[row].is_best), None)
    if best is not None and math.isfinite(series[1][best]):
        x, y = axes.at(epochs[best].epoch, series[1][best])
        parts += [_line((x, _TOP), (x, y), "good", dashes="2 3"), _dot((x, y), 5, "good")]
    return _svg(_WIDTH, _HEIGHT, title, parts)


def _grid(axes: _Axes, words: Callable[[float], str]) -> str:
    parts = []
    for step in range(5):
        value = axes.y[0] + (axes.y[1] - axes.y[0]) * step / 4
        _, y = axes.at(axes.x[0], value)
        parts += [_line((_LEFT, y), (_WIDTH - _RIGHT, y), "line"), _text(_LEFT - 7, y + 3.5, words(value), "end")]
    return "".join(parts)


def _epoch_numbers(axes: _Axes, epochs: Sequence[EpochCompleted]) -> str:
    stride = max(1, math.ceil(len(epochs) / 10))
    shown = [(axes.at(each.epoch, 0)[0], str(each.epoch)) for each in epochs[::stride]]
    return _numbers_below(shown, "Epoch")


def _numbers_below(numbers: Sequence[tuple[float, str]], title: str) -> str:
    parts = [_text(x, _HEIGHT - _BOTTOM + 16, words, "middle") for x, words in numbers]
    return "".join([*parts, _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 4, title, "middle")])


def reliability_diagram(bins: Sequence[ReliabilityBin]) -> str:
    """How often the run is right, by how sure it is; right on the diagonal."""
    axes = _Axes(x=(0.0, 1.0), y=(0.0, 1.0))
    parts = [_grid(axes, lambda value: f"{value:.0%}")]
    for each in bins:
        if each.count:
            (left, top), (right, bottom) = axes.at(each.low, each.accuracy), axes.at(each.high, 0.0)
            height = max(1.0, bottom - top)  # also no right answer at all can be seen
            box = (left + 1, bottom - height, right - left - 2, height)
            parts.append(_rect(box, "train", opacity=0.65, tip=f"{each.count} images"))
    parts.append(_line(axes.at(0, 0), axes.at(1, 1), "muted", dashes="5 4"))
    shares = [(axes.at(share, 0)[0], f"{share:.0%}") for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    parts.append(_numbers_below(shares, "How sure it is"))
    return _svg(_WIDTH, _HEIGHT, "Share of right answers by how sure the model is", parts)


# -- the confusion matrix ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Matrix:
    """Where its cells lie."""

    names: tuple[str, ...]
    left: float
    top: float
    cell: float

    @property
    def labelled(self) -> bool:
        return len(self.names) <= _MOST_LABELS


def confusion_drawing(result: EvaluationFinished) -> str:
    """The confusion matrix: true classes by row, predicted ones by column; shade is the share of the row."""
    names = tuple(each.name for each in result.classes)
    label = _LETTER * max(len(_short(name)) for name in names) + 10 if len(names) <= _MOST_LABELS else 10.0
    matrix = _Matrix(
        names=names,
        left=label,
        top=0.72 * label + 14 if len(names) <= _MOST_LABELS else 10.0,  # names of columns lean at 45 degrees
        cell=max(6.0, min(52.0, 640 / len(names))),
    )
    parts = [part for row, counts in enumerate(result.confusion) for part in _matrix_row(matrix, row, counts)]
    if matrix.labelled:
        parts += _matrix_names(matrix)
    extent = len(names) * matrix.cell
    width = matrix.left + extent + (0.72 * label if matrix.labelled else 0.0) + 4
    return _svg(width, matrix.top + extent + 4, "Confusion: true classes by row, predicted ones by column", parts)


def _matrix_names(matrix: _Matrix) -> list[str]:
    size = min(10.0, matrix.cell + 2)
    parts = []
    for index, name in enumerate(matrix.names):
        middle = (index + 0.5) * matrix.cell
        parts.append(_text(matrix.left - 6, matrix.top + middle + 3.5, _short(name), "end", size=size))
        x, y = matrix.left + middle, matrix.top - 6
        leaning = _text(x, y, _short(name), "start", size=size)
        parts.append(f'<g transform="rotate(-45 {x:.1f} {y:.1f})">{leaning}</g>')
    return parts


def _matrix_row(matrix: _Matrix, row: int, counts: Sequence[int]) -> list[str]:
    cell, y = matrix.cell, matrix.top + row * matrix.cell
    parts = [_rect((matrix.left, y, len(counts) * cell, cell - 1), "sunken")]
    for column, number in enumerate(counts):
        if not number:
            continue
        x, right = matrix.left + column * cell, row == column
        said = "recognised" if right else f"taken for {matrix.names[column]}"
        shade = 0.04 + 0.7 * math.sqrt(number / sum(counts))  # so that one image among many can be seen, and many more
        box, color = (x, y, cell - 1, cell - 1), "good" if right else "bad"
        parts.append(_rect(box, color, opacity=shade, tip=f"{matrix.names[row]} {said}: {number}"))
        if len(counts) <= _MOST_NUMBERS:
            size = min(13.0, cell / 3)
            middle = x + (cell - 1) / 2, y + cell / 2 + size / 3
            parts.append(_text(*middle, str(number), "middle", size=size, color="text"))
    return parts


def _short(name: str) -> str:
    return name if len(name) <= _LABEL_LETTERS else f"{name[: _LABEL_LETTERS - 1]}…"


# -- shapes -----------------------------------------------------------------------------------------------------------


def _line(start: tuple[float, float], end: tuple[float, float], color: str, *, dashes: str = "") -> str:
    (x1, y1), (x2, y2) = start, end
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" style="stroke:var(--{color})"{dashed}/>'


def _dot(place: tuple[float, float], radius: float, color: str) -> str:
    return f'<circle cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="{radius}" style="fill:var(--{color})"/>'


def _rect(box: tuple[float, float, float, float], color: str, *, opacity: float = 1.0, tip: str = "") -> str:
    x, y, width, height = box
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    title = f"<title>{escape(tip)}</title>" if tip else ""
    return f'<rect {place} style="fill:var(--{color})" fill-opacity="{opacity:.2f}">{title}</rect>'


def _text(x: float, y: float, words: str, anchor: str, *, size: float = 10, color: str = "muted") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" text-anchor="{anchor}"'
    return f'<text {place} style="fill:var(--{color})">{escape(words)}</text>'


def _svg(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="sans-serif">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
