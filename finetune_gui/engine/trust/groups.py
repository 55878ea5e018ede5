"""Whether a model is as good for every group of images: by camera, place, or whatever a folder or table says."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from finetune_gui.engine.config import SPLIT_NAMES
from finetune_gui.engine.data.table import ImageIndex, read_grid
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.metrics import wilson_interval
from finetune_gui.engine.predictions_file import ImagePredictions, common_folder

MAX_GROUPS = 200
_LARGEST_TABLE = 2**28  # bytes


@dataclass(frozen=True, kw_only=True)
class GroupFigures:
    """How good a model is for one group.

    Attributes:
        name: Of the group.
        support: Its images.
        right: Of them, those that were recognised.
        low: Lower end of the 95 % interval of the accuracy.
        high: Its upper end.
        stands_out: Whether it is below the accuracy of all other images together by more than chance explains.
    """

    name: str
    support: int
    right: int
    low: float
    high: float
    stands_out: bool

    @property
    def accuracy(self) -> float:
        """Top-1."""
        return self.right / self.support


def group_figures(predictions: ImagePredictions, groups: Sequence[str]) -> tuple[GroupFigures, ...]:
    """Accuracy by group, the worst first; of equals the larger one. Images of no group (empty) count for the others.

    Args:
        predictions: Of an evaluation.
        groups: Of each image.
    """
    support: dict[str, int] = {}
    right: dict[str, int] = {}
    for name, is_right in zip(groups, predictions.right.tolist(), strict=True):
        support[name] = support.get(name, 0) + 1
        right[name] = right.get(name, 0) + is_right
    all_images, all_right = len(groups), sum(right.values())
    figures = []
    for name in filter(None, support):
        low, high = wilson_interval(right[name], support[name])
        others = all_right - right[name], all_images - support[name]
        figures.append(
            GroupFigures(
                name=name,
                support=support[name],
                right=right[name],
                low=low,
                high=high,
                stands_out=_is_below((right[name], support[name]), others),
            )
        )
    return tuple(sorted(figures, key=lambda each: (each.accuracy, -each.support, each.name)))


def _is_below(group: tuple[int, int], others: tuple[int, int]) -> bool:
    """Whether the 95 % interval of the difference of two shares lies above 0 (Newcombe, 1998, method 10).

    Args:
        group: Right images, and all of them.
        others: Likewise.
    """
    if not (group[1] and others[1]):
        return False
    share, other = group[0] / group[1], others[0] / others[1]
    return other - share > math.hypot(other - wilson_interval(*others)[0], wilson_interval(*group)[1] - share)


def groups_from_folders(predictions: ImagePredictions) -> tuple[str, ...] | None:
    """The folder of each image that names neither its class nor a part of the data; None where they make no two groups.

    ``berlin/ants/1.jpg`` and ``val/ants/berlin/1.jpg`` are both of the group ``berlin``.
    """
    root = common_folder(predictions.paths)
    passed_over = {name.casefold() for name in (*predictions.class_names, *SPLIT_NAMES)}
    groups = []
    for path in predictions.paths:
        folders = PurePath(path).parts[len(root.parts) : -1]
        groups.append("/".join(folder for folder in folders if folder.casefold() not in passed_over))
    distinct = set(groups)
    return tuple(groups) if 2 <= len(distinct) <= MAX_GROUPS else None


def columns_of(table: Path) -> tuple[str, ...]:
    """The headers of a table.

    Raises:
        EngineError: It cannot be read.
    """
    return tuple(cell.strip() for cell in _grid(table)[0])


def groups_from_table(predictions: ImagePredictions, table: Path, column: str) -> tuple[str, ...]:
    """The group of each image as a column of a table gives it; empty where the table does not name the image.

    The column with the files is the one whose cells fit most images, by path or by name.

    Raises:
        EngineError: The table cannot be read, has no such column, or names none of the images.
    """
    header, *rows = _grid(table)
    names = [cell.strip() for cell in header]
    if column not in names:
        raise EngineError(f"{table.name} has no column '{column}'.", f"Use one of: {', '.join(names[:8])}.")
    place, index = names.index(column), ImageIndex(_slashed(predictions.paths))
    found = [_groups_by(rows, file, place, index) for file in range(len(names)) if file != place]
    best = max(found, key=len, default={})
    if not best:
        raise EngineError(
            f"{table.name} names none of the {len(predictions.paths)} images.",
            "Give it a column with the names of the image files.",
        )
    groups = tuple(best.get(path, "") for path in _slashed(predictions.paths))
    if len(set(groups)) > MAX_GROUPS:
        raise EngineError(
            f"The column '{column}' makes more than {MAX_GROUPS} groups.",
            "Choose a column with fewer different values.",
        )
    return groups


def _groups_by(rows: Sequence[Sequence[str]], file: int, place: int, index: ImageIndex) -> dict[str, str]:
    groups = {}
    for row in rows:
        if len(row) > max(file, place) and (name := row[file].strip().replace("\\", "/")):
            for path in index.find(name):
                groups[path] = row[place].strip()
    return groups


def _slashed(paths: Sequence[str]) -> list[str]:
    return [path.replace("\\", "/") for path in paths]


def _grid(table: Path) -> list[list[str]]:
    try:
        with table.open("rb") as file:
            grid = read_grid(file.read(_LARGEST_TABLE), table.name)
    except OSError as error:
        raise EngineError(
            f"{table} cannot be read: {error.strerror}.", "Check that it is there and readable."
        ) from error
    if not grid:
        raise EngineError(f"The table {table.name} is empty.", "Fill it with a file name and a group a line.")
    return grid
