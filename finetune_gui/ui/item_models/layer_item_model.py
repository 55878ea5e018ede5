"""The layers of a network as a Qt tree: layer groups in order of depth, beneath them their modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from finetune_gui.engine.models.layer_tree import LayerNode, LayerTree
from finetune_gui.ui.item_models.headings import aligned, heading
from finetune_gui.ui.item_models.layer_plan_edits import group_tops
from finetune_gui.ui.words import UNKNOWN, figure, parameters

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
MAX_MULTIPLIER = 10.0


class LayerColumn(IntEnum):
    """The columns of the tree."""

    LAYER = 0
    FROZEN = 1
    MULTIPLIER = 2
    PARAMETERS = 3
    OUTPUT = 4


class LayerRole(IntEnum):
    """What ``data`` answers besides Qt's own roles.

    ``STATE`` is "frozen", "trainable" or "mixed"; ``KIND`` the muted words after the name; ``SHARE`` the share of all
    parameters, 0 to 1; ``PATHS`` the module paths that a row stands for; ``SEARCH`` what a filter looks at;
    ``COLOR`` the theme's token for the state.
    """

    STATE = Qt.ItemDataRole.UserRole + 1
    KIND = Qt.ItemDataRole.UserRole + 2
    SHARE = Qt.ItemDataRole.UserRole + 3
    PATHS = Qt.ItemDataRole.UserRole + 4
    SEARCH = Qt.ItemDataRole.UserRole + 5
    COLOR = Qt.ItemDataRole.UserRole + 6


@dataclass(eq=False)
class _Item:
    """A row: a group or a layer."""

    name: str
    kind: str
    paths: tuple[str, ...]
    leaves: tuple[str, ...]
    num_parameters: int
    shape: tuple[int, ...] | None = None  # of the output of one image
    parent: _Item | None = None
    row: int = 0
    children: list[_Item] = field(default_factory=list)
    values: tuple[float, float] = (0.0, 0.0)  # smallest and largest λ of the leaves

    def add(self, child: _Item) -> _Item:
        child.parent = self
        child.row = len(self.children)
        self.children.append(child)
        return child

    def walk(self) -> Iterator[_Item]:
        yield self
        for child in self.children:
            yield from child.walk()


class LayerItemModel(QAbstractItemModel):
    """Shows λ and changes nothing itself: ticks and edits become wishes.

    Signals:
        freeze_wished: (index, frozen): a box was ticked or unticked.
        multiplier_wished: (index, λ): a λ was typed.
    """

    freeze_wished = Signal(QModelIndex, bool)
    multiplier_wished = Signal(QModelIndex, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = _Item("", "", (), (), 0)
        self._total = 1

    def set_tree(self, tree: LayerTree | None, multipliers: Mapping[str, float]) -> None:
        """Show another network."""
        self.beginResetModel()
        self._root = _Item("", "", (), (), 0)
        if tree is not None:
            self._total = max(tree.root.num_parameters, 1)
            for group in range(len(tree.groups)):
                self._add_group(tree, group)
            self._compute(multipliers)
        self.endResetModel()

    def set_multipliers(self, multipliers: Mapping[str, float]) -> None:
        """Show another plan of the same network; rows, expansion and scrolling stay."""
        self._compute(multipliers)
        for item in self._root.walk():
            if item.children:
                parent = self._index_of(item)
                last = self.index(len(item.children) - 1, len(LayerColumn) - 1, parent)
                self.dataChanged.emit(self.index(0, 0, parent), last)

    def index(self, row: int, column: int, parent: Index = _NO_INDEX) -> QModelIndex:
        """The index of a child."""
        item = self._item(parent)
        if 0 <= row < len(item.children) and 0 <= column < len(LayerColumn):
            return self.createIndex(row, column, item.children[row])
        return QModelIndex()

    def parent(self, index: Index = _NO_INDEX) -> QModelIndex:  # type: ignore[override]  # QObject.parent() too
        """The index of the parent."""
        above = self._item(index).parent
        return self._index_of(above) if above is not None else QModelIndex()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of children."""
        return 0 if parent.column() > 0 else len(self._item(parent).children)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:  # noqa: ARG002
        """Number of columns."""
        return len(LayerColumn)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The box can be ticked and λ edited."""
        flags = super().flags(index)
        if index.column() == LayerColumn.FROZEN:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if index.column() == LayerColumn.MULTIPLIER:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = LayerColumn(section)
        return heading(role, self._header(column), self._header_tip(column), _alignment(column))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, tick, state and share of a cell."""
        if not index.isValid():
            return None
        item = self._item(index)
        column = LayerColumn(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(item, column)
            case Qt.ItemDataRole.EditRole if column is LayerColumn.MULTIPLIER:
                return item.values[1]
            case Qt.ItemDataRole.CheckStateRole if column is LayerColumn.FROZEN:
                return _CHECKS[_state(item)]
            case Qt.ItemDataRole.ToolTipRole if column is LayerColumn.LAYER:
                return "\n".join(item.paths)
            case Qt.ItemDataRole.ToolTipRole if column is LayerColumn.MULTIPLIER:
                return self.tr("Double-click or press F2 to change")
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(item, column)
        return self._own_data(item, column, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Wish for what was ticked or typed; the model changes when the plan does."""
        if not index.isValid():
            return False
        at = self.createIndex(index.row(), index.column(), index.internalPointer())
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == LayerColumn.FROZEN:
            self.freeze_wished.emit(at, Qt.CheckState(value) is Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole and index.column() == LayerColumn.MULTIPLIER:
            self.multiplier_wished.emit(at, float(str(value)))
            return True
        return False

    def _header(self, column: LayerColumn) -> str:
        return {
            LayerColumn.LAYER: self.tr("Layer"),
            LayerColumn.FROZEN: self.tr("Frozen"),
            LayerColumn.MULTIPLIER: self.tr("λ"),
            LayerColumn.PARAMETERS: self.tr("Parameters"),
            LayerColumn.OUTPUT: self.tr("Output"),
        }[column]

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _own_data(self, item: _Item, column: LayerColumn, role: int) -> object:
        match role:
            case LayerRole.STATE:
                return _state(item)
            case LayerRole.COLOR:
                return {"mixed": "indicator"}.get(_state(item), _state(item))
            case LayerRole.KIND:
                return item.kind
            case LayerRole.SHARE if column is LayerColumn.PARAMETERS:
                return item.num_parameters / self._total
            case LayerRole.PATHS:
                return item.paths
            case LayerRole.SEARCH:
                return " ".join((item.name, item.kind, *item.paths))
        return None

    def _add_group(self, tree: LayerTree, group: int) -> None:
        tops = group_tops(tree, group)
        is_head = group == tree.head
        name = self.tr("Head") if is_head else self.tr("Stage {number}").format(number=group + 1)
        lone = tops[0] if len(tops) == 1 else None
        kind = lone.path if lone else tree.groups[group].name
        item = self._root.add(
            _Item(
                name,
                f"{kind} · {lone.kind}" if lone and not lone.children else kind,
                tuple(top.path for top in tops),
                tuple(leaf.path for top in tops for leaf in top.leaves()),
                sum(top.num_parameters for top in tops),
                _last_shape(tops),
            )
        )
        for node in lone.children if lone else tops:
            self._add_node(item, node, node.name if lone else node.path)

    def _add_node(self, parent: _Item, node: LayerNode, name: str) -> None:
        leaves = tuple(leaf.path for leaf in node.leaves())
        item = parent.add(_Item(name, node.kind, (node.path,), leaves, node.num_parameters, node.output_shape))
        for child in node.children:
            self._add_node(item, child, child.name)

    def _compute(self, multipliers: Mapping[str, float]) -> None:
        for item in self._root.walk():
            values = [multipliers[leaf] for leaf in item.leaves]
            item.values = (min(values, default=0.0), max(values, default=0.0))

    def _item(self, index: Index) -> _Item:
        item = index.internalPointer() if index.isValid() else None
        return item if isinstance(item, _Item) else self._root

    def _index_of(self, item: _Item) -> QModelIndex:
        return QModelIndex() if item is self._root else self.createIndex(item.row, 0, item)

    def _text(self, item: _Item, column: LayerColumn) -> str:
        match column:
            case LayerColumn.LAYER:
                return item.name
            case LayerColumn.MULTIPLIER:
                low, high = item.values
                return figure(low) if low == high else f"{figure(low)} – {figure(high)}"
            case LayerColumn.PARAMETERS:
                return parameters(item.num_parameters)
            case LayerColumn.OUTPUT:
                return "×".join(map(str, item.shape)) if item.shape else UNKNOWN
        return ""

    def _spoken(self, item: _Item, column: LayerColumn) -> str:
        if column is not LayerColumn.LAYER:
            return self._text(item, column)
        states = {"frozen": self.tr("frozen"), "trainable": self.tr("learns"), "mixed": self.tr("partly frozen")}
        return f"{item.name}, {item.kind}, {states[_state(item)]}"

    def _header_tip(self, column: LayerColumn) -> str:
        return {
            LayerColumn.LAYER: self.tr("From the input at the top to the output at the bottom"),
            LayerColumn.FROZEN: self.tr("A frozen layer stays exactly as it was pretrained"),
            LayerColumn.MULTIPLIER: self.tr(
                "Learning-rate multiplier: 0 is frozen, 1 is full speed, between is gentle (w ← w − η·λ·∇w)"
            ),
            LayerColumn.PARAMETERS: self.tr("Number of weights; the bar is the share of all"),
            LayerColumn.OUTPUT: self.tr("Shape of what the layer gives for one image"),
        }[column]


_CHECKS = {
    "frozen": Qt.CheckState.Checked,
    "trainable": Qt.CheckState.Unchecked,
    "mixed": Qt.CheckState.PartiallyChecked,
}


def _last_shape(nodes: list[LayerNode]) -> tuple[int, ...] | None:
    """What a group gives: the output of the last of its layers whose output is known."""
    return next((node.output_shape for node in reversed(nodes) if node.output_shape is not None), None)


def _state(item: _Item) -> str:
    low, high = item.values
    return "frozen" if high == 0 else "trainable" if low > 0 else "mixed"


def _alignment(column: LayerColumn) -> Qt.AlignmentFlag:
    return aligned(number=column in (LayerColumn.MULTIPLIER, LayerColumn.PARAMETERS, LayerColumn.OUTPUT))
