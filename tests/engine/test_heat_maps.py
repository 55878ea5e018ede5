"""Heat maps: where an object is, what another network would say, and how they are shown."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from finetune_gui.engine.config import ModelConfig
from finetune_gui.engine.control import Stopped
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.explain.explainer import Explainer, explain_image, load_explainer
from finetune_gui.engine.explain.grad_cam import NoSpatialMap, grad_cam
from finetune_gui.engine.explain.heat_map import METHODS, HeatMap, Method, colours, paint, scaled
from finetune_gui.engine.explain.rise import draw_masks
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.sources import load_model

SIDE = 32
SPEC = Preprocessing(size=SIDE, resize=SIDE, interpolation="bilinear", mean=(0.5,) * 3, std=(0.5,) * 3)
CLASSES = ("red", "blue")


class TinyNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 12, 3, 2, 1), nn.ReLU(inplace=True), nn.Conv2d(12, 16, 3, 2, 1), nn.ReLU(inplace=True)
        )
        self.head = nn.Linear(16, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(images).mean((2, 3)))


def draw_square(label: int, left: int, top: int, seed: int) -> Image.Image:
    """A red or blue square somewhere in grey noise."""
    pixels = np.random.default_rng(seed).integers(90, 160, (SIDE, SIDE, 3)).astype(np.uint8)
    pixels[top : top + 9, left : left + 9] = ((210, 30, 30), (30, 30, 210))[label]
    return Image.fromarray(pixels)


@pytest.fixture(scope="module")
def trained() -> Explainer:
    """A tiny network that really learnt to tell red squares from blue ones."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 256)
    squares = [draw_square(int(label), *rng.integers(0, 23, 2), seed) for seed, label in enumerate(labels)]
    images = torch.from_numpy(np.stack([np.asarray(square) for square in squares])).permute(0, 3, 1, 2) / 127.5 - 1
    model, targets = TinyNetwork(), torch.from_numpy(labels)
    optimizer = torch.optim.AdamW(model.parameters(), 0.02)
    for step in range(60):
        rows = torch.arange(64) + 64 * (step % 4)
        optimizer.zero_grad()
        F.cross_entropy(model(images[rows]), targets[rows]).backward()
        optimizer.step()
    assert (model(images).argmax(1) == targets).float().mean() > 0.95
    return explainer_of(model)


def explainer_of(model: nn.Module) -> Explainer:
    return Explainer(LoadedModel(model=model, preprocessing=SPEC, head_path="head"), CLASSES)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("label", [0, 1])
def test_the_half_with_the_object_is_lit(trained: Explainer, method: Method, label: int) -> None:
    for left, lit in ((3, slice(0, 16)), (20, slice(16, 32))):
        heat = trained.heat_map(draw_square(label, left, 12, seed=1000), method=method)
        assert (heat.class_name, heat.method) == (CLASSES[label], method)
        assert heat.probability > 0.5
        assert heat.values.shape == (SIDE, SIDE)
        assert heat.values.max() == 1.0
        assert share_of_hot(heat, lit) > 0.9


def share_of_hot(heat: HeatMap, columns: slice) -> float:
    """Of the places that are at least half as hot as the hottest, how many are in these columns."""
    hot = heat.values >= 0.5
    return float(hot[:, columns].sum() / hot.sum())


@pytest.mark.parametrize("method", METHODS)
def test_random_weights_give_another_map(trained: Explainer, method: Method) -> None:
    """Sanity checks of saliency maps (Adebayo et al., 2018): a map that stays tells of the image alone."""
    image = draw_square(0, 3, 12, seed=1000)
    maps = [trained.heat_map(image, class_name="red", method=method, num_masks=200).values.ravel()]
    for seed in range(4):
        torch.manual_seed(seed)
        random = explainer_of(TinyNetwork())
        maps.append(random.heat_map(image, class_name="red", method=method, num_masks=200).values.ravel())
    likeness = np.nan_to_num(np.corrcoef(maps))[0, 1:]  # 0 where a random network's map is empty
    assert likeness.mean() < 0.4


def test_a_map_is_that_of_the_class_asked_for(trained: Explainer) -> None:
    image = draw_square(0, 2, 12, seed=5)
    image.paste(draw_square(1, 21, 12, seed=5).crop((16, 0, 32, 32)), (16, 0))
    for name, lit in (("red", slice(0, 16)), ("blue", slice(16, 32))):
        for method in METHODS:
            heat = trained.heat_map(image, class_name=name, method=method)
            assert share_of_hot(heat, lit) > 0.9, (name, method)
    with pytest.raises(EngineError, match="knows no class 'green'"):
        trained.heat_map(image, class_name="green")


