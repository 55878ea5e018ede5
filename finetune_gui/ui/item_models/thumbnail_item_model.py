"""Images of a data set as a Qt model, with thumbnails decoded beside the GUI thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from PIL import Image, ImageOps
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRunnable,
    Qt,
    QThread,
    QThreadPool,
    Signal,
    Slot,
)
from PySide6.QtGui import QImage, QPixmap

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


@dataclass(frozen=True, kw_only=True)
class Thumbnail:
    """One image: where it is, what is written under it, and its class (-1: none)."""

    path: str
    caption: str = ""
    class_index: int = -1


class ThumbnailRole(IntEnum):
    """What `data` answers besides Qt's own roles; `DecorationRole` is the pixmap, or None while it is decoded."""

    PATH = Qt.ItemDataRole.UserRole + 1
    CLASS_INDEX = Qt.ItemDataRole.UserRole + 2
    FAILED = Qt.ItemDataRole.UserRole + 3


class ThumbnailItemModel(QAbstractListModel):
    """A list of images whose thumbnails come when they are looked at.

    Asking for a thumbnail that is not cached queues it; the latest request is served first, since
    that is where the user is looking, and `drop_requests_outside` forgets what was scrolled past.
    At most `cache_size` pixmaps are kept. Call `shutdown` before the application ends.
    """

    def __init__(self, parent: QObject | None = None, *, pixels: int = 160, cache_size: int = 800) -> None:
        super().__init__(parent)
        self._items: list[Thumbnail] = []
        self._pixels = pixels
        self._cache_size = cache_size
        self._cache: OrderedDict[str, QPixmap] = OrderedDict()
        self._failed: set[str] = set()
        self._waiting: OrderedDict[int, str] = OrderedDict()
        self._running: dict[str, set[int]] = {}  # the same file may stand in several rows
        self._generation = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(max(1, min(4, QThread.idealThreadCount() - 1)))
        self._mailbox = _Mailbox(self)
        self._mailbox.decoded.connect(self._on_decoded)

    def set_items(self, items: Sequence[Thumbnail]) -> None:
        """Show these images in place of the former ones."""
        self.beginResetModel()
        self._forget()
        self._items = list(items)
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing; what is being decoded is thrown away when it arrives."""
        self.set_items(())

    def item(self, row: int) -> Thumbnail:
        """The image of a row."""
        return self._items[row]

    def set_pixels(self, pixels: int) -> None:
        """Decode at this many device pixels from now on."""
        if pixels != self._pixels:
            self._pixels = pixels
            self._forget()
            if self._items:
                self.dataChanged.emit(self.index(0), self.index(len(self._items) - 1))

    def drop_requests_outside(self, first: int, last: int) -> None:
        """Forget the queued thumbnails of rows that are not in `first..last`."""
        for row in [row for row in self._waiting if not first <= row <= last]:
            del self._waiting[row]

    def pending(self) -> int:
        """How many thumbnails are queued or being decoded."""
        return len(self._waiting) + len(self._running)

    def cached(self) -> int:
        """How many pixmaps are held."""
        return len(self._cache)

    def shutdown(self, timeout_ms: int = 3000) -> bool:
        """Stop decoding and wait for the workers; True when none is left."""
        self._forget()
        self._pool.clear()
        return self._pool.waitForDone(timeout_ms)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of images."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Caption, path, class or pixmap; asking for the pixmap sets its decoding going."""
        if not index.isValid():
            return None
        item = self._items[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return item.caption
            case Qt.ItemDataRole.ToolTipRole | ThumbnailRole.PATH:
                return item.path
            case Qt.ItemDataRole.DecorationRole:
                return self._thumbnail(index.row(), item.path)
            case ThumbnailRole.CLASS_INDEX:
                return item.class_index
            case ThumbnailRole.FAILED:
                return item.path in self._failed
        return None

    def _thumbnail(self, row: int, path: str) -> QPixmap | None:
        pixmap = self._cache.get(path)
        if pixmap is not None:
            self._cache.move_to_end(path)
        elif path in self._running:
            self._running[path].add(row)
        elif path not in self._failed:
            self._waiting[row] = path
            self._waiting.move_to_end(row)
            self._start_next()
        return pixmap

    def _start_next(self) -> None:
        # The queue is kept here and not in the pool, so that forgetting a request needs no lock.
        while self._waiting and len(self._running) < self._pool.maxThreadCount():
            row, path = self._waiting.popitem()
            if path in self._cache or path in self._failed:
                self._tell_row(row)
            elif path in self._running:
                self._running[path].add(row)
            else:
                self._running[path] = {row}
                self._pool.start(_Decode(self._mailbox, self._generation, path, self._pixels))

    def _tell_row(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    @Slot(int, str, object)
    def _on_decoded(self, generation: int, path: str, image: QImage | None) -> None:
        if generation != self._generation:
            return
        rows = self._running.pop(path, set())
        if image is None:
            self._failed.add(path)
        else:
            self._cache[path] = QPixmap.fromImage(image)
            while len(self._cache) > self._cache_size:
                self._cache.popitem(last=False)
        for row in rows:
            self._tell_row(row)
        self._start_next()

    def _forget(self) -> None:
        self._generation += 1
        self._waiting.clear()
        self._running.clear()
        self._cache.clear()
        self._failed.clear()


class _Mailbox(QObject):
    """Lives in the GUI thread; workers emit here, so that slots are called there."""

    decoded = Signal(int, str, object)


class _Decode(QRunnable):
    def __init__(self, mailbox: _Mailbox, generation: int, path: str, pixels: int) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._letter = (generation, path)
        self._pixels = pixels

    def run(self) -> None:
        generation, path = self._letter
        try:
            image: QImage | None = decode_thumbnail(path, self._pixels)
        except Exception:  # a broken image is shown as broken, whatever its decoder raised
            image = None
        self._mailbox.decoded.emit(generation, path, image)


def decode_thumbnail(path: str, pixels: int) -> QImage:
    """Read an image the right way up, cut to a square of `pixels`. Safe in any thread.

    Raises:
        Exception: whatever Pillow raises for a file that is missing, broken or too large.
    """
    with Image.open(path) as opened:
        # JPEG can be decoded at an eighth of its size at once; twice the goal keeps the resize sharp.
        opened.draft("RGB", (pixels * 2, pixels * 2))
        upright = ImageOps.exif_transpose(opened)
        square = ImageOps.fit(_displayable(upright), (pixels, pixels), Image.Resampling.BILINEAR, 0.0, (0.5, 0.5))
    data = square.tobytes("raw", "RGBA")
    return QImage(data, pixels, pixels, pixels * 4, QImage.Format.Format_RGBA8888).copy()


def _displayable(image: Image.Image) -> Image.Image:
    """As RGBA; images of 16 or 32 bits (microscopes, X-ray) are stretched, for a plain conversion turns them white."""
    if image.mode == "F" or image.mode.startswith("I"):
        wide = np.asarray(image, dtype=np.float32)
        low, high = float(wide.min()), float(wide.max())
        image = Image.fromarray(((wide - low) * (255.0 / ((high - low) or 1.0))).astype(np.uint8))
    return image.convert("RGBA")
