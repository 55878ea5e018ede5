"""The catalog: all models of the libraries, what is told of them, filters and picks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import timm
import torchvision.models as tv

from finetune_gui import paths
from finetune_gui.engine.models import library
from finetune_gui.engine.models.catalog import CATALOG, ModelInfo, find_info
from finetune_gui.engine.models.families import family, is_self_supervised, pretraining
from finetune_gui.engine.models.filtering import ModelFilter
from finetune_gui.engine.models.picks import Pick, pick_models
from finetune_gui.engine.models.sources import weights_file


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModelInfo, ...]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FINETUNE_GUI_HOME", str(tmp_path_factory.mktemp("home")))
        return library.load_library()


@pytest.fixture(scope="module")
def by_id(models: tuple[ModelInfo, ...]) -> dict[str, ModelInfo]:
    return {info.id: info for info in models}


def test_every_model_with_weights_is_there_once(models: tuple[ModelInfo, ...]) -> None:
    ids = [info.id for info in models]
    assert len(ids) == len(set(ids))
    for name in tv.list_models(module=tv):
        assert f"torchvision/{name}" in ids
        sets = sum(1 for info in models if info.id.split(".")[0] == f"torchvision/{name}")
        assert sets == len(tv.get_model_weights(name))
    assert {f"timm/{name}" for name in timm.list_models(pretrained=True)} <= set(ids)
    assert len(ids) > 1400
    assert ids[: len(CATALOG)] == [info.id for info in CATALOG]


def test_published_facts_of_torchvision(by_id: dict[str, ModelInfo]) -> None:
    first = by_id["torchvision/resnet50.IMAGENET1K_V1"]
    meta = tv.ResNet50_Weights.IMAGENET1K_V1.meta
    assert first.top1 == pytest.approx(0.76130)
    assert first.num_parameters == meta["num_params"]
    assert first.gmacs == meta["_ops"]
    assert first.weights is not None
    assert first.weights.num_bytes == pytest.approx(meta["_file_size"] * 2**20, abs=1)
    assert first.recipe == meta["recipe"]
    swag = by_id["torchvision/vit_b_16.IMAGENET1K_SWAG_E2E_V1"]
    assert (swag.input_size, swag.license) == (384, "CC-BY-NC-4.0")
    assert by_id["torchvision/resnet50"].top1 == pytest.approx(0.80858)


def test_facts_of_timm(by_id: dict[str, ModelInfo]) -> None:
    info = by_id["timm/convnext_base.fb_in22k_ft_in1k_384"]
    assert (info.input_size, info.license, info.family) == (384, "Apache-2.0", "ConvNeXt")
    assert info.pretraining == "ImageNet-22k, ImageNet-1k"
    assert info.weights is not None
    assert info.weights.hub_id == "timm/convnext_base.fb_in22k_ft_in1k_384"
    assert info.num_parameters == 88_591_464


def test_figures_are_those_of_the_network(by_id: dict[str, ModelInfo]) -> None:
    model = timm.create_model("test_vit")
    assert by_id["timm/test_vit.r160_in1k"].num_parameters == sum(p.numel() for p in model.parameters())
    assert by_id["timm/resnet50.a1_in1k"].gmacs == pytest.approx(4.1, rel=0.02)


def test_almost_all_figures_are_known(models: tuple[ModelInfo, ...]) -> None:
    unknown = [info.id for info in models if not info.num_parameters or not info.gmacs]
    assert len(unknown) < 0.02 * len(models), unknown


def test_the_recommended_entries_agree_with_the_libraries(by_id: dict[str, ModelInfo]) -> None:
    for info in CATALOG[1:]:
        file = weights_file(info.id)
        assert file is not None
        assert info.weights is not None
        assert (info.weights.name, info.weights.place, info.weights.hub_id) == (file.name, file.place, file.hub_id)
        assert by_id[info.id].weights == file


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("vit_small_patch14_dinov2.lvd142m", True),
        ("vit_base_patch16_224.mae", True),
        ("convnextv2_tiny.fcmae", True),
        ("convnextv2_tiny.fcmae_ft_in1k", False),
        ("vit_base_patch16_clip_224.openai", True),
        ("vit_base_patch16_clip_224.openai_ft_in1k", False),
        ("vit_base_patch16_siglip_224.webli", True),
        ("resnet50.a1_in1k", False),
        ("regnety_160.swag_ft_in1k", False),
        ("vit_small_patch16_224.dino", True),
    ],
)
def test_self_supervised_weights_are_marked(name: str, expected: bool) -> None:
    assert is_self_supervised(name) is expected


def test_families_and_data_sets() -> None:
    assert family("tf_efficientnet_lite0.in1k") == "EfficientNet"
    assert family("swinv2_tiny_window8_256.ms_in1k") == "Swin"
    assert family("somethingnew2_small") == "Somethingnew"
    assert pretraining("vit_large.augreg_in21k_ft_in1k") == "ImageNet-21k, ImageNet-1k"
    assert pretraining("resnet50") == ""


def test_light_models_are_marked(by_id: dict[str, ModelInfo]) -> None:
    assert by_id["torchvision/mobilenet_v3_large"].is_light
    assert by_id["timm/mobilenetv4_conv_small.e2400_r224_in1k"].is_light
    assert not by_id["torchvision/resnet50"].is_light


def test_the_second_time_no_library_is_asked() -> None:
    first = library.load_library()
    code = (
        "import sys, json; from finetune_gui.engine.models.library import load_library; "
        "models = load_library(); print(json.dumps([len(models), 'torch' in sys.modules, 'timm' in sys.modules]))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert json.loads(answer) == [len(first), False, False]
    assert library.load_library() == first
    (paths.cache_dir() / "models.json").write_bytes(b"{damaged")
    assert library.load_library() == first


def test_filters(models: tuple[ModelInfo, ...]) -> None:
    def ids(wanted: ModelFilter, here: frozenset[str] = frozenset()) -> set[str]:
        return {info.id for info in models if wanted.accepts(info, here=info.id in here, favourite=False)}

    assert "timm/convnext_tiny.fb_in22k_ft_in1k" in ids(ModelFilter(text="convnext APACHE 22k"))
    assert not ids(ModelFilter(text="no such thing"))
    small = ids(ModelFilter(max_parameters=5_000_000, max_gmacs=0.5))
    assert "torchvision/mobilenet_v3_small" in small
    assert "torchvision/resnet18" not in small
    assert ids(ModelFilter(here=True), here=frozenset({"starter"})) == {"starter"}
    assert not ids(ModelFilter(favourite=True))
    assert all("swag" not in name.lower() for name in ids(ModelFilter(permissive=True)) if name.startswith("torchv"))
    assert {family(name.partition("/")[2]) for name in ids(ModelFilter(family="Swin"))} == {"Swin"}


def test_only_the_starter_is_here_at_first(
    models: tuple[ModelInfo, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TORCH_HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    assert library.here(models) == {"starter"}
    resnet = find_info("torchvision/resnet18")
    assert resnet is not None
    assert resnet.weights is not None
    resnet.weights.path.parent.mkdir(parents=True)
    resnet.weights.path.touch()
    assert library.here(models) == {"starter", "torchvision/resnet18"}


def test_earlier_runs_are_models(finished_run: Path) -> None:
    (run,) = library.own_runs(finished_run.parent)
    assert run.id == f"run:{finished_run}"
    assert run.family == "EfficientNet"
    assert run.weights is None


# --- picks -----------------------------------------------------------------------------------------------------------


def reasons(picks: tuple[Pick, ...]) -> list[str]:
    return [pick.reason for pick in picks]


def test_without_a_gpu_the_starter_comes_first_with_its_time() -> None:
    picks = pick_models(num_images=397, num_classes=2, has_gpu=False, here={"starter"}, gmacs_per_second=40.0)
    starter = find_info("starter")
    assert starter is not None
    assert picks[0] == Pick(model_id="starter", reason="quick", seconds=397 * starter.gmacs / 40, here=True)
    assert "few_images" not in reasons(picks)  # 397 × 46.7 GMAC take too long here


def test_few_images_and_a_gpu_call_for_self_supervised_features() -> None:
    few = pick_models(num_images=60, num_classes=3, has_gpu=True, here=set(), gmacs_per_second=5000.0)
    many = pick_models(num_images=6000, num_classes=3, has_gpu=True, here=set(), gmacs_per_second=5000.0)
    assert reasons(few)[:2] == ["quick", "few_images"]
    assert "few_images" not in reasons(many)


def test_what_takes_too_long_is_not_recommended() -> None:
    picks = pick_models(num_images=60_000, num_classes=10, has_gpu=False, here=set(), gmacs_per_second=40.0)
    assert [pick.model_id for pick in picks] == ["starter"]


def test_nothing_is_claimed_without_a_measurement() -> None:
    picks = pick_models(num_images=397, num_classes=2, has_gpu=False, here=set(), gmacs_per_second=None)
    assert {pick.seconds for pick in picks} == {None}
    assert reasons(picks) == ["quick", "phones"]
