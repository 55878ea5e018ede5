"""Exports answer like the run they came from.

The suite certifies two families of networks; with FINETUNE_GUI_EXPORT_ALL=1 in the environment the others too, on the
photos beside the checkout, and the script of an export in a virtual environment made for it.
"""

import csv
import errno
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from finetune_gui.engine.answer_settings import AnswerSettings
from finetune_gui.engine.config import ModelConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.image import Preprocessing, centre_square, load_image
from finetune_gui.engine.data.split import Split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, ExportFinished, ExportRefused
from finetune_gui.engine.export_formats import EXPORT_FILES, FORMATS, ExportFormat, offered_formats, runs_here
from finetune_gui.engine.exports import onnx_writer, tracing, writers
from finetune_gui.engine.exports.certificate import Certificate, compare
from finetune_gui.engine.exports.exportable import Exportable
from finetune_gui.engine.exports.exporting import export
from finetune_gui.engine.exports.torch_writers import write_weights
from finetune_gui.engine.launcher import export_run
from finetune_gui.engine.models.layers import head_paths
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.sources import load_model
from finetune_gui.engine.pixel_network import CentreSquare, Normalise
from finetune_gui.engine.prediction import write_predictions
from finetune_gui.engine.predictor import load_predictor, predict_images
from finetune_gui.engine.predictor_protocol import Predictor, Sidecars
from finetune_gui.engine.runtimes import OnnxPredictor, TorchPredictor
from finetune_gui.engine.seals import is_sealed, seal
from tests.drawing import draw_image
from tests.engine.small_runs import run_small, small_config
from tests.engine.test_families import calibrate

ALL = os.environ.get("FINETUNE_GUI_EXPORT_ALL") == "1"
# Names hold anything, and no format, document or script may stumble over them.
CLASS_NAMES = ['a/b `🐝` "it\'s"; \t=1+1', "two\r\nlines | of it, " + "long " * 60]
Exported = Callable[[ExportFormat], Path]


