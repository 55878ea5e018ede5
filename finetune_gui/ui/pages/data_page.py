"""Which images: drop them, look at what was found, decide, go on."""

from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QStackedWidget, QToolButton, QWidget

from finetune_gui.engine.data.arrange import Arranged
from finetune_gui.engine.data.class_findings import IMBALANCE, SEVERE_IMBALANCE, imbalance
from finetune_gui.engine.data.scan import ScanAdvanced
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.session import Session
from finetune_gui.ui.source_chooser import SourceChooser
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.announce import announce
from finetune_gui.ui.widgets.data_welcome import DataWelcome
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.widgets.scan_view import ScanView
from finetune_gui.ui.words import count, counted
from finetune_gui.ui.workers.latest_operation import LatestOperation

if TYPE_CHECKING:  # the welcome view needs none of them, and is what people wait for
    from finetune_gui.ui.dataset_wiring import DatasetWiring
    from finetune_gui.ui.item_models.dataset_summary import DatasetSummary
    from finetune_gui.ui.widgets.dataset_view import DatasetView


class FolderMemory(Protocol):
    """What the page needs of the preferences."""

    @property
    def last_folder(self) -> str:
        """The folder opened last; empty at first."""

    @property
    def recent_folders(self) -> list[str]:
        """Folders, archives and tables opened before, the last one first."""

    @property
    def recent_folders_changed(self) -> SignalInstance:
        """The list is another one."""

    def add_recent_folder(self, path: str) -> None:
        """Put a folder first."""


