"""Files of the pictures that were taken with a camera: there while they are shown, and no longer."""

import secrets
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from finetune_gui import paths
from finetune_gui.ui.tried_images import make_folder, save_picture

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
            return save_picture(picture, path)

    def forget(self) -> None:
        """Delete all of them."""
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _new_folder() -> Path:
    cache = make_folder(paths.cache_dir())
    for old in cache.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another window has just removed it
            if old.stat().st_mtime < time.time() - _STALE:
                shutil.rmtree(old, ignore_errors=True)
    return make_folder(cache / f"{_PREFIX}{secrets.token_hex(4)}")
