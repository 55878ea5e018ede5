"""What was noticed, one sentence a row."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_gui.engine.data.findings import Finding
from finetune_gui.ui.item_models.finding_item_model import FindingItemModel, FindingRole
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.banner import LEVEL_ICONS

_PAD = 10
_ICON = 18
_LEAST_HEIGHT = 90


class FindingsList(QListView):
    """Findings with the icon of their level; those that are fine as they are look faint.

    Signals:
        finding_selected: the ``Finding``, or None.
    """

    finding_selected = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings_model = FindingItemModel(self)
        self.setModel(self.findings_model)
        self.setItemDelegate(_FindingDelegate(theme, self))
        self.setAccessibleName(self.tr("Findings"))
        self.setWordWrap(True)
        self.setSizeAdjustPolicy(QListView.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setMinimumHeight(_LEAST_HEIGHT)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        theme.changed.connect(self._repaint)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show these; the one that was selected stays so, or else what comes in its place."""
        old = self.selected()
        row = self.currentIndex().row()
        self.findings_model.set_findings(findings)
        self.updateGeometry()
        kept = self.findings_model.row_of(old.key) if old else -1
        if old is not None and findings:
            place = kept if kept >= 0 else min(max(row, 0), len(findings) - 1)
            self.setCurrentIndex(self.findings_model.index(place))
        else:
            self.finding_selected.emit(None)

    def selected(self) -> Finding | None:
        """The finding that is looked at."""
        indexes = self.selectedIndexes()
        return indexes[0].data(FindingRole.FINDING) if indexes else None

    def select(self, key: str) -> None:
        """Look at a finding."""
        row = self.findings_model.row_of(key)
        if row >= 0:
            self.setCurrentIndex(self.findings_model.index(row))

    def texts(self) -> list[str]:
        """The sentences shown."""
        model = self.findings_model
        return [str(model.index(row).data()) for row in range(model.rowCount())]

    def viewportSizeHint(self) -> QSize:
        """As high as all rows."""
        rows = [self.sizeHintForIndex(self.findings_model.index(row)) for row in range(self.findings_model.rowCount())]
        return QSize(self.viewport().width(), sum(hint.height() for hint in rows) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Sentences break elsewhere."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()

    @Slot(QItemSelection, QItemSelection)
    def _on_selection(self) -> None:
        self.finding_selected.emit(self.selected())

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()


class _FindingDelegate(QStyledItemDelegate):
    """Icon, and beside it the sentence on as many lines as it needs."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = self.parent()
        width = view.viewport().width() if isinstance(view, QListView) else 300
        room = QRect(0, 0, width - 3 * _PAD - _ICON, 10_000)
        text = option.fontMetrics.boundingRect(room, Qt.TextFlag.TextWordWrap, str(index.data()))
        return QSize(width, max(text.height(), _ICON) + 2 * _PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        finding: Finding = index.data(FindingRole.FINDING)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if selected or hovered:
            painter.fillRect(option.rect, self._theme.color("accent_soft" if selected else "surface_hover"))
        icon = self._theme.icon(
            "check" if finding.kept else LEVEL_ICONS[finding.level], "text_disabled" if finding.kept else finding.level
        )
        place = QRect(option.rect.left() + _PAD, option.rect.top() + _PAD, _ICON, _ICON)
        icon.paint(painter, place)
        painter.setPen(self._theme.color("text_disabled" if finding.kept else "text"))
        words = option.rect.adjusted(2 * _PAD + _ICON, _PAD, -_PAD, -_PAD)
        painter.drawText(words, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        painter.restore()