def test_with_a_pooled_linear_head_it_is_a_class_activation_map() -> None:
    """Then Grad-CAM is CAM (Zhou et al., 2016) but for a factor: weights of the head times maps (Selvaraju, sec. 3)."""
    torch.manual_seed(0)
    model = load_model(ModelConfig(id="torchvision/resnet18", weights="none"), 3).model.eval()
    image = torch.randn(1, 3, 64, 64)
    maps: list[torch.Tensor] = []
    hook = model.layer4.register_forward_hook(lambda _module, _inputs, output: maps.append(output.detach()))
    found, layer = grad_cam(model, image, 2)
    hook.remove()
    cam = F.relu(torch.einsum("c,chw->hw", model.fc.weight.detach()[2], maps[0][0]))
    meant = F.interpolate(cam[None, None], (64, 64), mode="bilinear")[0, 0].numpy()
    assert layer == "layer4"
    assert meant.max() > 0
    np.testing.assert_allclose(scaled(found), scaled(meant), atol=1e-5)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_a_network_without_places_says_so_and_can_be_covered() -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(3 * SIDE * SIDE, 8), nn.ReLU(), nn.Linear(8, 2))
    loaded = LoadedModel(model=flat, preprocessing=SPEC, head_path="3")
    explainer, image = Explainer(loaded, CLASSES), draw_square(0, 3, 3, 1)
    with pytest.raises(NoSpatialMap, match="tells where"):
        explainer.heat_map(image)
    assert not explainer.heat_map(image, method="rise", num_masks=40).is_empty


def test_rise_can_be_given_up_and_is_the_same_each_time(trained: Explainer) -> None:
    image = draw_square(1, 3, 3, 1)
    told: list[tuple[int, int]] = []
    with pytest.raises(Stopped):
        trained.heat_map(
            image,
            method="rise",
            on_progress=lambda done, total: told.append((done, total)),
            should_stop=lambda: len(told) == 2,
        )
    assert told == [(20, 300), (40, 300)]
    first, second = (trained.heat_map(image, method="rise", num_masks=50).values for _ in range(2))
    assert np.array_equal(first, second)


def test_masks_cover_half_of_each_place() -> None:
    masks = draw_masks(41, 30, torch.Generator().manual_seed(0))
    assert masks.shape == (41, 30, 30)
    assert 0 <= float(masks.min()) < 0.05 < 0.95 < float(masks.max()) <= 1 + 1e-6
    np.testing.assert_allclose(masks[:40].mean(0).numpy(), 0.5, atol=1e-6)  # opposites


def test_what_the_network_says_and_its_features(trained: Explainer) -> None:
    glance = trained.glance(draw_square(1, 8, 8, 3))
    assert glance.probabilities.argmax() == 1
    assert glance.probabilities.sum() == pytest.approx(1)
    assert np.linalg.norm(glance.features) == pytest.approx(1)
    assert glance.features.shape == (16,)


def heat_of(values: np.ndarray, box: tuple[float, float, float, float]) -> HeatMap:
    return HeatMap(values=values, box=box, class_name="a", probability=1.0, method="rise")


def test_it_is_painted_where_the_network_looked() -> None:
    """A wide image, of which only the middle is seen; the heat is at the right end of that."""
    values = np.zeros((8, 8), dtype=np.float32)
    values[:, 6:] = 1.0
    painted = np.asarray(paint(Image.new("RGB", (400, 200), (200, 200, 200)), heat_of(values, (0.25, 0, 0.75, 1))))
    assert painted.shape == (200, 400, 3)
    assert painted[100, 50].max() < 120  # not seen: darkened
    assert tuple(painted[100, 120]) == (200, 200, 200)  # seen, cold
    hot = painted[100, 290].astype(int)
    assert hot[0] > hot[2] + 40  # yellow
    small = paint(Image.new("L", (3000, 30)), heat_of(values, (0.4, 0, 0.6, 1)), opacity=0.0)
    assert small.size == (1024, 10)


def test_hotter_is_brighter() -> None:
    shades = colours(np.linspace(0, 1, 50, dtype=np.float32)[None])[0].astype(float)
    brightness = shades[:, :3] @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(brightness) > 0).all()
    assert (np.diff(shades[:, 3]) > 0).all()
    assert shades[0, 3] == 0
    assert not scaled(np.array([[-1.0, np.nan]], dtype=np.float32)).any()


@pytest.fixture
def bare_run(finished_run: Path, tmp_path: Path) -> Path:
    """What a run leaves when its images and the pages' files are gone."""
    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    for name in ("config.json", "split.json", "checkpoints/best.safetensors"):
        (run / name).write_bytes((finished_run / name).read_bytes())
    return run


def test_a_run_explains_images_without_its_data(bare_run: Path, tiny_data: Path, tmp_path: Path) -> None:
    photo = next(tiny_data.glob("waves/*.jpg"))
    heat = explain_image(bare_run, photo, class_name="stripes")
    assert heat.class_name == "stripes"
    assert heat.layer == "bn2"
    assert 0 <= heat.box[0] < heat.box[2] <= 1
    explainer = load_explainer(bare_run)
    with Image.open(photo) as image:
        glance = explainer.glance(image)
    assert heat.probability == pytest.approx(float(glance.probabilities[explainer.class_names.index("stripes")]))
    (tmp_path / "broken.png").write_bytes(b"no image")
    with pytest.raises(EngineError, match=r"broken\.png"):
        explain_image(bare_run, tmp_path / "broken.png")
