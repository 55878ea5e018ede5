"""The window: puts the parts in their places and connects them. It decides nothing itself."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QVBoxLayout, QWidget

from finetune_gui.engine.data.sources import NamedData
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.dialogs.questions import closing_question
from finetune_gui.ui.drops import WindowDrops
from finetune_gui.ui.overview import Overview
from finetune_gui.ui.page_stack import PageSpec, PageStack, build_page, page_specs
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.run_extension import RunExtension
from finetune_gui.ui.run_flow import RunFlow
from finetune_gui.ui.run_host import RunHost
from finetune_gui.ui.session import Session
from finetune_gui.ui.startup import Startup
from finetune_gui.ui.status_line import StatusLine
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.run_status_bar import RunStatusBar
from finetune_gui.ui.widgets.summary_panel import SummaryPanel
from finetune_gui.ui.widgets.top_bar import TopBar
from finetune_gui.ui.window_actions import WindowActions
from finetune_gui.ui.window_commands import WindowCommands
from finetune_gui.ui.window_services import WindowServices

if TYPE_CHECKING:
    from finetune_gui.ui.training_wiring import TrainingWiring

FIRST_SIZE = (1280, 800)
STEPS = ("data", "model", "layers", "training", "evaluation", "export")


class MainWindow(QMainWindow):
    """Steps at the top, summary at the left, the page, the state of the run at the bottom.

    Signals:
        crashed: the traceback of a bug that happened in the background.
    """

    crashed = Signal(str)

    def __init__(self, theme: Theme, preferences: Preferences, *, dataset: str | None = None, demo: bool = False):
        super().__init__()
        self._theme = theme
        self._preferences = preferences
        self._wanted = (dataset, demo)
        self._painted = self._quitting = False
        self.ended_cleanly = True
        self._training: TrainingWiring | None = None
        self.session = Session(self)
        self.run_host = RunHost(self)
        self.run_flow = RunFlow(self.session, self.run_host, self)
        self.extension = RunExtension(self)
        self.drops = WindowDrops(self)
        self.pages = PageStack(page_specs(), self._build_page)
        self.top_bar = TopBar(theme)
        self.summary = SummaryPanel(theme)
        self.status_bar = RunStatusBar(theme)
        self.actions_ = WindowActions(self)
        self.commands = WindowCommands(self, theme, preferences, self.actions_, self.run_host)
        self.overview = Overview(self.session, self.top_bar, self.summary, self)
        self.status_line = StatusLine(self.session, self.run_host, self.status_bar, self)
        self.startup = Startup(self.session, self.pages, self)
        self.setWindowTitle("Finetune GUI")
        self._fill_navigation()
        self._lay_out()
        self.services = self._make_services()
        self._connect_navigation()
        self._connect_run()
        self._connect_session()
        self._connect_actions()
        self._restore()
        self.show_page("data")
        self.pages.page("data").setFocus()
        self.overview.refresh()

    # -- pages ----------------------------------------------------------------------------------------------------

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Go to a page."""
        self.pages.show_page(name)
        self.top_bar.set_current(name)
        self.summary.set_current(name)

    def _build_page(self, spec: PageSpec) -> QWidget:
        page = build_page(spec, self.session, self._theme, self._preferences)
        slots = {
            "next_requested": self._go_on,
            "train_requested": self.run_flow.start,
            "pause_requested": self.run_flow.toggle_pause,
            "stop_requested": self.run_flow.stop,
            "extend_requested": self.extension.ask,
            "config_chosen": self.run_flow.open_config,
            "export_requested": self._show_export,
            "reuse_requested": self.run_flow.reuse_run,
            "settings_taken": self._show_training,
            "resume_requested": self.run_flow.resume_run,
            "open_requested": self._open_run,
            "dropped": self.drops.take,
            "crashed": self.crashed,
        }
        for signal, slot in slots.items():
            if hasattr(page, signal):
                getattr(page, signal).connect(slot)
        if spec.name == "training":
            from finetune_gui.ui.training_wiring import (
                TrainingWiring,  # it imports pyqtgraph: not before the first paint
            )

            parts = (self.session, self.run_host, self.run_flow, self.overview, self.startup)
            self._training = TrainingWiring(page, *parts)
            self._training.report_requested.connect(self.commands.save_report)
        if spec.name == "layers":
            self.run_host.state_changed.connect(page.set_run_state)  # type: ignore[attr-defined]
        if spec.name == "runs":
            self.run_host.started.connect(page.set_active_run)  # type: ignore[attr-defined]
            self.run_host.finished.connect(page.set_active_run)  # type: ignore[attr-defined]
        return page

    # -- layout ---------------------------------------------------------------------------------------------------

    def _fill_navigation(self) -> None:
        for number, spec in enumerate(page_specs(), start=1):
            if spec.name == "runs":
                self.top_bar.add_step_separator()
            self.top_bar.add_step(spec.name, spec.title, spec.icon)
            self.actions_.add_page(spec.name, spec.title, number)

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.summary)
        middle.addWidget(self.pages, 1)
        whole = QWidget()
        layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addLayout(middle, 1)
        layout.addWidget(self.status_bar)
        self.setCentralWidget(whole)
        self.setAnimated(False)  # it has no docks to move, and would make an animation at every layout
        self.top_bar.order_focus()
        self._place_menus()

    def _make_services(self) -> WindowServices:
        return WindowServices(
            self,
            self._theme,
            self._preferences,
            flow=self.run_flow,
            host=self.run_host,
            bar=self.status_bar,
            pages=self.pages,
        )

    def _place_menus(self) -> None:
        """In the bar of macOS, elsewhere behind one button."""
        if sys.platform == "darwin":
            for menu in self.actions_.menus():
                self.menuBar().addMenu(menu)
            self.top_bar.menu_button.hide()
            return
        whole = QMenu(self)
        for menu in self.actions_.menus():
            whole.addMenu(menu)
        self.top_bar.menu_button.setMenu(whole)

    def _restore(self) -> None:
        self.resize(*FIRST_SIZE)
        if not self._preferences.geometry.isEmpty():
            self.restoreGeometry(self._preferences.geometry)
        self.actions_.summary.setChecked(self._preferences.summary_visible)
        self.summary.setVisible(self._preferences.summary_visible)
        self.actions_.set_run_state("idle")

    # -- connections ----------------------------------------------------------------------------------------------

    def _connect_navigation(self) -> None:
        for source in (self.top_bar, self.summary, self.actions_):
            source.page_requested.connect(self.show_page)
        self.drops.data_dropped.connect(self._open_data)
        self.drops.images_dropped.connect(self._try_images)
        self.drops.weights_dropped.connect(self._use_weights)
        self.drops.refused.connect(self._show_on_page)
        self.drops.crashed.connect(self.crashed)

    def _connect_run(self) -> None:
        flow, host, bar = self.run_flow, self.run_host, self.top_bar
        bar.train_requested.connect(flow.start)
        bar.pause_requested.connect(flow.toggle_pause)
        bar.stop_requested.connect(flow.stop)
        bar.discard_requested.connect(self.commands.ask_discard)
        flow.run_begins.connect(self._on_run_begins)
        flow.refused.connect(self._on_refused)
        flow.settings_taken.connect(self._show_training)
        flow.reuse_failed.connect(self._show_on_page)
        flow.crashed.connect(self.crashed)
        self.extension.wished.connect(flow.extend_run)
        self.extension.failed.connect(self._show_on_page)
        self.extension.crashed.connect(self.crashed)
        host.state_changed.connect(bar.set_run_state)
        host.state_changed.connect(self.actions_.set_run_state)
        host.failed.connect(self.overview.show_failure)
        host.crashed.connect(self.crashed)
        host.finished.connect(self._on_run_ended)
        self.overview.crashed.connect(self.crashed)
        self.pages.crashed.connect(self.crashed)

    def _connect_session(self) -> None:
        session, startup = self.session, self.startup
        session.crashed.connect(self.crashed)
        session.scan_started.connect(self.actions_.begin_scan)
        session.scan_failed.connect(self._show_data)  # where its banner is
        for signal in (session.dataset_changed, session.scan_failed, session.scan_cancelled):
            signal.connect(self.actions_.end_scan)
        startup.devices_found.connect(self._on_devices)
        startup.activity.connect(self.status_line.show_activity)
        startup.demo_ready.connect(self.run_flow.start)
        startup.failed.connect(self._show_on_page)
        startup.crashed.connect(self.crashed)
        startup.finished.connect(self._on_started_up)
        self.top_bar.device_requested.connect(self._on_device)

    def _connect_actions(self) -> None:
        actions = self.actions_
        actions.folder_requested.connect(self._open_folder)
        actions.train.triggered.connect(self.run_flow.start)
        actions.pause.triggered.connect(self.run_flow.toggle_pause)
        actions.stop.triggered.connect(self.run_flow.stop)
        actions.cancel_scan.triggered.connect(self.session.cancel_scan)
        actions.summary.toggled.connect(self._on_summary)
        self.commands.folder_chosen.connect(self._open_folder)
        self.commands.failed.connect(self._show_on_page)
        self.commands.crashed.connect(self.crashed)
        self.commands.discard_agreed.connect(self.run_flow.discard)
        self.services.crashed.connect(self.crashed)
        actions.gpu_support.triggered.connect(self.services.gpu_support.show_dialog)
        self.services.gpu_support.changed.connect(self._on_gpu_support)

    # -- beginning and end ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first paint starts what was put off until then."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._begin)

    @Slot()
    def _begin(self) -> None:
        self.startup.begin(dataset=self._wanted[0], demo=self._wanted[1], model_id=self._preferences.last_model_id)
        if not self._wanted[1]:  # a demonstration begins a run of its own
            self.services.offer.begin()

    @Slot()
    def quit_now(self) -> None:
        """Close without asking; a run is stopped and kept."""
        self._quitting = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask while a run is under way; else put everything in order."""
        if self.run_host.is_active() and not self._quitting:
            event.ignore()
            question = closing_question(self)
            question.agreed.connect(self._stop_and_quit)
            question.loss_agreed.connect(self._discard_and_quit)
            question.open()
            return
        self.services.remember_closing()
        self._preferences.geometry = self.saveGeometry()
        self._preferences.save()
        self.hide()
        self.shutdown()
        event.accept()

    def shutdown(self) -> None:
        """End all threads, with a bound; ``ended_cleanly`` says whether all have."""
        self.pages.shutdown()
        self.overview.shutdown()
        parts = (
            self.run_host,
            self.run_flow,
            self.extension,
            self.session,
            self.startup,
            self.drops,
            self.commands,
            self.services,
        )
        ended = [part.shutdown() for part in parts]
        self.ended_cleanly = self.ended_cleanly and all(ended)

    @Slot()
    def _stop_and_quit(self) -> None:
        self._quitting = True  # a second wish to close is obeyed at once
        self.services.remember_closing()
        self.run_flow.stop()
        self._close_if_idle()

    @Slot()
    def _discard_and_quit(self) -> None:
        self._quitting = True
        self.run_flow.discard()
        self._close_if_idle()

    def _close_if_idle(self) -> None:
        if not self.run_host.is_active():
            self.close()

    # -- outcomes -------------------------------------------------------------------------------------------------

    @Slot()
    def _on_run_begins(self) -> None:
        self.show_page("training")
        self.overview.forget_failure()
        self.status_line.begin_run()

    @Slot()
    def _on_run_ended(self) -> None:
        if self._quitting:
            self.close()

    @Slot(object)
    def _on_refused(self, error: EngineError) -> None:
        if self.session.dataset is None:
            self.show_page("data")
            self._show_on_page(error)
        else:
            self.show_page("training")
            if self._training is not None:
                self._training.show_refusal(error)

    @Slot(object)
    def _show_on_page(self, error: EngineError) -> None:
        page = self.pages.currentWidget()
        if isinstance(page, PageFrame):
            page.show_error(error)

    @Slot(list)
    def _on_devices(self, devices: list[tuple[str, str]]) -> None:
        self.top_bar.set_devices(devices, self.session.config.device)

    @Slot()
    def _on_started_up(self) -> None:
        self.session.model_changed.connect(self._remember_model)
        self.services.hardware.begin()
        self.services.gpu_support.look()

    @Slot()
    def _on_gpu_support(self) -> None:
        self.actions_.gpu_support.setVisible(self.services.gpu_support.offer.state != "none")

    @Slot()
    def _remember_model(self) -> None:
        self._preferences.last_model_id = self.session.config.model.id

    # -- wishes ---------------------------------------------------------------------------------------------------

    @Slot()
    def _go_on(self) -> None:
        position = STEPS.index(self.pages.current_name())
        self.show_page(STEPS[min(position + 1, len(STEPS) - 1)])

    @Slot()
    def _show_export(self) -> None:
        self.show_page("export")

    @Slot(str)
    def _open_folder(self, path: str) -> None:
        self.show_page("data")
        self.session.open_source(path)

    @Slot(object)
    def _open_data(self, data: NamedData) -> None:
        self.show_page("data")
        self.session.open_named(data)

    @Slot(list)
    def _try_images(self, images: list[str]) -> None:
        self.show_page("evaluation")
        page = self.pages.page("evaluation")
        if hasattr(page, "try_images"):
            page.try_images(images)

    @Slot(str)
    def _use_weights(self, path: str) -> None:
        self.show_page("model")
        page = self.pages.page("model")
        if hasattr(page, "open_weight_file"):
            page.open_weight_file(path)

    @Slot()
    def _show_training(self) -> None:
        self.show_page("training")

    @Slot()
    def _show_data(self) -> None:
        self.show_page("data")

    @Slot(Path)
    def _open_run(self, path: Path) -> None:
        self.session.select_run(path)
        self.show_page("evaluation")

    @Slot(str)
    def _on_device(self, device: str) -> None:
        self.session.set_training(device=device)

    @Slot(bool)
    def _on_summary(self, visible: bool) -> None:
        self.summary.setVisible(visible)
        self._preferences.summary_visible = visible
