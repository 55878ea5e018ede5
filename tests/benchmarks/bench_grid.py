"""How long the grid of 60,000 images keeps the window waiting: ``python dev.py bench grid``.

A real window scrolls through everything by wheel, page, scroll bar and keys, while a timer of 5 ms tells how late it
comes. What is later than 50 ms would be felt. Takes CIFAR-10 from ``../shared/data`` or draws as many images.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.image_grid import ImageGrid
from tests.benchmarks.stalls import StallMeter

CIFAR = Path(__file__).resolve().parents[3] / "shared" / "data" / "cifar10.zip"
NUM_IMAGES = 60_000
FRAME_MS = 16
GOAL_MS = 50.0
SWITCH_SECONDS = 0.001  # as finetune_gui/ui/application.py sets it


class Player(QObject):
    """Does one step of a script a frame, as a hand on a mouse does."""

    def __init__(self, steps: Iterator[Callable[[], object]]) -> None:
        super().__init__()
        self._steps = steps
        self._loop = QEventLoop()
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)

    def play(self) -> None:
        """Until the script ends."""
        self._timer.start()
        self._loop.exec()

    @Slot()
    def _step(self) -> None:
        step = next(self._steps, None)
        if step is None:
            self._timer.stop()
            self._loop.quit()
        else:
            step()


class Counter(QObject):
    """Counts the thumbnails that arrive."""

    def __init__(self, grid: ImageGrid) -> None:
        super().__init__()
        self.number = 0
        grid.thumbnails().decoder().decoded.connect(self._on_decoded)

    @Slot(object)
    def _on_decoded(self, results: list[object]) -> None:
        self.number += len(results)


# -- what the hand does -----------------------------------------------------------------------------------------------


def wheel(grid: ImageGrid, notches: int) -> None:
    """Turn the wheel; positive is towards the end."""
    place = QPointF(grid.viewport().rect().center())
    event = QWheelEvent(
        place,
        grid.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, -120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QGuiApplication.sendEvent(grid.viewport(), event)


def press(grid: ImageGrid, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press and release a key."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QGuiApplication.sendEvent(grid, QKeyEvent(kind, key, modifiers))


def at_end(grid: ImageGrid) -> bool:
    """Whether there is nothing left to scroll."""
    return grid.verticalScrollBar().value() >= grid.verticalScrollBar().maximum()


def rest(frames: int = 40) -> Iterator[Callable[[], object]]:
    """Let go, and let what is in view be decoded."""
    return (lambda: None for _ in range(frames))


def by_slow_wheel(grid: ImageGrid) -> Iterator[Callable[[], object]]:
    """As one who looks: a notch a frame for eight seconds."""
    for _ in range(500):
        yield lambda: wheel(grid, 1)


def by_wheel(grid: ImageGrid) -> Iterator[Callable[[], object]]:
    """Through everything, as a free-running wheel does."""
    grid.scrollToTop()
    while not at_end(grid):
        yield lambda: wheel(grid, 8)
    yield from rest()


def by_page(grid: ImageGrid) -> Iterator[Callable[[], object]]:
    """Through everything with the Page Down key held."""
    press(grid, Qt.Key.Key_Home)
    while grid.currentIndex().row() < NUM_IMAGES - 1:
        yield lambda: press(grid, Qt.Key.Key_PageDown)
    yield from rest()


def by_bar(grid: ImageGrid) -> Iterator[Callable[[], object]]:
    """Drag the handle from top to bottom and back in ten seconds."""
    bar = grid.verticalScrollBar()
    bar.setSliderDown(True)
    for step in [*range(300), *range(300, -1, -1)]:
        yield lambda at=step: bar.setSliderPosition(bar.maximum() * at // 300)  # type: ignore[misc]
    bar.setSliderDown(False)
    yield from rest()


def by_keys(grid: ImageGrid) -> Iterator[Callable[[], object]]:
    """End, Home, arrows."""
    for _ in range(20):
        yield lambda: press(grid, Qt.Key.Key_End)
        yield from rest(5)
        yield lambda: press(grid, Qt.Key.Key_Home)
        yield from rest(5)
    for _ in range(100):
        yield lambda: press(grid, Qt.Key.Key_Down)


def by_selecting(grid: ImageGrid) -> Iterator[Callable[[], object]]:
    """All, none, and from the first to the last."""
    for _ in range(5):
        yield grid.selectAll
        yield from rest(10)
        yield grid.clearSelection
        yield from rest(10)
        yield lambda: press(grid, Qt.Key.Key_Home)
        yield lambda: press(grid, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
        yield from rest(10)


def by_resizing(grid: ImageGrid) -> Iterator[Callable[[], object]]:
    """Drag the edge of the window."""
    for width in [*range(1100, 700, -8), *range(700, 1100, 8)]:
        yield lambda to=width: grid.resize(to, 720)  # type: ignore[misc]
    yield from rest()


def by_filling(grid: ImageGrid, items: list[Thumbnail]) -> Iterator[Callable[[], object]]:
    """Another list of 60,000, ten times."""
    for _ in range(10):
        yield lambda: grid.set_items(items)
        yield from rest(10)


# -- data and report --------------------------------------------------------------------------------------------------


def image_files(folder: Path) -> list[Path]:
    """60,000 image files: those of CIFAR-10, or drawn ones."""
    if CIFAR.is_file():
        with zipfile.ZipFile(CIFAR) as archive:
            archive.extractall(folder)
        return sorted(folder.rglob("*.jpg"))[:NUM_IMAGES]
    for number in range(NUM_IMAGES):
        Image.new("RGB", (32, 32), (number % 256, number // 256 % 256, 90)).save(folder / f"{number:05}.jpg")
    return sorted(folder.glob("*.jpg"))


def measure(files: list[Path]) -> list[dict[str, object]]:
    """Play every script, and tell how late the timer came."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme = Theme("light")
    theme.apply(app)
    grid = ImageGrid(theme, thumbnail_size=96)
    grid.resize(1100, 720)
    grid.show()
    items = [Thumbnail(path=str(file), caption=file.name, class_index=0) for file in files]
    scripts = {
        "nothing": rest(200),  # what this machine does to a window that is left alone
        "filling": by_filling(grid, items),
        "slow wheel": by_slow_wheel(grid),
        "wheel": by_wheel(grid),
        "page keys": by_page(grid),
        "scroll bar": by_bar(grid),
        "end and home": by_keys(grid),
        "selecting": by_selecting(grid),
        "resizing": by_resizing(grid),
    }
    meter, counter = StallMeter(), Counter(grid)
    rows = []
    Player(rest(20)).play()
    for name, script in scripts.items():
        before = counter.number
        meter.start()
        Player(script).play()
        rows.append(summary(name, meter.stop(), counter.number - before))
    if not grid.shutdown():
        sys.exit("A decoder did not end.")
    return rows


