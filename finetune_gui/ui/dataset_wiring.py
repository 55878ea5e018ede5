"""Between the view of a data set and the decisions about it: asks where something has to be asked."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from finetune_gui.engine.config import DataEdits
from finetune_gui.engine.data.arrange import Arranged
from finetune_gui.engine.data.decisions_csv import write_decisions
from finetune_gui.engine.data.findings import ActionId, Finding
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.catalog import find_info
from finetune_gui.ui.data_decisions import DataDecisions
from finetune_gui.ui.data_words import detail_lines
from finetune_gui.ui.dialogs.augmentation_dialog import AugmentationDialog
from finetune_gui.ui.dialogs.class_questions import limit_dialog, merge_question, name_dialog
from finetune_gui.ui.dialogs.file_list_dialog import FileListDialog
from finetune_gui.ui.dialogs.image_dialog import ImageDialog
from finetune_gui.ui.dialogs.split_dialog import SplitDialog
from finetune_gui.ui.image_details import describe_image
from finetune_gui.ui.item_models.class_item_model import ClassRow
from finetune_gui.ui.item_models.dataset_summary import DatasetSummary
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.dataset_view import DatasetView
from finetune_gui.ui.widgets.image_facts_panel import ImageDetails
from finetune_gui.ui.words import translated
from finetune_gui.ui.workers.latest_operation import LatestOperation

MOST_VARIED = 6  # images whose variations are shown at once
_USUAL_INPUT = 224


def usual_preprocessing(size: int) -> Preprocessing:
    """What nearly all networks of an input size want; only reading the network itself would tell it exactly."""
    half = (0.5, 0.5, 0.5)
    return Preprocessing(size=size, resize=round(size / 0.875), interpolation="bicubic", mean=half, std=half)


class DatasetWiring(QObject):
    """Connects a ``DatasetView`` with a session.

    Signals:
        said: (sentence, hint): something was done that is not seen otherwise.
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
        refreshed: the open big view, if any, shows what holds now.
    """

    said = Signal(str, str)
    failed = Signal(object)
    crashed = Signal(str)
    refreshed = Signal()

    def __init__(self, session: Session, theme: Theme, view: DatasetView, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._theme = theme
        self._view = view
        self._window = parent
        self._summary: DatasetSummary | None = None
        self.decisions = DataDecisions(session, self)
        self._writing = LatestOperation(self)
        self._connect()

    def show_summary(self, summary: DatasetSummary) -> None:
        """The data that the view shows."""
        self._summary = summary
        self.refreshed.emit()

    def shutdown(self) -> None:
        """End what runs in the background."""
        self._writing.shutdown()
        for dialog in self._window.findChildren(ImageDialog):
            dialog.close()
        for other in (*self._window.findChildren(SplitDialog), *self._window.findChildren(AugmentationDialog)):
            other.close()

    # -- classes --------------------------------------------------------------------------------------------------

    @Slot(str, str)
    def _on_rename(self, shown: str, new: str) -> None:
        if self._summary is None or new not in self._summary.arranged.dataset.class_names:
            self.decisions.rename(shown, new)
            return
        question = merge_question(shown, new, self._window)
        question.agreed.connect(lambda: self.decisions.rename(shown, new))
        question.open()

    @Slot(list)
    def _on_merge(self, rows: list[ClassRow]) -> None:
        names = [row.name for row in sorted(rows, key=lambda row: -row.images)]
        dialog = name_dialog(self.tr("Merge {0}").format(", ".join(names[:3])), names, self._window)
        dialog.textValueSelected.connect(lambda into: self.decisions.merge(names, into))
        dialog.open()

    @Slot(list)
    def _on_limit(self, rows: list[ClassRow]) -> None:
        dialog = limit_dialog(rows[0].limit or min(row.images for row in rows), self._window)
        dialog.intValueSelected.connect(lambda most: self.decisions.limit(rows, most or None))
        dialog.open()

    # -- images ---------------------------------------------------------------------------------------------------

    @Slot(list, str)
    def _on_relabel(self, paths: list[str], name: str) -> None:
        if name or self._summary is None:
            self.decisions.relabel(paths, name)
            return
        names = self._summary.arranged.dataset.class_names
        dialog = name_dialog(self.tr("Put into class"), names, self._window)
        dialog.textValueSelected.connect(
            lambda wanted: self.decisions.relabel(paths, wanted.strip()) if wanted.strip() else None
        )
        dialog.open()

    @Slot(str)
    def _on_opened(self, file: str) -> None:
        files = self._view.pictures.grid.paths()
        if file not in files:
            return
        dialog = ImageDialog(self._theme, self._describe, self._window)
        dialog.leave_out_wished.connect(self._on_leave_out)
        dialog.move_wished.connect(self._on_move)
        dialog.crashed.connect(self.crashed)
        self.refreshed.connect(dialog.refresh)
        dialog.show_images(files, files.index(file))
        dialog.open()

    @Slot(list)
    def _on_augmentation(self, files: list[str]) -> None:
        config = self._session.config
        dialog = AugmentationDialog(self._theme, config.data.augment, self._window)
        dialog.strength_chosen.connect(self._on_strength)
        dialog.crashed.connect(self.crashed)
        info = find_info(config.model.network)
        dialog.show_images(files[:MOST_VARIED], usual_preprocessing(info.input_size if info else _USUAL_INPUT))
        dialog.open()

    @Slot(str)
    def _on_strength(self, strength: str) -> None:
        self._session.set_data(augment=strength)

    def _describe(self, file: str) -> ImageDetails:
        return describe_image(self._summary, file) if self._summary else ImageDetails(path=file)

    @Slot(str, bool)
    def _on_leave_out(self, file: str, out: bool) -> None:
        if self._summary and (picture := self._summary.picture(file)):
            self.decisions.set_excluded([picture.path], out)

    @Slot(str, str)
    def _on_move(self, file: str, part: str) -> None:
        if self._summary and (picture := self._summary.picture(file)):
            self.decisions.move([picture.path], part)  # type: ignore[arg-type]

    # -- findings -------------------------------------------------------------------------------------------------

    @Slot(object, str)
    def _on_action(self, finding: Finding, action: ActionId) -> None:
        self.decisions.act(finding, action)

    @Slot(object)
    def _on_all_lines(self, finding: Finding) -> None:
        lines = detail_lines(finding)
        FileListDialog(self._theme, translated(finding.text), translated(finding.meaning), lines, self._window).open()

    @Slot()
    def _on_export(self) -> None:
        dialog = QFileDialog(self._window, self.tr("Export findings and decisions"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Tables") + " (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(f"{Path(self._session.config.data.path).stem}-findings.csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export)
        dialog.open()

    @Slot(str)
    def export(self, path: str) -> None:
        """Write all findings and decisions as a table."""
        arranged, edits = self._session.arranged, self._session.config.data.edits
        if arranged is not None:
            self._writing.start(lambda _: _write(arranged, edits, path))

    @Slot(object)
    def _on_exported(self, path: str) -> None:
        self.said.emit(self.tr("Written: one row for each image and finding."), path)

    # -- the split ------------------------------------------------------------------------------------------------

    @Slot()
    def _on_split(self) -> None:
        arranged, config = self._session.arranged, self._session.config
        if arranged is None:
            return
        dialog = SplitDialog(self._theme, arranged, config.data, config.seed, self._window)
        dialog.chosen.connect(self._on_split_chosen)
        dialog.level_chosen.connect(self._session.use_class_level)
        dialog.crashed.connect(self.crashed)
        dialog.open()

    @Slot(dict, int)
    def _on_split_chosen(self, fields: dict[str, object], seed: int) -> None:
        try:
            self._session.decide(self.tr("the way the images are divided"), **fields)
            self._session.set_training(seed=seed)
        except EngineError as error:
            self.failed.emit(error)

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        view, decisions = self._view, self.decisions
        classes, pictures, findings = view.classes, view.pictures, view.findings
        classes.rename_wished.connect(self._on_rename)
        classes.merge_wished.connect(self._on_merge)
        classes.drop_wished.connect(decisions.drop)
        classes.restore_wished.connect(decisions.restore)
        classes.separate_wished.connect(decisions.separate)
        classes.limit_wished.connect(self._on_limit)
        classes.balance_wished.connect(decisions.set_balance)
        pictures.opened.connect(self._on_opened)
        pictures.move_wished.connect(decisions.move)
        pictures.exclude_wished.connect(decisions.set_excluded)
        pictures.relabel_wished.connect(self._on_relabel)
        pictures.augmentation_wished.connect(self._on_augmentation)
        pictures.crashed.connect(self.crashed)
        findings.action_wished.connect(self._on_action)
        findings.all_lines_wished.connect(self._on_all_lines)
        findings.export_wished.connect(self._on_export)
        findings.level_wished.connect(self._on_split)
        view.split_wished.connect(self._on_split)
        decisions.refused.connect(self.failed)
        self._writing.succeeded.connect(self._on_exported)
        self._writing.failed.connect(self.failed)
        self._writing.crashed.connect(self.crashed)


def _write(arranged: Arranged, edits: DataEdits, path: str) -> str:
    write_decisions(arranged, edits, Path(path))
    return path
