"""Both parts of a cut network give what the whole gives, whatever is frozen."""

from collections.abc import Callable

import pytest
import timm
import torch
from torch import nn
from torchvision import models as torchvision_models

from finetune_gui.engine.models.layers import train_mode
from finetune_gui.engine.models.prefix import Cut, cut_network

# timm's test models are tiny networks of each family; the others are small.
TIMM = ("test_resnet", "test_vit", "test_vit2", "test_efficientnet", "test_convnext", "test_byobnet", "test_nfnet")
OTHERS = ("tf_efficientnet_lite0", "mobilenetv4_conv_small")
TORCHVISION = ("mobilenet_v3_small", "squeezenet1_1", "shufflenet_v2_x0_5", "regnet_y_400mf")
SIZE = 64


def build(name: str) -> nn.Module:
    torch.manual_seed(0)
    if name in TORCHVISION:
        return torchvision_models.get_model(name, weights=None, num_classes=3)
    options = {"img_size": SIZE} if "vit" in name else {}
    return timm.create_model(name, pretrained=False, num_classes=3, **options)


def weighty(model: nn.Module) -> list[str]:
    return [name for name, module in model.named_modules() if isinstance(module, nn.Linear | nn.Conv2d)]


def learn_from(model: nn.Module, share: float) -> None:
    """Let all layers learn from a share of the depth on; 1 is the output layer alone."""
    names = weighty(model)
    first = min(int(share * len(names)), len(names) - 1)
    learning = tuple(f"{name}." for name in names[first:])
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(learning))


def noise(size: int, count: int = 3, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(seed))


CASES = [(name, 0.6) for name in (*TIMM, *OTHERS, *TORCHVISION)] + [(name, 1.0) for name in ("test_vit", *OTHERS)]


@pytest.mark.parametrize(("name", "share"), CASES)
def test_two_parts_are_the_whole(name: str, share: float) -> None:
    model = build(name).double()  # else the last bit decides over gradients where a ReLU6 is at its kink
    learn_from(model, share)
    before = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    cut = cut_network(model, "locked", noise(SIZE).double())
    assert cut is not None
    assert cut.num_layers > 0
    images = noise(SIZE, 4, seed=1).double()
    model.eval()
    with torch.no_grad():
        activations = cut.prefix(images)
        assert [tuple(tensor.shape[1:]) for tensor in activations] == list(cut.shapes)
        torch.testing.assert_close(cut.evaluation_suffix(*activations), model(images), rtol=1e-9, atol=1e-9)
    assert all(torch.equal(tensor, before[key]) for key, tensor in model.state_dict().items())
    assert_gradients_agree(model, cut, images)


def assert_gradients_agree(model: nn.Module, cut: Cut, images: torch.Tensor) -> None:
    train_mode(model, "locked")
    for module in model.modules():
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.eval()  # so that chance plays no part
    grads = []
    for run in (lambda: model(images), lambda: cut.training_suffix(*cut.prefix(images))):
        model.zero_grad()
        run().square().mean().backward()
        grads.append({n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None})
    assert grads[0].keys() == grads[1].keys()
    assert all(n for n, p in model.named_parameters() if p.requires_grad == (n in grads[0]))
    largest = max(float(grad.norm()) for grad in grads[0].values())
    for name, grad in grads[0].items():
        scale = max(float(grad.norm()), 1e-4 * largest)  # what should be zero is noise
        assert float((grad - grads[1][name]).norm()) < 1e-6 * scale, name


class Tiny(nn.Module):
    """A stem, two branches that meet again, a head."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU())
        self.left = nn.Conv2d(8, 8, 3, 1, 1)
        self.right = nn.Conv2d(8, 8, 1)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(8, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = self.stem(images)
        x = self.left(x) + self.right(x)
        return self.head(self.drop(x.mean((2, 3))))


def tiny(learning: str) -> Tiny:
    torch.manual_seed(0)
    model = Tiny()
    with torch.no_grad():
        model(noise(16, 8))  # so that BatchNorm has statistics
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(tuple(learning.split())))
    return model


def test_the_cut_follows_the_data_and_not_the_order_of_layers() -> None:
    # right comes after left, but does not need it: what left gives and what the stem gives both cross.
    cut = cut_network(tiny("right head"), "locked", noise(16))
    assert cut is not None
    assert sorted(cut.shapes) == [(8, 8, 8), (8, 8, 8)]
    head = cut_network(tiny("head"), "locked", noise(16))
    assert head is not None
    assert head.shapes == ((8,),)  # before the dropout, which differs from step to step


def test_dropout_before_the_head_stays_awake() -> None:
    model = tiny("head")
    cut = cut_network(model, "locked", noise(16))
    assert cut is not None
    train_mode(model, "locked")
    activations = cut.prefix(noise(16))
    outputs = {float(cut.training_suffix(*activations).detach().sum()) for _ in range(20)}
    assert len(outputs) > 1
    model.eval()
    assert len({float(cut.evaluation_suffix(*activations).detach().sum()) for _ in range(5)}) == 1


def test_batch_norm_that_adapts_is_not_cut_off() -> None:
    cut = cut_network(tiny("head"), "adapts", noise(16))
    assert cut is None or cut.num_layers <= 1  # at most the convolution before it


def test_nothing_frozen_is_not_cut() -> None:
    assert cut_network(tiny("stem left right head"), "locked", noise(16)) is None


def test_what_cannot_be_traced_is_not_cut() -> None:
    class Branches(Tiny):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return super().forward(images if images.sum() > 0 else -images)

    model = Branches()
    model.requires_grad_(False)
    model.head.requires_grad_(True)
    assert cut_network(model, "locked", noise(16)) is None
    assert model.head.training  # and it is left as it is trained
    assert not model.stem.training


def key_after(change: Callable[[Tiny], None], learning: str = "head") -> str:
    model = tiny(learning)
    with torch.no_grad():
        change(model)
    cut = cut_network(model, "locked", noise(16))
    assert cut is not None
    return cut.key


def test_any_change_of_what_is_frozen_gives_another_key() -> None:
    same = key_after(lambda _: None)
    assert key_after(lambda _: None) == same
    assert key_after(lambda model: model.head.weight.mul_(2)) == same  # it learns, and is not part of it
    changes: list[Callable[[Tiny], object]] = [
        lambda model: model.left.weight[0, 0, 0, 0].add_(1e-6),
        lambda model: model.stem[1].running_mean[3].add_(1e-6),
        lambda model: setattr(model.stem[1], "eps", 2e-5),
        lambda model: setattr(model.stem, "2", nn.ReLU6()),
        lambda model: (
            setattr(model.right, "padding_mode", "zeros")
            or setattr(model.left, "dilation", (1, 1))
            or setattr(model.stem[0], "stride", (1, 1))
        ),
    ]
    keys = {key_after(change) for change in changes}  # type: ignore[arg-type]
    assert len(keys) == len(changes)
    assert same not in keys
    assert key_after(lambda _: None, learning="left right head") not in keys | {same}
