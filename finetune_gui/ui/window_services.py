"""What goes on beside the pages: figures of the machine, news on the desktop, offers."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from finetune_gui.ui.desktop_message import DesktopMessage
from finetune_gui.ui.gpu_support import GpuSupport
from finetune_gui.ui.hardware_status import HardwareStatus
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.resume_offer import ResumeOffer
from finetune_gui.ui.run_flow import RunFlow
from finetune_gui.ui.run_host import RunHost
from finetune_gui.ui.run_notifier import RunNotifier
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.notice_bar import NoticeBar
from finetune_gui.ui.widgets.run_status_bar import RunStatusBar


class WindowServices(QObject):
    """Made with the window, begun when it is shown, ended with it.

    Signals:
        crashed: the traceback of a bug.
    """

    crashed = Signal(str)

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        preferences: Preferences,
        *,
        flow: RunFlow,
        host: RunHost,
        bar: RunStatusBar,
        pages: QWidget,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._host = host
        self._preferences = preferences
        self.notices = NoticeBar(theme, pages)
        self.hardware = HardwareStatus(bar.hardware, self.notices, self)
        self.offer = ResumeOffer(self.notices, preferences, self)
        self.gpu_support = GpuSupport(window, theme, self.notices, preferences, self)
        self._notifier = RunNotifier(host, preferences, self)
        self._desktop = DesktopMessage(theme, self)
        self._notifier.news.connect(self._desktop.show)
        self._notifier.seen.connect(self._desktop.hide)
        self._desktop.clicked.connect(self._show_window)
        self.offer.accepted.connect(flow.resume_run)
        self.offer.crashed.connect(self.crashed)
        self.gpu_support.crashed.connect(self.crashed)
        flow.run_begins.connect(self.offer.withdraw)

    def remember_closing(self) -> None:
        """The window closes in mid-run: at the next start the run is offered to be gone on with."""
        if self._host.is_active() and self._host.run_path is not None:
            self._preferences.closed_on_run = str(self._host.run_path)

    def shutdown(self) -> bool:
        """End all threads, with a bound."""
        self._desktop.hide()
        ended = [part.shutdown() for part in (self.hardware, self.offer, self.gpu_support)]
        return all(ended)

    @Slot()
    def _show_window(self) -> None:
        if self._window.isMinimized():
            self._window.showNormal()
        self._window.raise_()
        self._window.activateWindow()
