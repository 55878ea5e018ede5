"""What may be dropped on the window, wherever it is let go."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from finetune_gui.engine.data.formats import IMAGE_SUFFIXES
from finetune_gui.engine.data.passed_over import ARCHIVE_SUFFIXES, TABLE_SUFFIXES
from finetune_gui.engine.data.sources import NamedData, name_data
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.weight_files import WEIGHT_SUFFIXES
from finetune_gui.ui.widgets.drop_area import local_paths
from finetune_gui.ui.workers.latest_operation import LatestOperation


@dataclass(frozen=True, kw_only=True)
class Drop:
    """What was dropped: data, some images, or something that is of no use.

    Attributes:
        kind: ``source`` is one folder, archive or table, ``folders`` are one class each, ``mixed`` is several things
            that do not belong together.
        paths: What it is about.
        data: Of ``source`` and ``folders``.
    """

    kind: Literal["source", "folders", "images", "weights", "mixed", "gone", "other"]
    paths: list[str]
    data: NamedData | None = None


def classify(paths: list[str]) -> Drop:
    """Say what these files and folders are, taken together.

    Raises:
        EngineError: Folders that no folder holds in common.
    """
    folders = [path for path in paths if Path(path).is_dir()]
    sources = [path for path in paths if Path(path).suffix.lower() in ARCHIVE_SUFFIXES | TABLE_SUFFIXES]
    if not any(Path(path).exists() for path in paths):
        return Drop(kind="gone", paths=paths)
    if len(paths) == 1 and (folders or sources):
        return Drop(kind="source", paths=paths, data=name_data(paths))
    if len(folders) == len(paths):
        return Drop(kind="folders", paths=paths, data=name_data(paths))
    images = [path for path in paths if Path(path).suffix.lower() in IMAGE_SUFFIXES]
    if folders or sources:
        return Drop(kind="mixed", paths=paths)
    if not images and paths[0].lower().endswith(WEIGHT_SUFFIXES):
        return Drop(kind="weights", paths=paths[:1])
    return Drop(kind="images" if images else "other", paths=images or paths)


class WindowDrops(QObject):
    """Watches a window for drops that no widget in it has taken.

    Signals:
        data_dropped: a ``NamedData``.
        images_dropped: a list of paths.
        weights_dropped: path of a weight file.
        refused: an ``EngineError`` that says what to drop instead.
        crashed: the traceback of a bug.
    """

    data_dropped = Signal(object)
    images_dropped = Signal(list)
    weights_dropped = Signal(str)
    refused = Signal(object)
    crashed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._looking = LatestOperation(self)
        self._looking.succeeded.connect(self._on_known)
        self._looking.failed.connect(self.refused)
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

    @Slot(list)
    def take(self, paths: list[str]) -> None:
        """See what it is, in the background: a path may lie on a drive that does not answer."""
        self._looking.start(lambda _: classify(paths))

    def shutdown(self) -> bool:
        """The window closes."""
        return self._looking.shutdown()

    @Slot(object)
    def _on_known(self, drop: Drop) -> None:
        if drop.data is not None:
            self.data_dropped.emit(drop.data)
        elif drop.kind == "images":
            self.images_dropped.emit(drop.paths)
        elif drop.kind == "weights":
            self.weights_dropped.emit(drop.paths[0])
        else:
            self.refused.emit(self._refusal(drop))

    def _refusal(self, drop: Drop) -> EngineError:
        if drop.kind == "mixed":
            return EngineError(
                self.tr("Several things that do not belong together were dropped at once."),
                self.tr("Drop one folder, one zip or one table of labels; or several folders that are one class each."),
            )
        if drop.kind == "gone":
            return EngineError(
                self.tr("'{0}' does not exist any more.").format(drop.paths[0]),
                self.tr("Look whether it was moved or renamed, or its drive taken out."),
            )
        return EngineError(
            self.tr("'{0}' is neither a folder nor an image.").format(Path(drop.paths[0]).name),
            self.tr("Drop a folder of images, a zip or a table of labels; or an image to try."),
        )
