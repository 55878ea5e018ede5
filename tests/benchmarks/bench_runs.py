"""How soon a run stops, and what runs leave in memory: ``python dev.py bench runs``.

Stops: full fine-tuning of the starter on ants-bees, asked to pause or to stop at moments drawn at random, in this
process. Memory: 20 runs, one after the other, in one real window; what the process holds after each.
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
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "ants-bees"
OUT = ROOT / "build" / "bench_runs.json"
NUM_RUNS = 20
TARGETS = {"stop_step_s": 2.0, "pause_s": 2.0, "growth": 1.05}


# -- stopping ---------------------------------------------------------------------------------------------------------


def stops(count: int, folder: Path) -> dict[str, list[float]]:
    """Seconds from the wish to the last step, to the end with what was learnt evaluated and kept, and to a pause."""
    from finetune_gui.engine.config import DataConfig, LayerPlan, TrainConfig
    from finetune_gui.engine.control import RunControl
    from finetune_gui.engine.events import RunFinished, RunPaused, RunStarted, StepCompleted, ValidationAdvanced
    from finetune_gui.engine.launcher import start_run

    config = TrainConfig(data=DataConfig(path=str(DATA)), plan=LayerPlan(preset="all"), num_epochs=9)
    moments = random.Random(1)
    measured: dict[str, list[float]] = {"stop_step_s": [], "stop_all_s": [], "pause_s": [], "step_s": []}
    for number in range(count):
        control, wishes, last_step = RunControl(), list[float](), 0.0

        def wish(control: RunControl = control, wishes: list[float] = wishes, pause: bool = number % 2 == 1) -> None:
            wishes.append(time.perf_counter())
            (control.pause if pause else control.stop)()

        timer = threading.Timer(moments.uniform(1, 8), wish)
        for event in start_run(config, control, folder / f"run{number}"):
            now = time.perf_counter()
            if isinstance(event, RunStarted):
                timer.start()
            elif isinstance(event, StepCompleted):
                measured["step_s"].append(1 / max(event.images_per_second, 1e-9) * config.batch_size)
                last_step = now
            elif isinstance(event, RunPaused):
                measured["pause_s"].append(now - wishes[0])
                control.discard()
            elif isinstance(event, ValidationAdvanced) and wishes and len(measured["stop_step_s"]) * 2 < number + 1:
                measured["stop_step_s"].append(max(0.0, last_step - wishes[0]))
            elif isinstance(event, RunFinished) and event.outcome == "stopped":
                measured["stop_all_s"].append(now - wishes[0])
        timer.join()
    return measured


# -- memory -----------------------------------------------------------------------------------------------------------


def memory() -> list[float]:
    """MB of the process after each of 20 runs in one window."""
    import psutil
    from PySide6.QtWidgets import QApplication

    from finetune_gui.engine.allocator import share_memory_between_threads
    from finetune_gui.engine.events import RunFinished
    from finetune_gui.ui.application import SWITCH_SECONDS
    from finetune_gui.ui.main_window import MainWindow
    from finetune_gui.ui.preferences import Preferences
    from finetune_gui.ui.theme import Theme
    from tests.screenshots import wait_until

    sys.setswitchinterval(SWITCH_SECONDS)
    share_memory_between_threads()
    app = QApplication(sys.argv[:1])
    theme = Theme("light")
    theme.apply(app)
    window = MainWindow(theme, Preferences(), dataset=str(DATA))
    window.show()
    session = window.session
    wait_until(lambda: session.preparation.inspection_state == "done" and session.tree is not None, 300, "the images")
    session.set_training(num_epochs=2)
    finished: list[Any] = []
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


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--json", type=Path, default=OUT, metavar="FILE")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        print(json.dumps(memory()))
        return
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there.")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FINETUNE_GUI_HOME"] = folder
        measured = stops(arguments.stops, Path(folder))
        for name, values in measured.items():
            print(f"{name:<14}median {statistics.median(values):6.2f}   longest {max(values):6.2f}", flush=True)
        command = (sys.executable, "-m", "tests.benchmarks.bench_runs", "--inside")
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    held = json.loads(done.stdout.splitlines()[-1])
    growth = held[-1] / held[1]
    print(
        f"memory after the second run {held[1]:.0f} MB, after the last of {len(held)} {held[-1]:.0f} MB: x {growth:.3f}"
    )
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    content = {"stops": measured, "memory_mb": held, "growth": growth, "targets": TARGETS}
    arguments.json.write_text(json.dumps(content, indent=1))


if __name__ == "__main__":
    main()