@pytest.fixture(scope="module")
def small_run(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny network whose classes have odd names."""
    path = tmp_path_factory.mktemp("small") / "run"
    run_small(small_config(tiny_data), path)
    split = json.loads((path / "split.json").read_text())
    (path / "split.json").write_text(json.dumps({**split, "class_names": CLASS_NAMES}))
    return path


@pytest.fixture(scope="module")
def exported(small_run: Path, tmp_path_factory: pytest.TempPathFactory, session_home: Path) -> Exported:
    """An export of the tiny network in a format, written when it is first asked for. Do not write into it."""
    folder = tmp_path_factory.mktemp("exports")

    def get(export_format: ExportFormat) -> Path:
        out = folder / export_format
        if not out.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("FINETUNE_GUI_HOME", str(session_home))  # its key seals the programs
                list(export(small_run, export_format, out))
        return out

    return get


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


@pytest.mark.parametrize("export_format", [name for name in offered_formats() if runs_here(name)])
def test_every_format_answers_like_its_run(
    export_format: ExportFormat,
    small_run: Path,
    exported: Exported,
    odd_images: list[Path],
    session_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = exported(export_format)
    monkeypatch.setenv("FINETUNE_GUI_HOME", str(session_home))
    certificate = json.loads((out / "certificate.json").read_text())
    assert certificate["verdict"] == "passed"
    assert certificate["num_checked"] == 4
    assert certificate["size_after_bytes"] == (out / FORMATS[export_format].file).stat().st_size
    assert certificate["latency_before_ms"] > 0
    assert certificate["latency_after_ms"] > 0
    tolerance = {"onnx-fp16": 0.01, "onnx-int8": 0.1}.get(export_format, 1e-3)
    from_run, from_export = (predict_images(source, odd_images, top_k=2) for source in (small_run, out))
    for a, b in zip(from_run, from_export, strict=True):
        assert not a.error
        ours, theirs = dict(a.top), dict(b.top)
        assert [ours[name] for name in sorted(ours)] == pytest.approx(
            [theirs[name] for name in sorted(theirs)], abs=tolerance
        )
        assert sum(theirs.values()) == pytest.approx(1.0, abs=1e-5)
    assert len({a.top for a in from_run}) == len(from_run)  # answers that depend on the image


def test_half_and_eight_bits_are_smaller(exported: Exported) -> None:
    full, half = ((exported(name) / "model.onnx").stat().st_size for name in ("onnx", "onnx-fp16"))
    assert half < full
    import onnx

    kinds = {node.op_type for node in onnx.load(exported("onnx-int8") / "model.onnx").graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= kinds


def test_the_folder_says_what_it_is(exported: Exported) -> None:
    for export_format in ("onnx", "safetensors"):
        folder = exported(export_format)
        names = {file.name for file in folder.iterdir()}
        assert names <= EXPORT_FILES
        assert {"predict.py", "labels.json", "preprocessing.json", "MODEL_CARD.md", "WEIGHTS_LICENSE.md"} <= names
        assert json.loads((folder / "labels.json").read_text())["class_names"] == CLASS_NAMES
        card = (folder / "MODEL_CARD.md").read_text()
        assert "- `` a/b `🐝` " in card
        assert "- `two\\r\\nlines | of it, long " in card
        assert "same class | 100.00%" in card
    image = [exported("onnx") / "labels.json"]
    assert predict_images(exported("onnx") / "model.onnx", image)[0].error  # the file alone can be named too


def test_the_starter_is_the_same_model(finished_run: Path, tmp_path: Path, odd_images: list[Path]) -> None:
    result = list(export(finished_run, "onnx", tmp_path / "out"))[-1]
    assert isinstance(result, ExportFinished)
    assert result.num_checked == 4
    assert result.top1_agreement == 1.0
    assert result.max_probability_difference is not None
    assert result.max_probability_difference < 1e-3
    assert result.size_bytes == sum(file.stat().st_size for file in (tmp_path / "out").iterdir())
    answers = [predict_images(source, odd_images, top_k=1) for source in (finished_run, tmp_path / "out")]
    assert [a.top[0][0] for a in answers[0]] == [b.top[0][0] for b in answers[1]]
    assert "Apache-2.0" in (tmp_path / "out" / "WEIGHTS_LICENSE.md").read_text()


# --- preparation inside the graph ------------------------------------------------------------------------------------


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_the_square_in_the_graph_is_that_of_pillow(interpolation, odd_images: list[Path]) -> None:
    spec = Preprocessing(size=96, resize=110, interpolation=interpolation, mean=(0.5,) * 3, std=(0.5,) * 3)
    square = CentreSquare(spec)
    for path in odd_images:
        image = load_image(path, spec.enough)
        ours = square(torch.from_numpy(np.array(image)[None]))[0].permute(1, 2, 0).numpy()
        assert np.array_equal(ours, centre_square(image, spec)), path


def test_temperature_and_threshold_are_in_the_graph(small_run: Path, tmp_path: Path, odd_images: list[Path]) -> None:
    run = load_predictor(small_run)
    assert isinstance(run, TorchPredictor)
    spec = run.sidecars.preprocessing
    image = load_image(odd_images[0], spec.enough)
    plain = run.probabilities([image])
    settings = AnswerSettings(temperature=3.0, threshold=0.99)
    sidecars = Sidecars(class_names=run.sidecars.class_names, preprocessing=spec, answer=settings)
    onnx_writer.write_onnx(exportable(run.model, sidecars, "timm/test_efficientnet"), tmp_path / "model.onnx")
    soft = OnnxPredictor(tmp_path / "model.onnx", sidecars).probabilities([image])
    expected = plain ** (1 / 3) / (plain ** (1 / 3)).sum()
    assert soft == pytest.approx(expected, abs=1e-3)

    import onnxruntime

    session = onnxruntime.InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    _, is_known = session.run(None, {"images": np.stack([np.asarray(image)] * 2)})
    assert is_known.tolist() == [False, False]


def exportable(model: nn.Module, sidecars: Sidecars, model_id: str) -> Exportable:
    size = sidecars.preprocessing.size
    none = np.empty((0, 3, size, size), dtype=np.uint8)
    return Exportable(model=model.eval(), sidecars=sidecars, model_id=model_id, calibration_squares=lambda: none)


# --- without this app ------------------------------------------------------------------------------------------------


def bare_packages(folder: Path, *names: str) -> Path:
    """A folder that holds just these distributions and what they need."""
    folder.mkdir()
    pending, done = list(names), set()
    while pending:
        name = pending.pop()
        if name.casefold() in done:
            continue
        done.add(name.casefold())
        distribution = importlib.metadata.distribution(name)
        pending += [re.split(r"[^\w.-]", need)[0] for need in distribution.requires or () if "extra ==" not in need]
        for top in {Path(str(file)).parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            link = folder / top
            if not link.exists():
                link.symlink_to(Path(str(distribution.locate_file(top))).resolve())
    return folder


def run_script(python: list[str], folder: Path, images: list[Path]) -> list[dict]:
    command = [*python, str(folder / "predict.py"), "--json", "--top-k", "2", *map(str, images)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def assert_script_agrees(answers: list[dict], run: Path, images: list[Path]) -> None:
    for answer, ours in zip(answers, predict_images(run, images, top_k=2), strict=True):
        assert answer["image"] == ours.path
        assert answer["top"][0]["class"] == ours.top[0][0]
        assert [each["probability"] for each in answer["top"]] == pytest.approx([p for _, p in ours.top], abs=2e-3)


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission there")
def test_the_script_needs_three_packages_only(
    small_run: Path, exported: Exported, odd_images: list[Path], tmp_path: Path
) -> None:
    packages = bare_packages(tmp_path / "packages", "onnxruntime", "numpy", "pillow")
    assert not {"torch", "timm", "finetune_gui"} & {entry.name for entry in packages.iterdir()}
    start = f"import runpy, sys; sys.path[:0] = [{str(packages)!r}]; sys.argv = sys.argv[1:]; "
    start += "runpy.run_path(sys.argv[0], run_name='__main__')"
    bare = [sys.executable, "-I", "-S", "-c", start]
    assert_script_agrees(run_script(bare, exported("onnx"), odd_images), small_run, odd_images)
    script = exported("onnx") / "predict.py"
    told = subprocess.run([*bare, script, *odd_images], capture_output=True, encoding="utf-8", timeout=120, check=True)
    assert [line.partition(": ")[0] for line in told.stdout.splitlines()] == [str(image) for image in odd_images]


@pytest.mark.skipif(not ALL, reason="FINETUNE_GUI_EXPORT_ALL=1 runs it")
@pytest.mark.network
def test_the_script_in_a_bare_environment(
    small_run: Path, exported: Exported, odd_images: list[Path], tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = next(path for path in (tmp_path / "venv").glob("*/python*") if path.stem == "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "onnxruntime", "numpy", "Pillow"], check=True)
    assert_script_agrees(run_script([str(python)], exported("onnx"), odd_images), small_run, odd_images)


def test_plain_timm_loads_the_weights(small_run: Path, exported: Exported, odd_images: list[Path]) -> None:
    import timm

    folder = exported("safetensors")
    model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    assert model.num_classes == 2
    config = timm.data.resolve_model_data_config(model)
    run = load_predictor(small_run)
    spec = run.sidecars.preprocessing
    expected = {"input_size": (3, spec.size, spec.size), "mean": spec.mean, "std": spec.std}
    assert {name: tuple(config[name]) for name in expected} == expected
    assert config["crop_pct"] == spec.size / spec.resize
    image = load_image(odd_images[0], spec.enough)
    pixels = torch.from_numpy(centre_square(image, spec).transpose(2, 0, 1)[None].copy())
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (spec.mean, spec.std))
    with torch.inference_mode():
        theirs = model((pixels.float() / 255 - mean) / std).softmax(1)
    assert theirs.numpy() == pytest.approx(run.probabilities([image]), abs=1e-5)
    assert_script_agrees(run_script([sys.executable], folder, odd_images[:2]), small_run, odd_images[:2])


def test_networks_of_torchvision_come_without_a_timm_config(tmp_path: Path) -> None:
    loaded, sidecars = fresh_network("torchvision/mobilenet_v3_large")
    write_weights(exportable(loaded.model, sidecars, "torchvision/mobilenet_v3_large"), tmp_path / "model.safetensors")
    assert [file.name for file in tmp_path.iterdir()] == ["model.safetensors"]


# --- programs --------------------------------------------------------------------------------------------------------


def test_a_program_from_elsewhere_is_not_opened(
    exported: Exported, odd_images: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = exported("pt2")
    monkeypatch.setenv("FINETUNE_GUI_HOME", str(tmp_path / "another installation"))
    with pytest.raises(EngineError, match="not exported by this installation") as caught:
        predict_images(folder, odd_images)
    assert "--trust" in caught.value.hint
    assert load_predictor(folder, trusted=True).probabilities([load_image(odd_images[0])]).shape == (1, 2)


def test_a_program_that_was_changed_is_not_opened(
    exported: Exported, odd_images: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session_home: Path
) -> None:
    monkeypatch.setenv("FINETUNE_GUI_HOME", str(session_home))  # where the shared export was written
    copy = tmp_path / "copy"
    shutil.copytree(exported("pt2"), copy)
    assert not predict_images(copy, odd_images[:1])[0].error
    with (copy / "model.pt2").open("ab") as file:
        file.write(b"x")
    with pytest.raises(EngineError, match="not exported by this installation"):
        predict_images(copy, odd_images)


def test_a_seal_is_of_one_file_and_one_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"one")
    mark = seal(file)
    assert is_sealed(file, mark)
    assert not is_sealed(file, "")
    file.write_bytes(b"two")
    assert not is_sealed(file, mark)
    file.write_bytes(b"one")
    monkeypatch.setenv("FINETUNE_GUI_HOME", str(tmp_path / "elsewhere"))
    assert not is_sealed(file, mark)
    assert seal(file) != mark


# --- every family ----------------------------------------------------------------------------------------------------


FAMILIES = {
    "torchvision/mobilenet_v3_large": True,
    "torchvision/resnet50": ALL,
    "torchvision/vit_b_16": ALL,
    "torchvision/efficientnet_b0": ALL,
    "torchvision/convnext_tiny": ALL,
    "torchvision/swin_t": ALL,
    "starter": ALL,
}


def fresh_network(model_id: str) -> tuple[LoadedModel, Sidecars]:
    """Random weights, with a head that tells images apart: one of zeros agrees with all."""
    torch.manual_seed(0)
    loaded = load_model(ModelConfig(id=model_id, weights="none"), 2)
    for head in head_paths(loaded.head_path):
        nn.init.normal_(loaded.model.get_parameter(f"{head}.weight"), std=0.5)
    sidecars = Sidecars(class_names=("a", "b"), preprocessing=loaded.preprocessing, answer=AnswerSettings())
    return loaded, sidecars


def settle(loaded: LoadedModel, images: list[Path]) -> None:
    """Let the network take these images as a trained one would: with signals of a usual size, and about half of the
    images for either class.

    With the statistics of noise in BatchNorm those of an EfficientNet grow to millions, where it shows that the sigmoid
    of onnxruntime is off by up to 3e-8. And where all images are of one class an agreement says nothing.
    """
    spec = loaded.preprocessing
    squares = np.stack([centre_square(load_image(path, spec.enough), spec) for path in images])
    pixels = Normalise(spec)(torch.from_numpy(squares).permute(0, 3, 1, 2))
    calibrate(loaded.model, pixels)
    with torch.inference_mode():
        logits = loaded.model.eval()(pixels)
        leads = logits[:, 0] - logits[:, 1]
        for head in head_paths(loaded.head_path):
            weight, bias = (loaded.model.get_parameter(f"{head}.{name}") for name in ("weight", "bias"))
            weight /= leads.std()
            bias /= leads.std()
            bias[0] -= leads.mean() / leads.std()


@pytest.mark.parametrize("model_id", FAMILIES)
@pytest.mark.timeout(900)  # with all formats and photos
def test_every_family_agrees_on_images_of_all_shapes(
    model_id: str, odd_images: list[Path], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not FAMILIES[model_id]:
        pytest.skip("FINETUNE_GUI_EXPORT_ALL=1 runs it")
    images = odd_images
    if ALL:
        images = images + sorted((request.getfixturevalue("ants_bees") / "val").rglob("*.jpg"))
    loaded, sidecars = fresh_network(model_id)
    settle(loaded, images[:: max(1, len(images) // 16)])
    onnx_writer.write_onnx(exportable(loaded.model, sidecars, model_id), tmp_path / "model.onnx")
    exported = OnnxPredictor(tmp_path / "model.onnx", sidecars)
    certificate = certificate_of(loaded.model, sidecars, exported, images)
    print(model_id, certificate)
    assert certificate.verdict == "passed", certificate
    assert certificate.num_checked == len(images)
    assert certificate.top1_agreement == 1.0
    assert certificate.max_probability_difference is not None
    assert certificate.max_probability_difference < 1e-3
    assert 0 < certificate.accuracy_before < 1  # both classes are named


def certificate_of(model: nn.Module, sidecars: Sidecars, exported: Predictor, images: list[Path]) -> Certificate:
    samples = tuple(Sample(str(image), 0, "val") for image in images)
    split = Split(root=Path("/"), class_names=sidecars.class_names, train=(), val=samples)
    steps = compare(TorchPredictor(model, sidecars), exported, split, "onnx", (1, 1))
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            return ended.value


# --- bad input -------------------------------------------------------------------------------------------------------


def test_unreadable_images_get_an_error_of_their_own(exported: Exported, odd_images: list[Path]) -> None:
    answers = predict_images(exported("onnx"), [Path("/gone.jpg"), odd_images[0]], top_k=1)
    assert "does not exist" in answers[0].error
    assert len(answers[1].top) == 1


def test_never_over_something_else(small_run: Path, tmp_path: Path) -> None:
    taken = tmp_path / "thesis"
    taken.mkdir()
    (taken / "thesis.txt").write_text("years of work")
    with pytest.raises(EngineError, match="holds other files"):
        list(export(small_run, "safetensors", taken, overwrite=True))
    with pytest.raises(EngineError, match="is a file"):
        list(export(small_run, "safetensors", taken / "thesis.txt"))
    with pytest.raises(EngineError, match="is a folder, not the file"):
        list(export(small_run, "onnx", tmp_path / "model.onnx"))
    assert [entry.name for entry in taken.iterdir()] == ["thesis.txt"]


def test_an_earlier_export_is_replaced_on_wish(small_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    list(export(small_run, "safetensors", out))
    with pytest.raises(EngineError, match="already holds an export"):
        list(export(small_run, "safetensors", out))
    assert isinstance(list(export(small_run, "safetensors", out, overwrite=True))[-1], ExportFinished)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_a_refused_export_is_put_aside(small_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault injection: the exported file is that of another network."""

    def write_another(exportable: Exportable, path: Path) -> None:
        state = {name: tensor.clone() for name, tensor in exportable.model.state_dict().items()}
        torch.nn.init.normal_(exportable.model.get_classifier().weight, std=9.0)
        write_weights(exportable, path)
        exportable.model.load_state_dict(state)

    monkeypatch.setitem(writers.WRITERS, "safetensors", write_another)
    for _ in range(2):  # the second takes the place of the first
        events: list[Event] = []
        with pytest.raises(EngineError, match="other answers"):
            events.extend(export(small_run, "safetensors", tmp_path / "out"))
        assert isinstance(refused := events[-1], ExportRefused)
        assert refused.path == str(tmp_path / "out.failed")
        assert refused.num_checked == 4
        assert [entry.name for entry in tmp_path.iterdir()] == ["out.failed"]
    certificate = json.loads((tmp_path / "out.failed" / "certificate.json").read_text())
    assert certificate["verdict"] == "failed"
    assert certificate["reason"] == refused.reason


def test_without_images_there_is_no_certificate(small_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(small_run, run)
    split = json.loads((run / "split.json").read_text())
    (run / "split.json").write_text(json.dumps({**split, "root": str(tmp_path / "unplugged")}))
    result = list(export(run, "safetensors", tmp_path / "out"))[-1]
    assert result.num_checked == 0
    assert result.top1_agreement is None
    certificate = json.loads((tmp_path / "out" / "certificate.json").read_text())
    assert certificate["verdict"] == "not certified: no images"
    assert (tmp_path / "out" / "model.safetensors").is_file()
    with pytest.raises(EngineError, match="calibrated with images"):
        list(export(run, "onnx-int8", tmp_path / "int8"))
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "run"]


class Unexportable(nn.Module):
    """What it does depends on the values of the image."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images + 1 if images.sum() > 0 else images


def test_a_layer_that_does_not_convert_is_named() -> None:
    network = nn.Sequential()
    network.add_module("stem", nn.Identity())
    network.add_module("gate", Unexportable())
    with pytest.raises(EngineError, match=r"The layer gate does something that torch\.export cannot express"):
        tracing.traced(network, torch.zeros(2, 3, 8, 8), ({0: torch.export.Dim("batch")},))


class WithoutOnnx(nn.Module):
    """``igamma`` has no counterpart in ONNX."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.special.gammainc(images.abs() + 1, images.abs() + 1)


def test_an_operation_that_onnx_lacks_is_named_by_its_layer() -> None:
    network = nn.Sequential()
    network.add_module("odd", WithoutOnnx())
    with pytest.raises(EngineError, match=r"The layer odd does something that ONNX cannot express"):
        onnx_writer._convert(network, torch.zeros(2, 3), {0: torch.export.Dim("batch")}, "x", ("y",))


def test_without_the_exporter_it_says_what_to_install(
    small_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)  # as if it were not installed
    with pytest.raises(EngineError, match="onnxscript, which is not installed") as caught:
        list(export(small_run, "onnx", tmp_path / "out"))
    assert "pip install onnxscript" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(small_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_exportable: Exportable, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(writers.WRITERS, "safetensors", fail)
    with pytest.raises(EngineError, match="No space left"):
        list(export(small_run, "safetensors", tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(small_run: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EngineError, match="could not be written"):
        list(export(small_run, "safetensors", tmp_path / "file" / "out"))


@pytest.mark.parametrize("export_format", [name for name in offered_formats() if runs_here(name)])
def test_class_names_of_all_kinds(
    export_format: ExportFormat,
    exported: Exported,
    odd_images: list[Path],
    tmp_path: Path,
    session_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FINETUNE_GUI_HOME", str(session_home))
    answers = predict_images(exported(export_format), odd_images[:2], top_k=2)
    assert {name for answer in answers for name, _ in answer.top} == set(CLASS_NAMES)
    write_predictions(answers, tmp_path / "answers.csv")
    with (tmp_path / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [[name for name, _ in answer.top] for answer in answers]
    assert [[row["class 1"], row["class 2"]] for row in rows] == names


def test_export_in_a_child_process(small_run: Path, tmp_path: Path) -> None:
    events = list(export_run(small_run, "safetensors", tmp_path / "out", RunControl()))
    assert isinstance(events[-1], ExportFinished)
    with pytest.raises(EngineError, match="already holds an export") as caught:
        list(export_run(small_run, "safetensors", tmp_path / "out", RunControl()))
    assert caught.value.hint


def test_a_cancelled_export_leaves_nothing(
    small_run: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do the converters of the child process that is killed, here while they have temporary files."""
    system = tmp_path_factory.mktemp("system")
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(system))
    control, out, found = RunControl(), tmp_path / "new" / "out", []

    def cancel() -> None:
        while not found and not control.should_end:
            found.extend(out.parent.glob(".out.*.part/*quant*/*"))
            time.sleep(0.01)
        control.stop()

    watch = threading.Thread(target=cancel)
    watch.start()
    events = list(export_run(small_run, "onnx-int8", out, control))
    control.stop()  # where it ended by itself
    watch.join()
    assert found
    assert not any(isinstance(event, ExportFinished) for event in events)
    assert list(tmp_path.iterdir()) == list(system.iterdir()) == []


@pytest.mark.parametrize("damage", ["model.onnx", "labels.json", "preprocessing.json"])
def test_damaged_exports(exported: Exported, tmp_path: Path, damage: str, odd_images: list[Path]) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(exported("onnx"), copy)
    (copy / damage).write_text("{}")
    with pytest.raises(EngineError):
        predict_images(copy, odd_images)


def test_what_is_no_model(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "gone"):
        with pytest.raises(EngineError) as caught:
            predict_images(source, [])
        assert caught.value.hint
