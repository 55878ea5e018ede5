"""Exports for phones. Their packages are optional: what needs them is skipped where they are not installed.

``pip install finetune-gui[litert]`` brings an older torch, and coremltools warns of a newer one, so each is tried in an
environment of its own; CONTRIBUTING.md says how. FINETUNE_GUI_EXPORT_ALL=1 runs every family, as in ``test_export``.
"""

import json
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.export_formats import (
    COREML_FILE,
    LITERT_FILE,
    ExportFormat,
    missing_package,
    offered_formats,
    runs_here,
)
from finetune_gui.engine.exports.exporting import export
from finetune_gui.engine.exports.mobile_writers import write_coreml, write_litert
from finetune_gui.engine.mobile_runtimes import CoreMLPredictor, LiteRTPredictor
from finetune_gui.engine.predictor import load_predictor, predict_images
from tests.drawing import draw_image
from tests.engine.test_export import (
    ALL,
    FAMILIES,
    assert_script_agrees,
    certificate_of,
    exportable,
    fresh_network,
    run_script,
    settle,
)

MOBILE: tuple[ExportFormat, ...] = ("litert", "coreml")
needs_litert = pytest.mark.skipif(bool(missing_package("litert")), reason="finetune-gui[litert] is not installed")
needs_coreml = pytest.mark.skipif(bool(missing_package("coreml")), reason="finetune-gui[coreml] is not installed")


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Large, tall, wide, grey, transparent, one pixel wide."""
    folder = tmp_path_factory.mktemp("images")
    draw_image(0, 1, (1500, 1000)).save(folder / "large.jpg")
    draw_image(1, 2, (90, 700)).save(folder / "tall.png")
    draw_image(0, 3, (700, 90)).save(folder / "wide.png")
    draw_image(1, 4).convert("L").save(folder / "grey.png")
    draw_image(0, 5).convert("RGBA").save(folder / "clear.png")
    draw_image(1, 6, (1, 300)).save(folder / "thin.png")
    return sorted(folder.iterdir())


@pytest.fixture
def broken_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes packages that are installed and cannot be imported, as where a library of the system is missing."""

    def make(*names: str) -> None:
        for name in names:
            (tmp_path / "packages" / name).mkdir(parents=True)
            code = f"raise ImportError('libodd.so of {name} cannot be opened', name='{name}')"
            (tmp_path / "packages" / name / "__init__.py").write_text(code)
        for name in [loaded for loaded in sys.modules if loaded.split(".")[0] in names]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.syspath_prepend(tmp_path / "packages")

    return make


# --- what is offered --------------------------------------------------------------------------------------------------


def test_formats_are_offered_where_their_packages_are() -> None:
    assert ("litert" in offered_formats()) == all(find_spec(name) for name in ("litert_torch", "ai_edge_litert"))
    assert ("coreml" in offered_formats()) == bool(find_spec("coremltools"))
    assert {"onnx", "pt2", "safetensors"} <= set(offered_formats())