class DataPage(PageFrame):
    """Choose images, see what is in them, and decide what is used.

    Signals:
        next_requested: on to the model.
        dropped: the paths that were let go on the welcome view.
        crashed: the traceback of a bug.
    """

    next_requested = Signal()
    dropped = Signal(list)
    crashed = Signal(str)

    def __init__(
        self, session: Session, theme: Theme, preferences: FolderMemory, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, self.tr("Data"), "", parent)
        self._session = session
        self._preferences = preferences
        self._problem_told = ""
        self._unannounced = False
        self.welcome = DataWelcome(theme)
        self.scan_view = ScanView(theme)
        self.busy = self.scan_view.busy
        self._stack = QStackedWidget()
        for page in (self.welcome, self.scan_view):
            self._stack.addWidget(page)
        self.body.addWidget(self._stack, 1)
        self.undo_button, self.redo_button = QToolButton(), QToolButton()
        self.other_button = QPushButton(self.tr("Choose another"))
        self.next_button = QPushButton(self.tr("Next: Model"))
        self.chooser = SourceChooser(theme, self)
        self._summing = LatestOperation(self)
        self._listing = LatestOperation(self)
        self.setFocusProxy(self.welcome.choose_button)
        self._set_up_header()
        self._connect()
        self._connect_session()
        self._list_recent()
        self._on_history()
        self._on_dataset()

    @cached_property
    def view(self) -> "DatasetView":
        """What a data set is looked at in: built once there is one, or there is time."""
        from finetune_gui.ui.widgets.dataset_view import DatasetView

        view, preparation = DatasetView(self.theme), self._session.preparation
        self._stack.addWidget(view)
        preparation.inspection_progressed.connect(view.inspection_bar.show_progress)
        view.inspection_bar.postpone_wished.connect(preparation.postpone)
        view.inspection_bar.inspect_wished.connect(preparation.inspect)
        return view

    @cached_property
    def wiring(self) -> "DatasetWiring":
        """What connects the view with the session."""
        from finetune_gui.ui.dataset_wiring import DatasetWiring

        wiring = DatasetWiring(self._session, self.theme, self.view, self)
        wiring.said.connect(self._on_said)
        wiring.failed.connect(self._on_failed)
        wiring.crashed.connect(self.crashed)
        return wiring

    def build_rest(self) -> bool:
        """As in ``PageFrame``."""
        if "wiring" in vars(self):
            return False
        _ = self.wiring  # asking for it builds it, and the view
        return True

    def is_settled(self) -> bool:
        """Whether the view shows all that is decided and known."""
        preparation = self._session.preparation
        busy = preparation.is_scanning() or preparation.is_arranging() or preparation.inspection_state == "running"
        return not (busy or self._summing.is_running() or self.view.pictures.is_picking())

    def shutdown(self) -> None:
        """End what runs in the background."""
        for operation in (self._summing, self._listing):
            operation.shutdown()
        self.chooser.shutdown()
        if "wiring" in vars(self):
            self.wiring.shutdown()
            self.view.shutdown()

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _set_up_header(self) -> None:
        self.undo_action = self._step_action(self.undo_button, "undo", QKeySequence.StandardKey.Undo)
        self.redo_action = self._step_action(self.redo_button, "redo", QKeySequence.StandardKey.Redo)
        self.undo_action.triggered.connect(self._session.undo)
        self.redo_action.triggered.connect(self._session.redo)
        menu = QMenu(self)
        menu.addAction(self.tr("Folder…"), self.chooser.ask_folder)
        menu.addAction(self.tr("Zip or CSV…"), self.chooser.ask_file)
        menu.addAction(self.tr("Samples…"), self.chooser.show_gallery)
        menu.addSeparator()
        self.rescan_action = menu.addAction(self.tr("Look again for added images"), self._session.rescan)
        self.other_button.setMenu(menu)
        set_kind(self.next_button, kind="primary")
        self.next_button.setToolTip(self.tr("Choose a pretrained model"))
        for widget in (self.undo_button, self.redo_button, self.other_button, self.next_button):
            self.add_action(widget)

    def _step_action(self, button: QToolButton, icon: str, key: QKeySequence.StandardKey) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(key))
        self.addAction(action)
        self.theme.bind_icon(button, icon, "text")
        button.clicked.connect(action.trigger)
        return action

    def _connect(self) -> None:
        welcome, chooser = self.welcome, self.chooser
        welcome.dropped.connect(self.dropped)
        welcome.choose_wished.connect(chooser.ask_folder)
        welcome.file_wished.connect(chooser.ask_file)
        welcome.sample_wished.connect(chooser.draw_sample)
        welcome.gallery_wished.connect(chooser.show_gallery)
        welcome.recent_chosen.connect(self._session.open_source)
        chooser.chosen.connect(self._session.open_source)
        chooser.drawing_started.connect(self._on_drawing)
        chooser.drawing_progressed.connect(self._on_drawn)
        chooser.drawing_cancelled.connect(self._on_drawing_cancelled)
        self.busy.cancelled.connect(self._on_cancel)
        self._summing.succeeded.connect(self._on_summary)
        self._summing.crashed.connect(self._show_settled)
        self._listing.succeeded.connect(self._on_recent_listed)
        chooser.failed.connect(self._on_failed)
        for part in (chooser, self._summing, self._listing):
            part.crashed.connect(self.crashed)
        self._preferences.recent_folders_changed.connect(self._list_recent)
        self.next_button.clicked.connect(self.next_requested)

    def _connect_session(self) -> None:
        session, preparation = self._session, self._session.preparation
        session.scan_started.connect(self._on_scan_started)
        session.scan_failed.connect(self._on_failed)
        session.scan_cancelled.connect(self._on_scan_cancelled)
        session.source_opened.connect(self._on_source_opened)
        session.dataset_changed.connect(self._on_dataset)
        session.history_changed.connect(self._on_history)
        preparation.scan_progressed.connect(self._on_scan_progressed)
        preparation.inspection_changed.connect(self._on_inspection)
        preparation.inspection_failed.connect(self._on_failed)

    # -- scanning -------------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_scan_started(self, path: str) -> None:
        self.chooser.cancel()
        self.banner.clear()
        self.scan_view.start(self.tr("Looking through the images…"), path)
        self._stack.setCurrentWidget(self.scan_view)

    @Slot(object)
    def _on_scan_progressed(self, advanced: ScanAdvanced) -> None:
        seen = advanced.num_images
        self.busy.set_progress(None, counted(self.tr("{count} image(s) so far", "", seen), seen))
        self.scan_view.show_counts(advanced.class_counts)

    @Slot()
    def _on_drawing(self) -> None:
        self.banner.clear()
        self.scan_view.start(self.tr("Drawing the sample images…"), "")
        self._stack.setCurrentWidget(self.scan_view)

    @Slot(int, int)
    def _on_drawn(self, done: int, total: int) -> None:
        text = self.tr("{done} of {total} images").format(done=count(done), total=count(total))
        self.busy.set_progress(done / total if total else None, text)

    @Slot()
    def _on_drawing_cancelled(self) -> None:
        if not self._session.is_scanning():  # else a folder was dropped meanwhile
            self._show_settled()

    @Slot()
    def _on_scan_cancelled(self) -> None:
        """What was said of the data before holds again."""
        self._show_settled()
        self._problem_told = ""
        if self._session.arranged is not None:
            self._show_problem()

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self._show_settled()
        self.show_error(error)

    @Slot(str, str)
    def _on_said(self, sentence: str, hint: str) -> None:
        self.banner.show_message("success", sentence, hint)

    @Slot()
    def _on_cancel(self) -> None:
        self.chooser.cancel()
        self._session.cancel_scan()

    @Slot()
    def _show_settled(self) -> None:
        """What there is when nothing is under way."""
        has_data = self._session.arranged is not None
        if not self._session.is_scanning():
            self._show_in_stack(self.view if has_data else self.welcome)
        for widget in (self.other_button, self.undo_button, self.redo_button):
            widget.setVisible(has_data)
        self.next_button.setEnabled(has_data)
        self.set_subtitle(
            self.tr("This is what was found. Check that the classes are right, then go on.")
            if has_data
            else self.tr("Give the model examples to learn from: images sorted into classes.")
        )

    def _show_in_stack(self, widget: QWidget) -> None:
        """Focus goes with it to where work begins."""
        if widget is self._stack.currentWidget():
            return
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self._stack.setCurrentWidget(widget)
        target: QWidget = self.welcome.choose_button if widget is self.welcome else self.view.classes.table
        self.setFocusProxy(target)
        if had_focus:
            target.setFocus()

    # -- the data set ---------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_source_opened(self, path: str) -> None:
        self._problem_told = ""  # of the data before
        if path:
            self._preferences.add_recent_folder(path)

    @Slot()
    def _on_dataset(self) -> None:
        arranged, data = self._session.arranged, self._session.config.data
        if arranged is None:
            self._show_settled()
            return
        from finetune_gui.ui.item_models.dataset_summary import summarise

        store = DataStore.default()
        self._summing.start(lambda _: summarise(arranged, data, store))

    @Slot(object)
    def _on_summary(self, summary: "DatasetSummary") -> None:
        self.view.show_summary(summary)
        self.view.classes.set_balance(self._session.config.data.balance, self._balance_advice(summary.arranged))
        self.wiring.show_summary(summary)
        self._show_settled()
        self._show_problem()
        self._announce_findings(summary.arranged)

    def _announce_findings(self, arranged: Arranged) -> None:
        """Once for each check: it may have ended while one was elsewhere."""
        if self._unannounced and arranged.inspection.facts:
            self._unannounced = False
            number = sum(not finding.kept for finding in arranged.findings)
            words = self.tr("All images are checked: {count} finding(s).", "", number)
            announce(self.view, counted(words, number))

    def _show_problem(self) -> None:
        """Why nothing can be trained; told once, so that it hides no other news, and gone when it is no longer so."""
        problem = self._session.data_problem()
        message = problem.message if problem else ""
        if message == self._problem_told:
            return
        if problem is not None:
            self.show_error(problem)
        elif self.banner.message() == self._problem_told:
            self.banner.clear()
        self._problem_told = message

    def _balance_advice(self, arranged: Arranged) -> str:
        ratio = imbalance(Counter(sample.label for sample in arranged.split.train))
        if ratio < IMBALANCE:
            return ""  # "nothing" speaks for itself
        words = self.tr("The largest class has {ratio} times as many images as the smallest. Recommended: {choice}.")
        choice = self.tr("weigh the classes") if ratio < SEVERE_IMBALANCE else self.tr("show rare classes more often")
        return words.format(ratio=count(round(ratio)), choice=choice)

    @Slot()
    def _on_inspection(self) -> None:
        preparation = self._session.preparation
        self._unannounced = preparation.inspection_state == "done"
        self.view.show_inspection(preparation.inspection_state, preparation.advanced)

    @Slot()
    def _on_history(self) -> None:
        history = self._session.history
        steps = (
            (self.undo_action, self.undo_button, self.tr("Undo"), history.undoable),
            (self.redo_action, self.redo_button, self.tr("Redo"), history.redoable),
        )
        for action, button, word, name in steps:
            action.setEnabled(bool(name))
            button.setEnabled(bool(name))
            button.setAccessibleName(word)
            button.setToolTip(f"{word}: {name} ({action.shortcut().toString()})" if name else word)

    # -- opened before --------------------------------------------------------------------------------------------

    @Slot()
    def _list_recent(self) -> None:
        self.chooser.last_folder = self._preferences.last_folder
        paths = self._preferences.recent_folders
        self._listing.start(lambda _: [path for path in paths if Path(path).exists()])

    @Slot(object)
    def _on_recent_listed(self, paths: list[str]) -> None:
        self.welcome.set_recent(paths)
