"""The gallery of sample data sets: choose one, watch it come, use it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QScrollArea, QVBoxLayout, QWidget

from finetune_gui import paths
from finetune_gui.engine.data.gallery import GALLERY, GalleryEntry, is_on_this_machine
from finetune_gui.engine.data.gallery_fetch import FetchAdvanced, fetch
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.dialogs.questions import Question
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.announce import announce
from finetune_gui.ui.widgets.banner import Banner
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.gallery_card import GalleryCard
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress

_SIZE = (900, 680)


class GalleryDialog(QDialog):
    """A card for each data set; one is fetched at a time. Closes itself when a data set is ready.

    Show it with ``open()``. It deletes itself when it is closed.

    Signals:
        dataset_ready: the folder of a data set that the user wants to use.
        crashed: the traceback of a bug.
    """

    dataset_ready = Signal(str)
    crashed = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, entries: Sequence[GalleryEntry] = GALLERY
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Sample data sets"))
        self.resize(*_SIZE)
        self._folder = paths.samples_dir()
        self.banner = Banner(theme)
        self.cards = {entry.id: GalleryCard(theme, entry) for entry in entries}
        self._active: GalleryCard | None = None
        self._looking = LatestOperation(self)
        self._fetching = LatestOperation(self)
        self._lay_out()
        self._connect()
        self._looking.start(lambda _: {entry.id: is_on_this_machine(entry, self._folder) for entry in entries})

    def is_busy(self) -> bool:
        """Whether a data set is being fetched."""
        return self._fetching.is_running()

    @Slot()
    def shutdown(self) -> None:
        """End what runs in the background, for the closing window; nothing half-done is left on the disk."""
        self._looking.shutdown()
        self._fetching.shutdown()

    def reject(self) -> None:
        """Close; but ask before a download is thrown away."""
        if self.is_busy():
            self._ask()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Nothing runs on behind a closed dialog."""
        self.shutdown()
        super().done(result)

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QWidget()
        stack = QVBoxLayout(column)
        stack.setContentsMargins(0, 0, 6, 0)
        stack.setSpacing(10)
        for card in self.cards.values():
            stack.addWidget(card)
        stack.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its buttons take the focus, and scroll into view
        area.setAccessibleName(self.windowTitle())
        area.setWidget(column)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())  # no other button here has one
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 18, 16)
        layout.setSpacing(12)
        layout.addWidget(text_label("title", self.tr("Sample data sets")))
        layout.addWidget(text_label("subtitle", self._sentence(), wrap=True))
        layout.addWidget(self.banner)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)

    def _sentence(self) -> str:
        return self.tr("To try things out, or to compare. Downloads come from the makers’ sites and are checked.")

    def _connect(self) -> None:
        for card in self.cards.values():
            card.use_wished.connect(self._on_wished)
            card.cancel_wished.connect(self._on_cancel)
        self._looking.succeeded.connect(self._on_looked)
        self._looking.crashed.connect(self.crashed)
        self._fetching.told.connect(self._on_advanced)
        self._fetching.succeeded.connect(self._on_ready)
        self._fetching.failed.connect(self._on_failed)
        self._fetching.cancelled.connect(self._on_over)
        self._fetching.crashed.connect(self._on_crashed)

    # -- work -----------------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_looked(self, here: Mapping[str, bool]) -> None:
        for entry_id, card in self.cards.items():
            card.set_here(here[entry_id])
            card.set_available(not self.is_busy())

    @Slot(str)
    def _on_wished(self, entry_id: str) -> None:
        card = self._active = self.cards[entry_id]
        self.banner.clear()
        for other in self.cards.values():
            other.set_available(False)
        card.start()
        announce(self, self.tr("Fetching {title}").format(title=card.entry.title))
        self._fetching.start(_fetching(card.entry, self._folder))

    @Slot()
    def _on_cancel(self) -> None:
        if self._active is not None:
            self._active.show_ending()
        self._fetching.cancel()

    @Slot(object)
    def _on_advanced(self, advanced: FetchAdvanced) -> None:
        if self._active is not None:
            self._active.show_progress(advanced)

    @Slot(object)
    def _on_ready(self, folder: Path) -> None:
        self._on_over()
        self.dataset_ready.emit(str(folder))
        self.accept()

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self._on_over()
        self.banner.show_message("error", error.message, error.hint)

    @Slot(str)
    def _on_crashed(self, report: str) -> None:
        self._on_over()
        self.crashed.emit(report)

    @Slot()
    def _on_over(self) -> None:
        for card in self.cards.values():
            card.set_available(True)
        if self._active is not None:
            self._active.finish()
            self._active = None

    # -- closing --------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        question = Question(
            self.tr("Stop the download?"),
            self.tr("What has come so far is thrown away."),
            self.tr("Stop and close"),
            self.tr("Go on"),
            self,
        )
        question.agreed.connect(self._on_give_up)
        self._fetching.succeeded.connect(question.close)  # nothing is left to be decided
        self._fetching.failed.connect(question.close)
        question.open()

    @Slot()
    def _on_give_up(self) -> None:
        self.done(QDialog.DialogCode.Rejected)


def _fetching(entry: GalleryEntry, folder: Path) -> Any:
    def run(progress: Progress) -> Path:
        return fetch(entry, folder, on_progress=progress.tell, should_stop=progress.should_stop)

    return run
