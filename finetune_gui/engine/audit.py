"""Compares a network in training with its start: what is frozen must be the same, what learns has moved so far."""

import time
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn

from finetune_gui.engine.checkpoint import StartWeights
from finetune_gui.engine.config import BatchNormPolicy
from finetune_gui.engine.events import DriftMeasured, FreezeAudited
from finetune_gui.engine.models.fingerprints import fingerprint, frozen_fingerprints, frozen_tensors
from finetune_gui.engine.models.layer_tree import LayerTree
from finetune_gui.engine.models.layers import leaf_parameters


def take_fingerprints(
    model: nn.Module, batch_norm: BatchNormPolicy, before: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Fingerprints of what is frozen now.

    Args:
        model: With its present phase's layers frozen.
        batch_norm: Of the plan.
        before: Of an earlier phase: what has been frozen since then keeps it, so the proof reaches back.
    """
    frozen = frozen_tensors(model, batch_norm)
    return {name: (before or {}).get(name) or fingerprint(tensor) for name, tensor in frozen.items()}


def audit_frozen(
    model: nn.Module, batch_norm: BatchNormPolicy, fingerprints: Mapping[str, str], epoch: int
) -> FreezeAudited:
    """Compare what is frozen with its fingerprints."""
    begun = time.monotonic()
    now = frozen_fingerprints(model, batch_norm)
    changed = tuple(name for name, before in fingerprints.items() if now.get(name) != before)
    return FreezeAudited(
        epoch=epoch,
        num_frozen=len(fingerprints),
        verified=not changed if fingerprints else None,
        changed=changed,
        seconds=time.monotonic() - begun,
    )


def measure_drift(model: nn.Module, tree: LayerTree, start_file: Path, epoch: int) -> DriftMeasured:
    """‖w − w₀‖ / ‖w₀‖ of each layer group.

    Args:
        model: As it is now.
        tree: Its layers.
        start_file: The start of every parameter that may learn; the others are where they began.
        epoch: For the event.
    """
    squares = _squares(model, start_file)
    drift: dict[str, float] = {}
    members = _parameters_by_group(model, tree)
    for group, names in zip(tree.groups, members, strict=True):
        moved = sum(squares[name][0] for name in names)
        start = sum(squares[name][1] for name in names)
        if start > 0:
            drift[group.name] = (moved / start) ** 0.5
    return DriftMeasured(epoch=epoch, drift=drift)


def _parameters_by_group(model: nn.Module, tree: LayerTree) -> list[list[str]]:
    names_of = leaf_parameters(model)
    members: list[list[str]] = [[] for _ in tree.groups]
    for leaf in tree.root.leaves():
        members[leaf.group] += names_of[leaf.path]
    return members


@torch.no_grad()
def _squares(model: nn.Module, start_file: Path) -> dict[str, tuple[float, float]]:
    """‖w − w₀‖² and ‖w₀‖² of each parameter; they are read from the device together."""
    names, norms = [], []
    with StartWeights(start_file) as start:
        for name, parameter in model.named_parameters():
            if name in start:
                before = start.tensor(name).to(parameter.device)
                pair = (torch.linalg.vector_norm(parameter - before), torch.linalg.vector_norm(before))
            else:
                pair = (parameter.new_zeros(()), torch.linalg.vector_norm(parameter))
            names.append(name)
            norms.append(torch.stack(pair))
    pairs = zip(names, torch.stack(norms).tolist(), strict=True)
    return {name: (moved**2, before**2) for name, (moved, before) in pairs}
