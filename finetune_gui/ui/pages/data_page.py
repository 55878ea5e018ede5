"""Which images: drop a folder, look at what was found, go on."""

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Signal, SignalInstance, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.dialogs.file_list_dialog import FileListDialog
from finetune_gui.ui.dialogs.folder_dialog import folder_dialog
from finetune_gui.ui.item_models.dataset_summary import IMBALANCE, DatasetSummary, summarise
from finetune_gui.ui.sample_images import draw_samples
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.busy_card import BusyCard
from finetune_gui.ui.widgets.data_welcome import DataWelcome
from finetune_gui.ui.widgets.dataset_view import DatasetView
from finetune_gui.ui.widgets.drop_area import local_paths
from finetune_gui.ui.widgets.findings_list import Finding
from finetune_gui.ui.widgets.page_frame import PageFrame
from finetune_gui.ui.words import count, counted
from finetune_gui.ui.workers.latest_operation import LatestOperation


class FolderMemory(Protocol):
    """What the page needs of the preferences."""

    @property
    def last_folder(self) -> str:
        """The folder opened last; empty at first."""

    @property
    def recent_folders(self) -> list[str]:
        """Folders opened before, the last one first."""

    @property
    def recent_folders_changed(self) -> SignalInstance:
        """The list is another one."""

    def add_recent_folder(self, path: str) -> None:
        """Put a folder first."""


