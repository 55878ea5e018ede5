"""What may be dropped on the window, wherever it is let go."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.data.image import IMAGE_SUFFIXES
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.widgets.drop_area import local_paths
from finetune_gui.ui.workers.latest_operation import LatestOperation

ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".xz", ".bz2", ".zst"}


@dataclass(frozen=True, kw_only=True)
class Drop:
    """What was dropped: one folder, some images, or something that is of no use."""

    kind: Literal["folder", "images", "archive", "folders", "gone", "other"]
    paths: list[str]


def classify(paths: list[str]) -> Drop:
    """Say what these files and folders are, taken together."""
    folders = [path for path in paths if Path(path).is_dir()]
    if folders:
        return Drop(kind="folder" if len(paths) == 1 else "folders", paths=folders)
    if not any(Path(path).exists() for path in paths):
        return Drop(kind="gone", paths=paths)
    images = [path for path in paths if Path(path).suffix.lower() in IMAGE_SUFFIXES]
    if images:
        return Drop(kind="images", paths=images)
    archive = any(Path(path).suffix.lower() in ARCHIVES for path in paths)
    return Drop(kind="archive" if archive else "other", paths=paths)


class WindowDrops(QObject):
    """Watches a window for drops that no widget in it has taken.

    Signals:
        folder_dropped: a path.
        images_dropped: a list of paths.
        refused: an ``EngineError`` that says what to drop instead.
        crashed: the traceback of a bug.
    """

    folder_dropped = Signal(str)
    images_dropped = Signal(list)
    refused = Signal(object)

    crashed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._looking = LatestOperation(self)
        self._looking.succeeded.connect(self._on_known)
        self._looking.crashed.connect(self.crashed)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take drags of local files."""
        if isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.DragEnter:
            if local_paths(event.mimeData()):
                event.acceptProposedAction()
                return True
        elif isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            paths = local_paths(event.mimeData())
            if paths:
                event.acceptProposedAction()
                self.take(paths)
                return True
        return super().eventFilter(watched, event)

    def take(self, paths: list[str]) -> None:
        """See what it is, in the background: a path may lie on a drive that does not answer."""
        self._looking.start(lambda _: classify(paths))

    def shutdown(self) -> bool:
        """The window closes."""
        return self._looking.shutdown()

    @Slot(object)
    def _on_known(self, drop: Drop) -> None:
        match drop.kind:
            case "folder":
                self.folder_dropped.emit(drop.paths[0])
            case "images":
                self.images_dropped.emit(drop.paths)
            case "archive":
                message = self.tr("An archive cannot be opened directly.")
                self.refused.emit(EngineError(message, self.tr("Unpack the archive first, then drop its folder.")))
            case "folders":
                message = self.tr("Several things were dropped at once.")
                hint = self.tr("Drop the one folder that holds a folder for each class.")
                self.refused.emit(EngineError(message, hint))
            case "gone":
                message = self.tr("'{0}' does not exist any more.").format(drop.paths[0])
                self.refused.emit(
                    EngineError(message, self.tr("Look whether it was moved or renamed, or its drive taken out."))
                )
            case "other":
                message = self.tr("'{0}' is neither a folder nor an image.").format(Path(drop.paths[0]).name)
                self.refused.emit(EngineError(message, self.tr("Drop a folder of images, or an image to try.")))
