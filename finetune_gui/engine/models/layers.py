"""Layer plans on a real network: describe it, and freeze it for good."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from torch import nn

from finetune_gui.engine.config import BatchNormPolicy
from finetune_gui.engine.models.layer_tree import DropoutPlace, LayerGroup, LayerNode, LayerTree
from finetune_gui.engine.models.output_shapes import Shape

Places = dict[str, int]
"""The place of each leaf in the order of depth; equal places make one group."""
HeadPath = str | tuple[str, ...]
"""Path of the output layer; several where a network averages the outputs of more than one, as distilled ones do."""

BATCH_NORMS = (nn.modules.batchnorm._BatchNorm,)

# Containers that hold the stages or blocks of a network. Found in torchvision's and most other module trees.
_STAGE_CONTAINERS = ("features", "encoder", "encoder.layers", "layers", "blocks", "stages", "trunk_output")


def describe_layers(
    model: nn.Module,
    head_path: HeadPath,
    places: Callable[[nn.Module], Places] | None = None,
    shapes: Mapping[str, Shape] | None = None,
) -> LayerTree:
    """The tree of layers with parameters, and their groups.

    Args:
        model: Any network, also on the meta device.
        head_path: Path of the output layer.
        places: Orders the leaves by depth; by default the module tree is followed down to its stages.
        shapes: Output shapes by path, where they are known.
    """
    leaves = list(leaf_parameters(model))
    group_of, members = _assign_groups(leaves, head_path, (places or stage_places)(model))
    root = _node(model, "", group_of, shapes or {})
    sizes = {leaf.path: leaf.num_parameters for leaf in root.leaves()}
    groups = tuple(
        LayerGroup(name=_group_name(paths, sizes), num_parameters=sum(sizes[path] for path in paths))
        for paths in members
    )
    return LayerTree(root=root, groups=groups, dropouts=tuple(_dropout_places(model)))


def head_paths(head_path: HeadPath) -> tuple[str, ...]:
    """Paths of all output layers."""
    return (head_path,) if isinstance(head_path, str) else head_path


def is_of_head(name: str, head_path: HeadPath) -> bool:
    """Whether a layer or a tensor is an output layer or lies in one."""
    return any(name == path or name.startswith(f"{path}.") for path in head_paths(head_path))


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


def _node(module: nn.Module, path: str, group_of: dict[str, int], shapes: Mapping[str, Shape]) -> LayerNode:
    own = dict(module.named_parameters(recurse=False))
    prefix = f"{path}." if path else ""
    children: list[LayerNode] = []
    below = _children_with_parameters(module)
    for name, parameter in own.items() if below else ():
        leaf = prefix + name
        children.append(LayerNode(path=leaf, kind="Parameter", num_parameters=parameter.numel(), group=group_of[leaf]))
    children += [_node(child, prefix + name, group_of, shapes) for name, child in below.items()]
    count = sum(child.num_parameters for child in children) or sum(p.numel() for p in own.values())
    return LayerNode(
        path=path,
        kind=type(module).__name__,
        num_parameters=count,
        group=children[0].group if children else group_of[path],
        children=tuple(children),
        output_shape=shapes.get(path),
        has_statistics=isinstance(module, BATCH_NORMS) and module.running_mean is not None,
    )


def _dropout_places(module: nn.Module, prefix: str = "") -> Iterator[DropoutPlace]:
    """Where something is dropped out at random, with the layers that decide whether it sleeps (``train_mode``)."""
    children = list(module.named_children())
    for index, (name, child) in enumerate(children):
        path = prefix + name
        if any(True for _ in child.parameters()):
            yield from _dropout_places(child, f"{path}.")
            continue
        before, after = _neighbours([other for _, other in children], index)
        paths = {id(other): prefix + other_name for other_name, other in children}
        for module_path, share in _dropout_shares(child, path):
            yield DropoutPlace(
                path=module_path,
                share=share,
                parent=prefix.rstrip("."),
                before=paths[id(before)] if before is not None else None,
                after=paths[id(after)] if after is not None else None,
            )


def _dropout_shares(module: nn.Module, path: str) -> Iterator[tuple[str, float]]:
    """Dropout and stochastic depth, by whichever name a library gives the share."""
    for name, inner in module.named_modules(prefix=path):
        if not list(inner.children()) and ("Drop" in type(inner).__name__ or "Stochastic" in type(inner).__name__):
            share = next((getattr(inner, key) for key in ("p", "drop_prob", "prob") if hasattr(inner, key)), 0.0)
            if isinstance(share, float | int) and share > 0:
                yield name, float(share)


def _children_with_parameters(module: nn.Module) -> dict[str, nn.Module]:
    return {name: child for name, child in module.named_children() if any(True for _ in child.parameters())}


def _assign_groups(leaves: list[str], head_path: HeadPath, places: Places) -> tuple[dict[str, int], list[list[str]]]:
    """Group index of each leaf, and the leaves of each group by depth, the head last."""
    is_head = {leaf: is_of_head(leaf, head_path) for leaf in leaves}
    ordered = sorted({places[leaf] for leaf in leaves if not is_head[leaf]})
    index_of = {place: index for index, place in enumerate(ordered)}
    group_of = {leaf: len(ordered) if is_head[leaf] else index_of[places[leaf]] for leaf in leaves}
    members: list[list[str]] = [[] for _ in range(len(ordered) + 1)]
    for leaf in leaves:
        members[group_of[leaf]].append(leaf)
    return group_of, members


def _group_name(members: list[str], sizes: Mapping[str, int]) -> str:
    """The shortest parent that holds members only, such as ``blocks.3``; of several, that of the most parameters."""
    outside = set(sizes) - set(members)
    weights: Counter[str] = Counter()
    for path in members:
        weights[_shortest_parent(path, outside)] += sizes[path]
    return weights.most_common(1)[0][0]


def _shortest_parent(path: str, outside: set[str]) -> str:
    parts = path.split(".")
    for length in range(1, len(parts)):
        parent = ".".join(parts[:length])
        if not any(other.startswith(f"{parent}.") for other in outside):
            return parent
    return path


def stage_places(model: nn.Module, head_path: HeadPath = ()) -> Places:
    """Follow the module tree: each top-level child is a group; containers of stages are opened.

    A group without a weighty layer, such as a lone normalisation or a class token, joins its neighbour; the head does
    not count.
    """
    groups: dict[str, list[str]] = {}
    weighty: set[str] = set()
    for leaf, names in leaf_parameters(model).items():
        stage = _stage(leaf)
        groups.setdefault(stage, []).append(leaf)
        if not is_of_head(leaf, head_path) and not _is_light(model, leaf, names):
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
    for index, child in enumerate(children):
        if any(True for _ in child.parameters()):
            yield from _frozen_modules(child)
            continue
        before, after = _neighbours(children, index)
        if after is not None and _all_frozen(after) and (before is None or _all_frozen(before)):
            yield from child.modules()


def _neighbours(children: list[nn.Module], index: int) -> tuple[nn.Module | None, nn.Module | None]:
    """The nearest children with parameters before and after one."""

    def with_parameters(candidates: list[nn.Module]) -> nn.Module | None:
        return next((child for child in candidates if any(True for _ in child.parameters())), None)

    return with_parameters(children[:index][::-1]), with_parameters(children[index + 1 :])


def _all_frozen(module: nn.Module) -> bool:
    return not any(parameter.requires_grad for parameter in module.parameters())
