"""A message outside of the window, by whatever way the desktop has."""

import shutil
import sys

from PySide6.QtCore import QObject, QProcess, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon

from finetune_gui.ui.theme import Theme

_MS = 10_000


class DesktopMessage(QObject):
    """Shows one message at a time; where a desktop has no way, nothing happens.

    Where there is a place for icons of programs, it comes from there, and the icon goes when the window is looked at.
    GNOME has none, but ``notify-send``.

    Signals:
        clicked: the user wants to see what it is about.
    """

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tray: QSystemTrayIcon | None = None

    def show(self, title: str, text: str) -> bool:
        """Show it; False where there is no way."""
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._tray_icon().show()
            self._tray_icon().showMessage(title, text, self._theme.app_icon(), _MS)
            return True
        program = shutil.which("notify-send") if sys.platform.startswith("linux") else None
        if program is None:
            return False
        started, _ = QProcess.startDetached(program, ["--app-name=Finetune GUI", "--", title, text])
        return bool(started)

    def hide(self) -> None:
        """Nobody needs to be told any more."""
        if self._tray is not None:
            self._tray.hide()

    def _tray_icon(self) -> QSystemTrayIcon:
        if self._tray is None:
            self._tray = QSystemTrayIcon(QIcon(self._theme.app_icon()), self)
            self._tray.setToolTip("Finetune GUI")
            self._tray.messageClicked.connect(self.clicked)
            self._tray.activated.connect(self.clicked)
        return self._tray
