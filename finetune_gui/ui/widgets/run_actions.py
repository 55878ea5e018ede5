"""What can be done with the runs that are selected: buttons, and a menu for what is rarer."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from finetune_gui.engine.run_list import RunSummary
from finetune_gui.ui.item_models.run_item_model import RESUMABLE
from finetune_gui.ui.theme import set_kind
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.words import counted

EXTENSIBLE = ("completed",)  # states of a run that has had all its epochs


class RunActions(QWidget):
    """Emits wishes; who owns it knows which runs are meant.

    Signals:
        open_requested: look at the result of the run.
        reuse_requested: take over its settings.
        resume_requested: go on with it.
        extend_requested: train it for more epochs.
        report_requested: write a report of it.
        notes_requested: name it and write a note.
        folder_requested: show its folder.
        trash_requested: throw the selected runs away.
    """

    open_requested = Signal()
    reuse_requested = Signal()
    resume_requested = Signal()
    extend_requested = Signal()
    report_requested = Signal()
    notes_requested = Signal()
    folder_requested = Signal()
    trash_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel()
        set_kind(self.name, kind="heading")
        self.open = QPushButton(self.tr("Open"))
        set_kind(self.open, kind="primary")
        self.open.setToolTip(self.tr("Evaluate, try and export the model of this run"))
        self.reuse = QPushButton(self.tr("Use these settings"))
        self.resume = QPushButton(self.tr("Resume"))
        self.extend = QPushButton(self.tr("More epochs…"))
        self.report = QPushButton(self.tr("Report…"))
        self.report.setToolTip(self.tr("Curves, figures, mistakes and settings in one file to pass on"))
        self.more = QPushButton(self.tr("More"))
        self.more.setAccessibleDescription(self.tr("Name and note, folder, trash"))
        self.menu = QMenu(self)
        self.notes = self._action(self.tr("Name and note…"), Qt.Key.Key_F2)
        self.folder = self._action(self.tr("Open folder"), None)
        self.menu.addSeparator()
        self.trash = self._action(self.tr("Move to trash…"), QKeySequence.StandardKey.Delete)
        self.more.setMenu(self.menu)
        self._lay_out()
        self._connect()

    def update_for(self, runs: Sequence[RunSummary], active: Sequence[bool], *, training: bool) -> None:
        """Offer what makes sense.

        Args:
            runs: That are selected.
            active: Of each, whether it is being trained.
            training: Whether any run is.
        """
        run = runs[0] if len(runs) == 1 else None
        whole = run is not None and not run.problem
        extensible = run is not None and run.state in EXTENSIBLE
        resumable = run is not None and run.state in RESUMABLE and not active[0]
        for button in (self.open, self.reuse, self.notes, self.report):
            button.setEnabled(whole)
        self.folder.setEnabled(run is not None)
        self.resume.setEnabled(resumable and not training)
        self.resume.setVisible(not extensible)  # one of the two ways to go on makes sense
        self.extend.setVisible(extensible)
        self.extend.setEnabled(extensible and not training)
        self.trash.setEnabled(bool(runs) and not any(active))
        another = self.tr("Another training is going on.") if training else ""
        self.resume.setToolTip(another or self.tr("Go on from the last checkpoint of a run that did not finish."))
        self.extend.setToolTip(another or self.tr("Go on with a run that has had all its epochs."))
        self._name_runs(runs)

    def _name_runs(self, runs: Sequence[RunSummary]) -> None:
        if len(runs) == 1:
            self.name.setText(runs[0].name)
        else:
            text = self.tr("{count} runs selected", "", len(runs))
            self.name.setText(counted(text, len(runs)) if runs else "")

    def _action(self, text: str, keys: Qt.Key | QKeySequence.StandardKey | None) -> QAction:
        action = self.menu.addAction(text)
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return action

    def _connect(self) -> None:
        for button, wish in (
            (self.open, self.open_requested),
            (self.reuse, self.reuse_requested),
            (self.resume, self.resume_requested),
            (self.extend, self.extend_requested),
            (self.report, self.report_requested),
        ):
            button.clicked.connect(wish)
        for action, wish in (
            (self.notes, self.notes_requested),
            (self.folder, self.folder_requested),
            (self.trash, self.trash_requested),
        ):
            action.triggered.connect(wish)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.name, 1)
        for button in (self.open, self.reuse, self.resume, self.extend, self.report, self.more):
            layout.addWidget(button)
