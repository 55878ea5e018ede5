"""What was found out about a data set, as a Qt list."""

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from finetune_gui.engine.data.findings import Finding
from finetune_gui.ui.data_words import level_words
from finetune_gui.ui.words import translated

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class FindingRole(IntEnum):
    """What ``data`` answers besides Qt's own roles."""

    FINDING = Qt.ItemDataRole.UserRole + 1


class FindingItemModel(QAbstractListModel):
    """One row a finding, the gravest first, what is fine as it is at the end."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._findings: tuple[Finding, ...] = ()

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show these in place of the former ones."""
        self.beginResetModel()
        self._findings = tuple(findings)
        self.endResetModel()

    def findings(self) -> tuple[Finding, ...]:
        """In the order of the rows."""
        return self._findings

    def row_of(self, key: str) -> int:
        """Row of a finding by its key; -1 if it is not there."""
        return next((row for row, finding in enumerate(self._findings) if finding.key == key), -1)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of findings."""
        return 0 if parent.isValid() else len(self._findings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Sentence, and the finding itself."""
        if not index.isValid():
            return None
        finding = self._findings[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return translated(finding.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                state = f" ({self.tr('fine as it is')})" if finding.kept else ""
                return f"{level_words(finding.level)}: {translated(finding.text)}{state}"
            case FindingRole.FINDING:
                return finding
        return None
