"""What the user wishes for the data, as decisions that can be undone."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from finetune_gui.engine.config import DataEdits, SplitName
from finetune_gui.engine.data import edits as edit
from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.findings import ActionId, Finding, action_text, resolve
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.item_models.class_item_model import ClassRow
from finetune_gui.ui.session import Session
from finetune_gui.ui.words import counted, part_name, translated


def label_key(path: str) -> str:
    """What stands in ``DataEdits.kept`` for an image whose label is right."""
    return f"label {path}"


class DataDecisions(QObject):
    """Turns wishes into changes of ``DataConfig``. Paths are those of samples.

    Signals:
        refused: an ``EngineError``: the wish makes no sense.
    """

    refused = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    # -- classes --------------------------------------------------------------------------------------------------

    def rename(self, shown: str, new: str) -> None:
        """Another name for a class; with the name of another one they become one."""
        edits = edit.rename(self._edits, self._found, shown, new)
        self._decide(self.tr("rename “{0}”").format(shown), edits)

    def merge(self, names: Sequence[str], into: str) -> None:
        """Several classes become one."""
        edits = self._edits
        for name in names:
            if name != into:
                edits = edit.rename(edits, self._found, name, into)
        self._decide(self.tr("merge into “{0}”").format(into), edits)

    def separate(self, rows: Sequence[ClassRow]) -> None:
        """The names that the data give."""
        edits = self._edits
        for row in rows:
            edits = edit.separate(edits, self._found, row.name)
        self._decide(self.tr("use own names"), edits)

    def drop(self, rows: Sequence[ClassRow]) -> None:
        """Leave classes out."""
        edits = self._edits
        for row in rows:
            edits = edit.drop(edits, self._found, row.name)
        self._decide(self._of_classes(self.tr("drop “{0}”"), rows), edits)

    def restore(self, rows: Sequence[ClassRow]) -> None:
        """Use dropped classes after all."""
        edits = self._edits
        for row in rows:
            edits = edit.restore(edits, row.name)
        self._decide(self._of_classes(self.tr("restore “{0}”"), rows), edits)

    def limit(self, rows: Sequence[ClassRow], most: int | None) -> None:
        """Use at most so many images of each class; None for all."""
        edits = self._edits
        for row in rows:
            edits = edit.limit(edits, row.name, most)
        self._decide(self._of_classes(self.tr("limit “{0}”"), rows), edits)

    @Slot(str)
    def set_balance(self, balance: str) -> None:
        """What is done about classes of different size."""
        self._session.decide(self.tr("balance of the classes"), balance=balance)

    # -- images ---------------------------------------------------------------------------------------------------

    @Slot(list, str)
    def move(self, paths: Sequence[str], part: SplitName) -> None:
        """Put images into a part of the data."""
        words = self.tr("{images} to {part}").format(images=self._images(paths), part=part_name(part).lower())
        self._decide(words, edit.move(self._edits, paths, part))

    @Slot(list, bool)
    def set_excluded(self, paths: Sequence[str], excluded: bool) -> None:
        """Leave images out, or use them after all."""
        change, words = (edit.exclude, self.tr("exclude {0}")) if excluded else (edit.include, self.tr("include {0}"))
        self._decide(words.format(self._images(paths)), change(self._edits, paths))

    @Slot(list, str)
    def relabel(self, paths: Sequence[str], shown: str) -> None:
        """Count images to another class, by the name that is shown; a new name makes a new class."""
        own = edit.own_names(self._edits, self._found, shown)
        words = self.tr("{images} to “{name}”").format(images=self._images(paths), name=shown)
        self._decide(words, edit.relabel(self._edits, paths, own[0] if own else shown))

    def relabel_each(self, names: Mapping[str, str]) -> None:
        """Count each of these images to a class of its own, by the name that is shown; one decision for all."""
        edits = self._edits
        for path, shown in names.items():
            own = edit.own_names(edits, self._found, shown)
            edits = edit.relabel(edits, [path], own[0] if own else shown)
        self._decide(self.tr("relabel {0}").format(self._images([*names])), edits)

    def keep_labels(self, paths: Sequence[str]) -> None:
        """Say that the labels of these images are right, though they were doubted."""
        edits = self._edits
        for path in paths:
            edits = edit.keep(edits, label_key(path))
        self._decide(self.tr("keep the label of {0}").format(self._images(paths)), edits)

    # -- findings -------------------------------------------------------------------------------------------------

    def act(self, finding: Finding, action: ActionId) -> None:
        """Do what a button of a finding says."""
        words = translated(action_text(action))
        if action in ("class_weights", "balanced_sampling"):
            self._session.decide(words, balance=action)
        elif action == "keep" and finding.kept:
            self._decide(words, edit.keep(self._edits, finding.key, kept=False))
        else:
            self._decide(words, resolve(finding, action, self._edits, self._found))

    # -- pieces ---------------------------------------------------------------------------------------------------

    @property
    def _edits(self) -> DataEdits:
        return self._session.config.data.edits

    @property
    def _found(self) -> Dataset:
        arranged = self._session.arranged
        if arranged is None:
            raise EngineError(self.tr("No images are chosen yet."), self.tr("Drop a folder with one folder per class."))
        return arranged.inspection.dataset

    def _decide(self, words: str, edits: DataEdits) -> None:
        try:
            self._session.decide(words, edits=edits)
        except EngineError as error:
            self.refused.emit(error)

    def _images(self, paths: Sequence[str]) -> str:
        return counted(self.tr("{count} image(s)", "", len(paths)), len(paths))

    @staticmethod
    def _of_classes(words: str, rows: Sequence[ClassRow]) -> str:
        return words.format(", ".join(row.name for row in rows[:3]) + (", …" if len(rows) > 3 else ""))
