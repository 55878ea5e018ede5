"""Decodes thumbnails beside the GUI thread: the latest wish first, the results in batches."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps
from PySide6.QtCore import QObject, QRunnable, Qt, QThread, QThreadPool, QTimer, Signal, Slot
from PySide6.QtGui import QBrush, QImage, QPainter

from finetune_gui.engine.data.image import load_thumbnail

_DELIVERY_MS = 25
_LONGEST_HOLD_S = 0.1
_HOLD_STEP_S = 0.001
CORNER = 1 / 12  # radius of the round corners, as a share of the side

Result = tuple[str, QImage | None]


class ThumbnailDecoder(QObject):
    """Takes wishes from the GUI thread, and tells it what was decoded at most 40 times a second.

    A picture that is wished again moves to the front, since that is where the user is looking. Wishes that are not
    yet begun can be dropped. Call ``shutdown`` before the application ends.

    Signals:
        decoded: list of (path, ``QImage``, or None where the file cannot be read).
    """

    decoded = Signal(object)

    def __init__(self, pixels: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pixels = pixels
        self._queue = _Queue()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(max(1, min(4, QThread.idealThreadCount() - 1)))
        self._workers: set[int] = set()
        self._number = 0
        self._mailbox = _Mailbox(self)
        self._mailbox.arrived.connect(self._on_arrived)
        self._mailbox.ended.connect(self._on_ended)
        self._delivery = QTimer(self, singleShot=True, interval=_DELIVERY_MS)
        self._delivery.timeout.connect(self._deliver)

    @property
    def pixels(self) -> int:
        """Side of the square, in device pixels."""
        return self._pixels

    def set_pixels(self, pixels: int) -> None:
        """Decode at this size from now on; what was wished before is forgotten."""
        self._pixels = pixels
        self.forget()

    def wish(self, path: str) -> None:
        """Decode this next."""
        self._queue.add(path, self._pixels)
        if len(self._workers) < self._pool.maxThreadCount():
            self._start_worker()

    def drop(self, unwanted: Callable[[str], bool]) -> None:
        """Forget the wishes that are not begun and that ``unwanted`` is true of."""
        self._queue.drop(unwanted)

    def forget(self) -> None:
        """Forget every wish; what is being decoded is thrown away when it is done."""
        self._queue.forget()

    def num_pending(self) -> int:
        """How many wishes are not answered yet."""
        return self._queue.num_pending()

    @contextmanager
    def held(self) -> Iterator[None]:
        """No decoding begins meanwhile: the interpreter lock is for the GUI thread, which is painting."""
        self._queue.held = True
        try:
            yield
        finally:
            self._queue.held = False

    def shutdown(self, timeout_ms: int = 3000) -> bool:
        """Stop decoding and wait for the workers; True when none is left."""
        self._delivery.stop()
        self.forget()
        return self._pool.waitForDone(timeout_ms)

    @Slot()
    def _on_arrived(self) -> None:
        if not self._delivery.isActive():
            self._delivery.start()

    @Slot(int)
    def _on_ended(self, number: int) -> None:
        self._workers.discard(number)
        if self._queue.has_wishes():  # wished just when this worker was about to end
            self._start_worker()

    def _start_worker(self) -> None:
        self._number += 1
        self._workers.add(self._number)
        self._pool.start(_Work(self._queue, self._mailbox, self._number))

    @Slot()
    def _deliver(self) -> None:
        results = self._queue.take_results()
        if results:
            self.decoded.emit(results)


@dataclass(frozen=True, slots=True)
class _Wish:
    path: str
    pixels: int
    generation: int


class _Queue:
    """Shared by the GUI thread and the workers. Every method holds the lock for microseconds only."""

    def __init__(self) -> None:
        self.held = False  # a plain flag: the GUI thread must not wait for the lock of an Event
        self._lock = threading.Lock()
        self._wishes: OrderedDict[str, _Wish] = OrderedDict()
        self._begun: set[str] = set()
        self._results: list[Result] = []
        self._generation = 0

    def add(self, path: str, pixels: int) -> None:
        """Put a wish in front, unless it is being answered."""
        with self._lock:
            if path not in self._begun:
                self._wishes[path] = _Wish(path, pixels, self._generation)
                self._wishes.move_to_end(path)

    def drop(self, unwanted: Callable[[str], bool]) -> None:
        """Remove wishes."""
        with self._lock:
            for path in [path for path in self._wishes if unwanted(path)]:
                del self._wishes[path]

    def forget(self) -> None:
        """Remove all; answers to what is begun will be for nobody."""
        with self._lock:
            self._generation += 1
            self._wishes.clear()
            self._begun.clear()
            self._results.clear()

    def take(self) -> _Wish | None:
        """The latest wish, which counts as begun now."""
        with self._lock:
            if not self._wishes:
                return None
            path, wish = self._wishes.popitem()
            self._begun.add(path)
            return wish

    def put(self, wish: _Wish, image: QImage | None) -> bool:
        """Keep an answer; True when it is the first that waits."""
        with self._lock:
            if wish.generation != self._generation:
                return False
            self._results.append((wish.path, image))
            return len(self._results) == 1

    def take_results(self) -> list[Result]:
        """The answers so far."""
        with self._lock:
            results, self._results = self._results, []
            self._begun.difference_update(path for path, _ in results)
            return results

    def has_wishes(self) -> bool:
        """Whether there is something to begin."""
        with self._lock:
            return bool(self._wishes)

    def num_pending(self) -> int:
        """Wishes and what is begun, until its answer is taken."""
        with self._lock:
            return len(self._wishes) + len(self._begun)


class _Mailbox(QObject):
    """Lives in the GUI thread; workers emit here, so that slots are called there."""

    arrived = Signal()
    ended = Signal(int)


class _Work(QRunnable):
    """Answers wishes until there is none."""

    def __init__(self, queue: _Queue, mailbox: _Mailbox, number: int) -> None:
        super().__init__()
        self._queue = queue
        self._mailbox = mailbox
        self._number = number

    def run(self) -> None:
        while (wish := self._next()) is not None:
            try:
                image: QImage | None = with_round_corners(decode_thumbnail(wish.path, wish.pixels))
            except Exception:  # a broken image is shown as broken, whatever its decoder raised
                image = None
            if self._queue.put(wish, image):
                self._mailbox.arrived.emit()
        self._mailbox.ended.emit(self._number)

    def _next(self) -> _Wish | None:
        give_up = time.monotonic() + _LONGEST_HOLD_S
        while self._queue.held and time.monotonic() < give_up:
            time.sleep(_HOLD_STEP_S)
        return self._queue.take()


def decode_thumbnail(path: str, pixels: int) -> QImage:
    """Read an image the right way up, cut to a square of ``pixels``. Safe in any thread.

    Raises:
        UnreadableImage: It is missing, damaged or no image.
    """
    loaded = load_thumbnail(Path(path), pixels)
    return to_qimage(ImageOps.fit(loaded, (pixels, pixels), Image.Resampling.BILINEAR))


def with_round_corners(square: QImage) -> QImage:
    """Cut the corners off here, once: painting through a round shape takes ten times as long as a plain picture."""
    side = square.width()
    rounded = QImage(square.size(), QImage.Format.Format_ARGB32_Premultiplied)
    rounded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(rounded)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(square))
    painter.drawRoundedRect(0, 0, side, side, side * CORNER, side * CORNER)
    painter.end()
    return rounded


def to_qimage(image: Image.Image) -> QImage:
    """An RGB image as Qt paints it fastest: 32 bits a pixel, opaque."""
    data = image.convert("RGB").tobytes()
    wrapped = QImage(data, image.width, image.height, image.width * 3, QImage.Format.Format_RGB888)
    return wrapped.convertToFormat(QImage.Format.Format_RGB32)  # a copy: the bytes belong to Python
