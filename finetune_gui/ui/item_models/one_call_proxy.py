"""A proxy that answers a cell in one call."""

from PySide6.QtCore import QModelIndex, QModelRoleData, QModelRoleDataSpan, QPersistentModelIndex, QSortFilterProxyModel

Index = QModelIndex | QPersistentModelIndex


class OneCallProxy(QSortFilterProxyModel):
    """Answers all roles that painting a cell asks for in one call into Python.

    Each call takes the interpreter lock. While another thread computes in Python that costs up to a millisecond, and a
    table of a hundred cells with seven roles would be painted in half a second.
    """

    def multiData(self, index: Index, roleDataSpan: QModelRoleDataSpan | QModelRoleData) -> None:
        """As ``data``, for many roles."""
        source, model = self.mapToSource(index), self.sourceModel()
        for wanted in roleDataSpan:  # type: ignore[union-attr]  # one can go through it, its stubs do not know
            wanted.setData(model.data(source, wanted.role()))
