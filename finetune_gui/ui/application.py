"""The application around the window: Qt, logs, the reporting of bugs, and an end in good order."""

import logging
import os
import signal
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, Signal, Slot, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from finetune_gui import __version__
from finetune_gui.engine.allocator import share_memory_between_threads
from finetune_gui.logs import keeping_log
from finetune_gui.ui.dialogs.bug_dialog import BugDialog
from finetune_gui.ui.main_window import MainWindow
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.translation import install_translators

log = logging.getLogger(__name__)

SWITCH_SECONDS = 0.001  # Python-heavy work on a thread would otherwise make the window stutter
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
}


def run(argv: list[str], *, demo: bool = False, dataset: str | None = None) -> int:
    """Show the window until it is closed."""
    sys.setswitchinterval(SWITCH_SECONDS)
    share_memory_between_threads()
    with keeping_log():
        qInstallMessageHandler(_on_qt_message)
        return _run_app(QApplication(argv), demo=demo, dataset=dataset)


def _run_app(app: QApplication, *, demo: bool, dataset: str | None) -> int:
    app.setApplicationName("finetune-gui")
    app.setApplicationDisplayName("Finetune GUI")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("finetune-gui")
    install_translators(app)
    preferences = Preferences()
    theme = Theme(preferences.theme_mode)
    theme.apply(app)
    window = MainWindow(theme, preferences, dataset=dataset, demo=demo)
    reporter = BugReporter(theme, window)
    reporter.save_requested.connect(window.commands.save_report)
    window.crashed.connect(reporter.report)
    reporter.install()
    heartbeat = _obey_ctrl_c(window)
    window.show()
    code = app.exec()
    heartbeat.stop()
    reporter.uninstall()
    if not window.ended_cleanly:
        # A thread that cannot be stopped (an import, a download) must neither keep the process nor crash it.
        log.warning("Something in the background did not end in time; the process ends without it.")
        logging.shutdown()
        os._exit(code)
    return code


class BugReporter(QObject):
    """Shows exceptions that nobody caught, one dialog at a time, and writes them to the log.

    Signals:
        happened: the traceback, from whatever thread.
        save_requested: a traceback that shall be saved in a report.
    """

    happened = Signal(str)
    save_requested = Signal(str)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._dialog_open = False
        self._hooks = (sys.excepthook, threading.excepthook)
        self.happened.connect(self.report)

    def install(self) -> None:
        """From now on uncaught exceptions come here."""
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """As it was before."""
        sys.excepthook, threading.excepthook = self._hooks

    @Slot(str)
    def report(self, text: str) -> None:
        """Show a bug; while one is shown, others only go to the log."""
        if self._dialog_open:
            return
        self._dialog_open = True
        dialog = BugDialog(self._theme, text, self._window)
        dialog.report_requested.connect(self.save_requested)
        dialog.finished.connect(self._on_closed)
        dialog.open()

    @Slot()
    def _on_closed(self) -> None:
        self._dialog_open = False

    def _on_exception(self, kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        text = "".join(traceback.format_exception(kind, error, place))
        log.error("An exception nobody caught:\n%s", text)
        self.happened.emit(text)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    logging.getLogger("qt").log(_LEVELS.get(kind, logging.ERROR), message)
    if kind == QtMsgType.QtFatalMsg:  # Qt ends the process after this, such as where it finds no display
        from finetune_gui.last_words import show

        show(message)


def _obey_ctrl_c(window: MainWindow) -> QTimer:
    """Close in good order on Ctrl-C and on a polite kill.

    Qt's event loop does not come back to Python by itself, where signals are handled: a timer makes it.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.quit_now())
    timer = QTimer()
    timer.timeout.connect(window.objectName)  # any call into Python will do
    timer.start(300)
    return timer
