"""Images of a data set as a Qt model, with thumbnails decoded beside the GUI thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QPixmap

from finetune_gui.engine.config import SplitName
from finetune_gui.ui.long_lived import spare_from_collection
from finetune_gui.ui.words import part_name
from finetune_gui.ui.workers.thumbnail_decoder import Result, ThumbnailDecoder

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_CACHE_BYTES = 64_000_000
_MANY = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """One image, and what is shown about it.

    Attributes:
        path: Where it is.
        caption: What is written under it.
        class_index: Its class; -1 for none.
        part: The part of the data it belongs to, where that is to be seen.
        left_out: Why it is not used; empty where it is.
        finding: What was noticed about it; empty for nothing.
        group: Images in a row with the same number belong together; -1 for none.
    """

    path: str
    caption: str = ""
    class_index: int = -1
    part: SplitName | None = None
    left_out: str = ""
    finding: str = ""
    group: int = -1


class ThumbnailRole(IntEnum):
    """What `data` answers besides Qt's own roles; `DecorationRole` is the pixmap, or None while it is decoded."""

    PATH = Qt.ItemDataRole.UserRole + 1
    CLASS_INDEX = Qt.ItemDataRole.UserRole + 2
    FAILED = Qt.ItemDataRole.UserRole + 3
    ITEM = Qt.ItemDataRole.UserRole + 4  # the Thumbnail
    GROUP_PLACE = Qt.ItemDataRole.UserRole + 5  # a GroupPlace, or None outside groups


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """Where an image stands among those that belong together: neighbouring groups differ in ``odd``."""

    odd: bool
    first: bool


class ThumbnailItemModel(QAbstractListModel):
    """A list of images whose thumbnails come when they are looked at.

    Asking for a thumbnail that is not cached queues it, see ``ThumbnailDecoder``; ``drop_requests_outside`` forgets
    what was scrolled past. The pixmaps that were looked at last are kept, up to ``cache_bytes``. Call ``shutdown``
    before the application ends.
    """

    def __init__(self, parent: QObject | None = None, *, pixels: int = 160, cache_bytes: int = _CACHE_BYTES) -> None:
        super().__init__(parent)
        self._items: Sequence[Thumbnail] = ()
        self._odd_groups = bytearray()
        self._cache = _PixmapCache(cache_bytes)
        self._failed: set[str] = set()
        self._asked: dict[str, set[int]] = {}  # rows by path: the same file may stand in several rows
        self._decoder = ThumbnailDecoder(pixels, self)
        self._decoder.decoded.connect(self._on_decoded)

    def set_items(self, items: Sequence[Thumbnail]) -> None:
        """Show these images in place of the former ones. What was decoded of them before is still there."""
        self.beginResetModel()
        self._decoder.forget()
        self._asked.clear()
        self._failed.clear()
        self._items = tuple(items)
        self._odd_groups = _odd_groups(self._items)
        if len(self._items) >= _MANY:
            spare_from_collection()
        self.endResetModel()

    def update_items(self, items: Sequence[Thumbnail]) -> None:
        """Show other words or marks of the same images, in the same rows: scroll position and selection stay.

        Raises:
            ValueError: It is another number of images.
        """
        if len(items) != len(self._items):
            raise ValueError(f"{len(items)} images cannot take the place of {len(self._items)}")
        self._items = tuple(items)
        self._odd_groups = _odd_groups(self._items)
        if self._items:
            self.dataChanged.emit(self.index(0), self.index(len(self._items) - 1))

    def clear(self) -> None:
        """Show nothing; what is being decoded is thrown away when it arrives."""
        self._cache.clear()
        self.set_items(())

    def item(self, row: int) -> Thumbnail:
        """The image of a row."""
        return self._items[row]

    def items(self) -> Sequence[Thumbnail]:
        """All of them."""
        return self._items

    def set_pixels(self, pixels: int) -> None:
        """Decode at this many device pixels from now on."""
        if pixels == self._decoder.pixels:
            return
        self._decoder.set_pixels(pixels)
        self._cache.clear()
        self._asked.clear()
        self._failed.clear()
        if self._items:
            self.dataChanged.emit(self.index(0), self.index(len(self._items) - 1))

    def drop_requests_outside(self, first: int, last: int) -> None:
        """Forget the queued thumbnails of rows that are not in `first..last`."""
        gone = {path for path, rows in self._asked.items() if not any(first <= row <= last for row in rows)}
        self._decoder.drop(gone.__contains__)
        for path in gone:
            del self._asked[path]

    def decoder(self) -> ThumbnailDecoder:
        """Where the pictures come from."""
        return self._decoder

    def decoding_held(self) -> AbstractContextManager[None]:
        """No decoding begins in this context: for painting, which needs the interpreter for itself."""
        return self._decoder.held()

    def pending(self) -> int:
        """How many thumbnails are queued or being decoded."""
        return self._decoder.num_pending()

    def cached(self) -> int:
        """How many pixmaps are held."""
        return len(self._cache)

    def cached_bytes(self) -> int:
        """How much memory they take."""
        return self._cache.num_bytes

    def shutdown(self, timeout_ms: int = 3000) -> bool:
        """Stop decoding and wait for the workers; True when none is left."""
        self._asked.clear()
        return self._decoder.shutdown(timeout_ms)

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        """Number of images."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Caption, path, class, marks or pixmap; asking for the pixmap sets its decoding going."""
        if not index.isValid():
            return None
        item = self._items[index.row()]
        match role:
            case Qt.ItemDataRole.DecorationRole:
                return self._pixmap(index.row(), item.path)
            case ThumbnailRole.ITEM:
                return item
            case Qt.ItemDataRole.DisplayRole:
                return item.caption
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (item.caption, *self._remarks(item)) if part)
            case Qt.ItemDataRole.ToolTipRole:
                return "\n".join((item.path, *self._remarks(item)))
            case ThumbnailRole.PATH:
                return item.path
            case ThumbnailRole.CLASS_INDEX:
                return item.class_index
            case ThumbnailRole.FAILED:
                return item.path in self._failed
            case ThumbnailRole.GROUP_PLACE:
                return self._group_place(index.row())
        return None

    def _remarks(self, item: Thumbnail) -> list[str]:
        """What the marks on the picture mean."""
        left_out = self.tr("Left out: {reason}").format(reason=item.left_out) if item.left_out else ""
        return [words for words in (part_name(item.part) if item.part else "", left_out, item.finding) if words]

    def _group_place(self, row: int) -> GroupPlace | None:
        group = self._items[row].group
        if group < 0:
            return None
        return GroupPlace(odd=bool(self._odd_groups[row]), first=row == 0 or self._items[row - 1].group != group)

    def _pixmap(self, row: int, path: str) -> QPixmap | None:
        pixmap = self._cache.get(path)
        if pixmap is None and path not in self._failed:
            self._asked.setdefault(path, set()).add(row)
            self._decoder.wish(path)
        return pixmap

    @Slot(object)
    def _on_decoded(self, results: list[Result]) -> None:
        rows: set[int] = set()
        for path, image in results:
            if image is None:
                self._failed.add(path)
            else:
                self._cache.put(path, QPixmap.fromImage(image))
            rows |= self._asked.pop(path, set())
        if rows:
            # Once for all of them: a view repaints a whole faster than many pieces.
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)), [Qt.ItemDataRole.DecorationRole])


