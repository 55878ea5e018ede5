"""How soon a list of many runs is there, and how soon after one of them has changed: ``python dev.py bench run_list``.

Runs of ten epochs with three hundred steps each, as the engine writes them. First without anything in the cache, then
with what was kept of it, and with one more epoch in one run.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from finetune_gui import paths
from finetune_gui.engine.config import DataConfig, TrainConfig
from finetune_gui.engine.events import EpochCompleted, RunFinished, StepCompleted
from finetune_gui.engine.run_list import CACHE_FILE, list_runs
from finetune_gui.engine.runs import EventLog, RunFolder

OUT = Path(__file__).resolve().parents[2] / "build" / "bench_run_list.json"
EPOCHS, STEPS = 10, 300
EPOCH = EpochCompleted(
    epoch=1,
    global_step=STEPS,
    train_loss=0.5123456789,
    train_accuracy=0.8123456789,
    val_loss=0.4123456789,
    val_accuracy=0.8623456789,
    is_best=True,
    train_seconds=31.4159,
    val_seconds=2.71828,
)
STEP = StepCompleted(
    epoch=1,
    step=1,
    global_step=1,
    loss=0.512345678901,
    accuracy=0.8123456789,
    lr=0.000312345,
    images_per_second=412.123456,
    seconds_left=123.456789,
)


def make_runs(folder: Path, number: int) -> None:
    """Folders as the engine leaves them, but for the weights, which a list never opens."""
    config = TrainConfig(data=DataConfig(path="/photos/leaves"))
    for run_number in range(number):
        run = RunFolder.create(folder / f"20261125-{run_number:06}-starter-leaves", config)
        log = EventLog(run)
        for epoch in range(1, EPOCHS + 1):
            for step in range(1, STEPS + 1):
                log.append(replace(STEP, epoch=epoch, step=step, global_step=(epoch - 1) * STEPS + step))
            log.append(replace(EPOCH, epoch=epoch))
        log.append(
            RunFinished(
                outcome="completed", run_dir=str(run.path), best_epoch=10, best_val_accuracy=0.86, seconds=341.0
            )
        )
        log.close()


def measure(folder: Path, rounds: int) -> dict[str, float]:
    """Median milliseconds of each way, taking turns."""
    times: dict[str, list[float]] = {"nothing known": [], "all known": [], "one changed": []}
    changed = RunFolder(next(folder.iterdir()))
    for _ in range(rounds):
        (paths.cache_dir() / CACHE_FILE).unlink(missing_ok=True)
        for each in times.values():
            if each is times["one changed"]:
                log = EventLog(changed)
                log.append(EPOCH)
                log.close()
            began = time.perf_counter()
            list_runs(folder)
            each.append(1000 * (time.perf_counter() - began))
    return {name: statistics.median(each) for name, each in times.items()}


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=OUT, metavar="FILE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ[paths.HOME_VARIABLE] = home
        folder = Path(home, "runs")
        make_runs(folder, arguments.runs)
        size = sum(file.stat().st_size for file in folder.rglob("events.jsonl"))
        print(f"{arguments.runs} runs with {size / 1e6:.0f} MB of events, Python {platform.python_version()}")
        result = measure(folder, arguments.rounds)
    for name, milliseconds in result.items():
        print(f"{name:<16}{milliseconds:>8.0f} ms")
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
