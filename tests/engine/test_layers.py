"""Layer plans: what is frozen stays frozen, what learns learns at η·λ."""

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from finetune_gui.engine.config import LayerPlan, LayerRule, ModelConfig, OptimConfig, TwoRates
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.fingerprints import frozen_fingerprints
from finetune_gui.engine.models.layer_tree import (
    LAYER_DECAY,
    active_dropouts,
    gradual_unfreezing,
    group_multipliers,
    leaf_multipliers,
    locked_statistics,
    phases,
    preset_multipliers,
    require_trainable,
    trainable_parameters,
)
from finetune_gui.engine.models.layers import (
    describe_layers,
    freeze,
    leaf_parameters,
    parameter_multipliers,
    train_mode,
)
from finetune_gui.engine.models.output_shapes import output_shapes
from finetune_gui.engine.models.sources import load_layer_tree, load_model
from finetune_gui.engine.optim import build_optimizer, default_lr, schedule_factor, set_learning_rate

FAMILIES = [
    "starter",
    "torchvision/resnet18",
    "torchvision/vit_b_16",
    "torchvision/mobilenet_v3_small",
    "torchvision/squeezenet1_1",
    "torchvision/googlenet",
    "timm/convnext_atto",
    "timm/vit_tiny_patch16_224",
]


def plan(preset="head", *rules: tuple[str, float], batch_norm="locked") -> LayerPlan:
    made = tuple(LayerRule(pattern=pattern, multiplier=multiplier) for pattern, multiplier in rules)
    return LayerPlan(preset=preset, rules=made, batch_norm=batch_norm)


@pytest.mark.parametrize("model_id", FAMILIES)
def test_tree_covers_every_parameter_once(model_id: str) -> None:
    with torch.device("meta"):
        loaded = load_model(ModelConfig(id=model_id, weights="none"), 3)
    tree = describe_layers(loaded.model, loaded.head_path, loaded.places)
    names = [name for owned in leaf_parameters(loaded.model).values() for name in owned]
    assert sorted(names) == sorted(name for name, _ in loaded.model.named_parameters())
    assert tree.root.num_parameters == sum(p.numel() for p in loaded.model.parameters())
    assert sum(group.num_parameters for group in tree.groups) == tree.root.num_parameters
    assert len({group.name for group in tree.groups}) == len(tree.groups) >= 5
    head = [leaf.path for leaf in tree.root.leaves() if leaf.group == tree.head]
    assert head == [loaded.head_path]
    with torch.device("meta"):
        assert loaded.model.eval()(torch.empty(2, 3, 224, 224)).shape == (2, 3)


@pytest.mark.parametrize("model_id", ["starter", "torchvision/resnet18", "timm/vit_tiny_patch16_224"])
@pytest.mark.parametrize("preset", ["head", "last_stage", "all", "by_depth"])
def test_two_steps_move_what_learns_and_nothing_else(model_id: str, preset) -> None:
    torch.manual_seed(0)
    loaded = load_model(ModelConfig(id=model_id, weights="none"), 3)
    model = loaded.model
    tree = describe_layers(model, loaded.head_path, loaded.places)
    multipliers = leaf_multipliers(tree, plan(preset))
    freeze(model, multipliers)
    before = copy.deepcopy(model.state_dict())
    fingerprints = frozen_fingerprints(model, "locked")
    optimizer = build_optimizer(parameter_multipliers(model, multipliers), OptimConfig(), lr=1e-2)
    side = 224 if "vit" in model_id else 64
    for _ in range(2):
        train_mode(model, "locked")
        logits = model(torch.randn(4, 3, side, side))
        F.cross_entropy(logits, torch.tensor([0, 1, 2, 0])).backward()
        optimizer.step()
        optimizer.zero_grad()
    assert frozen_fingerprints(model, "locked") == fingerprints
    after = model.state_dict()
    for leaf, names in leaf_parameters(model).items():
        moved = [not torch.equal(before[name], after[name]) for name in names]
        assert all(moved) if multipliers[leaf] > 0 else not any(moved), leaf
    frozen_leaves = [leaf for leaf, multiplier in multipliers.items() if multiplier == 0]
    for name, buffer in model.named_buffers():
        if name.rpartition(".")[0] in frozen_leaves:
            assert torch.equal(before[name], buffer), name
    states = {id(parameter) for parameter in optimizer.state}
    assert states == {id(p) for p in model.parameters() if p.requires_grad}


