"""The main job on real photos, through the command line: train, check what was frozen, export, compare answers."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from finetune_gui.engine.config import ModelConfig
from finetune_gui.engine.models.sources import load_model

pytestmark = [pytest.mark.shared_data, pytest.mark.slow]


def finetune(*arguments: object) -> list[dict]:
    """Run a ``--json`` command in a process of its own."""
    result = subprocess.run(
        [sys.executable, "-m", "finetune_gui", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=False,
        timeout=280,
    )
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def shared_photos() -> Path:
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "ants-bees"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    return folder


@pytest.fixture(scope="module")
def trained(shared_photos: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict]]:
    run = tmp_path_factory.mktemp("ants-bees") / "run"
    return run, finetune("train", shared_photos, "--out", run, "--epochs", 10, "--device", "cpu")


def test_accuracy(trained: tuple[Path, list[dict]]) -> None:
    run, events = trained
    finished = events[-1]
    assert finished["event"] == "RunFinished"
    assert finished["best_val_accuracy"] >= 0.93
    assert finished["frozen_verified"] is True
    kept = {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()}
    assert kept >= {
        *("config.json", "events.jsonl", "split.json", "report.json"),
        *("checkpoints/best.safetensors", "checkpoints/last.safetensors"),
    }


def test_frozen_weights_and_statistics_are_bit_identical(trained: tuple[Path, list[dict]]) -> None:
    run, _ = trained
    pretrained = load_model(ModelConfig(), 2).model.state_dict()
    for name in ("best", "last"):
        kept = load_file(run / "checkpoints" / f"{name}.safetensors")
        backbone = {key: tensor for key, tensor in pretrained.items() if not key.startswith("classifier")}
        assert any("running_mean" in key for key in backbone)
        assert [key for key, tensor in backbone.items() if not torch.equal(kept[f"model.{key}"], tensor)] == []


def test_run_and_onnx_answer_alike_on_every_validation_image(
    trained: tuple[Path, list[dict]], shared_photos: Path, tmp_path: Path
) -> None:
    run, _ = trained
    finetune("export", run, "--format", "onnx", "--out", tmp_path / "M")
    images = sorted((shared_photos / "val").rglob("*.jpg"))
    assert len(images) == 153
    from_run, from_export = (finetune("predict", source, *images) for source in (run, tmp_path / "M"))
    for a, b in zip(from_run, from_export, strict=True):
        assert a["image"] == b["image"]
        assert a["top"][0]["class"] == b["top"][0]["class"], a["image"]
        probabilities = [{entry["class"]: entry["probability"] for entry in answer["top"]} for answer in (a, b)]
        assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-3)


def test_planted_label_errors_are_found(
    trained: tuple[Path, list[dict]], session_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every tenth label of half of the photos is wrong; what frozen layers give does not depend on labels."""
    monkeypatch.setenv("FINETUNE_GUI_HOME", str(session_home))  # where it is known that the images can be read
    run = Path(shutil.copytree(trained[0], tmp_path / "run"))
    split = json.loads((run / "split.json").read_text())
    split |= {part: split[part][::2] for part in ("train", "val")}
    images = [*split["train"], *split["val"]]
    planted = random.Random(0).sample(images, round(0.1 * len(images)))
    for entry in planted:
        entry[1] = 1 - entry[1]
    (run / "split.json").write_text(json.dumps(split))
    checked = finetune("check-labels", run)[-1]
    assert checked["num_images"] == len(images)
    top = {issue["path"] for issue in checked["issues"][: len(planted)]}
    assert len(top & {path for path, _ in planted}) > 0.5 * len(planted)