def summary(name: str, delays: list[float], decoded: int) -> dict[str, object]:
    """Median, 99th percentile and longest delay in ms."""
    return {
        "script": name,
        "ticks": len(delays),
        "p50_ms": round(delays[len(delays) // 2], 2),
        "p99_ms": round(delays[int(len(delays) * 0.99)], 2),
        "max_ms": round(delays[-1], 2),
        "thumbnails": decoded,
    }


def main() -> int:
    """Print a table; 0 when no stall was longer than the goal."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder that holds the unpacked images already")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    arguments = parser.parse_args()
    sys.setswitchinterval(SWITCH_SECONDS)
    folder = Path(tempfile.mkdtemp(prefix="bench-grid-"))
    try:
        files = sorted(arguments.data.rglob("*.jpg"))[:NUM_IMAGES] if arguments.data else image_files(folder)
        rows = measure(files)
    finally:
        shutil.rmtree(folder)
    print(f"{len(files)} images, {QGuiApplication.platformName()}, {os.cpu_count()} processors")
    print(f"{'':14} {'ticks':>7} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8} {'thumbnails':>11}")
    for row in rows:
        print("{script:14} {ticks:7} {p50_ms:8.1f} {p99_ms:8.1f} {max_ms:8.1f} {thumbnails:11}".format(**row))
    longest = max(float(str(row["max_ms"])) for row in rows if row["script"] != "nothing")
    print(f"longest stall {longest:.1f} ms, goal {GOAL_MS:.0f} ms")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2), encoding="utf-8")
    return 0 if longest < GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