def test_plain_train_mode_would_have_moved_the_statistics() -> None:
    """The fault that ``train_mode`` guards against is real: pytorch-lightning#15062 and others."""
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    freeze(model, {"0": 0.0, "1": 0.0, "3": 1.0})
    fingerprints = frozen_fingerprints(model, "locked")
    assert "1.running_mean" in fingerprints
    train_mode(model, "locked")
    model(torch.randn(8, 3, 1, 1))
    assert frozen_fingerprints(model, "locked") == fingerprints
    model.train()
    model(torch.randn(8, 3, 1, 1))
    assert frozen_fingerprints(model, "locked") != fingerprints


def test_batch_norm_may_adapt_by_choice() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    freeze(model, {"0": 0.0, "1": 0.0, "3": 1.0})
    train_mode(model, "adapts")
    fingerprints = frozen_fingerprints(model, "adapts")
    assert "1.running_mean" not in fingerprints
    assert "1.weight" in fingerprints
    before = model[1].running_mean.clone()
    model(torch.randn(8, 3, 1, 1))
    assert not torch.equal(model[1].running_mean, before)
    assert frozen_fingerprints(model, "adapts") == fingerprints


def test_dropout_sleeps_between_frozen_layers_only() -> None:
    model = nn.Sequential(
        nn.Linear(4, 4), nn.Dropout(), nn.Linear(4, 4), nn.Dropout(), nn.Linear(4, 4), nn.Sequential(nn.Dropout())
    )
    freeze(model, {"0": 0.0, "2": 0.0, "4": 1.0})
    train_mode(model, "locked")
    assert [model[index].training for index in range(5)] == [False, False, False, True, True]
    freeze(model, {"0": 0.0, "2": 0.0, "4": 0.0})
    train_mode(model, "locked")
    assert not any(module.training for module in model.modules())


def test_the_rule_against_a_hand_computed_step() -> None:
    """w ← w − η·λ·∇w, for one linear layer under a squared loss: the gradient of w is 2·(w·x − y)·x."""
    first, second = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    model = nn.ModuleDict({"slow": first, "fast": second})
    nn.init.constant_(first.weight, 1.0)
    nn.init.constant_(second.weight, 1.0)
    config = OptimConfig(optimizer="sgd", momentum=0.0, weight_decay=0.0)
    optimizer = build_optimizer(parameter_multipliers(model, {"slow": 0.1, "fast": 1.0}), config, lr=0.5)
    x, y = torch.tensor([[2.0]]), torch.tensor([[1.0]])
    ((first(x) - y) ** 2 + (second(x) - y) ** 2).sum().backward()
    set_learning_rate(optimizer, 0.5)  # as in the middle of a schedule
    optimizer.step()
    gradient = 2 * (1.0 * 2.0 - 1.0) * 2.0
    assert first.weight.item() == pytest.approx(1.0 - 0.5 * 0.5 * 0.1 * gradient)
    assert second.weight.item() == pytest.approx(1.0 - 0.5 * 0.5 * 1.0 * gradient)


def test_biases_and_scales_are_not_decayed() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    optimizer = build_optimizer(((p, 1.0) for p in model.parameters()), OptimConfig(weight_decay=0.1), lr=1.0)
    decays = {id(p): group["weight_decay"] for group in optimizer.param_groups for p in group["params"]}
    assert decays[id(model[0].weight)] == 0.1
    assert {decays[id(p)] for p in (model[0].bias, model[1].weight, model[1].bias)} == {0.0}


def test_presets() -> None:
    assert preset_multipliers("head", 4) == [0, 0, 0, 1]
    assert preset_multipliers("last_stage", 4) == [0, 0, 1, 1]
    assert preset_multipliers("all", 4) == [1, 1, 1, 1]
    assert preset_multipliers("by_depth", 3) == [LAYER_DECAY**2, LAYER_DECAY, 1]


def test_two_groups_is_the_rule_of_the_mission() -> None:
    """η up to and including layer l, η·λ beyond it."""
    tree = load_layer_tree("torchvision/resnet18", 2)
    default = leaf_multipliers(tree, LayerPlan(preset="two_groups"))
    assert {default[leaf.path] for leaf in tree.root.leaves() if leaf.group != tree.head} == {1.0}
    assert default["fc"] == 10.0
    rates = TwoRates(up_to="layer3.0", multiplier=0.5)
    multipliers = leaf_multipliers(tree, LayerPlan(preset="two_groups", two_rates=rates))
    assert [multipliers[path] for path in ("conv1", "layer2.1.bn2", "layer3.0.conv2")] == [1.0, 1.0, 1.0]
    assert multipliers["layer3.0.downsample.1"] == 1.0  # the last layer of layer3.0
    assert [multipliers[path] for path in ("layer3.1.conv1", "layer4.0.bn1", "fc")] == [0.5, 0.5, 0.5]
    with pytest.raises(EngineError, match="No layer matches 'layer9'"):
        leaf_multipliers(tree, LayerPlan(preset="two_groups", two_rates=TwoRates(up_to="layer9")))
    with pytest.raises(EngineError, match="multiplier"):
        TwoRates(multiplier=-1.0)