@pytest.mark.parametrize("export_format", MOBILE)
def test_without_its_package_a_format_says_what_to_install(
    export_format: ExportFormat, small_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("litert_torch", "coremltools"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(EngineError, match=r"needs the package \w+, which is not installed") as caught:
        list(export(small_run, export_format, tmp_path / "out"))
    assert f"pip install finetune-gui[{export_format}]" in caught.value.hint
    assert list(tmp_path.iterdir()) == []
    assert export_format not in offered_formats()


@pytest.mark.parametrize("export_format", MOBILE)
def test_packages_that_cannot_be_loaded_are_told_and_leave_nothing(
    export_format: ExportFormat, small_run: Path, tmp_path: Path, broken_packages: Callable[..., None]
) -> None:
    broken_packages("litert_torch", "ai_edge_litert", "coremltools")
    assert export_format in offered_formats()
    with pytest.raises(EngineError, match=r"cannot be loaded here: libodd\.so") as caught:
        list(export(small_run, export_format, tmp_path / "exports" / "out"))
    assert "export as onnx" in caught.value.hint
    assert not list(tmp_path.rglob("out*"))


# --- what was exported elsewhere --------------------------------------------------------------------------------------


@pytest.fixture
def from_elsewhere(small_run: Path, tmp_path: Path) -> Path:
    """An export whose network another machine wrote."""
    list(export(small_run, "safetensors", tmp_path / "out"))
    (tmp_path / "out" / "model.safetensors").unlink()
    return tmp_path / "out"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has it")
def test_core_ml_says_where_it_runs(from_elsewhere: Path, images: list[Path]) -> None:
    (from_elsewhere / COREML_FILE).mkdir()
    with pytest.raises(EngineError, match="only on macOS") as caught:
        predict_images(from_elsewhere, images)
    assert "onnx" in caught.value.hint


def test_litert_without_its_interpreter_says_what_to_install(
    from_elsewhere: Path, images: list[Path], broken_packages: Callable[..., None]
) -> None:
    broken_packages("ai_edge_litert")
    (from_elsewhere / LITERT_FILE).write_bytes(b"TFL3")
    with pytest.raises(EngineError, match="ai_edge_litert, which cannot be loaded here") as caught:
        predict_images(from_elsewhere, images)
    assert "pip install finetune-gui[litert]" in caught.value.hint


def test_a_folder_is_named_without_the_suffix_of_a_network(small_run: Path, tmp_path: Path) -> None:
    for name in (LITERT_FILE, COREML_FILE):
        with pytest.raises(EngineError, match="is a folder, not the file"):
            list(export(small_run, "safetensors", tmp_path / name))


# --- LiteRT -----------------------------------------------------------------------------------------------------------


@needs_litert
def test_litert_answers_like_its_run(small_run: Path, images: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    list(export(small_run, "litert", out))
    certificate = json.loads((out / "certificate.json").read_text())
    assert certificate["verdict"] == "passed"
    assert certificate["num_checked"] == 4
    assert certificate["size_after_bytes"] == (out / LITERT_FILE).stat().st_size
    for ours, theirs in zip(predict_images(small_run, images), predict_images(out, images), strict=True):
        assert dict(theirs.top) == pytest.approx(dict(ours.top), abs=1e-4)
    assert_script_agrees(run_script([sys.executable], out, images), small_run, images)
    assert "pip install ai-edge-litert numpy Pillow" in (out / "MODEL_CARD.md").read_text()
    (out / LITERT_FILE).write_bytes((out / LITERT_FILE).read_bytes()[:1000])
    with pytest.raises(EngineError, match="is damaged"):
        predict_images(out, images)


@needs_litert
def test_litert_is_quiet_and_names_what_goes_in_and_out(
    small_run: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from ai_edge_litert.interpreter import Interpreter

    predictor = load_predictor(small_run)
    model = predictor.model  # type: ignore[attr-defined]
    write_litert(exportable(model, predictor.sidecars, "timm/test_efficientnet"), tmp_path / LITERT_FILE)
    assert capfd.readouterr().out == ""  # there events are written
    signature = Interpreter(str(tmp_path / LITERT_FILE)).get_signature_list()["serving_default"]
    assert signature["inputs"] == ["images"]
    assert sorted(signature["outputs"]) == ["is_known", "probabilities"]


@needs_litert
@pytest.mark.parametrize("model_id", FAMILIES)
@pytest.mark.timeout(900)
def test_litert_of_every_family(
    model_id: str, images: list[Path], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not FAMILIES[model_id]:
        pytest.skip("FINETUNE_GUI_EXPORT_ALL=1 runs it")
    loaded, sidecars = fresh_network(model_id)
    if ALL:
        images = images + sorted((request.getfixturevalue("ants_bees") / "val").rglob("*.jpg"))
    settle(loaded, images[:: max(1, len(images) // 16)])
    write_litert(exportable(loaded.model, sidecars, model_id), tmp_path / LITERT_FILE)
    exported = LiteRTPredictor(tmp_path / LITERT_FILE, sidecars)
    certificate = certificate_of(loaded.model, sidecars, exported, images)
    print(model_id, certificate)
    assert certificate.verdict == "passed", certificate
    assert certificate.top1_agreement == 1.0
    assert 0 < certificate.accuracy_before < 1  # both classes are named


# --- Core ML ----------------------------------------------------------------------------------------------------------


@needs_coreml
def test_core_ml_is_a_classifier_that_says_how_it_was_checked(
    small_run: Path, images: list[Path], tmp_path: Path
) -> None:
    run, out = tmp_path / "run", tmp_path / "out"
    shutil.copytree(small_run, run)
    split = json.loads((run / "split.json").read_text())
    names = ["a/b `🐝`", "two\nlines"]
    (run / "split.json").write_text(json.dumps({**split, "class_names": names}))
    finished = list(export(run, "coreml", out))[-1]
    import coremltools  # not before: it warns of versions, which the export keeps from the user

    spec = coremltools.models.MLModel(str(out / COREML_FILE), skip_model_load=True).get_spec()
    assert list(spec.mlProgram.functions["main"].block_specializations)
    assert [each.name for each in spec.description.input] == ["image"]
    size = load_predictor(small_run).sidecars.preprocessing.size
    image = spec.description.input[0].type.imageType
    assert (image.width, image.height) == (size, size)
    assert spec.description.predictedFeatureName == "classLabel"
    certificate = json.loads((out / "certificate.json").read_text())
    assert certificate["size_after_bytes"] > 100_000
    if runs_here("coreml"):
        assert certificate["verdict"] == "passed"
        for ours, theirs in zip(predict_images(run, images), predict_images(out, images), strict=True):
            assert dict(theirs.top) == pytest.approx(dict(ours.top), abs=1e-3)
        assert_script_agrees(run_script([sys.executable], out, images), run, images)
    else:
        assert certificate["verdict"] == "not certified: this system has no runtime for the format"
        assert not finished.has_runtime
    list(export(run, "coreml", out, overwrite=True))  # a folder in a folder is replaced like the rest
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "run"]


@needs_coreml
@pytest.mark.parametrize("model_id", FAMILIES)
@pytest.mark.timeout(900)
def test_core_ml_of_every_family(model_id: str, tmp_path: Path) -> None:
    if not FAMILIES[model_id]:
        pytest.skip("FINETUNE_GUI_EXPORT_ALL=1 runs it")
    loaded, sidecars = fresh_network(model_id)
    write_coreml(exportable(loaded.model, sidecars, model_id), tmp_path / COREML_FILE)
    assert (tmp_path / COREML_FILE / "Data" / "com.apple.CoreML" / "weights" / "weight.bin").stat().st_size > 1_000_000
    if runs_here("coreml"):
        image = Image.new("RGB", (300, 200), "green")
        assert CoreMLPredictor(tmp_path / COREML_FILE, sidecars).probabilities([image]).sum() == pytest.approx(1.0)
