"""Runs that are thrown away, and taken back. By the system's trash, so that they can be found there, too."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QFile

from finetune_gui.engine.errors import EngineError

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


def move_to_trash(run_paths: Sequence[Path]) -> list[TrashedRun]:
    """Move run folders to the trash, one after the other. One that is gone already is no mistake.

    Raises:
        EngineError: One of them would not go; those before it are in the trash.
    """
    return [_move(path) for path in run_paths if path.exists()]


def _move(path: Path) -> TrashedRun:
    file = QFile(str(path))
    if not file.moveToTrash():
        message = translate("RunsPage", "{name} could not be moved to the trash: {reason}.")
        hint = translate("RunsPage", "Use “Open folder” and delete it there.")
        raise EngineError(message.format(name=path.name, reason=file.errorString()), hint)
    place = Path(file.fileName())
    return TrashedRun(path=path, place=place if place != path and place.exists() else None)


def take_back(runs: Sequence[TrashedRun]) -> int:
    """Put runs back where they were; how many.

    Raises:
        EngineError: One is not in the trash any more, or its place is taken.
    """
    for run in runs:
        _take_back(run)
    return len(runs)


def _take_back(run: TrashedRun) -> None:
    if run.place is None or not run.place.exists() or run.path.exists():
        message = translate("RunsPage", "{name} cannot be taken back out of the trash.").format(name=run.path.name)
        raise EngineError(message, translate("RunsPage", "Look for it in the trash of your system."))
    try:
        shutil.move(run.place, run.path)
    except OSError as error:
        message = translate("RunsPage", "{name} could not be taken back: {reason}.")
        hint = translate("RunsPage", "Look for it in the trash of your system.")
        raise EngineError(message.format(name=run.path.name, reason=error.strerror or error), hint) from error
    with suppress(OSError):  # what trashes by freedesktop.org write down of each file; there is none elsewhere
        (run.place.parent.parent / "info" / f"{run.place.name}.trashinfo").unlink()
