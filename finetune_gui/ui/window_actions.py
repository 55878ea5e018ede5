"""Everything the window can do as actions with shortcuts, and the menus that list them."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from finetune_gui.ui.run_states import GOING_ON
from finetune_gui.ui.theme import Mode


class WindowActions(QObject):
    """Makes the actions once; the menu bar of macOS and the menu button elsewhere show the same.

    Signals:
        page_requested: name of a page.
        theme_requested: ``system``, ``light`` or ``dark``.
        folder_requested: a recent data folder.
    """

    page_requested = Signal(str)
    theme_requested = Signal(str)
    folder_requested = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.open_folder = self._action(self.tr("Open folder…"), "Ctrl+O")
        self.show_runs_folder = self._action(self.tr("Show the folder of runs"))
        self.quit = self._action(self.tr("Quit"), "Ctrl+Q")
        self.train = self._action(self.tr("Train"), "F5", "Ctrl+R")
        self.pause = self._action(self.tr("Pause or go on"), "F6")
        self.stop = self._action(self.tr("Stop and keep"), "Shift+F5")
        self.discard = self._action(self.tr("Discard run…"))
        self.notify = self._action(self.tr("Tell me on the desktop when a run ends"), checkable=True)
        self.summary = self._action(self.tr("Summary at the left"), "Ctrl+B", checkable=True)
        self.full_screen = self._action(self.tr("Full screen"), "F11", checkable=True)
        self.show_logs = self._action(self.tr("Show the log files"))
        self.save_report = self._action(self.tr("Save a report…"))
        self.gpu_support = self._action(self.tr("GPU support…"))
        self.gpu_support.setVisible(False)  # until it is known that there is something to say
        self.about = self._action(self.tr("About Finetune GUI"))
        self.cancel_scan = self._action(self.tr("Stop reading the folder"), "Esc")
        self.cancel_scan.setEnabled(False)
        self._pages: list[QAction] = []
        self._themes = self._theme_actions()
        self.recent_menu = QMenu(self.tr("Recent folders"), window)
        self.recent_menu.triggered.connect(self._on_recent)

    def add_page(self, name: str, title: str, number: int) -> None:
        """A page of the navigation, reached by Ctrl and its number."""
        action = self._action(title, f"Ctrl+{number}")
        action.setData(name)
        action.triggered.connect(self._on_page)
        self._pages.append(action)

    def menus(self) -> list[QMenu]:
        """File, run, view, help: new menus of the same actions."""
        file = self._menu(self.tr("File"), [self.open_folder])
        file.addMenu(self.recent_menu)
        for action in (self.cancel_scan, self.show_runs_folder, None, self.quit):
            file.addAction(action) if action else file.addSeparator()
        run = self._menu(self.tr("Run"), [self.train, self.pause, self.stop, self.discard])
        run.addSeparator()
        run.addAction(self.notify)
        view = self._menu(self.tr("View"), self._pages)
        view.addSeparator()
        view.addActions([self.summary, self.full_screen])
        view.addSeparator()
        view.addActions(self._themes)
        help_ = [self.show_logs, self.save_report, self.gpu_support, self.about]
        return [file, run, view, self._menu(self.tr("Help"), help_)]

    def set_run_state(self, state: str) -> None:
        """Offer what makes sense now."""
        self.train.setEnabled(state == "idle")
        self.pause.setEnabled(state in GOING_ON)
        self.stop.setEnabled(state in GOING_ON)
        self.discard.setEnabled(state in GOING_ON)

    @Slot()
    def begin_scan(self) -> None:
        """A folder is being read, which can be stopped."""
        self.cancel_scan.setEnabled(True)

    @Slot()
    def end_scan(self) -> None:
        """It has been read, or not."""
        self.cancel_scan.setEnabled(False)

    def show_theme(self, mode: Mode) -> None:
        """Tick the theme that is chosen."""
        for action in self._themes:
            action.setChecked(action.data() == mode)

    def show_recent(self, folders: list[str]) -> None:
        """List the folders that were opened before."""
        self.recent_menu.clear()
        for folder in folders:
            self.recent_menu.addAction(folder).setData(folder)
        self.recent_menu.setEnabled(bool(folders))

    def _action(self, text: str, *shortcuts: str, checkable: bool = False) -> QAction:
        action = QAction(text, self._window, checkable=checkable)
        action.setShortcuts([QKeySequence(shortcut) for shortcut in shortcuts])
        self._window.addAction(action)  # so that the shortcut works while no menu is open
        return action

    def _theme_actions(self) -> list[QAction]:
        group = QActionGroup(self)
        actions = []
        texts = {"system": self.tr("As the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        for mode, text in texts.items():
            action = self._action(text, checkable=True)
            action.setData(mode)
            group.addAction(action)
            actions.append(action)
        group.triggered.connect(self._on_theme)
        return actions

    def _menu(self, title: str, actions: Iterable[QAction]) -> QMenu:
        menu = QMenu(title, self._window)
        menu.addActions(list(actions))
        return menu

    @Slot()
    def _on_page(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.page_requested.emit(action.data())

    @Slot(QAction)
    def _on_theme(self, action: QAction) -> None:
        self.theme_requested.emit(action.data())

    @Slot(QAction)
    def _on_recent(self, action: QAction) -> None:
        self.folder_requested.emit(action.data())
