"""What each format of an export costs and keeps: ``python dev.py bench export``.

The starter is trained on the photos of ants and bees, last stage and head, and exported in every format. The figures
are those of the certificates: validation images through the exported file in its own runtime, one at a time.
"""

import argparse
import json
import os
import platform
import tempfile
from pathlib import Path

from finetune_gui.engine.config import DataConfig, LayerPlan, ModelConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.export_formats import FAILED_SUFFIX, offered_formats
from finetune_gui.engine.exports.exporting import export
from finetune_gui.engine.launcher import start_run

PHOTOS = Path(__file__).resolve().parents[3] / "shared" / "data" / "ants-bees"
OUT = Path(__file__).resolve().parents[2] / "build" / "bench_export.json"


def train(model_id: str, epochs: int, run_path: Path) -> None:
    """A run whose answers are worth comparing."""
    weights = "pretrained" if model_id == "starter" else "none"
    config = TrainConfig(
        data=DataConfig(path=str(PHOTOS)),
        model=ModelConfig(id=model_id, weights=weights),
        plan=LayerPlan(preset="head" if model_id == "starter" else "all"),
        num_epochs=epochs,
        device="cpu",
    )
    for _ in start_run(config, RunControl(), run_path):
        pass


def certify(run_path: Path, export_format: str, folder: Path) -> dict[str, object]:
    """The certificate of an export, also of one that was refused."""
    out = folder / export_format
    try:
        for _ in export(run_path, export_format, out):  # type: ignore[arg-type]
            pass
    except EngineError:
        out = out.with_name(out.name + FAILED_SUFFIX)
        if not out.exists():
            raise
    certificate: dict[str, object] = json.loads((out / "certificate.json").read_text())
    return certificate


def row(plain: dict[str, object]) -> str:
    """One line of the table."""
    c = {name: value for name, value in plain.items() if isinstance(value, int | float)}
    return (
        f"| {plain['format']} | {c['size_after_bytes'] / 1e6:.1f} MB | {c['latency_after_ms']:.1f} ms "
        f"(run {c['latency_before_ms']:.1f}) | {c['top1_agreement']:.1%} of {c['num_checked']} "
        f"| {c['max_probability_difference']:.1e} | {c['accuracy_before']:.1%} → {c['accuracy_after']:.1%} "
        f"| {plain['verdict']} |"
    )


def main() -> None:
    """Measure, print, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="starter", metavar="ID", help="any but the starter from random weights")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--json", type=Path, default=OUT, metavar="FILE")
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {arguments.model}")
    print("| format | size | an image | same class | largest difference | accuracy | verdict |")
    print("|---|---|---|---|---|---|---|")
    result = []
    with tempfile.TemporaryDirectory() as folder:
        run_path = Path(folder) / "run"
        train(arguments.model, arguments.epochs, run_path)
        for export_format in offered_formats():
            result.append(certify(run_path, export_format, Path(folder)))
            print(row(result[-1]), flush=True)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(result, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
