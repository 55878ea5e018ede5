"""Files of the pictures that were taken with a camera: there while they are shown, and no longer."""

import shutil
import tempfile
import threading
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from finetune_gui import paths
from finetune_gui.engine.errors import EngineError

_PREFIX = "camera-"
_STALE = 86_400  # seconds: what an app that was killed has left


class TakenPictures:
    """A folder of its own, made when the first picture is kept. Safe in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._count = 0

    def __bool__(self) -> bool:
        return self._folder is not None

    def keep(self, picture: QImage) -> Path:
        """Save a picture, so that it is an image file like any other.

        Raises:
            EngineError: It cannot be saved.
        """
        with self._lock:
            if self._folder is None:
                self._folder = _new_folder()
            self._count += 1
            path = self._folder / QCoreApplication.translate("TakenPictures", "picture {number}.png").format(
                number=self._count
            )
            if picture.save(str(path)):
                return path
        raise EngineError(
            QCoreApplication.translate("TakenPictures", "The picture could not be saved in {folder}.").format(
                folder=path.parent
            ),
            QCoreApplication.translate("TakenPictures", "Is there room on the disk?"),
        )

    def forget(self) -> None:
        """Delete all of them."""
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _new_folder() -> Path:
    cache = paths.cache_dir()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        for old in cache.glob(f"{_PREFIX}*"):
            if old.stat().st_mtime < time.time() - _STALE:
                shutil.rmtree(old, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=cache))
    except OSError as error:
        message = QCoreApplication.translate("TakenPictures", "No folder can be made in {folder}: {reason}.")
        raise EngineError(
            message.format(folder=cache, reason=error.strerror),
            QCoreApplication.translate("TakenPictures", "Check the permission of the folder."),
        ) from error
