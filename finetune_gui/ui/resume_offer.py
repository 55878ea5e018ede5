"""Offers to go on with the run that ended because the app did."""

import functools
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui import paths
from finetune_gui.engine.interrupted import find_interrupted
from finetune_gui.engine.run_list import RunSummary
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.widgets.notice_bar import Notice, NoticeBar
from finetune_gui.ui.words import counted, data_name, model_name, moment
from finetune_gui.ui.workers.latest_operation import LatestOperation

_KEY = "resume"


class ResumeOffer(QObject):
    """Looks for it once, at the start. An offer that was declined is not made again.

    Signals:
        accepted: the folder of the run.
        crashed: the traceback of a bug.
    """

    accepted = Signal(Path)
    crashed = Signal(str)

    def __init__(self, notices: NoticeBar, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._preferences = preferences
        self._offered: Path | None = None
        self._finding = LatestOperation(self)
        self._finding.succeeded.connect(self._on_found)
        self._finding.crashed.connect(self.crashed)
        notices.action_triggered.connect(self._on_accepted)
        notices.closed.connect(self._on_declined)

    def begin(self) -> None:
        """Look for it."""
        closed_on = self._preferences.closed_on_run
        find = functools.partial(find_interrupted, closed_on=Path(closed_on) if closed_on else None)
        self._finding.start(lambda _: find(paths.runs_dir()))

    def shutdown(self) -> bool:
        """The window closes."""
        return self._finding.shutdown()

    @Slot()
    def withdraw(self) -> None:
        """Another run begins: the offer is out of place now, and may be made again at the next start."""
        self._finding.forget()
        self._notices.withdraw(_KEY)

    @Slot(object)
    def _on_found(self, run: RunSummary | None) -> None:
        if run is None or str(run.path) == self._preferences.declined_run:
            return
        self._offered = run.path
        self._notices.add(self._notice(run))

    def _notice(self, run: RunSummary) -> Notice:
        closed = run.state == "stopped"
        words = (
            self.tr("You closed the window during a run: {model} on {data}.")
            if closed
            else self.tr("A run was interrupted: {model} on {data}.")
        )
        epochs = counted(self.tr("{count} epoch(s) done", "", run.epochs_done), run.epochs_done)
        hint = self.tr("{when} · {epochs}. You can also go on with it later, under Runs.")
        return Notice(
            key=_KEY,
            level="info",
            message=words.format(model=model_name(run.model_id), data=data_name(run.data)),
            hint=hint.format(epochs=epochs, when=moment(run.started)),
            action_text=self.tr("Go on with it"),
        )

    @Slot(str)
    def _on_accepted(self, key: str) -> None:
        if key == _KEY and self._offered is not None:
            self._preferences.closed_on_run = ""
            self.accepted.emit(self._offered)

    @Slot(str)
    def _on_declined(self, key: str) -> None:
        if key == _KEY and self._offered is not None:
            self._preferences.closed_on_run = ""
            self._preferences.declined_run = str(self._offered)
