"""The classes of a data set: a table that filters, renames, merges, drops and limits."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.ui.item_models.class_item_model import (
    ALL_CLASSES,
    ClassColumn,
    ClassItemModel,
    ClassRole,
    ClassRow,
    ClassSortProxy,
)
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.row_table import RowTable
from finetune_gui.ui.widgets.share_bar_delegate import ShareBarDelegate

_ROW_HEIGHT = 32
_WIDTHS = {  # for 99,999 images in bold
    ClassColumn.IMAGES: 76,
    ClassColumn.SHARE: 72,
    ClassColumn.TRAIN: 74,
    ClassColumn.VAL: 78,
    ClassColumn.TEST: 74,
}


class ClassEditor(QWidget):
    """Shows classes and what can be done with those that are selected.

    Signals:
        selection_changed: set of the labels of the selected rows; None for all classes.
        rename_wished: (name, new name).
        merge_wished: the ``ClassRow`` of each class.
        drop_wished: likewise.
        restore_wished: likewise, of dropped ones.
        limit_wished: likewise.
        separate_wished: likewise: names of the data again.
        balance_wished: ``none``, ``class_weights`` or ``balanced_sampling``.
    """

    selection_changed = Signal(object)
    rename_wished = Signal(str, str)
    merge_wished = Signal(list)
    drop_wished = Signal(list)
    restore_wished = Signal(list)
    limit_wished = Signal(list)
    separate_wished = Signal(list)
    balance_wished = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.class_model = ClassItemModel(self)
        self.proxy = ClassSortProxy(self)
        self.table = RowTable(_ROW_HEIGHT)
        self._selecting = False
        self._balance_text = text_label("hint", wrap=True)
        self.balance_box = QComboBox()
        self._make_actions()
        self._set_up_table(theme)
        self._set_up_balance()
        self._lay_out()
        self._offer_actions()

    def set_rows(self, rows: Sequence[ClassRow], *, with_test: bool) -> None:
        """Show these classes; those selected before stay selected where they are still there."""
        chosen = {(row.name, row.dropped) for row in self.selected_rows()}
        self._selecting = True
        self.class_model.set_rows(rows)
        self.table.setColumnHidden(ClassColumn.TEST, not with_test)
        self.table.setColumnHidden(ClassColumn.SHARE, with_test)  # there is no room for both
        self._select({row.label for row in rows if (row.name, row.dropped) in chosen} or {ALL_CLASSES})
        self._selecting = False
        self._offer_actions()

    def set_balance(self, balance: str, advice: str) -> None:
        """Show the choice that holds, and what is recommended."""
        with QSignalBlocker(self.balance_box):
            self.balance_box.setCurrentIndex(max(0, self.balance_box.findData(balance)))
        self._balance_text.setText(advice)
        self._balance_text.setVisible(bool(advice))

    def selected_rows(self) -> list[ClassRow]:
        """The selected classes; empty where the whole is selected."""
        rows = [index.data(ClassRole.ROW) for index in self.table.selectionModel().selectedRows()]
        return [] if any(row.label == ALL_CLASSES for row in rows) else rows

    def selected_labels(self) -> frozenset[int] | None:
        """Their labels; None for all."""
        labels = frozenset(row.label for row in self.selected_rows())
        return labels or None

    def select_labels(self, labels: set[int]) -> None:
        """Select classes."""
        self._selecting = True
        self._select(labels)
        self._selecting = False
        self._on_selection()

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _select(self, labels: set[int]) -> None:
        selection = QItemSelection()
        for row in range(self.proxy.rowCount()):
            index = self.proxy.index(row, 0)
            if index.data(ClassRole.LABEL) in labels:
                selection.select(index, self.proxy.index(row, len(ClassColumn) - 1))
        self.table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot(QItemSelection, QItemSelection)
    def _on_selection(self) -> None:
        if not self._selecting:
            self._offer_actions()
            self.selection_changed.emit(self.selected_labels())

    def _offer_actions(self) -> None:
        rows = self.selected_rows()
        used = [row for row in rows if not row.dropped]
        self.rename_action.setEnabled(len(rows) == 1 and len(used) == 1)
        self.merge_action.setEnabled(len(used) > 1 and len(used) == len(rows))
        self.drop_action.setEnabled(bool(used))
        self.restore_action.setEnabled(len(used) < len(rows))
        self.limit_action.setEnabled(bool(used))
        self.separate_action.setEnabled(any(row.changed for row in used))
        self.more_button.setEnabled(bool(rows))

    @Slot()
    def _on_rename(self) -> None:
        indexes = self.table.selectionModel().selectedRows(ClassColumn.NAME)
        if indexes:
            self.table.edit(indexes[0])

    @Slot()
    def _on_wish(self) -> None:
        rows = self.selected_rows()
        used, dropped = [row for row in rows if not row.dropped], [row for row in rows if row.dropped]
        match self.sender():
            case self.merge_action:
                self.merge_wished.emit(used)
            case self.drop_action:
                self.drop_wished.emit(used)
            case self.restore_action:
                self.restore_wished.emit(dropped)
            case self.limit_action:
                self.limit_wished.emit(used)
            case self.separate_action:
                self.separate_wished.emit(used)

    @Slot(QPoint)
    def _on_menu(self, place: QPoint) -> None:
        if self.selected_rows():
            self._menu.popup(self.table.viewport().mapToGlobal(place))

    @Slot(int)
    def _on_balance(self) -> None:
        self.balance_wished.emit(str(self.balance_box.currentData()))

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _make_actions(self) -> None:
        self.rename_action = QAction(self.tr("Rename"), self)
        self.rename_action.setShortcut(QKeySequence(Qt.Key.Key_F2))
        self.rename_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.merge_action = QAction(self.tr("Merge…"), self)
        self.merge_action.setToolTip(self.tr("Make the selected classes one class"))
        self.drop_action = QAction(self.tr("Drop"), self)
        self.drop_action.setToolTip(self.tr("Leave the selected classes out; their files stay as they are"))
        self.restore_action = QAction(self.tr("Restore"), self)
        self.limit_action = QAction(self.tr("Limit…"), self)
        self.limit_action.setToolTip(self.tr("Use at most so many images of each selected class"))
        self.separate_action = QAction(self.tr("Use own names again"), self)
        self.rename_action.triggered.connect(self._on_rename)
        self._menu = QMenu(self)
        for action in self._wishes():
            action.triggered.connect(self._on_wish)
        self._menu.addActions([self.rename_action, *self._wishes()])
        self.addAction(self.rename_action)
        self.more_button = QPushButton(self.tr("More"))
        self.more_button.setMenu(self._menu)

    def _wishes(self) -> list[QAction]:
        return [self.merge_action, self.drop_action, self.restore_action, self.limit_action, self.separate_action]

    def _set_up_table(self, theme: Theme) -> None:
        self.proxy.setSourceModel(self.class_model)
        table = self.table
        table.setModel(self.proxy)
        table.setAccessibleName(self.tr("Classes"))
        table.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        table.setEditTriggers(QTableView.EditTrigger.DoubleClicked)
        table.setItemDelegateForColumn(ClassColumn.IMAGES, ShareBarDelegate(theme, ClassRole.SHARE, table))
        table.sortByColumn(ClassColumn.NAME, Qt.SortOrder.AscendingOrder)
        table.set_widths(_WIDTHS, ClassColumn.NAME)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._on_menu)
        table.selectionModel().selectionChanged.connect(self._on_selection)
        self.class_model.rename_wished.connect(self.rename_wished)

    def _set_up_balance(self) -> None:
        self.balance_box.addItem(self.tr("Nothing"), "none")
        self.balance_box.addItem(self.tr("Weigh the classes"), "class_weights")
        self.balance_box.addItem(self.tr("Show rare classes more often"), "balanced_sampling")
        self.balance_box.setAccessibleName(self.tr("Against imbalance"))
        self.balance_box.setToolTip(
            self.tr(
                "Weighing makes a mistake on a rare class count more. Showing rare classes more often repeats their "
                "images in each epoch."
            )
        )
        self.balance_box.currentIndexChanged.connect(self._on_balance)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for action in (self.merge_action, self.drop_action, self.limit_action):
            buttons.addWidget(_ActionButton(action))
        buttons.addWidget(self.more_button)
        buttons.addStretch(1)
        balance = QHBoxLayout()
        balance.setSpacing(8)
        label = QLabel(self.tr("Against &imbalance"))
        label.setBuddy(self.balance_box)
        balance.addWidget(label)
        balance.addWidget(self.balance_box, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)
        layout.addLayout(balance)
        layout.addWidget(self._balance_text)


class _ActionButton(QPushButton):
    """A button that follows an action."""

    def __init__(self, action: QAction) -> None:
        super().__init__(action.text())
        self._action = action
        set_kind(self, kind="")
        self.setToolTip(action.toolTip())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
