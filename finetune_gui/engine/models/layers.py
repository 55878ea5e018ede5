"""Layer plans on a real network: describe it, freeze it for good, and prove that it stayed frozen."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator

import torch
from torch import nn

from finetune_gui.engine.config import BatchNormPolicy
from finetune_gui.engine.models.layer_tree import LayerGroup, LayerNode, LayerTree

Places = dict[str, int]
"""The place of each leaf in the order of depth; equal places make one group."""

BATCH_NORMS = (nn.modules.batchnorm._BatchNorm,)

# Containers that hold the stages or blocks of a network. Found in torchvision's and most other module trees.
_STAGE_CONTAINERS = ("features", "encoder", "encoder.layers", "layers", "blocks", "stages", "trunk_output")


def describe_layers(model: nn.Module, head_path: str, places: Callable[[nn.Module], Places] | None = None) -> LayerTree:
    """The tree of layers with parameters, and their groups.

    Args:
        model: Any network, also on the meta device.
        head_path: Path of the output layer.
        places: Orders the leaves by depth; by default the module tree is followed down to its stages.
    """
    leaves = list(leaf_parameters(model))
    group_of, members = _assign_groups(leaves, head_path, (places or stage_places)(model))
    root = _node(model, "", group_of)
    sizes = {leaf.path: leaf.num_parameters for leaf in root.leaves()}
    groups = tuple(
        LayerGroup(name=_group_name(paths, leaves), num_parameters=sum(sizes[path] for path in paths))
        for paths in members
    )
    return LayerTree(root=root, groups=groups)


def leaf_parameters(model: nn.Module) -> dict[str, list[str]]:
    """Names of the parameters of each leaf: a module with none below it, or a lone tensor of a module with some."""
    leaves: dict[str, list[str]] = {}
    for path, module in model.named_modules():
        prefix = f"{path}." if path else ""
        names = [prefix + name for name, _ in module.named_parameters(recurse=False)]
        if names and _children_with_parameters(module):
            leaves.update({name: [name] for name in names})
        elif names:
            leaves[path] = names
    return leaves


def _node(module: nn.Module, path: str, group_of: dict[str, int]) -> LayerNode:
    own = dict(module.named_parameters(recurse=False))
    prefix = f"{path}." if path else ""
    children: list[LayerNode] = []
    below = _children_with_parameters(module)
    for name, parameter in own.items() if below else ():
        leaf = prefix + name
        children.append(LayerNode(path=leaf, kind="Parameter", num_parameters=parameter.numel(), group=group_of[leaf]))
    children += [_node(child, prefix + name, group_of) for name, child in below.items()]
    count = sum(child.num_parameters for child in children) or sum(p.numel() for p in own.values())
    group = children[0].group if children else group_of[path]
    return LayerNode(path=path, kind=type(module).__name__, num_parameters=count, group=group, children=tuple(children))


def _children_with_parameters(module: nn.Module) -> dict[str, nn.Module]:
    return {name: child for name, child in module.named_children() if any(True for _ in child.parameters())}


def _assign_groups(leaves: list[str], head_path: str, places: Places) -> tuple[dict[str, int], list[list[str]]]:
    """Group index of each leaf, and the leaves of each group by depth, the head last."""
    is_head = {leaf: leaf == head_path or leaf.startswith(f"{head_path}.") for leaf in leaves}
    ordered = sorted({places[leaf] for leaf in leaves if not is_head[leaf]})
    index_of = {place: index for index, place in enumerate(ordered)}
    group_of = {leaf: len(ordered) if is_head[leaf] else index_of[places[leaf]] for leaf in leaves}
    members: list[list[str]] = [[] for _ in range(len(ordered) + 1)]
    for leaf in leaves:
        members[group_of[leaf]].append(leaf)
    return group_of, members


def _group_name(members: list[str], leaves: list[str]) -> str:
    """The shortest parent that holds members only: ``blocks.3``; of several, that of the most members."""
    outside = set(leaves) - set(members)
    names = Counter(_shortest_parent(path, outside) for path in members)
    return names.most_common(1)[0][0]


def _shortest_parent(path: str, outside: set[str]) -> str:
    parts = path.split(".")
    for length in range(1, len(parts)):
        parent = ".".join(parts[:length])
        if not any(other.startswith(f"{parent}.") for other in outside):
            return parent
    return path


def stage_places(model: nn.Module) -> Places:
    """Follow the module tree: each top-level child is a group; containers of stages are opened.

    A group without a weighty layer, such as a lone normalisation or a class token, joins its neighbour.
    """
    groups: dict[str, list[str]] = {}
    weighty: set[str] = set()
    for leaf, names in leaf_parameters(model).items():
        stage = _stage(leaf)
        groups.setdefault(stage, []).append(leaf)
        if not _is_light(model, leaf, names):
            weighty.add(stage)
    places: Places = {}
    num_weighty = 0
    for stage, leaves in groups.items():
        num_weighty += stage in weighty
        places.update(dict.fromkeys(leaves, max(num_weighty, 1)))
    return places


def _stage(leaf: str) -> str:
    parts = leaf.split(".")
    length = 1
    while length < len(parts) and ".".join(parts[:length]) in _STAGE_CONTAINERS:
        length += 1
    return ".".join(parts[:length])


def _is_light(model: nn.Module, leaf: str, names: list[str]) -> bool:
    """Whether a leaf is a normalisation layer or a lone tensor."""
    return leaf in names or all(model.get_parameter(name).ndim < 2 for name in names)


def parameter_multipliers(model: nn.Module, multipliers: dict[str, float]) -> Iterator[tuple[nn.Parameter, float]]:
    """Each parameter with the λ of its leaf."""
    for leaf, names in leaf_parameters(model).items():
        for name in names:
            yield model.get_parameter(name), multipliers[leaf]


def freeze(model: nn.Module, multipliers: dict[str, float]) -> None:
    """Switch gradients off for every parameter of a leaf with λ = 0, and on for all others."""
    for parameter, multiplier in parameter_multipliers(model, multipliers):
        parameter.requires_grad_(multiplier > 0)


def train_mode(model: nn.Module, batch_norm: BatchNormPolicy) -> None:
    """``model.train()``, except for what is frozen.

    A frozen module keeps its BatchNorm statistics and drops nothing out: both follow the ``training`` flag, which a
    plain ``model.train()`` would set again in every epoch. A module without parameters (dropout, stochastic depth)
    counts as frozen when it stands between frozen layers.
    """
    model.train()
    for module in _frozen_modules(model):
        if batch_norm == "adapts" and isinstance(module, BATCH_NORMS):
            continue
        module.training = False


def _frozen_modules(model: nn.Module) -> Iterator[nn.Module]:
    """All modules whose parameters are all frozen, and those without parameters among frozen neighbours."""
    if _all_frozen(model):
        yield from model.modules()
        return
    children = list(model.children())
    has_parameters = [any(True for _ in child.parameters()) for child in children]
    for index, child in enumerate(children):
        if has_parameters[index]:
            yield from _frozen_modules(child)
            continue
        before = next((c for c, p in zip(children[index::-1], has_parameters[index::-1], strict=True) if p), None)
        after = next((c for c, p in zip(children[index:], has_parameters[index:], strict=True) if p), None)
        neighbours = [neighbour for neighbour in (before, after) if neighbour is not None]
        if after is not None and all(_all_frozen(neighbour) for neighbour in neighbours):
            yield from child.modules()


def _all_frozen(module: nn.Module) -> bool:
    return not any(parameter.requires_grad for parameter in module.parameters())


def frozen_fingerprints(model: nn.Module, batch_norm: BatchNormPolicy) -> dict[str, str]:
    """SHA-256 of every frozen parameter, and of every buffer that belongs to a frozen layer.

    Taken before and after training; equal fingerprints prove bit-identical tensors. Statistics of a BatchNorm that
    may adapt are left out.
    """
    fingerprints = {}
    for path, module in model.named_modules():
        own = list(module.named_parameters(recurse=False))
        tensors = [(name, tensor) for name, tensor in own if not tensor.requires_grad]
        adapts = batch_norm == "adapts" and isinstance(module, BATCH_NORMS)
        if len(tensors) == len(own) and own and not adapts:
            tensors += list(module.named_buffers(recurse=False))
        for name, tensor in tensors:
            full = f"{path}.{name}".lstrip(".")
            fingerprints[full] = _fingerprint(tensor)
    return fingerprints


def _fingerprint(tensor: torch.Tensor) -> str:
    content = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
    return hashlib.sha256(content.numpy().data).hexdigest()
