"""How fast training is: ``python dev.py bench training``.

Against ``../shared/baselines/plain_loop.py`` (the loop of every tutorial: same images, network and epochs), each in a
process of its own, taking turns; and a full step against the same step on tensors that are in memory already, which is
the limit. On a machine with a GPU ``--device cuda:0 --parts all models`` measures there.

Epochs of the plain loop all take the same time, so it makes only some of them and the rest is added; ``--whole`` lets
it make all, which takes minutes more, and compares the accuracies.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "bench_training.json"
SHARED = ROOT.parent / "shared"
DATA, BASELINES = SHARED / "data" / "ants-bees", SHARED / "baselines"
TARGETS = {
    "frozen backbone, nothing kept": 12.0,
    "frozen backbone, again": 30.0,
    "last stage + head": 2.5,
    "full fine-tuning": 1.3,
    "full step against resident tensors": 0.95,
}
MODELS = ["torchvision/resnet50", "torchvision/vit_b_16"]
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


def called(*command: object, home: Path) -> tuple[float, list[tuple[float, dict[str, Any]]]]:
    """Wall time of a process from start to end; the JSON lines it printed, and when."""
    env = os.environ | {"FINETUNE_GUI_HOME": str(home)}
    lines: list[tuple[float, dict[str, Any]]] = []
    began = time.perf_counter()
    with subprocess.Popen([str(part) for part in command], env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = (line for line in process.stdout if line.startswith("{"))
        lines.extend((time.perf_counter() - began, json.loads(line)) for line in printed)
    if process.returncode:
        sys.exit(f"{command} ended with {process.returncode}.")
    return time.perf_counter() - began, lines


def ours(out: Path, home: Path, *options: object) -> tuple[float, float, float]:
    """Wall time, mean training time of an epoch, and best validation accuracy of a run of the app."""
    base = (sys.executable, "-m", "finetune_gui", "train", DATA, "--out", out, "--json", "--augment", "none")
    wall, lines = called(*base, "--optimizer", "sgd", *options, home=home)
    events = [event for _, event in lines]
    epochs = [event["train_seconds"] for event in events if event["event"] == "EpochCompleted"]
    return wall, statistics.mean(epochs[1:] or epochs), events[-1]["best_val_accuracy"]


def plain(home: Path, epochs: int, made: int, *options: object, last_stage: bool = False) -> tuple[float, float, float]:
    """The same of the plain loop, of which ``made`` epochs are made."""
    script = ("-c", PLAIN_LAST_STAGE, BASELINES) if last_stage else (BASELINES / "plain_loop.py",)
    wall, lines = called(sys.executable, *script, DATA, "--epochs", made, *options, home=home)
    ends = [when for when, _ in lines]
    each = [after - before for before, after in pairwise(ends)]  # the first is left out: it warms up
    wall += (epochs - made) * statistics.mean(each) if made < epochs else 0.0
    rows = [row for _, row in lines]
    learning = [after - before for before, after in pairwise([0.0, *(row["train_seconds"] for row in rows)])]
    return wall, statistics.mean(learning[1:] or learning), max(row["val_accuracy"] for row in rows)


def frozen_backbone(folder: Path, on: tuple[str, str], *, whole: bool) -> dict[str, float]:
    """20 epochs of the head: with nothing kept, and again."""
    home = new_home(folder)
    base, _, base_accuracy = plain(home, 20, 20 if whole else 3)
    cold, _, accuracy = ours(new_home(folder) / "run", home, "--epochs", 20, *on)
    warm, _, _ = ours(new_home(folder) / "run", home, "--epochs", 20, *on)
    result = {"frozen backbone, nothing kept": base / cold, "frozen backbone, again": base / warm}
    result |= {"plain loop, s": base, "cold, s": cold, "again, s": warm, "accuracy": accuracy}
    return result | {"accuracy of the plain loop": base_accuracy} if whole else result


def last_stage(folder: Path, on: tuple[str, str], *, whole: bool) -> dict[str, float]:
    """10 epochs of the last stage and the head."""
    home = new_home(folder)
    base, _, _ = plain(home, 10, 10 if whole else 3, last_stage=True)
    later, _, _ = ours(new_home(folder) / "run", home, "--epochs", 10, "--preset", "last_stage", *on)
    return {"last stage + head": base / later, "last stage, plain loop, s": base, "last stage, s": later}


def all_layers(folder: Path, on: tuple[str, str], *, whole: bool) -> dict[str, float]:  # noqa: ARG001
    """Epochs in which everything learns: the second of two."""
    home = new_home(folder)
    _, base, _ = plain(home, 2, 2, "--freeze", "none")
    _, full, _ = ours(new_home(folder) / "run", home, "--epochs", 2, "--freeze", "none", *on)
    result = {"full fine-tuning": base / full, "full, plain loop, s an epoch": base, "full, s an epoch": full}
    return result | {"full step against resident tensors": resident_epoch(on[1]) / full}


def models(folder: Path, on: tuple[str, str], *, whole: bool) -> dict[str, float]:  # noqa: ARG001
    """Images a second with all layers learning, and against tensors in memory; meant for a GPU."""
    result: dict[str, float] = {}
    for model in MODELS:
        home, precision = new_home(folder), ("--weights", "none", "--precision", "auto")
        options = ("--model", model, "--epochs", 3, "--freeze", "none", *precision, *on)
        _, seconds, _ = ours(home / "run", home, *options)
        name = model.rpartition("/")[2]
        result[f"{name}, images a second"] = sum(1 for _ in (DATA / "train").glob("*/*")) / seconds
        result[f"{name} against resident tensors"] = resident_epoch(on[1], model) / seconds
    return result


def new_home(folder: Path) -> Path:
    """Folder of an app that knows nothing yet."""
    return Path(tempfile.mkdtemp(dir=folder))


PARTS = {"frozen": frozen_backbone, "last_stage": last_stage, "all": all_layers, "models": models}


def resident_epoch(device: str, model_id: str = "starter") -> float:
    """Seconds of an epoch of full steps, of the same sizes, on tensors that are there already."""
    import torch

    from finetune_gui.engine.allocator import reusing_memory
    from finetune_gui.engine.config import ModelConfig, OptimConfig
    from finetune_gui.engine.data.epochs import batch_bounds
    from finetune_gui.engine.devices import pick_precision
    from finetune_gui.engine.models.layers import train_mode
    from finetune_gui.engine.models.sources import load_model
    from finetune_gui.engine.optim import build_optimizer

    loaded = load_model(ModelConfig(id=model_id, weights="none"), 2)
    model, side = loaded.model.to(device, memory_format=torch.channels_last), loaded.preprocessing.size
    precision = pick_precision("auto", torch.device(device))
    optimizer = build_optimizer(((p, 1.0) for p in model.parameters()), OptimConfig(optimizer="sgd"), 3e-3)
    count = sum(1 for _ in (DATA / "train").glob("*/*"))
    sizes = [stop - start for start, stop in batch_bounds(count, 32)]
    batches = [torch.randn(n, 3, side, side, device=device).to(memory_format=torch.channels_last) for n in sizes]
    targets = [torch.randint(0, 2, (n,), device=device) for n in sizes]
    train_mode(model, "locked")
    times = []
    with reusing_memory():
        for _ in range(2):
            began = time.perf_counter()
            for images, labels in zip(batches, targets, strict=True):
                optimizer.zero_grad(set_to_none=True)
                with torch.autocast(device.partition(":")[0], precision, enabled=precision is not torch.float32):
                    logits = model(images)
                torch.nn.functional.cross_entropy(logits.float(), labels).backward()
                optimizer.step()
            if device.startswith("cuda"):
                torch.cuda.synchronize()
            times.append(time.perf_counter() - began)
    return statistics.mean(times[1:])


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=["frozen", "last_stage", "all"])
    parser.add_argument("--models", nargs="+", default=MODELS, metavar="ID", help="of the part 'models'")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--whole", action="store_true", help="let the plain loop make all its epochs")
    parser.add_argument("--json", type=Path, default=OUT, metavar="FILE")
    arguments = parser.parse_args()
    MODELS[:] = arguments.models
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there.")
    with tempfile.TemporaryDirectory() as folder:
        rounds = []
        for number in range(1, arguments.rounds + 1):
            on = ("--device", arguments.device)
            parts = [PARTS[name](Path(folder), on, whole=arguments.whole) for name in arguments.parts]
            rounds.append({name: value for part in parts for name, value in part.items()})
            print(f"round {number}: {json.dumps({k: round(v, 2) for k, v in rounds[-1].items()})}", flush=True)
    medians = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    print(f"\n{'measure':<40}{'median':>10}{'target':>10}")
    for name, value in medians.items():
        print(f"{name:<40}{value:>10.2f}{TARGETS.get(name, ''):>10}")
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps({"rounds": rounds, "median": medians, "targets": TARGETS}, indent=1))


if __name__ == "__main__":
    main()
