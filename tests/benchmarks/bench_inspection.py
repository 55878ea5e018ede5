"""How fast a zip of 60,000 images is understood: ``python dev.py bench inspection``.

Scanning, unpacking and inspecting CIFAR-10 (``../shared/data/cifar10.zip``) takes turns with a plain loop that decodes
each of the unpacked files once with Pillow, and with the same inspection once more, now that all is known. Then, in a
run of its own, the memory of this process and its workers together.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from PIL import Image

from finetune_gui.engine.data.dataset import Dataset
from finetune_gui.engine.data.facts import Inspection
from finetune_gui.engine.data.inspection import inspect_in_steps
from finetune_gui.engine.data.scan import scan_in_steps
from finetune_gui.engine.data.store import DataStore

CIFAR = Path(__file__).resolve().parents[3] / "shared" / "data" / "cifar10.zip"
MAX_RATIO, MIN_SPEEDUP, MAX_MB = 1.5, 10.0, 1000.0


def new_store(folder: Path) -> DataStore:
    """A store that knows nothing."""
    folder = Path(tempfile.mkdtemp(dir=folder))
    return DataStore.below(folder)


def scanned(source: Path, store: DataStore) -> tuple[Dataset, float]:
    """The data set, and after how many seconds the first class counts were there."""
    began = time.perf_counter()
    first = 0.0
    steps = scan_in_steps(source, store=store)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value, first or time.perf_counter() - began
        if step.class_counts and not first:
            first = time.perf_counter() - began


def inspected(dataset: Dataset, store: DataStore) -> Inspection:
    """The inspection, without looking at its progress."""
    steps = inspect_in_steps(dataset, store)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def plain_loop(dataset: Dataset) -> None:
    """What everybody's first script does."""
    for sample in dataset.samples:
        Image.open(dataset.root / sample.path).convert("RGB")


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def one_round(source: Path, folder: Path) -> dict[str, float]:
    """Everything once, with nothing known before.

    What was unpacked stays till the end: ext4 looks through recently deleted inodes before it makes a file, which after
    60,000 deletions takes ten times as long, for half a minute.
    """
    store = new_store(folder)
    began = time.perf_counter()
    dataset, first_counts = scanned(source, store)
    scan_s = time.perf_counter() - began
    inspect_s = timed(lambda: inspected(dataset, store))
    plain_s = timed(lambda: plain_loop(dataset))
    again_s = timed(lambda: inspected(dataset, store))
    return {
        "first_counts_s": first_counts,
        "scan_s": scan_s,
        "inspect_s": inspect_s,
        "plain_loop_s": plain_s,
        "inspect_again_s": again_s,
        "ratio": (scan_s + inspect_s) / plain_s,
        "speedup_again": inspect_s / again_s,
    }


@contextmanager
def memory_watched(peak: list[float]) -> Iterator[None]:
    """Puts into ``peak`` the most MB that this process and its children took together."""
    process, ended = psutil.Process(), threading.Event()

    def watch() -> None:
        while not ended.wait(0.05):
            total = 0
            for each in [process, *process.children(recursive=True)]:
                try:
                    total += each.memory_info().rss
                except psutil.Error:
                    continue
            peak[0] = max(peak[0], total / 1e6)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def peak_memory(source: Path, folder: Path) -> float:
    """MB, from scanning to the end."""
    peak = [0.0]
    store = new_store(folder)
    with memory_watched(peak):
        dataset, _ = scanned(source, store)
        inspected(dataset, store)
    return peak[0]


def report(rounds: list[dict[str, float]], peak_mb: float) -> dict[str, object]:
    """Medians and what was aimed at."""
    medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    return {
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "rounds": rounds,
        "median": medians,
        "peak_mb": peak_mb,
        "met": {
            f"scan + unpack + inspect <= {MAX_RATIO} x the plain loop": medians["ratio"] <= MAX_RATIO,
            f"second inspection >= {MIN_SPEEDUP:g} x faster": medians["speedup_again"] >= MIN_SPEEDUP,
            f"memory < {MAX_MB:g} MB": peak_mb < MAX_MB,
        },
    }


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(prog="dev.py bench inspection")
    parser.add_argument("source", type=Path, nargs="?", default=CIFAR)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, default=Path("build/bench-inspection.json"))
    arguments = parser.parse_args()
    if not arguments.source.exists():
        sys.exit(f"{arguments.source} is not there.")
    with tempfile.TemporaryDirectory(prefix="bench-inspection-") as temporary:
        rounds = [one_round(arguments.source, Path(temporary)) for _ in range(arguments.rounds)]
        result = report(rounds, peak_memory(arguments.source, Path(temporary)))
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(result, indent=2) + "\n")
    for name in rounds[0]:
        print(f"{name:16} {result['median'][name]:8.2f}   rounds: {', '.join(f'{each[name]:.2f}' for each in rounds)}")
    print(f"{'peak_mb':16} {result['peak_mb']:8.0f}")
    for goal, met in result["met"].items():
        print(f"{'met' if met else 'MISSED':8} {goal}")


if __name__ == "__main__":  # worker processes import this module
    main()
