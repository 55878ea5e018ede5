"""What the window costs a training run, and a training run the window: ``python dev.py bench window``.

The same job on the command line and in the real window with its live plots, each in a process of its own with an app of
its own that knows nothing yet, taking turns. A run counts from its ``RunStarted`` to its ``RunFinished``, as they come.
In another run in the window a timer of 5 ms writes down how late it is: it costs a percent or two itself.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.stalls import StallMeter

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data" / "ants-bees"
OUT = ROOT / "build" / "bench_window.json"
JOBS = {"head": ("head", 20), "full": ("all", 2)}  # preset, epochs
TARGETS = {"ratio": 0.97, "p99_ms": 20.0, "max_ms": 100.0}


def peak_megabytes() -> float:
    """Most memory that this process and its children ever had."""
    import resource  # not on Windows

    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6


# -- the command line -------------------------------------------------------------------------------------------------


def on_command_line(preset: str, epochs: int, home: Path) -> dict[str, float]:
    """Seconds of the run, and of the whole process."""
    options = ("--preset", preset, "--epochs", str(epochs), "--augment", "none", "--json")
    command = (sys.executable, "-m", "finetune_gui", "train", str(DATA), "--out", str(home / "run"), *options)
    times: dict[str, float] = {}
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            times[json.loads(line)["event"]] = time.perf_counter()
    if process.returncode:
        sys.exit(f"The command line ended with {process.returncode}.")
    seconds = times["RunFinished"] - times["RunStarted"]
    return {"run_s": seconds, "process_s": time.perf_counter() - began}


def environment(home: Path) -> dict[str, str]:
    """An app of its own."""
    return os.environ | {"FINETUNE_GUI_HOME": str(home)}


# -- the window -------------------------------------------------------------------------------------------------------


def in_window(preset: str, epochs: int, home: Path, how: str = "plain") -> dict[str, float]:
    """Seconds of the run and peak memory in MB; ``metered``: delays of the event loop meanwhile in ms."""
    command = (sys.executable, "-m", "tests.benchmarks.bench_window", "--inside", preset, str(epochs), how)
    done = subprocess.run(command, env=environment(home), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"The window ended with {done.returncode}.")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def inside(preset: str, epochs: int, how: str) -> dict[str, float]:
    """Do the job in a window of this process, ``plain`` or ``metered``."""
    from PySide6.QtCore import QObject, Slot
    from PySide6.QtWidgets import QApplication

    from finetune_gui.engine.allocator import share_memory_between_threads
    from finetune_gui.engine.config import LayerPlan
    from finetune_gui.engine.events import RunFinished, RunStarted
    from finetune_gui.ui.application import SWITCH_SECONDS
    from finetune_gui.ui.main_window import MainWindow
    from finetune_gui.ui.preferences import Preferences
    from finetune_gui.ui.theme import Theme
    from tests.screenshots import wait_until

    class Watch(QObject):
        """Between the first and the last event of a run."""

        def __init__(self) -> None:
            super().__init__()
            self.meter = StallMeter()
            self.began = self.seconds = 0.0
            self.delays: list[float] = []

        @Slot(list)
        def take(self, events: list[Any]) -> None:
            for event in events:
                if isinstance(event, RunStarted):
                    self.began = time.perf_counter()
                    if how == "metered":
                        self.meter.start()
                elif isinstance(event, RunFinished):
                    self.seconds = time.perf_counter() - self.began
                    self.delays = self.meter.stop() if how == "metered" else []

    sys.setswitchinterval(SWITCH_SECONDS)
    share_memory_between_threads()
    app = QApplication(sys.argv[:1])
    theme = Theme("light")
    theme.apply(app)
    window = MainWindow(theme, Preferences(), dataset=str(DATA))
    crashes: list[str] = []
    window.crashed.connect(crashes.append)
    window.show()
    session = window.session
    wait_until(lambda: session.preparation.inspection_state == "done" and session.tree is not None, 300, "the images")
    session.set_plan(LayerPlan(preset=preset))  # type: ignore[arg-type]
    session.set_data(augment="none")
    session.set_training(num_epochs=epochs)
    watch = Watch()
    window.run_host.events.connect(watch.take)
    window.run_flow.start()
    wait_until(lambda: watch.seconds > 0, 3600, "the run")
    shown = window.pages.current_name()
    window.quit_now()
    if shown != "training" or crashes:
        sys.exit("\n".join([f"The page {shown} was shown.", *crashes]))
    if not (delays := watch.delays):
        return {"run_s": watch.seconds, "peak_mb": peak_megabytes()}
    return {
        "p50_ms": delays[len(delays) // 2],
        "p99_ms": delays[int(len(delays) * 0.99)],
        "max_ms": delays[-1],
    }


# -- report -----------------------------------------------------------------------------------------------------------


def one_round(preset: str, epochs: int, window_first: bool) -> dict[str, float]:
    """The job in both, and their ratio: above 1 the window is the faster one."""
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        tempfile.TemporaryDirectory() as third,
    ):
        if window_first:
            window, line = in_window(preset, epochs, Path(one)), on_command_line(preset, epochs, Path(other))
        else:
            line, window = on_command_line(preset, epochs, Path(other)), in_window(preset, epochs, Path(one))
        delays = in_window(preset, epochs, Path(third), "metered")
    return (
        {f"command_line_{name}": value for name, value in line.items()}
        | window
        | delays
        | {"ratio": line["run_s"] / window["run_s"]}
    )


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", nargs="+", choices=JOBS, default=list(JOBS))
    parser.add_argument("--json", type=Path, default=OUT, metavar="FILE")
    parser.add_argument("--inside", nargs=3, metavar=("PRESET", "EPOCHS", "HOW"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        print(json.dumps(inside(arguments.inside[0], int(arguments.inside[1]), arguments.inside[2])))
        return
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there.")
    result: dict[str, Any] = {}
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors; median of {arguments.rounds}")
    for job in arguments.jobs:
        preset, epochs = JOBS[job]
        rounds = [one_round(preset, epochs, number % 2 == 1) for number in range(arguments.rounds)]
        median = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
        result[job] = {"rounds": rounds, "median": median}
        print(f"{job}: {epochs} epochs")
        for name, value in median.items():
            print(
                f"  {name:<26}{value:>10.2f}" + (f"   target {TARGETS[name]:g}" if name in TARGETS else ""), flush=True
            )
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(result | {"targets": TARGETS}, indent=1))


if __name__ == "__main__":
    main()
