"""How fast training is: ``python dev.py bench training``.

Against ``../shared/baselines/plain_loop.py`` (the loop of every tutorial: same images, network and epochs), each in a
process of its own, taking turns; and a full step against the same step on tensors that are in memory already, which is
the limit. On a machine with a GPU ``--device cuda`` measures there.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[3] / "shared"
DATA, BASELINES = SHARED / "data" / "ants-bees", SHARED / "baselines"
TARGETS = {
    "frozen backbone, nothing kept": 12.0,
    "frozen backbone, again": 30.0,
    "last stage + head": 2.5,
    "full fine-tuning": 1.3,
    "full step against resident tensors": 0.95,
}
# The plain loop with some of the backbone learning, which it has no option for.
PLAIN_LAST_STAGE = """
import sys
sys.path.insert(0, sys.argv.pop(1))
import plain_loop
build = plain_loop.build_model
def build_model(num_classes, frozen):
    from finetune_gui.engine.config import LayerPlan
    from finetune_gui.engine.models.layer_tree import leaf_multipliers
    from finetune_gui.engine.models.sources import load_layer_tree
    model = build(num_classes, True)
    learning = leaf_multipliers(load_layer_tree("starter", num_classes), LayerPlan(preset="last_stage"))
    for name, parameter in model.named_parameters():
        leaf = name if name in learning else name.rpartition(".")[0]
        parameter.requires_grad_(learning[leaf] > 0)
    return model
plain_loop.build_model = build_model
plain_loop.main()
"""


def called(*command: object, home: Path) -> tuple[float, list[dict[str, Any]]]:
    """Wall time of a process from start to end, and the JSON lines it printed."""
    env = os.environ | {"FINETUNE_GUI_HOME": str(home)}
    began = time.perf_counter()
    done = subprocess.run([str(part) for part in command], env=env, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(done.stderr)
    return seconds, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def ours(out: Path, home: Path, *options: object) -> tuple[float, float, float]:
    """Wall time, mean training time of an epoch, and best validation accuracy of a run of the app."""
    base = (sys.executable, "-m", "finetune_gui", "train", DATA, "--out", out, "--json", "--augment", "none")
    wall, events = called(*base, "--optimizer", "sgd", *options, home=home)
    epochs = [event["train_seconds"] for event in events if event["event"] == "EpochCompleted"]
    return wall, statistics.mean(epochs[1:] or epochs), events[-1]["best_val_accuracy"]


def plain(home: Path, *options: object, script: object = BASELINES / "plain_loop.py") -> tuple[float, float, float]:
    """The same of the plain loop."""
    wall, rows = called(sys.executable, *([script] if isinstance(script, Path) else script), DATA, *options, home=home)
    each = [after - before for before, after in pairwise([0.0, *(row["train_seconds"] for row in rows)])]
    return wall, statistics.mean(each[1:] or each), max(row["val_accuracy"] for row in rows)


def one_round(folder: Path, device: str) -> dict[str, float]:
    """Every comparison once."""
    homes: Iterator[Path] = (Path(tempfile.mkdtemp(dir=folder)) for _ in range(100))
    home, on = next(homes), ("--device", device)
    result: dict[str, float] = {}
    base, _, base_accuracy = plain(home, "--epochs", 20)
    cold, _, accuracy = ours(next(homes) / "run", home, "--epochs", 20, *on)
    warm, _, _ = ours(next(homes) / "run", home, "--epochs", 20, *on)
    result |= {"frozen backbone, nothing kept": base / cold, "frozen backbone, again": base / warm}
    result |= {
        "plain loop, s": base,
        "cold, s": cold,
        "again, s": warm,
        "accuracy, points": 100 * (accuracy - base_accuracy),
    }
    base, _, _ = plain(home, "--epochs", 10, script=("-c", PLAIN_LAST_STAGE, BASELINES))
    later, _, _ = ours(next(homes) / "run", next(homes), "--epochs", 10, "--preset", "last_stage", *on)
    result["last stage + head"] = base / later
    _, base, _ = plain(home, "--epochs", 3, "--freeze", "none")
    _, full, _ = ours(next(homes) / "run", next(homes), "--epochs", 3, "--freeze", "none", *on)
    result |= {"full fine-tuning": base / full, "full fine-tuning, s an epoch": full}
    result["full step against resident tensors"] = resident_epoch(device) / full
    return result


def resident_epoch(device: str) -> float:
    """Seconds of an epoch of full steps, of the same sizes, on tensors that are there already."""
    import torch

    from finetune_gui.engine.config import ModelConfig, OptimConfig
    from finetune_gui.engine.data.epochs import batch_bounds
    from finetune_gui.engine.models.layers import train_mode
    from finetune_gui.engine.models.sources import load_model
    from finetune_gui.engine.optim import build_optimizer

    model = load_model(ModelConfig(id="starter"), 2).model.to(device, memory_format=torch.channels_last)
    optimizer = build_optimizer(((p, 1.0) for p in model.parameters()), OptimConfig(optimizer="sgd"), 3e-3)
    count = sum(1 for _ in (DATA / "train").glob("*/*"))
    sizes = [stop - start for start, stop in batch_bounds(count, 32)]
    batches = [torch.randn(n, 3, 224, 224, device=device).to(memory_format=torch.channels_last) for n in sizes]
    targets = [torch.randint(0, 2, (n,), device=device) for n in sizes]
    train_mode(model, "locked")
    times = []
    for _ in range(3):
        began = time.perf_counter()
        for images, labels in zip(batches, targets, strict=True):
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        times.append(time.perf_counter() - began)
    return statistics.mean(times[1:])


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there.")
    with tempfile.TemporaryDirectory() as folder:
        rounds = []
        for number in range(1, arguments.rounds + 1):
            rounds.append(one_round(Path(folder), arguments.device))
            print(f"round {number}: {json.dumps({k: round(v, 2) for k, v in rounds[-1].items()})}", flush=True)
    medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    print(f"\n{'measure':<40}{'median':>10}{'target':>10}")
    for name, value in medians.items():
        print(f"{name:<40}{value:>10.2f}{TARGETS.get(name, ''):>10}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rounds": rounds, "median": medians, "targets": TARGETS}, indent=1))


if __name__ == "__main__":
    main()
