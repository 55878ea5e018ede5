"""Output layers: fitted, extended, dropped out before."""

import pytest
import torch
from torch import nn

from finetune_gui.engine.config import ModelConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.heads import extend_head, replace_head
from finetune_gui.engine.models.layer_tree import active_dropouts
from finetune_gui.engine.models.layers import describe_layers, freeze, train_mode
from finetune_gui.engine.models.sources import load_model


def network(head: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), head)


@pytest.mark.parametrize("bias", [True, False])
def test_a_convolution_keeps_its_kernel_and_the_pooling_after_it(bias: bool) -> None:
    model = nn.Sequential(network(nn.Conv2d(4, 10, 3, padding=1, bias=bias)), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    assert replace_head(model, "x", 5, num_original=10) == "0.2"
    assert model(torch.randn(2, 3, 8, 8)).shape == (2, 5)
    head = model.get_submodule("0.2")
    assert head.kernel_size == (3, 3)
    assert (head.bias is not None) == bias


def test_the_last_of_several_is_the_head() -> None:
    model = nn.Sequential(nn.Linear(4, 10), nn.Linear(10, 10))
    assert replace_head(model, "x", 3, num_original=10) == "1"
    assert model[0].out_features == 10


def test_a_head_that_is_not_there_is_not_guessed() -> None:
    model = nn.Sequential(nn.Linear(4, 7), nn.Linear(7, 12))
    with pytest.raises(EngineError, match="output layer of timm/odd was not found") as caught:
        replace_head(model, "timm/odd", 3, num_original=1000)
    assert caught.value.hint
    assert model[1].out_features == 12


@pytest.mark.parametrize("head", [nn.Linear(4, 2), nn.Linear(4, 2, bias=False), nn.Conv2d(4, 2, 1)])
def test_known_classes_keep_their_weights(head: nn.Module) -> None:
    model = nn.Sequential(nn.Identity(), head)
    extend_head(model, "1", ["ants", "bees"], ["ants", "aphids", "bees", "wasps"])
    extended = model[1]
    assert extended.weight.shape[0] == 4
    assert torch.equal(extended.weight[[0, 2]], head.weight)
    assert extended.weight[[1, 3]].abs().sum() > 0
    if head.bias is not None:
        assert torch.equal(extended.bias[[0, 2]], head.bias)


def test_a_head_of_other_classes_is_refused() -> None:
    with pytest.raises(EngineError, match="each of 3 classes"):
        extend_head(nn.Sequential(nn.Linear(4, 2)), "0", ["a", "b", "c"], ["a"])
    with pytest.raises(EngineError, match="output layer"):
        extend_head(nn.Sequential(nn.Sequential(nn.Linear(4, 2))), "0", ["a", "b"], ["a"])


@pytest.mark.parametrize(
    "model_id", ["torchvision/resnet18", "torchvision/squeezenet1_1", "timm/resnet18", "timm/vit_tiny_patch16_224"]
)
def test_dropout_before_the_head(model_id: str) -> None:
    """A module where the network has one, else beside the head; the names of the weights stay."""
    plain = load_model(ModelConfig(id=model_id, weights="none"), 3)
    loaded = load_model(ModelConfig(id=model_id, weights="none", head_dropout=0.9), 3)
    assert list(plain.model.state_dict()) == list(loaded.model.state_dict())
    tree = describe_layers(loaded.model, loaded.head_path, loaded.places)
    frozen = {leaf.path: float(leaf.group == tree.head) for leaf in tree.root.leaves()}
    assert [place.share for place in active_dropouts(tree, frozen)] == [0.9]
    freeze(loaded.model, frozen)
    train_mode(loaded.model, "locked")
    with torch.no_grad():
        images = torch.randn(2, 3, 224, 224)
        assert not torch.equal(loaded.model(images), loaded.model(images))
        loaded.model.eval()
        assert torch.equal(loaded.model(images), loaded.model(images))


def test_a_share_that_is_none() -> None:
    with pytest.raises(EngineError, match="dropout"):
        ModelConfig(head_dropout=1.0)
