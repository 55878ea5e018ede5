"""Looks for a learning rate while one watches, and offers what it found."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, LearningRateSuggested, LearningRateTried, PreparationAdvanced
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.announce import announce
from finetune_gui.ui.widgets.banner import Banner
from finetune_gui.ui.widgets.basics import card, text_label
from finetune_gui.ui.widgets.lr_curve import LrCurve
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import figure, preparation_words
from finetune_gui.ui.workers.stream_host import StreamHost


class LrFinderDialog(QDialog):
    """Searches as soon as it is opened, in the background; closing it ends the search. It deletes itself.

    Signals:
        chosen: the learning rate that shall be used.
        crashed: the traceback of a bug.
        closed: it is gone, and so is what ran in the background.
    """

    chosen = Signal(float)
    crashed = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, config: TrainConfig, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._config = config
        self._suggested: float | None = None
        self.setWindowTitle(self.tr("Find a learning rate"))
        self.resize(720, 520)
        self.setModal(True)
        self.banner = Banner(theme)
        self.curve = LrCurve(theme)
        self.line = ProgressLine(theme)
        self.state = text_label("hint", self.tr("Getting ready…"), wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.use_button = QPushButton(self.tr("Use it"))
        self._host = StreamHost("search for a learning rate", self)
        self._connect()
        self._lay_out()

    def open(self) -> None:
        """Show it, and begin."""
        super().open()
        config = self._config

        def stream(control: RunControl) -> Iterator[Event]:
            from finetune_gui.engine.lr_finder import find_learning_rate  # on the thread: it imports torch

            yield from find_learning_rate(config, control)

        self._host.start(stream)

    def is_searching(self) -> bool:
        """Whether it still looks for one."""
        return self._host.is_running()

    def shutdown(self) -> bool:
        """End the search and wait for it, with a bound."""
        self.curve.shutdown()
        return self._host.shutdown()

    def done(self, result: int) -> None:
        """Close at once; a step that is under way ends in the background."""
        self.curve.shutdown()
        self._host.stop()
        super().done(result)
        if not self._host.is_running():
            self._go()

    def accept(self) -> None:
        """Tell the rate that shall be used."""
        if self._suggested is not None:
            self.chosen.emit(self._suggested)
        super().accept()

    def _connect(self) -> None:
        self._host.events.connect(self._on_events)
        self._host.failed.connect(self._on_failed)
        self._host.crashed.connect(self._on_crashed)
        self._host.finished.connect(self._on_finished)
        self.buttons.rejected.connect(self.reject)
        self.use_button.clicked.connect(self.accept)

    def _lay_out(self) -> None:
        set_kind(self.use_button, kind="primary")
        self.use_button.setEnabled(False)
        self.buttons.addButton(self.use_button, QDialogButtonBox.ButtonRole.ActionRole)
        what = self.tr(
            "The network learns for a moment with each of many rates, from tiny to far too large, on a copy that is "
            "thrown away. Where its loss falls fastest it learns best; where the loss rises the rate is too large."
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(text_label("hint", what, wrap=True))
        layout.addWidget(self.banner)
        layout.addWidget(card(self.curve), 1)
        layout.addWidget(self.line)
        layout.addWidget(self.state)
        layout.addWidget(self.buttons, 0, Qt.AlignmentFlag.AlignBottom)
        self.line.set_progress(None)

    def _go(self) -> None:
        self.closed.emit()
        self.deleteLater()

    @Slot(list)
    def _on_events(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case PreparationAdvanced():
                    self.state.setText(preparation_words(event))
                    self.line.set_progress(event.done / event.total if event.total else None)
                case LearningRateTried():
                    self.curve.add(event.lr, event.loss)
                    self.line.set_progress(self.curve.share_of(event.lr))
                    tried = self.tr("Rate {0}: loss {1}").format(figure(event.lr), figure(event.loss))
                    self.state.setText(tried)
                case LearningRateSuggested():
                    self._show_suggestion(event.lr)

    def _show_suggestion(self, lr: float | None) -> None:
        self._suggested = lr
        if lr is None:
            words = self.tr("The loss fell with no rate. Check the labels, or let more layers learn.")
        else:
            words = self.tr("The loss falls fastest at {0}.").format(figure(lr))
            self.curve.mark(lr)
            self.use_button.setText(self.tr("Use {0}").format(figure(lr)))
            self.use_button.setEnabled(True)
            self.use_button.setDefault(True)
            self.use_button.setFocus()
        self.state.setText(words)
        announce(self.state, words)

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self.state.clear()
        self.banner.show_message("error", error.message, error.hint)

    @Slot(str)
    def _on_crashed(self, report: str) -> None:
        self.reject()
        self.crashed.emit(report)

    @Slot()
    def _on_finished(self) -> None:
        self.line.set_progress(1.0)
        if not self.isVisible():
            self._go()
