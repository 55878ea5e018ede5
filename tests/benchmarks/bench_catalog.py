"""How long the catalog and the layer tree keep one waiting: ``python dev.py bench catalog``.

Opens the model page of the real window with nothing kept from before and once more, types into the search field while
all models are shown, and builds the layer tree of a network of 300 million parameters in a process of its own.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from finetune_gui.ui.application import SWITCH_SECONDS
from finetune_gui.ui.main_window import MainWindow
from finetune_gui.ui.pages.model_page import ModelPage
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.theme import Theme
from tests.benchmarks.stalls import StallMeter

WORDS = "convnext_tiny.fb_in22k"  # and taken away again, letter by letter; something is found all the time
PAUSE_MS = 150  # between two letters, as one types
GOAL_MS = 50.0  # what is later than that would be felt
GIVE_UP_S = 180
LARGE = ("timm/vit_large_patch16_224", "torchvision/vit_l_16")
TREE = r"""
import json, re, sys, time
from pathlib import Path
from finetune_gui.engine.models.sources import load_layer_tree
from finetune_gui.engine.models import timm_source, torchvision_source
def kib(name):
    return int(re.search(name + r":\s+(\d+)", Path("/proc/self/status").read_text()).group(1))
load_layer_tree("starter", 2)  # imports, and what torch sets up once
Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
before, began = kib("VmRSS"), time.perf_counter()
tree = load_layer_tree(sys.argv[1], 2)
seconds = time.perf_counter() - began
grown = kib("VmHWM") - before
leaves = sum(1 for _ in tree.root.leaves())
print(json.dumps({"parameters": tree.root.num_parameters, "leaves": leaves, "seconds": seconds, "mib": grown / 1024}))
"""


def wait(milliseconds: int) -> None:
    """Let the window live for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Let the window live until something is so."""
    began = time.perf_counter()
    while not condition():
        if time.perf_counter() - began > GIVE_UP_S:
            sys.exit(f"Gave up waiting for {what}.")
        wait(5)


class Painted(QObject):
    """Tells when the table was painted after the list of models has changed, or that it has not."""

    def __init__(self, page: ModelPage) -> None:
        super().__init__()
        self.at = 0.0
        self._filtered = False
        self._page, self._rows = page, 0
        page.filters.changed.connect(self._on_changed)
        page.table.viewport().installEventFilter(self)

    def forget(self) -> None:
        """Wait for another."""
        self.at, self._filtered, self._rows = 0.0, False, self._page.table.shown()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._filtered and not self.at:
            QTimer.singleShot(0, self, self._on_painted)  # comes when everything is painted
        return super().eventFilter(watched, event)

    @Slot()
    def _on_changed(self) -> None:
        self._filtered = True
        if self._page.table.shown() == self._rows:  # a letter more, and as many models: they are the same
            self.at = time.perf_counter()

    @Slot()
    def _on_painted(self) -> None:
        self.at = self.at or time.perf_counter()


# -- the window -------------------------------------------------------------------------------------------------------


def opened(theme: Theme) -> tuple[MainWindow, ModelPage, dict[str, float]]:
    """A window at rest whose model page was opened; seconds until all models were there, and the longest stall."""
    window = MainWindow(theme, Preferences())
    window.show()
    ready: list[bool] = []
    window.startup.finished.connect(lambda: ready.append(True))
    wait_until(lambda: bool(ready) and window.session.tree is not None, "the window")
    page = window.pages.page("model")
    assert isinstance(page, ModelPage)
    measured: list[object] = []
    page.measuring.succeeded.connect(measured.append)
    meter, began = StallMeter(), time.perf_counter()
    meter.start()
    window.show_page("model")
    wait_until(lambda: page.table.models.rowCount() > 1000, "the catalog")
    seconds = time.perf_counter() - began
    wait_until(lambda: bool(measured), "the speed of this machine")
    wait(200)
    return window, page, {"seconds": seconds, "longest_stall_ms": meter.stop()[-1]}


def typed(page: ModelPage, key: Callable[[], None], painted: Painted) -> dict[str, float]:
    """Milliseconds from a key to the painted table, and the longest stall until then."""
    painted.forget()
    meter, began = StallMeter(), time.perf_counter()
    meter.start()
    key()
    wait_until(lambda: bool(painted.at), "the painted table")
    stall = meter.stop()[-1]
    wait(max(0, PAUSE_MS - round(1000 * (time.perf_counter() - began))))
    return {"ms": 1000 * (painted.at - began), "stall_ms": stall, "rows": page.table.shown()}


def letters(page: ModelPage) -> list[dict[str, float]]:
    """Type the words, and take them away again, while every model is shown."""
    field, painted = page.filters.search, Painted(page)
    page.filters.chips["everything"].setChecked(True)
    field.setFocus()
    wait(300)
    found = [typed(page, lambda at=letter: QTest.keyClick(field, at), painted) for letter in WORDS]  # type: ignore[misc]
    found += [typed(page, lambda: QTest.keyClick(field, Qt.Key.Key_Backspace), painted) for _ in WORDS]
    return found


def catalog(theme: Theme) -> dict[str, Any]:
    """Open twice, then type."""
    window, _, first = opened(theme)
    window.quit_now()
    window, page, second = opened(theme)
    found = letters(page)
    total = page.table.models.rowCount()
    window.quit_now()
    times, stalls = ([each[name] for each in found] for name in ("ms", "stall_ms"))
    return {
        "models": total,
        "opened for the first time": first,
        "opened again": second,
        "letters": len(found),
        "letter_ms": {"median": statistics.median(times), "max": max(times)},
        "letter_stall_ms": {"median": statistics.median(stalls), "max": max(stalls)},
        "each": found,
    }


def layer_tree(model_id: str) -> dict[str, float]:
    """Time, and what the largest memory of a process grew by."""
    done = subprocess.run([sys.executable, "-c", TREE, model_id], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def report(result: dict[str, Any]) -> None:
    """A few lines for people."""
    print(f"{result['models']} models, {os.cpu_count()} processors")
    for name in ("opened for the first time", "opened again"):
        print(f"{name:28} {result[name]['seconds']:6.2f} s, longest stall {result[name]['longest_stall_ms']:5.1f} ms")
    for name, key in (("a letter, key to picture", "letter_ms"), ("longest stall in a letter", "letter_stall_ms")):
        print(f"{name:28} median {result[key]['median']:5.1f} ms, longest {result[key]['max']:5.1f} ms")
    for name, tree in result["trees"].items():
        size = f"{tree['parameters'] / 1e6:.0f} M parameters in {tree['leaves']} layers"
        print(f"{name:28} {tree['seconds']:6.2f} s, {tree['mib']:5.1f} MiB more memory at the most ({size})")


def main() -> int:
    """Print what was measured; 0 when no letter stalled the window for longer than the goal."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    arguments = parser.parse_args()
    sys.setswitchinterval(SWITCH_SECONDS)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme = Theme("light")
    theme.apply(app)
    with tempfile.TemporaryDirectory(prefix="bench-catalog-") as home:
        os.environ["FINETUNE_GUI_HOME"] = home
        result = catalog(theme)
    result["trees"] = {model_id: layer_tree(model_id) for model_id in LARGE if sys.platform == "linux"}
    report(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=1), encoding="utf-8")
    longest = result["letter_stall_ms"]["max"]
    print(f"longest stall in a letter {longest:.1f} ms, goal {GOAL_MS:.0f} ms")
    return 0 if longest < GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