class DataPage(PageFrame):
    """Choose a folder of images and see what is in it.

    Signals:
        next_requested: on to the model.
    """

    next_requested = Signal()

    def __init__(
        self, session: Session, theme: Theme, preferences: FolderMemory, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, self.tr("Data"), "", parent)
        self._session = session
        self._preferences = preferences
        self._summary: DatasetSummary | None = None
        self._computed_split = (0.0, 0)  # share and seed of what is shown, or is being computed
        self.welcome = DataWelcome(theme)
        self.view = DatasetView(theme)
        self.busy = BusyCard(theme)
        self._stack = QStackedWidget()
        for page in (self.welcome, self.busy, self.view):
            self._stack.addWidget(page)
        self.body.addWidget(self._stack, 1)
        self.other_button = QPushButton(self.tr("Choose another…"))
        self.next_button = QPushButton(self.tr("Next: Model"))
        self._drawing = LatestOperation(self)
        self._summing = LatestOperation(self)
        self._listing = LatestOperation(self)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.welcome.choose_button)
        self._set_up_header()
        self._connect()
        self._list_recent()
        self._on_dataset()

    def choose_folder(self) -> None:
        """Let the user pick a folder in a dialog."""
        dialog = folder_dialog(self, self.tr("Choose a folder of images"), self._preferences.last_folder)
        dialog.fileSelected.connect(self._session.open_dataset)
        dialog.open()

    def try_sample(self) -> None:
        """Draw the sample images, unless they are there, and open them."""
        self.banner.clear()
        self._show_busy(self.tr("Drawing the sample images…"), "")
        self._drawing.start(draw_samples)

    def open_paths(self, paths: list[str]) -> None:
        """Open what was dropped: one folder."""
        if len(paths) > 1:
            self.banner.show_message(
                "info",
                self.tr("Several things were dropped at once."),
                self.tr("Drop the one folder that holds all class folders."),
            )
        elif paths:
            self._session.open_dataset(paths[0])

    def shutdown(self) -> None:
        """End what runs in the background."""
        for operation in (self._drawing, self._summing, self._listing):
            operation.shutdown()
        self.view.shutdown()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A folder may be let go anywhere on the page."""
        if local_paths(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.open_paths(paths)

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _set_up_header(self) -> None:
        set_kind(self.next_button, kind="primary")
        self.next_button.setToolTip(self.tr("Choose a pretrained model"))
        self.add_action(self.other_button)
        self.add_action(self.next_button)

    def _connect(self) -> None:
        session = self._session
        session.scan_started.connect(self._on_scan_started)
        session.scan_progressed.connect(self._on_scan_progressed)
        session.scan_failed.connect(self._on_failed)
        session.scan_cancelled.connect(self._show_settled)
        session.dataset_changed.connect(self._on_dataset)
        session.config_changed.connect(self._on_config)
        self._drawing.progressed.connect(self._on_drawn)
        self._drawing.succeeded.connect(self._on_sample_ready)
        self._drawing.failed.connect(self._on_failed)
        self._drawing.cancelled.connect(self._on_drawing_cancelled)
        self._summing.crashed.connect(self._show_settled)
        self._summing.succeeded.connect(self._on_summary)
        self._listing.succeeded.connect(self._on_recent_listed)
        for operation in (self._drawing, self._summing, self._listing):
            operation.crashed.connect(session.crashed)
        self._preferences.recent_folders_changed.connect(self._list_recent)
        self.welcome.dropped.connect(self.open_paths)
        self.welcome.choose_wished.connect(self.choose_folder)
        self.welcome.sample_wished.connect(self.try_sample)
        self.welcome.recent_chosen.connect(session.open_dataset)
        self.view.val_split_wished.connect(self._on_val_split)
        self.view.finding_action.connect(self._on_finding_action)
        self.busy.cancelled.connect(self._on_cancel)
        self.other_button.clicked.connect(self.choose_folder)
        self.next_button.clicked.connect(self.next_requested)

    # -- scanning -------------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_scan_started(self, path: str) -> None:
        self._drawing.cancel()
        self.banner.clear()
        self._show_busy(self.tr("Looking through the folder…"), path)

    @Slot(int)
    def _on_scan_progressed(self, seen: int) -> None:
        self.busy.set_progress(None, counted(self.tr("{count} image(s) so far", "", seen), seen))

    @Slot(int, int)
    def _on_drawn(self, done: int, total: int) -> None:
        text = self.tr("{done} of {total} images").format(done=count(done), total=count(total))
        self.busy.set_progress(done / total if total else None, text)

    @Slot(object)
    def _on_sample_ready(self, folder: Path) -> None:
        self._session.open_dataset(str(folder))

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        self._show_settled()
        self.show_error(error)

    @Slot()
    def _on_cancel(self) -> None:
        self._drawing.cancel()
        self._session.cancel_scan()

    @Slot()
    def _on_drawing_cancelled(self) -> None:
        if not self._session.is_scanning():  # else a folder was dropped meanwhile
            self._show_settled()

    @Slot()
    def _show_settled(self) -> None:
        """What there is when nothing is under way."""
        has_data = self._session.dataset is not None
        self._stack.setCurrentWidget(self.view if has_data else self.welcome)
        self.other_button.setVisible(has_data)
        self.next_button.setEnabled(has_data)
        self.set_subtitle(
            self.tr("This is what was found. Check that the classes are right, then go on.")
            if has_data
            else self.tr("Give the model examples to learn from: images sorted into folders.")
        )

    def _show_busy(self, title: str, detail: str) -> None:
        self.busy.start(title, detail)
        self._stack.setCurrentWidget(self.busy)

    # -- the data set ---------------------------------------------------------------------------------------------

    @Slot()
    def _on_dataset(self) -> None:
        dataset = self._session.dataset
        self._summary = None
        if dataset is None:
            self._show_settled()
            return
        self._preferences.add_recent_folder(str(dataset.root))
        self._summarise(dataset)

    @Slot()
    def _on_config(self) -> None:
        dataset = self._session.dataset
        if dataset is not None and self._wanted_split() != self._computed_split:
            self._summarise(dataset)

    def _wanted_split(self) -> tuple[float, int]:
        return self._session.config.data.val_split, self._session.config.seed

    def _summarise(self, dataset: Dataset) -> None:
        val_split, seed = self._computed_split = self._wanted_split()
        self._summing.start(lambda _: summarise(dataset, val_split=val_split, seed=seed))

    @Slot(object)
    def _on_summary(self, summary: DatasetSummary) -> None:
        self._summary = summary
        self.view.show_summary(summary, self._computed_split[0], self._findings(summary))
        self._show_settled()
        if problem := self._session.data_problem():
            self.show_error(problem)

    @Slot(float)
    def _on_val_split(self, share: float) -> None:
        self._session.set_data(val_split=share)

    def _findings(self, summary: DatasetSummary) -> list[Finding]:
        """What is worth a word, the gravest first."""
        dataset = summary.dataset
        findings = []
        problem = self._session.data_problem()  # the banner tells it
        if problem is None and summary.imbalance >= IMBALANCE:
            findings.append(Finding(level="warning", text=self._imbalance_text(summary)))
        if ignored := dataset.num_ignored:
            text = counted(self.tr("Not an image, and ignored: {count} file(s).", "", ignored), ignored)
            findings.append(Finding(level="info", text=text))
        if summary.own_validation:
            text = self.tr("The folder has its own training and validation parts; they are used as they are.")
            findings.append(Finding(level="info", text=text))
        if problem is None and not any(finding.level == "warning" for finding in findings):
            findings.insert(0, Finding(level="success", text=self.tr("Ready to train: nothing is missing.")))
        return findings

    def _imbalance_text(self, summary: DatasetSummary) -> str:
        rows = [row for row in summary.rows if row.train]
        most, least = max(rows, key=lambda row: row.train), min(rows, key=lambda row: row.train)
        return self.tr(
            "“{most}” has {ratio} times as many images as “{least}”. The model may learn to prefer it: add images of "
            "the rare classes if you can, and judge by the results of each class."
        ).format(most=most.name, least=least.name, ratio=count(round(summary.imbalance)))

    @Slot(str)
    def _on_finding_action(self, action: str) -> None:
        if action == "unreadable" and self._summary is not None:
            sentence = self.tr("These files are named like images, but cannot be opened as such. They may be damaged.")
            paths: tuple[str, ...] = ()  # the inspection knows
            FileListDialog(self.theme, self.tr("Unreadable images"), sentence, paths, self).open()

    # -- recent folders -------------------------------------------------------------------------------------------

    @Slot()
    def _list_recent(self) -> None:
        paths = self._preferences.recent_folders
        self._listing.start(lambda _: [path for path in paths if Path(path).is_dir()])

    @Slot(object)
    def _on_recent_listed(self, paths: list[str]) -> None:
        self.welcome.set_recent(paths)
