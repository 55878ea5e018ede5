"""Exports answer like the run they came from."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from finetune_gui.engine import export as export_module
from finetune_gui.engine.config import ModelConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import ExportFinished, PreparationAdvanced
from finetune_gui.engine.export import export
from finetune_gui.engine.launcher import export_run
from finetune_gui.engine.models.sources import load_model
from finetune_gui.engine.predictor import OnnxPredictor, TorchPredictor, predict_images
from tests.drawing import draw_image


@pytest.fixture(scope="module")
def onnx_export(finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exports") / "onnx"
    result = list(export(finished_run, "onnx", out))[-1]
    assert isinstance(result, ExportFinished)
    assert result.num_checked == 4
    assert result.top1_agreement == 1.0
    assert result.max_probability_difference < 1e-4
    assert result.size_bytes == sum(file.stat().st_size for file in out.iterdir())
    return out


@pytest.fixture(scope="module")
def odd_images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Large, tall, wide, grey, transparent, 16-bit, on its side, one pixel wide."""
    folder = tmp_path_factory.mktemp("odd")
    made = {
        "large.jpg": draw_image(0, 1, (3000, 2000)),
        "tall.png": draw_image(1, 2, (90, 700)),
        "wide.png": draw_image(0, 3, (700, 90)),
        "grey.png": draw_image(1, 4).convert("L"),
        "clear.png": draw_image(0, 5).convert("RGBA"),
        "deep.tif": Image.fromarray(np.linspace(0, 60_000, 64 * 48).reshape(48, 64).astype(np.uint16)),
        "thin.png": draw_image(1, 6, (1, 300)),
    }
    for name, image in made.items():
        image.save(folder / name)
    exif = Image.Exif()
    exif[0x0112] = 6
    draw_image(0, 7, (300, 200)).save(folder / "turned.jpg", exif=exif)
    return sorted(folder.iterdir())


@pytest.mark.parametrize("which", ["onnx", "safetensors"])
def test_export_and_run_answer_alike(
    which, finished_run: Path, onnx_export: Path, odd_images: list[Path], tmp_path: Path
) -> None:
    exported = onnx_export
    if which == "safetensors":
        exported = tmp_path / "safetensors"
        assert list(export(finished_run, "safetensors", exported))[-1].max_probability_difference == 0.0
    from_run = predict_images(finished_run, odd_images, top_k=2)
    from_export = predict_images(exported, odd_images, top_k=2)
    for a, b in zip(from_run, from_export, strict=True):
        assert not a.error
        assert [name for name, _ in a.top] == [name for name, _ in b.top]
        assert [p for _, p in a.top] == pytest.approx([p for _, p in b.top], abs=1e-4)
        assert sum(p for _, p in a.top) == pytest.approx(1.0, abs=1e-5)
    assert len({a.top for a in from_run}) == len(from_run)  # answers that depend on the image


def test_the_folder_says_what_it_is(onnx_export: Path, finished_run: Path) -> None:
    assert json.loads((onnx_export / "labels.json").read_text())["class_names"] == ["stripes", "waves"]
    assert json.loads((onnx_export / "preprocessing.json").read_text())["size"] == 224
    certificate = json.loads((onnx_export / "certificate.json").read_text())
    assert certificate["num_checked"] == 4
    assert certificate["accuracy_before"] == certificate["accuracy_after"]
    # the file alone can be named too
    image = [next((finished_run / "..").glob("*/nothing"), onnx_export / "labels.json")]
    assert predict_images(onnx_export / "model.onnx", image)[0].error


def test_unreadable_images_get_an_error_of_their_own(onnx_export: Path, odd_images: list[Path]) -> None:
    answers = predict_images(onnx_export, [Path("/gone.jpg"), odd_images[0]], top_k=1)
    assert "does not exist" in answers[0].error
    assert len(answers[1].top) == 1


