"""How far each layer group has moved from where it began, as rows of a table."""

import math
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from finetune_gui.engine.events import DriftMeasured
from finetune_gui.ui.item_models.headings import aligned, heading
from finetune_gui.ui.words import figure

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_LEAST = 1e-6  # where the bar begins; it is logarithmic, for a new head moves a thousand times as far as the rest


class DriftColumn(IntEnum):
    """The columns."""

    GROUP = 0
    DRIFT = 1


class DriftRole(IntEnum):
    """``SHARE``: length of the bar, 0 to 1; ``COLOR``: the theme's token for it."""

    SHARE = Qt.ItemDataRole.UserRole + 1
    COLOR = Qt.ItemDataRole.UserRole + 2


class DriftItemModel(QAbstractTableModel):
    """One row a layer group, from the input to the head."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drift: dict[str, float] = {}

    def show_drift(self, measured: DriftMeasured | None) -> None:
        """Show a measure; None: nothing is known yet."""
        drift = measured.drift if measured is not None else {}
        if list(drift) == list(self._drift):
            self._drift = drift
            if drift:
                self.dataChanged.emit(self.index(0, 0), self.index(len(drift) - 1, len(DriftColumn) - 1))
            return
        self.beginResetModel()
        self._drift = drift
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Layer groups."""
        return 0 if parent.isValid() else len(self._drift)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:  # noqa: ARG002
        """Number of columns."""
        return len(DriftColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = DriftColumn(section)
        text, tip = self.tr("Layer group"), ""
        if column is DriftColumn.DRIFT:
            text, tip = self.tr("Moved"), self.tr("‖w − w₀‖ / ‖w₀‖ of all weights of the group; the bar is logarithmic")
        return heading(role, text, tip, _alignment(column))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, and the bar of the latest measure."""
        if not index.isValid():
            return None
        name, drift = list(self._drift.items())[index.row()]
        column = DriftColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return name if column is DriftColumn.GROUP else self._words(drift)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case DriftRole.SHARE if column is DriftColumn.DRIFT:
                return bar_length(drift)
            case DriftRole.COLOR:
                return "trainable" if drift > 0 else "frozen"
        return None

    def _words(self, drift: float) -> str:
        return f"{figure(100 * drift)} %" if drift > 0 else self.tr("unmoved")


def bar_length(drift: float) -> float:
    """0 at a millionth and below, 1 where a group has moved as far as it was from zero."""
    return min(max(1 + math.log10(drift) / -math.log10(_LEAST), 0.0), 1.0) if drift > 0 else 0.0


def _alignment(column: DriftColumn) -> Qt.AlignmentFlag:
    return aligned(number=column is DriftColumn.DRIFT)