class _PixmapCache:
    """The pixmaps used last, up to a number of bytes; the newest is kept however large it is."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._pixmaps: OrderedDict[str, QPixmap] = OrderedDict()
        self.num_bytes = 0

    def __len__(self) -> int:
        return len(self._pixmaps)

    def get(self, path: str) -> QPixmap | None:
        """A pixmap, which counts as used now."""
        pixmap = self._pixmaps.get(path)
        if pixmap is not None:
            self._pixmaps.move_to_end(path)
        return pixmap

    def put(self, path: str, pixmap: QPixmap) -> None:
        """Keep one, and let go of those that nobody looked at for longest."""
        self.num_bytes += _num_bytes(pixmap) - _num_bytes(self._pixmaps.pop(path, None))
        self._pixmaps[path] = pixmap
        while self.num_bytes > self._most_bytes and len(self._pixmaps) > 1:
            self.num_bytes -= _num_bytes(self._pixmaps.popitem(last=False)[1])

    def clear(self) -> None:
        """Keep none."""
        self._pixmaps.clear()
        self.num_bytes = 0


def _num_bytes(pixmap: QPixmap | None) -> int:
    return 0 if pixmap is None else pixmap.width() * pixmap.height() * pixmap.depth() // 8


def _odd_groups(items: Sequence[Thumbnail]) -> bytearray:
    """For each row whether its group is an odd one, counted along the rows."""
    marks = bytearray(len(items))
    number, before = 0, -1
    for row, item in enumerate(items):
        if item.group >= 0:
            if item.group != before:
                number += 1
                before = item.group
            marks[row] = number % 2
    return marks