def test_two_groups_against_a_hand_computed_step() -> None:
    """Layer 0 learns at η, layer 1 at η·λ; y = w₁·w₀·x, loss (y − t)²."""
    model = nn.Sequential(nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False))
    nn.init.constant_(model[0].weight, 2.0)
    nn.init.constant_(model[1].weight, 3.0)
    two_rates = TwoRates(up_to="0", multiplier=0.25)
    multipliers = leaf_multipliers(describe_layers(model, "1"), LayerPlan(preset="two_groups", two_rates=two_rates))
    config = OptimConfig(optimizer="sgd", momentum=0.0, weight_decay=0.0)
    optimizer = build_optimizer(parameter_multipliers(model, multipliers), config, lr=0.01)
    ((model(torch.tensor([[1.0]])) - 5.0) ** 2).sum().backward()
    optimizer.step()
    error = 3.0 * 2.0 * 1.0 - 5.0
    assert model[0].weight.item() == pytest.approx(2.0 - 0.01 * 2 * error * 3.0)
    assert model[1].weight.item() == pytest.approx(3.0 - 0.01 * 0.25 * 2 * error * 2.0)


def test_phases_of_a_schedule() -> None:
    schedule = gradual_unfreezing(9)
    assert [(change.from_epoch, change.preset) for change in schedule] == [(4, "last_stage"), (7, "by_depth")]
    found = phases(LayerPlan(schedule=schedule), 9)
    assert [(first, part.preset) for first, part in found] == [(1, "head"), (4, "last_stage"), (7, "by_depth")]
    assert [first for first, _ in phases(LayerPlan(schedule=schedule), 6)] == [1, 4]
    assert [first for first, _ in phases(LayerPlan(preset="last_stage", schedule=schedule), 9)] == [1, 7]
    assert LayerPlan(schedule=schedule).at(6) == LayerPlan(preset="last_stage")
    assert gradual_unfreezing(1) == ()
    assert [change.from_epoch for change in gradual_unfreezing(2)] == [2]
    assert all(change.from_epoch <= epochs for epochs in range(1, 30) for change in gradual_unfreezing(epochs))


@pytest.mark.parametrize("model_id", ["starter", "torchvision/squeezenet1_1", "timm/vit_tiny_patch16_224"])
def test_output_shapes_are_those_of_a_real_pass(model_id: str) -> None:
    tree = load_layer_tree(model_id, 3)
    shapes = {node.path: node.output_shape for node in tree.root.walk()}
    assert shapes[""] == (3,)
    loaded = load_model(ModelConfig(id=model_id, weights="none"), 3)
    real = output_shapes(loaded.model, loaded.preprocessing.size)
    assert {path: shape for path, shape in shapes.items() if shape is not None}.items() <= real.items()
    assert loaded.model.training
    assert not any(module._forward_hooks for module in loaded.model.modules())


def test_a_network_that_meta_cannot_run_has_no_shapes_beyond() -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 2, 1)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            features = self.first(images)
            return self.second(features) if features.sum().item() > 0 else features

    with torch.device("meta"):
        assert output_shapes(Odd(), 8) == {"first": (4, 8, 8)}


def test_what_sleeps_and_what_is_locked() -> None:
    """The torch-free answer is that of ``train_mode``."""
    tree = load_layer_tree("torchvision/efficientnet_b0", 3)
    model = load_model(ModelConfig(id="torchvision/efficientnet_b0", weights="none"), 3).model
    for preset, num_awake in (("head", 1), ("last_stage", 1), ("all", 16)):
        layer_plan = plan(preset)
        multipliers = leaf_multipliers(tree, layer_plan)
        freeze(model, multipliers)
        train_mode(model, "locked")
        awake = active_dropouts(tree, multipliers)
        assert len(awake) == num_awake
        assert {place.path for place in tree.dropouts if model.get_submodule(place.path).training} == {
            place.path for place in awake
        }
        still, total = locked_statistics(tree, layer_plan, multipliers)
        norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
        assert (still, total) == (sum(not norm.training for norm in norms), len(norms))
    assert locked_statistics(tree, plan("head", batch_norm="adapts"), leaf_multipliers(tree, plan("head")))[0] == 0


