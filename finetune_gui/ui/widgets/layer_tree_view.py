"""The tree of layers: boxes to freeze, λ to edit, a filter."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from finetune_gui.ui.item_models.layer_item_model import MAX_MULTIPLIER, LayerColumn, LayerItemModel, LayerRole
from finetune_gui.ui.item_models.layer_plan_edits import outermost
from finetune_gui.ui.item_models.one_call_proxy import OneCallProxy
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.share_bar_delegate import ShareBarDelegate
from finetune_gui.ui.widgets.tagged_delegate import TaggedDelegate

Index = QModelIndex | QPersistentModelIndex
_MULTIPLIER_WIDTH = 112
_PARAMETERS_WIDTH = 112
_FROZEN_WIDTH = 78
_OUTPUT_WIDTH = 122
_STATES = {"frozen": ("snowflake", "frozen"), "trainable": ("flame", "trainable"), "mixed": ("flame", "text_muted")}


class LayerTreeView(QTreeView):
    """Layer groups and their modules. A tick or a λ goes to all selected rows if it was given to one of them.

    Space freezes or thaws the selected rows, F2 edits λ.

    Signals:
        freeze_wished: (paths, frozen); paths is a list of str.
        multiplier_wished: (paths, λ).
    """

    freeze_wished = Signal(list, bool)
    multiplier_wished = Signal(list, float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layers = LayerItemModel(self)
        self.layers.freeze_wished.connect(self._on_freeze)
        self.layers.multiplier_wished.connect(self._on_multiplier)
        self._proxy = OneCallProxy(self)
        self._proxy.setSourceModel(self.layers)
        self._proxy.setRecursiveFilteringEnabled(True)
        self._proxy.setAutoAcceptChildRows(True)
        self._proxy.setFilterRole(LayerRole.SEARCH)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setModel(self._proxy)
        self.setItemDelegateForColumn(LayerColumn.LAYER, _LayerDelegate(theme, self))
        self.setItemDelegateForColumn(LayerColumn.MULTIPLIER, _MultiplierDelegate(self))
        self.setItemDelegateForColumn(LayerColumn.FROZEN, _FrozenDelegate(self))
        share = ShareBarDelegate(theme, LayerRole.SHARE, self, color_role=LayerRole.COLOR)
        self.setItemDelegateForColumn(LayerColumn.PARAMETERS, share)
        self._configure()

    def set_filter(self, text: str) -> None:
        """Show only layers that contain this text, with what is above and below them."""
        self._proxy.setFilterFixedString(text.strip())
        if text.strip():
            self.expandAll()

    def shown(self) -> int:
        """Number of layer groups that pass the filter."""
        return self._proxy.rowCount()

    def selected_paths(self) -> list[str]:
        """Paths of the selected rows; none lies below another."""
        return outermost(path for index in self.selectionModel().selectedRows() for path in index.data(LayerRole.PATHS))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space freezes or thaws, F2 edits λ of the current row."""
        current = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and current.isValid():
            frozen = current.data(LayerRole.STATE) == "frozen"
            self.freeze_wished.emit(self._targets(current), not frozen)
        elif event.key() == Qt.Key.Key_F2 and current.isValid():
            self.edit(current.siblingAtColumn(LayerColumn.MULTIPLIER))
        else:
            super().keyPressEvent(event)

    def selectionCommand(self, index: Index, event: QEvent | None = None) -> QItemSelectionModel.SelectionFlag:
        """A click on the box of a selected row keeps the selection, for the tick goes to all of it."""
        on_box = index.isValid() and index.column() == LayerColumn.FROZEN and isinstance(event, QMouseEvent)
        if on_box and self.selectionModel().isSelected(index):
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    @Slot(QModelIndex, bool)
    def _on_freeze(self, index: QModelIndex, frozen: bool) -> None:
        self.freeze_wished.emit(self._targets(self._proxy.mapFromSource(index)), frozen)

    @Slot(QModelIndex, float)
    def _on_multiplier(self, index: QModelIndex, multiplier: float) -> None:
        self.multiplier_wished.emit(self._targets(self._proxy.mapFromSource(index)), multiplier)

    def _targets(self, index: QModelIndex) -> list[str]:
        """The selected rows if this is one of them, else this one."""
        if self.selectionModel().isRowSelected(index.row(), index.parent()):
            return self.selected_paths()
        return outermost(index.data(LayerRole.PATHS))

    def _configure(self) -> None:
        self.setAccessibleName(self.tr("Layers"))
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setExpandsOnDoubleClick(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIndentation(18)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(LayerColumn.LAYER, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(LayerColumn.FROZEN, _FROZEN_WIDTH)
        header.resizeSection(LayerColumn.MULTIPLIER, _MULTIPLIER_WIDTH)
        header.resizeSection(LayerColumn.PARAMETERS, _PARAMETERS_WIDTH)
        header.resizeSection(LayerColumn.OUTPUT, _OUTPUT_WIDTH)


class _LayerDelegate(TaggedDelegate):
    """Snowflake or flame, the name, and the kind."""

    def tag(self, index: Index) -> str:
        return str(index.data(LayerRole.KIND))

    def icon(self, index: Index) -> QIcon:
        name, token = _STATES.get(str(index.data(LayerRole.STATE)), ("", ""))
        return self._theme.icon(name, token) if name else QIcon()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if not index.parent().isValid():
            option.font.setWeight(option.font.Weight.DemiBold)


class _FrozenDelegate(QStyledItemDelegate):
    """A box that is ticked by a click anywhere in its cell; a partly frozen row is frozen first."""

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        if not isinstance(event, QMouseEvent) or event.button() is not Qt.MouseButton.LeftButton:
            return False
        if event.type() is QEvent.Type.MouseButtonRelease and option.rect.contains(event.position().toPoint()):
            frozen = index.data(LayerRole.STATE) == "frozen"
            value = Qt.CheckState.Unchecked if frozen else Qt.CheckState.Checked
            model.setData(index, value, Qt.ItemDataRole.CheckStateRole)
        return True


class _MultiplierDelegate(QStyledItemDelegate):
    """λ, edited in a spin box."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: ARG002
        editor = QDoubleSpinBox(parent)
        editor.setRange(0.0, MAX_MULTIPLIER)
        editor.setDecimals(3)
        editor.setSingleStep(0.1)
        editor.setAccessibleName(self.tr("Learning-rate multiplier"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QDoubleSpinBox):
            editor.setValue(float(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QDoubleSpinBox):
            editor.interpretText()
            before = index.data(Qt.ItemDataRole.EditRole)
            if abs(editor.value() - float(before)) >= 0.0005 or index.data(LayerRole.STATE) == "mixed":
                model.setData(index, editor.value(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: ARG002
        height = max(option.rect.height(), editor.sizeHint().height())
        top = option.rect.center().y() - height // 2
        editor.setGeometry(QRect(option.rect.left(), top, option.rect.width(), height))
