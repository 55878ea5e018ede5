"""The phases of a run: epochs that share a layer plan, each with an optimizer over what learns in it."""

from dataclasses import dataclass

import torch
from torch import nn

from finetune_gui.engine.config import LayerPlan, TrainConfig
from finetune_gui.engine.models.layer_tree import LayerTree, leaf_multipliers, phases, require_trainable
from finetune_gui.engine.models.layers import freeze, leaf_parameters, parameter_multipliers
from finetune_gui.engine.optim import build_optimizer, default_lr


@dataclass(frozen=True, kw_only=True)
class Phase:
    """What holds until the schedule of the layer plan comes to another preset.

    Attributes:
        plan: Of these epochs, without a schedule.
        multipliers: λ of each leaf.
        optimizer: Over the parameters with λ > 0.
        lr: Base learning rate η.
    """

    plan: LayerPlan
    multipliers: dict[str, float]
    optimizer: torch.optim.Optimizer
    lr: float


def check_phases(tree: LayerTree, config: TrainConfig) -> None:
    """Raise before the first step if a later phase could not begin.

    Raises:
        EngineError: A rule matches no layer, or a phase has nothing to learn.
    """
    for _, plan in phases(config.plan, config.num_epochs):
        require_trainable(leaf_multipliers(tree, plan))


def begin_phase(
    model: nn.Module, tree: LayerTree, config: TrainConfig, epoch: int, before: Phase | None = None
) -> Phase:
    """Freeze what the plan of an epoch freezes, and build its optimizer.

    What already learnt in the phase before keeps its state in the optimizer (moments, step count); what joins begins
    afresh.

    Args:
        model: On its device.
        tree: Its layers.
        config: Of the run.
        epoch: Any of the phase.
        before: The phase that ends, if any.
    """
    plan = config.plan.at(epoch)
    multipliers = leaf_multipliers(tree, plan)
    require_trainable(multipliers)
    freeze(model, multipliers)
    lr = default_lr(config.optim, plan.preset)
    optimizer = build_optimizer(parameter_multipliers(model, multipliers), config.optim, lr)
    if before is not None:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter in before.optimizer.state:
                    optimizer.state[parameter] = before.optimizer.state[parameter]
    return Phase(plan=plan, multipliers=multipliers, optimizer=optimizer, lr=lr)


def learnable_parameters(model: nn.Module, tree: LayerTree, plan: LayerPlan) -> list[str]:
    """Names of the parameters that learn in any phase, also in one that only a longer run would reach."""
    plans = [leaf_multipliers(tree, part) for _, part in phases(plan)]
    leaves = leaf_parameters(model)
    return [name for leaf, names in leaves.items() if any(part[leaf] > 0 for part in plans) for name in names]


def move_optimizer(optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Move the state of an optimizer; its step counts stay where they are."""
    for state in optimizer.state.values():
        for name, value in state.items():
            if isinstance(value, torch.Tensor) and value.ndim:
                state[name] = value.to(device)
