"""What the entries of the menu do that concern the window alone."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMainWindow

from finetune_gui import paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.dialogs.about_dialog import AboutDialog
from finetune_gui.ui.dialogs.folder_dialog import folder_dialog
from finetune_gui.ui.dialogs.questions import discard_question
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.run_host import RunHost
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.window_actions import WindowActions
from finetune_gui.ui.workers.latest_operation import LatestOperation


class WindowCommands(QObject):
    """Dialogs, folders in the file manager, and the look.

    Signals:
        folder_chosen: a folder of images.
        discard_agreed: the run under way shall be deleted.
        failed: an ``EngineError``: a folder that was to be shown cannot be made.
        crashed: the traceback of a bug.
    """

    folder_chosen = Signal(str)
    discard_agreed = Signal()
    failed = Signal(object)
    crashed = Signal(str)

    def __init__(
        self, window: QMainWindow, theme: Theme, preferences: Preferences, actions: WindowActions, host: RunHost
    ) -> None:
        super().__init__(window)
        self._window = window
        self._host = host
        self._theme = theme
        self._preferences = preferences
        self._actions = actions
        self._making = LatestOperation(self)
        self._making.succeeded.connect(self._open_in_files)
        self._making.failed.connect(self.failed)
        self._making.crashed.connect(self.crashed)
        actions.open_folder.triggered.connect(self.ask_folder)
        actions.discard.triggered.connect(self.ask_discard)
        actions.theme_requested.connect(self.choose_theme)
        actions.full_screen.toggled.connect(self._on_full_screen)
        actions.show_runs_folder.triggered.connect(self._show_runs_folder)
        actions.show_logs.triggered.connect(self._show_logs)
        actions.save_report.triggered.connect(self._on_save_report)
        actions.notify.toggled.connect(self._on_notify)
        actions.about.triggered.connect(self._show_about)
        actions.quit.triggered.connect(window.close)
        preferences.recent_folders_changed.connect(self.show_recent)
        actions.show_theme(theme.mode)
        actions.notify.setChecked(preferences.notify_of_runs)
        self.show_recent()

    def shutdown(self) -> bool:
        """The window closes."""
        return self._making.shutdown()

    @Slot()
    def show_recent(self) -> None:
        """List the folders that were opened before."""
        self._actions.show_recent(self._preferences.recent_folders)

    @Slot()
    def ask_folder(self) -> None:
        """Let the user pick a folder of images."""
        start = self._preferences.last_folder or str(Path.home())
        dialog = folder_dialog(self._window, self.tr("Open a folder of images"), start)
        dialog.fileSelected.connect(self.folder_chosen)
        dialog.open()

    @Slot()
    def ask_discard(self) -> None:
        """Ask before a run is deleted."""
        question = discard_question(self._window)
        question.agreed.connect(self.discard_agreed)
        question.open()

    @Slot(str)
    def choose_theme(self, mode: str) -> None:
        """Light, dark, or as the system; remembered."""
        self._preferences.theme_mode = mode  # type: ignore[assignment]
        self._theme.mode = self._preferences.theme_mode

    @Slot(str)
    def save_report(self, traceback: str = "") -> None:
        """Show what a report would hold, and have it saved."""
        from finetune_gui.ui.dialogs.report_dialog import ReportDialog  # rarely wanted, and it imports much

        ReportDialog(self._theme, self._window, traceback=traceback, run_path=self._host.run_path).open()

    @Slot()
    def _on_save_report(self) -> None:
        self.save_report()

    @Slot(bool)
    def _on_notify(self, wanted: bool) -> None:
        self._preferences.notify_of_runs = wanted

    @Slot(bool)
    def _on_full_screen(self, full: bool) -> None:
        self._window.setWindowState(Qt.WindowState.WindowFullScreen if full else Qt.WindowState.WindowNoState)

    @Slot()
    def _show_runs_folder(self) -> None:
        self._making.start(lambda _: _existing(paths.runs_dir()))

    @Slot()
    def _show_logs(self) -> None:
        self._making.start(lambda _: _existing(paths.log_dir()))

    @Slot()
    def _show_about(self) -> None:
        AboutDialog(self._theme, self._window).open()

    @Slot(object)
    def _open_in_files(self, folder: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(folder))


def _existing(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = QCoreApplication.translate("WindowCommands", "{folder} cannot be made: {reason}.")
        hint = QCoreApplication.translate("WindowCommands", "Check the permission of the folder above it.")
        raise EngineError(message.format(folder=folder, reason=error.strerror), hint) from error
    return str(folder)
