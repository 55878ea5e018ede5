"""How long people wait for a command and for the window: ``python dev.py bench start``.

Whole processes that take turns. A command is measured from its start to its end; a window from the start of the process
until it is painted and has answered a key that was pressed after that. The measure of a window is a bare one of PySide6
with a plot of pyqtgraph. What the window imports and builds later must not be felt: so its longest stall is told, too.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "ants-bees" / "train"
OUT = Path(__file__).resolve().parents[2] / "build" / "bench_start.json"
IMAGES_OF_A_CLASS = 10
PROGRAM = Path(sys.executable).with_name("finetune-gui")

# Prints "usable" once a key that was pressed after the first paint has been answered.
WATCH = """
import sys, time
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

class Watch(QObject):
    def __init__(self, window):
        super().__init__(window)
        self.window, self.painted = window, False
        QApplication.instance().installEventFilter(self)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and not self.painted:
            self.painted = True
            QTimer.singleShot(0, self, self.press)
        return False
    def press(self):
        QApplication.instance().removeEventFilter(self)
        target = QApplication.focusWidget() or self.window
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.postEvent(target, QKeyEvent(kind, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier))
        QTimer.singleShot(0, self, self.tell)
    def tell(self):
        print("usable", flush=True)
        self.then()
    def then(self):
        QApplication.quit()
"""
BARE = (
    WATCH
    + """
import pyqtgraph
app = QApplication(sys.argv[:1])
plot = pyqtgraph.PlotWidget()
plot.plot(range(100))
plot.setFocus()
watch = Watch(plot)
plot.show()
app.exec()
"""
)
OURS = (
    WATCH
    + """
from tests.benchmarks.stalls import StallMeter
from finetune_gui.ui import application

class WatchApp(Watch):
    def then(self):
        self.meter = StallMeter()
        self.meter.start()
        self.window.startup.finished.connect(self.finish)
    def finish(self):
        delays = self.meter.stop()
        print(f"warm {delays[-1]:.1f} {delays[int(len(delays) * 0.99)]:.1f}", flush=True)
        self.window.quit_now()

class Window(application.MainWindow):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.watch = WatchApp(self)

application.MainWindow = Window
sys.exit(application.run(sys.argv[:1]))
"""
)


def seconds_of(*command: object, home: Path) -> float:
    """Of a whole process."""
    began = time.perf_counter()
    done = subprocess.run([str(part) for part in command], env=environment(home), capture_output=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stderr.decode()}")
    return seconds


def environment(home: Path) -> dict[str, str]:
    """Of all processes: an app of its own, that knows nothing yet where ``home`` is new."""
    root = Path(__file__).resolve().parents[2]
    return os.environ | {"FINETUNE_GUI_HOME": str(home), "PYTHONPATH": str(root)}


def window_times(script: str, home: Path) -> tuple[float, float, float]:
    """Seconds to the usable window, seconds until all is imported, and the longest stall between them in ms."""
    began = time.perf_counter()
    usable = warm = stall = 0.0
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            word, *figures = line.split()
            if word == "usable":
                usable = time.perf_counter() - began
            elif word == "warm":
                warm, stall = time.perf_counter() - began, float(figures[0])
    if process.returncode or not usable:
        sys.exit(f"A window ended with {process.returncode}.")
    return usable, warm, stall


def one_round(images: Path, folder: Path) -> dict[str, float]:
    """Everything once, in ms."""
    python, known, new = sys.executable, folder / "known", Path(tempfile.mkdtemp(dir=folder))
    measured: dict[str, Callable[[], float]] = {
        "python -c pass": lambda: seconds_of(python, "-c", "pass", home=known),
        "import PIL": lambda: seconds_of(python, "-c", "import PIL", home=known),
        "from PIL import Image": lambda: seconds_of(python, "-c", "from PIL import Image", home=known),
        "--help": lambda: seconds_of(PROGRAM, "--help", home=known),
        "inspect, known": lambda: seconds_of(PROGRAM, "inspect", images, home=known),
        "inspect, new": lambda: seconds_of(PROGRAM, "inspect", images, home=new),
    }
    result = {name: 1000 * measure() for name, measure in measured.items()}
    result["bare window"] = 1000 * window_times(BARE, known)[0]
    usable, warm, stall = window_times(OURS, known)
    return result | {"window": 1000 * usable, "window, all imported": 1000 * warm, "longest stall meanwhile": stall}


def ratios(median: dict[str, float]) -> list[tuple[str, float, float | None]]:
    """Name, ratio and target."""
    return [
        ("--help / import PIL", median["--help"] / median["import PIL"], 3.0),
        ("inspect, known / import PIL", median["inspect, known"] / median["import PIL"], 3.0),
        ("inspect, known / from PIL import Image", median["inspect, known"] / median["from PIL import Image"], None),
        ("inspect, new / from PIL import Image", median["inspect, new"] / median["from PIL import Image"], None),
        ("window / bare window", median["window"] / median["bare window"], 2.0),
    ]


def small_folder(folder: Path) -> Path:
    """Two classes of ten photos; drawn where the photos are not at hand."""
    for name in ("ants", "bees"):
        target = folder / "images" / name
        target.mkdir(parents=True)
        photos = sorted((SHARED_DATA / name).glob("*.jpg"))[:IMAGES_OF_A_CLASS]
        for photo in photos:
            shutil.copy(photo, target)
        if not photos:
            draw_photos(target)
    return folder / "images"


def draw_photos(target: Path) -> None:
    """Noise of the size of the photos."""
    from PIL import Image

    for number in range(IMAGES_OF_A_CLASS):
        Image.effect_noise((500, 375), 80 + number).convert("RGB").save(target / f"{number}.jpg")


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, default=OUT, metavar="FILE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        images = small_folder(folder)
        one_round(images, folder)  # files into memory, facts into the cache
        rounds = [one_round(images, folder) for _ in range(arguments.rounds)]
    median = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors; median of {len(rounds)}")
    for name, value in median.items():
        print(f"{name:<42}{value:>9.1f} ms")
    for name, ratio, target in ratios(median):
        print(f"{name:<42}{ratio:>9.2f} x" + (f"   target {target:g}" if target else ""))
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps({"rounds": rounds, "median": median, "ratios": ratios(median)}, indent=1))


if __name__ == "__main__":
    main()
