"""The list of runs as a Qt model."""

from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from finetune_gui.engine.config import PRESETS
from finetune_gui.engine.data.dataset import natural_key
from finetune_gui.engine.run_list import RunSummary
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.words import UNKNOWN, count, data_name, duration, figure, model_name, moment, percent, preset_words

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()

SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
PATH_ROLE = int(Qt.ItemDataRole.UserRole) + 2
SEARCH_ROLE = int(Qt.ItemDataRole.UserRole) + 3

RESUMABLE = ("unfinished", "stopped", "failed")


class RunColumn(IntEnum):
    """The columns."""

    NAME = 0
    NOTE = 1
    WHEN = 2
    STATE = 3
    DATA = 4
    MODEL = 5
    LAYERS = 6
    ACCURACY = 7
    LOSS = 8
    EPOCHS = 9
    TIME = 10


_STATE_COLORS = {
    "completed": "success",
    "failed": "error",
    "unfinished": "warning",
    "stopped": "text_muted",
    "damaged": "error",
}
_NUMBERS = (RunColumn.ACCURACY, RunColumn.LOSS, RunColumn.EPOCHS, RunColumn.TIME)


class RunItemModel(QAbstractTableModel):
    """One row a run. Sort it by ``SORT_ROLE``: numbers and times as such."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: list[RunSummary] = []
        self._active: Path | None = None

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs in place of the former ones."""
        self.beginResetModel()
        self._runs = list(runs)
        self.endResetModel()

    def set_active(self, path: Path | None) -> None:
        """The run that is being trained, whose folder says no more than "unfinished"."""
        self._active = path
        if self._runs:
            self.dataChanged.emit(self.index(0, RunColumn.STATE), self.index(len(self._runs) - 1, RunColumn.STATE))

    def run(self, row: int) -> RunSummary:
        """The run of a row."""
        return self._runs[row]

    def row_of(self, path: Path) -> int:
        """The row of a run; -1 when it is not there."""
        return next((row for row, run in enumerate(self._runs) if run.path == path), -1)

    def is_active(self, run: RunSummary) -> bool:
        """Whether this run is being trained, here or by another window or command."""
        return run.path == self._active or run.state == "running"

    def state_words(self, run: RunSummary) -> str:
        """The state in a word."""
        if self.is_active(run):
            return self.tr("Training")
        return {
            "completed": self.tr("Finished"),
            "stopped": self.tr("Stopped"),
            "failed": self.tr("Failed"),
            "unfinished": self.tr("Unfinished"),
            "damaged": self.tr("Damaged"),
        }.get(run.state, run.state)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of runs."""
        return 0 if parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        """See ``RunColumn``."""
        return 0 if parent.isValid() else len(RunColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = RunColumn(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return {
                RunColumn.WHEN: self.tr("When"),
                RunColumn.STATE: self.tr("State"),
                RunColumn.DATA: self.tr("Images"),
                RunColumn.MODEL: self.tr("Model"),
                RunColumn.LAYERS: self.tr("Layers"),
                RunColumn.ACCURACY: self.tr("Accuracy"),
                RunColumn.LOSS: self.tr("Loss"),
                RunColumn.EPOCHS: self.tr("Epochs"),
                RunColumn.TIME: self.tr("Time"),
                RunColumn.NAME: self.tr("Name"),
                RunColumn.NOTE: self.tr("Note"),
            }[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return {
                RunColumn.ACCURACY: self.tr("Best validation accuracy"),
                RunColumn.LOSS: self.tr("Validation loss of the best epoch"),
            }.get(column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The figure as text, and as what to sort by."""
        if not index.isValid():
            return None
        column, run = RunColumn(index.column()), self._runs[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(column, run)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(column, run)
            case Qt.ItemDataRole.ForegroundRole if column is RunColumn.STATE:
                return self._state_color(run)
            case Qt.ItemDataRole.TextAlignmentRole if column in _NUMBERS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _ if role == SORT_ROLE:
                return self._sort_key(column, run)
            case _ if role == PATH_ROLE:
                return str(run.path)
            case _ if role == SEARCH_ROLE:
                return self._searched(run)
        return None

    def _tip(self, column: RunColumn, run: RunSummary) -> str:
        if run.problem:
            return f"{run.problem} {run.way_out}"
        if column is RunColumn.NOTE:
            return "\n".join(filter(None, (run.note, ", ".join(run.tags))))
        if column is RunColumn.NAME:
            return str(run.path)
        return run.data if column is RunColumn.DATA else self._text(column, run)

    def _searched(self, run: RunSummary) -> str:
        """All words that a run can be found by."""
        columns = (RunColumn.NAME, RunColumn.STATE, RunColumn.MODEL, RunColumn.LAYERS)
        texts = (self._text(column, run) for column in columns)
        return "\n".join((*texts, run.path.name, run.note, *run.tags, run.data, run.model_id)).casefold()

    def _text(self, column: RunColumn, run: RunSummary) -> str:
        return {
            RunColumn.WHEN: lambda: moment(run.started),
            RunColumn.STATE: lambda: self.state_words(run),
            RunColumn.DATA: lambda: data_name(run.data),
            RunColumn.MODEL: lambda: model_name(run.model_id),
            RunColumn.LAYERS: lambda: preset_words(run.preset),
            RunColumn.ACCURACY: lambda: percent(run.best_val_accuracy),
            RunColumn.LOSS: lambda: UNKNOWN if run.best_val_loss is None else figure(run.best_val_loss),
            RunColumn.EPOCHS: lambda: count(run.epochs_done),
            RunColumn.TIME: lambda: duration(run.seconds),
            RunColumn.NAME: lambda: run.name,
            RunColumn.NOTE: lambda: _note(run),
        }[column]()

    def _sort_key(self, column: RunColumn, run: RunSummary) -> object:
        match column:
            case RunColumn.WHEN:
                return run.started
            case RunColumn.ACCURACY:
                return -1.0 if run.best_val_accuracy is None else run.best_val_accuracy
            case RunColumn.LOSS:
                return float("inf") if run.best_val_loss is None else run.best_val_loss
            case RunColumn.EPOCHS:
                return run.epochs_done
            case RunColumn.TIME:
                return run.seconds
            case RunColumn.LAYERS:
                return PRESETS.index(run.preset) if run.preset in PRESETS else len(PRESETS)
        # Names sort as people count: run 2 before run 10.
        return "\0".join(f"{number:012}{word}" for _, number, word in natural_key(self._text(column, run)))

    def _state_color(self, run: RunSummary) -> QColor:
        if self.is_active(run):
            return self._theme.color("accent_ink")
        tokens = {
            "completed": "success",
            "failed": "error",
            "unfinished": "warning",
            "stopped": "text_muted",
            "damaged": "error",
        }
        return self._theme.color(tokens.get(run.state, "text"))


def _note(run: RunSummary) -> str:
    """Tags first, since one looks for them, then the first line of the note; of a damaged run, what is wrong."""
    if run.problem:
        return run.problem
    return "  ".join(filter(None, (*(f"#{tag}" for tag in run.tags), run.note.partition("\n")[0])))