def test_rules_override_in_order_and_reach_below() -> None:
    tree = load_layer_tree("starter", 2)
    multipliers = leaf_multipliers(tree, plan("head", ("blocks.6", 0.5), ("blocks.6.0.bn*", 0.0), ("class*", 2.0)))
    assert multipliers["blocks.6.0.conv_pw"] == 0.5
    assert multipliers["blocks.6.0.bn1"] == 0.0
    assert multipliers["blocks.5.0.conv_pw"] == 0.0
    assert multipliers["classifier"] == 2.0
    assert group_multipliers(tree, multipliers)["blocks.6"] == 0.5
    everything = leaf_multipliers(tree, plan("all"))
    assert trainable_parameters(tree, everything) == tree.root.num_parameters


def test_plans_that_cannot_be() -> None:
    tree = load_layer_tree("starter", 2)
    with pytest.raises(EngineError, match=r"No layer matches 'blokcs\.1'") as caught:
        leaf_multipliers(tree, plan("all", ("blokcs.1", 0.0)))
    assert "blocks.1" in caught.value.hint
    with pytest.raises(EngineError, match="Every layer is frozen"):
        require_trainable(leaf_multipliers(tree, plan("all", ("*", 0.0))))


@pytest.mark.parametrize("model_id", ["resnet50", "torchvision/resnet5", "timm/no_such_net", "elsewhere/resnet50", ""])
def test_unknown_models(model_id: str) -> None:
    with pytest.raises(EngineError, match="There is no model") as caught:
        load_model(ModelConfig(id=model_id, weights="none"), 2)
    assert caught.value.hint


@pytest.mark.parametrize("model_id", ["torchvision/resnet18", "timm/resnet18.a1_in1k"])
def test_weights_without_a_network(
    model_id: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    no_network: list[object],  # noqa: ARG001
) -> None:
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(EngineError, match="could not be downloaded") as caught:
        load_model(ModelConfig(id=model_id), 2)
    assert "starter" in caught.value.hint
    assert not list(tmp_path.rglob("*.pth*"))
    assert load_model(ModelConfig(id=model_id, weights="none"), 2).model is not None


def test_two_heads_that_are_averaged_are_one_group() -> None:
    loaded = load_model(ModelConfig(id="timm/deit_tiny_distilled_patch16_224", weights="none", head_dropout=0.5), 2)
    model = loaded.model
    tree = describe_layers(model, loaded.head_path, loaded.places)
    assert [leaf.path for leaf in tree.root.leaves() if leaf.group == tree.head] == ["head", "head_dist"]
    freeze(model, leaf_multipliers(tree, LayerPlan()))
    assert {name for name, p in model.named_parameters() if p.requires_grad} == {
        *("head.weight", "head.bias", "head_dist.weight", "head_dist.bias")
    }
    assert len(active_dropouts(tree, leaf_multipliers(tree, LayerPlan()))) == 2
    images = torch.randn(2, 3, 224, 224)
    model.eval()
    with torch.no_grad():
        before = model.forward_features(images)
        meant = (model.head(before[:, 0]) + model.head_dist(before[:, 1])) / 2
        assert torch.allclose(model(images), meant)


def test_an_encoder_without_a_head_is_not_given_one() -> None:
    with torch.device("meta"), pytest.raises(EngineError, match="output layer"):
        load_model(ModelConfig(id="timm/qwen3_vit_88m_enc", weights="none"), 2)


def factors(steps: int, **settings: Any) -> list[float]:
    config = OptimConfig(**settings)
    return [schedule_factor(config, step, steps, steps_per_epoch=10) for step in range(steps)]


def test_schedules() -> None:
    cosine = factors(100, schedule="cosine")
    assert max(cosine) <= 1.0
    assert cosine[:5] == sorted(cosine[:5])  # warm-up
    assert cosine[5:] == sorted(cosine[5:], reverse=True)
    assert cosine[-1] < 0.01
    assert factors(1, schedule="cosine") == [1.0]
    assert set(factors(10, schedule="constant")) == {1.0}
    stepped = factors(50, schedule="step", step_epochs=2, step_factor=0.5)
    assert stepped == [1.0] * 20 + [0.5] * 20 + [0.25] * 10


@pytest.mark.parametrize("steps", [5, 10, 97])
def test_one_cycle_is_that_of_torch(steps: int) -> None:
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.5)
    theirs = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.5, total_steps=steps)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(rates) < steps:
            theirs.step()
    assert factors(steps, schedule="one_cycle") == pytest.approx([rate / 0.5 for rate in rates], rel=1e-6)


def test_a_lone_head_stands_a_larger_rate() -> None:
    assert default_lr(OptimConfig(), "head") > default_lr(OptimConfig(), "all")
    assert default_lr(OptimConfig(lr=0.5), "all") == 0.5
