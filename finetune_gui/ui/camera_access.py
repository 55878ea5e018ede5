"""Whether there is a camera, found out where one may be wanted, and whether this app may use it."""

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QCameraPermission, QCoreApplication, QLoggingCategory, QObject, Qt, Signal, Slot

from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.operation import Progress

if TYPE_CHECKING:  # it imports Qt Multimedia
    from finetune_gui.ui.cameras import Cameras

_PLACES = (  # below PySide6, on any system
    "QtMultimedia.*",
    "QtNetwork.*",
    *(f"{folder}{name}" for folder in ("", "Qt/lib/") for name in ("*avcodec*", "*avformat*", "*avutil*", "*sw?*")),
    *(f"{folder}*Qt6{name}.*" for folder in ("", "Qt/lib/") for name in ("Multimedia", "Network", "Qml", "Quick")),
    *(f"{folder}plugins/multimedia/*" for folder in ("", "Qt/")),
)
_CHUNK = 1 << 20

# Qt Multimedia warns of every library for screen capture and for decoding films on a GPU that the system does not have.
QLoggingCategory.setFilterRules("qt.multimedia.symbolsresolver.warning=false")


class CameraAccess(QObject):
    """Imports Qt Multimedia when it is asked to look, and then knows the cameras as they come and go.

    Signals:
        changed: there is a camera now, or another one, or none any more; or it is known why there can be none.
        granted: the user lets this app use cameras.
        refused: no camera may be used; the reason.
        crashed: the traceback of a bug.
    """

    changed = Signal()
    granted = Signal()
    refused = Signal(str)
    crashed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cameras: Cameras | None = None
        self._problem = self.tr("Looking for a camera…")
        self._reading = LatestOperation(self)
        self._reading.succeeded.connect(self._on_read)
        self._reading.crashed.connect(self.crashed)

    @Slot()
    def look(self) -> None:
        """Look for cameras, once."""
        if self.cameras is None and not self._reading.is_running():
            self._reading.start(read_libraries)

    def names(self) -> dict[str, str]:
        """What people call each camera, by its id."""
        return self.cameras.names() if self.cameras is not None else {}

    def problem(self) -> str:
        """Why there is no camera, in one sentence; empty where there is one."""
        if self.cameras is None:
            return self._problem
        return "" if self.cameras.names() else self.tr("No camera is connected.")

    def ask(self) -> None:
        """Ask for the permission to use cameras, where the system has such a thing."""
        application = QCoreApplication.instance()
        permission = QCameraPermission()
        if application is None or application.checkPermission(permission) != Qt.PermissionStatus.Undetermined:
            self._on_answer()
        else:
            application.requestPermission(permission, self, self._on_answer)

    def shutdown(self) -> bool:
        """Wait for the thread, with a bound."""
        return self._reading.shutdown()

    def _on_answer(self, *_: object) -> None:
        application = QCoreApplication.instance()
        if application and application.checkPermission(QCameraPermission()) == Qt.PermissionStatus.Granted:
            self.granted.emit()
        else:
            self.refused.emit(self.tr("This app may not use the camera. Allow it in the system's privacy settings."))

    @Slot()
    def _on_read(self) -> None:
        try:
            self.cameras = import_cameras().Cameras(self)
            self.cameras.changed.connect(self.changed)
        except EngineError as error:
            self._problem = f"{error.message} {error.hint}".strip()
        self.changed.emit()


def read_libraries(_progress: Progress) -> None:
    """Have the system read what Qt Multimedia consists of, so that importing it does not wait for the disk.

    It is imported on the GUI thread afterwards: modules of PySide are not made for being initialised on another one.
    """
    with suppress(ImportError, ValueError):  # the import will say it
        spec = find_spec("PySide6.QtMultimedia")
        if spec is not None and spec.origin is not None:
            package = Path(spec.origin).parent
            for file in (file for place in _PLACES for file in package.glob(place)):
                _read(file)


def _read(file: Path) -> None:
    with suppress(OSError), file.open("rb") as stream:  # a folder, or gone
        while stream.read(_CHUNK):
            pass


def import_cameras() -> ModuleType:
    """Import what uses Qt Multimedia. For the GUI thread.

    Raises:
        EngineError: Its package is not installed, or the system lacks a library that it needs.
    """
    try:
        from finetune_gui.ui import cameras
    except ModuleNotFoundError as error:
        raise EngineError(
            QCoreApplication.translate("CameraAccess", "A camera needs a package that is not installed."),
            QCoreApplication.translate("CameraAccess", "Run: pip install “finetune-gui[camera]”"),
        ) from error
    except ImportError as error:
        message = QCoreApplication.translate("CameraAccess", "Cameras cannot be used here: {reason}.")
        raise EngineError(message.format(reason=str(error).rstrip("."))) from error
    return cameras
