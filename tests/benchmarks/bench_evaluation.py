"""What evaluating costs beside the network itself: ``python dev.py bench evaluation``.

The 10,000 test images of CIFAR-10 (``../shared/data/cifar10.zip``) through a run of the starter: reading, decoding,
preparing, forward pass, and every figure; against the bare forward pass over tensors that are already in memory. They
take turns in one process.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import torch

from finetune_gui.engine.allocator import reusing_memory
from finetune_gui.engine.config import DataConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import EvaluationFinished
from finetune_gui.engine.launcher import evaluate_run, start_run
from finetune_gui.engine.models.sources import load_model

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT.parent / "shared" / "data" / "cifar10.zip"
OUT = ROOT / "build" / "bench_evaluation.json"
TARGET = 1.2


def unpack(folder: Path, num_train: int, num_test: int) -> tuple[Path, Path]:
    """Folders with so many images of each part, divided evenly among the classes."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        for part, wanted in (("train", num_train), ("test", num_test)):
            names = sorted(name for name in archive.namelist() if f"/{part}/" in name and name.endswith(".jpg"))
            for name in names[:: max(1, len(names) // wanted)][:wanted]:
                target = folder / part / Path(name).parent.name / Path(name).name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    return folder / "train", folder / "test"


def evaluation(run_path: Path, data: Path) -> tuple[float, int]:
    """Seconds from the wish to the figures, and images evaluated."""
    began = time.perf_counter()
    finished = list(evaluate_run(run_path, RunControl(), data=data, part="val"))[-1]
    assert isinstance(finished, EvaluationFinished)
    return time.perf_counter() - began, finished.num_images


def bare_forward(model: torch.nn.Module, num_images: int, size: int, batch_size: int) -> float:
    """Seconds that so many resident images take."""
    images = torch.rand(batch_size, 3, size, size).contiguous(memory_format=torch.channels_last)
    began = time.perf_counter()
    with torch.inference_mode(), reusing_memory():
        for start in range(0, num_images, batch_size):
            model(images[: min(batch_size, num_images - start)])
    return time.perf_counter() - began


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--json", type=Path, default=OUT, metavar="FILE")
    arguments = parser.parse_args()
    if not ARCHIVE.is_file():
        sys.exit(f"{ARCHIVE} is not there.")
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FINETUNE_GUI_HOME"] = str(Path(folder) / "home")
        train, test = unpack(Path(folder), 1000, arguments.images)
        config = TrainConfig(data=DataConfig(path=str(train), augment="none"), num_epochs=3, device="cpu")
        for _ in start_run(config, RunControl(), Path(folder) / "run"):
            pass
        loaded = load_model(config.model, 10)
        model = loaded.model.eval().to(memory_format=torch.channels_last)
        size, batch_size = loaded.preprocessing.size, config.batch_size
        bare_forward(model, 4 * batch_size, size, batch_size)  # the first pass prepares kernels
        for number in range(arguments.rounds):
            whole, num_images = evaluation(Path(folder) / "run", test)
            bare = bare_forward(model, num_images, size, batch_size)
            rounds.append({"evaluation_s": whole, "bare_s": bare, "images": num_images, "ratio": whole / bare})
            print(f"round {number + 1}: {num_images} images, {whole:.1f} s, bare forward {bare:.1f} s", flush=True)
    ratio = statistics.median(each["ratio"] for each in rounds)
    print(f"Python {platform.python_version()}, torch {torch.__version__}, {os.cpu_count()} processors")
    print(f"evaluation / bare forward: {ratio:.2f}   target {TARGET}")
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps({"rounds": rounds, "ratio": ratio, "target": TARGET}, indent=1))


if __name__ == "__main__":
    main()
