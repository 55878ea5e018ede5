"""A field for the id of any model that torchvision or timm has."""

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal, Slot
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QPushButton, QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.search_field import SearchField
from finetune_gui.ui.workers.latest_operation import LatestOperation


class ModelIdField(QWidget):
    """Completes ids while one types, and checks an id before it is chosen.

    The list of ids is read when the field first gets the focus, for that imports large libraries.

    Signals:
        found: an id that names a model.
        failed: an ``EngineError``: the id names none; the hint holds the nearest that do.
        crashed: the traceback of a bug.
    """

    found = Signal(str)
    failed = Signal(EngineError)
    crashed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = SearchField(
            theme, self.tr("Any other model of torchvision or timm, such as timm/resnet26"), "model"
        )
        self.edit.setAccessibleName(self.tr("Other model of torchvision or timm"))
        self.button = QPushButton(self.tr("Use it"))
        self.button.setEnabled(False)
        self._ids = QStringListModel(self)
        self._completer = QCompleter(self._ids, self)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(10)
        self.edit.setCompleter(self._completer)
        self._listing = LatestOperation(self)
        self._checking = LatestOperation(self)
        self._asked = ""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.edit, 1)
        layout.addWidget(self.button)
        self.edit.installEventFilter(self)
        self._connect()

    def ids(self) -> list[str]:
        """The ids it completes to; empty until they are read."""
        return self._ids.stringList()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Read the ids when the field is first entered."""
        first = not self.ids() and not self._listing.is_running()
        if watched is self.edit and event.type() is QEvent.Type.FocusIn and first:
            self._listing.start(lambda _: _read_ids())
        return False

    def shutdown(self) -> None:
        """End what runs in the background."""
        self._listing.shutdown()
        self._checking.shutdown()

    def _connect(self) -> None:
        self.edit.textChanged.connect(self._on_text)
        self.edit.returnPressed.connect(self._check)
        self.button.clicked.connect(self._check)
        self._listing.succeeded.connect(self._on_listed)
        self._listing.crashed.connect(self.crashed)
        self._checking.succeeded.connect(self._on_checked)
        self._checking.failed.connect(self._on_failed)
        self._checking.crashed.connect(self.crashed)

    @Slot(object)
    def _on_listed(self, ids: list[str]) -> None:
        self._ids.setStringList(ids)
        if self.edit.hasFocus() and self.edit.text():
            self._completer.complete()

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self.button.setEnabled(bool(text.strip()) and not self._checking.is_running())

    @Slot()
    def _check(self) -> None:
        model_id = self.edit.text().strip()
        if not model_id or self._checking.is_running():
            return
        self._asked = model_id
        self.button.setEnabled(False)
        self.button.setText(self.tr("Looking…"))
        self._checking.start(lambda _: _require_model(model_id))

    @Slot(object)
    def _on_checked(self) -> None:
        self._settle()
        self.edit.clear()
        self.found.emit(self._asked)

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self._settle()
        self.failed.emit(error)

    def _settle(self) -> None:
        self.button.setText(self.tr("Use it"))
        self._on_text(self.edit.text())


def _read_ids() -> list[str]:
    from finetune_gui.engine.models.sources import all_model_ids  # on the thread: it imports torch

    return all_model_ids()


def _require_model(model_id: str) -> None:
    from finetune_gui.engine.models.sources import load_layer_tree  # on the thread: it imports torch

    load_layer_tree(model_id, 2)