def test_never_over_something_else(finished_run: Path, tmp_path: Path) -> None:
    taken = tmp_path / "thesis"
    taken.mkdir()
    (taken / "thesis.txt").write_text("years of work")
    with pytest.raises(EngineError, match="holds other files"):
        list(export(finished_run, "safetensors", taken, overwrite=True))
    with pytest.raises(EngineError, match="is a file"):
        list(export(finished_run, "safetensors", taken / "thesis.txt"))
    with pytest.raises(EngineError, match="is a folder, not the file"):
        list(export(finished_run, "onnx", tmp_path / "model.onnx"))
    assert [entry.name for entry in taken.iterdir()] == ["thesis.txt"]


def test_an_earlier_export_is_replaced_on_wish(finished_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    list(export(finished_run, "safetensors", out))
    with pytest.raises(EngineError, match="already holds an export"):
        list(export(finished_run, "safetensors", out))
    assert isinstance(list(export(finished_run, "safetensors", out, overwrite=True))[-1], ExportFinished)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_other_answers_are_not_exported(finished_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault injection: the exported file is that of another network."""
    write = export_module._write

    def write_another(predictor: TorchPredictor, *rest) -> None:
        other = load_model(ModelConfig(weights="none"), 2)
        write(TorchPredictor(other.model, predictor.class_names, predictor.preprocessing), *rest)

    monkeypatch.setattr(export_module, "_write", write_another)
    with pytest.raises(EngineError, match="other answers"):
        list(export(finished_run, "safetensors", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_without_images_there_is_no_certificate(finished_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(finished_run, run)
    split = json.loads((run / "split.json").read_text())
    (run / "split.json").write_text(json.dumps({**split, "root": str(tmp_path / "unplugged")}))
    result = list(export(run, "safetensors", tmp_path / "out"))[-1]
    assert result.num_checked == 0
    assert result.top1_agreement is None
    assert (tmp_path / "out" / "model.safetensors").is_file()


def test_export_in_a_child_process(finished_run: Path, tmp_path: Path) -> None:
    events = list(export_run(finished_run, "safetensors", tmp_path / "out", RunControl()))
    assert isinstance(events[-1], ExportFinished)
    with pytest.raises(EngineError, match="already holds an export") as caught:
        list(export_run(finished_run, "safetensors", tmp_path / "out", RunControl()))
    assert caught.value.hint


def test_a_cancelled_export_leaves_nothing(finished_run: Path, tmp_path: Path) -> None:
    control, events = RunControl(), []
    for event in export_run(finished_run, "onnx", tmp_path / "out", control):
        events.append(event)
        if isinstance(event, PreparationAdvanced) and "onnx" in event.activity:
            control.stop()
    assert not any(isinstance(event, ExportFinished) for event in events)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["model.onnx", "labels.json", "preprocessing.json"])
def test_damaged_exports(onnx_export: Path, tmp_path: Path, damage: str, odd_images: list[Path]) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(onnx_export, copy)
    (copy / damage).write_text("{}")
    with pytest.raises(EngineError):
        predict_images(copy, odd_images)


def test_what_is_no_model(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "gone"):
        with pytest.raises(EngineError) as caught:
            predict_images(source, [])
        assert caught.value.hint


def test_resnet_and_vit_survive_onnx(tmp_path: Path) -> None:
    """Trained-like heads: torchvision's vit_b_16 starts with a head of zeros, which would agree with anything."""
    import torch

    spec = Preprocessing(size=224, resize=256, interpolation="bilinear", mean=(0.485, 0.456, 0.406), std=(0.2,) * 3)
    images = np.random.default_rng(0).integers(0, 256, (3, 3, 224, 224), dtype=np.uint8)
    for model_id in ("torchvision/resnet18", "timm/vit_tiny_patch16_224"):
        torch.manual_seed(0)
        loaded = load_model(ModelConfig(id=model_id, weights="none"), 3)
        torch.nn.init.normal_(loaded.model.get_submodule(loaded.head_path).weight, std=0.5)
        predictor = TorchPredictor(loaded.model, ("a", "b", "c"), spec)
        path = tmp_path / "model.onnx"
        export_module._write_onnx(predictor, path)
        ours, theirs = predictor.probabilities(images), OnnxPredictor(path, ("a", "b", "c"), spec).probabilities(images)
        assert np.abs(ours - theirs).max() < 1e-4
        assert ours.std() > 0.01
