"""How soon a run stops, and what runs leave in memory: ``python dev.py bench runs``.

Stops: full fine-tuning of the starter on ants-bees in the real window, where Pause or Stop is clicked at moments
drawn at random. Memory: 20 runs, one after the other, in one real window; what the process holds after each.
"""

import argparse
import gc
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtWidgets import QAbstractButton, QApplication

from finetune_gui.engine.allocator import share_memory_between_threads
from finetune_gui.engine.config import LayerPlan
from finetune_gui.engine.events import EpochCompleted, Event, RunFinished, StepCompleted
from finetune_gui.ui.application import SWITCH_SECONDS
from finetune_gui.ui.main_window import MainWindow
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.theme import Theme
from tests.screenshots import wait_until

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "ants-bees"
OUT = ROOT / "build" / "bench_runs.json"
NUM_RUNS = 20
TARGETS = {"stop_s": 2.0, "pause_s": 2.0, "growth": 1.05}

Figures = dict[str, list[float]]


# -- stopping ---------------------------------------------------------------------------------------------------------


def stops(count: int) -> Figures:
    """Seconds from a click to what was wished, in the real window.

    ``pause_s`` to where the device is free; ``stop_s`` to the end of learning; ``stop_all_s`` until what was learnt
    is evaluated and kept; ``step_s`` is what a whole step takes, for comparison.
    """
    window = open_window()
    window.session.set_plan(LayerPlan(preset="all"))
    window.session.set_training(num_epochs=9)
    events: list[Event] = []
    window.run_host.events.connect(lambda new: events.extend(new))
    moments = random.Random(1)
    measured: Figures = {"pause_s": [], "stop_s": [], "stop_all_s": [], "step_s": []}
    for number in range(count):
        events.clear()
        window.run_flow.start()
        wait_until(lambda: any(isinstance(event, StepCompleted) for event in events), 300, "the first step")
        until = time.perf_counter() + moments.uniform(0, 8)
        wait_until(lambda until=until: time.perf_counter() > until, 60, "the moment")
        batch_size = window.session.config.batch_size
        steps = [event for event in events if isinstance(event, StepCompleted)]
        measured["step_s"].append(batch_size / max(steps[-1].images_per_second, 1e-9))
        if number % 2:
            measured["pause_s"].append(_seconds_to(window.top_bar._pause, lambda: window.run_host.state == "paused"))
            window.run_host.discard()
        else:
            seconds = _seconds_to(window.top_bar._stop, lambda: any(isinstance(e, RunFinished) for e in events))
            validation = next(event.val_seconds for event in reversed(events) if isinstance(event, EpochCompleted))
            measured["stop_all_s"].append(seconds)
            measured["stop_s"].append(seconds - validation)
        wait_until(lambda: not window.run_host.is_active(), 60, "the end")
    window.quit_now()
    return measured


def _seconds_to(button: QAbstractButton, reached: Callable[[], bool]) -> float:
    clicked = time.perf_counter()
    button.click()
    wait_until(reached, 120, "what was clicked for")
    return time.perf_counter() - clicked


# -- memory -----------------------------------------------------------------------------------------------------------


def memory() -> list[float]:
    """MB of the process after each of 20 runs in one window."""
    window = open_window()
    window.session.set_training(num_epochs=2)
    finished: list[Event] = []
    window.run_host.events.connect(
        lambda events: finished.extend(event for event in events if isinstance(event, RunFinished))
    )
    held = []
    for number in range(1, NUM_RUNS + 1):
        window.run_flow.start()
        wait_until(lambda number=number: len(finished) == number and not window.run_host.is_active(), 600, "a run")
        gc.collect()
        held.append(psutil.Process().memory_info().rss / 1e6)
    window.quit_now()
    return held


def open_window() -> MainWindow:
    """The window as the app opens it, with the images read and the network built."""
    sys.setswitchinterval(SWITCH_SECONDS)
    share_memory_between_threads()
    theme = Theme("light")
    theme.apply(QApplication(sys.argv[:1]))
    window = MainWindow(theme, Preferences(), dataset=str(DATA))
    window.show()
    session = window.session
    wait_until(lambda: session.preparation.inspection_state == "done" and session.tree is not None, 300, "the images")
    return window


def measure_inside(what: str) -> Any:
    """In a process with folders and a window of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "tests.benchmarks.bench_runs", "--inside", what)
        environment = {**os.environ, "FINETUNE_GUI_HOME": folder}
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--json", type=Path, default=OUT, metavar="FILE")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        print(json.dumps(memory() if arguments.inside == "memory" else stops(int(arguments.inside))))
        return
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there.")
    measured: Figures = measure_inside(str(arguments.stops))
    for name, values in measured.items():
        print(f"{name:<14}median {statistics.median(values):6.2f}   longest {max(values):6.2f}", flush=True)
    held = measure_inside("memory")
    growth = held[-1] / held[1]
    print(
        f"memory after the second run {held[1]:.0f} MB, after the last of {len(held)} {held[-1]:.0f} MB: x {growth:.3f}"
    )
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    content = {"stops": measured, "memory_mb": held, "growth": growth, "targets": TARGETS}
    arguments.json.write_text(json.dumps(content, indent=1))


if __name__ == "__main__":
    main()
