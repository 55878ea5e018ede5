"""Connects the training page: what it shows comes from the run, the session and the run that is looked at."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event
from finetune_gui.engine.run_list import RunSummary
from finetune_gui.ui.overview import Overview
from finetune_gui.ui.pages.training_page import TrainingPage
from finetune_gui.ui.run_flow import RunFlow
from finetune_gui.ui.run_host import RunHost
from finetune_gui.ui.session import Session
from finetune_gui.ui.startup import Startup


class TrainingWiring(QObject):
    """Made with the page, since that imports pyqtgraph, which is not wanted before the first paint.

    Signals:
        report_requested: of a run that failed.
    """

    report_requested = Signal()

    def __init__(
        self, page: QWidget, session: Session, host: RunHost, flow: RunFlow, overview: Overview, startup: Startup
    ) -> None:
        super().__init__(page)
        assert isinstance(page, TrainingPage)
        self._page = page
        self._host = host
        self._flow = flow
        self._failure = ""
        flow.run_begins.connect(page.begin_run)
        host.events.connect(page.take)
        host.failed.connect(self._show_failure)
        page.banner.action_triggered.connect(self._on_banner_action)
        host.state_changed.connect(page.set_run_state)
        flow.settings_taken.connect(page.show_taken)
        page.searching.connect(flow.set_searching)
        page.searching.connect(self._tell_readiness)
        startup.devices_found.connect(page.set_devices)
        startup.devices_found.connect(flow.set_devices)
        overview.run_read.connect(self._show_past_run)
        for signal in (session.dataset_changed, session.plan_changed, session.tree_changed):
            signal.connect(self._tell_readiness)

    def show_refusal(self, error: EngineError) -> None:
        """Say why no run can start."""
        self._page.show_refusal(error)

    @Slot(object)
    def _show_failure(self, error: EngineError) -> None:
        self._page.show_error(error, self.tr("Save a report…"))
        self._failure = error.message

    @Slot()
    def _on_banner_action(self) -> None:
        if self._failure and self._page.banner.message() == self._failure:
            self.report_requested.emit()

    @Slot(list, object)
    def _show_past_run(self, events: list[Event], run: RunSummary) -> None:
        shown = self._page.progress.started
        if not self._host.is_active() and (shown is None or Path(shown.run_dir) != run.path):
            self._page.show_run(events)

    @Slot()
    def _tell_readiness(self) -> None:
        self._page.set_ready(self._flow.problem())
