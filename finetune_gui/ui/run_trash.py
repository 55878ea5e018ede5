"""Runs that are thrown away, and taken back. By the system's trash, so that they can be found there, too."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QFile, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.run_list import RunSummary
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.words import counted
from finetune_gui.ui.workers.latest_operation import LatestOperation

translate = QCoreApplication.translate


@dataclass(frozen=True, kw_only=True)
class TrashedRun:
    """A run in the trash.

    Attributes:
        path: Where it was.
        place: Where it is now; None where the system does not tell.
    """

    path: Path
    place: Path | None


class RunTrash(QObject):
    """Asks, moves runs to the trash beside all else, and takes the last ones back.

    Signals:
        began: runs are being moved; what is read of them meanwhile may be gone.
        moved: what happened, in a sentence; the list of runs is another one now.
        returned: path of a run that is back in its place.
        failed: an ``EngineError``; some of several runs may be gone.
        crashed: the traceback of a bug.
    """

    began = Signal()
    moved = Signal(str)
    returned = Signal(Path)
    failed = Signal(object)
    crashed = Signal(str)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._condemned: list[RunSummary] = []
        self._trashed: list[TrashedRun] = []  # by the last wish, and not taken back
        self._moving = LatestOperation(self)
        self._returning = LatestOperation(self)
        self._moving.succeeded.connect(self._on_moved)
        self._returning.succeeded.connect(self.returned)
        for background in (self._moving, self._returning):
            background.failed.connect(self.failed)
            background.crashed.connect(self.crashed)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._trashed)

    def ask(self, runs: Sequence[RunSummary]) -> None:
        """Move runs to the trash, if the user agrees."""
        self._condemned, number = list(runs), len(runs)
        box = QMessageBox(self._page)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(counted(self.tr("Move {count} run(s) to the trash?", "", number), number))
        names = ", ".join(run.name for run in runs[:3]) + (" …" if number > 3 else "")
        box.setInformativeText(
            self.tr("{name}, with model and exports. You can take it back out of the trash.").format(name=names)
        )
        box.setStandardButtons(QMessageBox.StandardButton.Cancel)
        move = box.addButton(self.tr("Move to trash"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        move.clicked.connect(self._on_agreed)
        box.finished.connect(box.deleteLater)
        box.open()

    def undo(self) -> None:
        """Take back what the last wish threw away."""
        runs, self._trashed = self._trashed, []
        self._returning.start(lambda _: take_back(runs))

    def forget(self) -> None:
        """There is nothing to take back any more."""
        self._trashed = []

    def shutdown(self) -> None:
        """Wait for what is being moved, with a bound."""
        self._moving.shutdown()
        self._returning.shutdown()

    @Slot()
    def _on_agreed(self) -> None:
        condemned = [run.path for run in self._condemned]
        self.began.emit()
        self._moving.start(lambda _: move_to_trash(condemned))

    @Slot(object)
    def _on_moved(self, trashed: list[TrashedRun]) -> None:
        self._trashed = [run for run in trashed if run.place is not None]
        number = len(trashed)
        if number == 1:
            name = next(run.name for run in self._condemned if run.path == trashed[0].path)
            self.moved.emit(self.tr("{name} is in the trash.").format(name=name))
        else:
            self.moved.emit(counted(self.tr("{count} run(s) moved to the trash.", "", number), number))


def move_to_trash(run_paths: Sequence[Path]) -> list[TrashedRun]:
    """Move run folders to the trash, one after the other. One that is gone already is no mistake.

    Raises:
        EngineError: One of them would not go, or is being trained; those before it are in the trash.
    """
    return [_move(path) for path in run_paths if path.exists()]


def _move(path: Path) -> TrashedRun:
    if RunFolder(path).is_running():
        message = translate("RunTrash", "{name} is being trained.").format(name=path.name)
        raise EngineError(message, translate("RunTrash", "Stop it first."))
    file = QFile(str(path))
    if not file.moveToTrash():
        message = translate("RunTrash", "{name} could not be moved to the trash: {reason}.")
        hint = translate("RunTrash", "Use “Open folder” and delete it there.")
        raise EngineError(message.format(name=path.name, reason=file.errorString()), hint)
    place = Path(file.fileName())
    return TrashedRun(path=path, place=place if place != path and place.exists() else None)


def take_back(runs: Sequence[TrashedRun]) -> Path:
    """Put runs back where they were; the path of the first.

    Raises:
        EngineError: One is not in the trash any more, or its place is taken.
    """
    for run in runs:
        _take_back(run)
    return runs[0].path


def _take_back(run: TrashedRun) -> None:
    if run.place is None or not run.place.exists() or run.path.exists():
        message = translate("RunTrash", "{name} cannot be taken back out of the trash.").format(name=run.path.name)
        raise EngineError(message, translate("RunTrash", "Look for it in the trash of your system."))
    try:
        shutil.move(run.place, run.path)
    except OSError as error:
        message = translate("RunTrash", "{name} could not be taken back: {reason}.")
        hint = translate("RunTrash", "Look for it in the trash of your system.")
        raise EngineError(message.format(name=run.path.name, reason=error.strerror or error), hint) from error
    with suppress(OSError):  # what trashes by freedesktop.org write down of each file; there is none elsewhere
        (run.place.parent.parent / "info" / f"{run.place.name}.trashinfo").unlink()
