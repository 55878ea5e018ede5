"""Shows the models that pass a filter, sorted."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel

from finetune_gui.engine.models.catalog import find_info
from finetune_gui.engine.models.filtering import ModelFilter
from finetune_gui.ui.item_models.model_item_model import ModelItemModel, ModelRole
from finetune_gui.ui.item_models.one_call_proxy import OneCallProxy

Index = QModelIndex | QPersistentModelIndex
_NOTHING_ASKED = ModelFilter()


class ModelFilterProxy(OneCallProxy):
    """As long as nothing is asked for, only what is recommended, what the user made, and what is chosen is shown."""

    def __init__(self, models: ModelItemModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._filter = _NOTHING_ASKED
        self._everything = False
        self.setSourceModel(models)
        self.setSortRole(ModelRole.SORT)

    def set_filter(self, wanted: ModelFilter, *, everything: bool) -> None:
        """Show what passes; ``everything``: all models, even if nothing is asked for."""
        if (wanted, everything) == (self._filter, self._everything):
            return
        self.beginFilterChange()
        self._filter, self._everything = wanted, everything
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: ARG002
        """Whether a model is shown."""
        models, info = self._models, self._models.info_at(source_row)
        if self._filter == _NOTHING_ASKED and not self._everything:
            return find_info(info.id) is not None or models.is_own_or_chosen(info.id)
        return self._filter.accepts(
            info,
            here=bool(models.is_here(info.id)),
            favourite=models.is_favourite(info.id),
            text=models.text_at(source_row),
        )
