"""The search for a learning rate, from its button to the setting: at most one, and none beside a run."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.dialogs.lr_finder_dialog import LrFinderDialog
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme


class LrSearch(QObject):
    """Opens the dialog and keeps it until what it does in the background has ended.

    Signals:
        failed: an ``EngineError``: why nothing can be searched now.
        active_changed: whether a search goes on, or is about to end.
        crashed: the traceback of a bug.
    """

    failed = Signal(object)
    active_changed = Signal(bool)
    crashed = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self._window = parent
        self.dialog: LrFinderDialog | None = None

    @Slot()
    def begin(self) -> None:
        """Search with the settings of the session."""
        if self.dialog is not None:
            return
        try:
            config = self._session.require_ready()
        except EngineError as error:
            self.failed.emit(error)
            return
        self._session.preparation.give_way()
        self.dialog = LrFinderDialog(self._theme, config, self._window)
        self.dialog.chosen.connect(self._on_chosen)
        self.dialog.crashed.connect(self.crashed)
        self.dialog.closed.connect(self._on_closed)
        self.active_changed.emit(True)
        self.dialog.open()

    def shutdown(self) -> bool:
        """The window closes; False when the search did not end in time."""
        return self.dialog is None or self.dialog.shutdown()

    @Slot(float)
    def _on_chosen(self, lr: float) -> None:
        self._session.set_optim(lr=lr)

    @Slot()
    def _on_closed(self) -> None:
        self.dialog = None
        self._session.preparation.go_on()
        self.active_changed.emit(False)
