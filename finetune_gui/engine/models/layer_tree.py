"""The layers of a network as plain data, and what a layer plan means for them. Torch-free, so the window can ask."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from finetune_gui.engine.config import LayerPlan, Preset
from finetune_gui.engine.errors import EngineError

LAYER_DECAY = 0.75  # of ``by_depth``, per layer group; 0.65 to 0.75 is usual (Bao et al. 2022, BEiT, appendix)


@dataclass(frozen=True, kw_only=True)
class LayerNode:
    """A layer, or a tensor that belongs to no layer of its own (kind ``Parameter``).

    Attributes:
        path: As in ``named_modules`` or ``named_parameters``; empty for the whole network.
        kind: Class name.
        num_parameters: Own and below.
        group: Index of its layer group; of a parent, that of its first leaf.
        children: Layers with parameters below it.
    """

    path: str
    kind: str
    num_parameters: int
    group: int
    children: tuple["LayerNode", ...] = ()

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.rsplit(".", 1)[-1]

    def walk(self) -> Iterator["LayerNode"]:
        """This node and all below, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator["LayerNode"]:
        """The nodes that hold parameters themselves; each parameter belongs to exactly one."""
        return (node for node in self.walk() if not node.children)


@dataclass(frozen=True, kw_only=True)
class LayerGroup:
    """Layers that learn at one rate, such as a stage. The last group is the head."""

    name: str
    num_parameters: int


@dataclass(frozen=True, kw_only=True)
class LayerTree:
    """All layers with parameters, and their groups in order of depth."""

    root: LayerNode
    groups: tuple[LayerGroup, ...]

    @property
    def head(self) -> int:
        """Index of the group of the output layer."""
        return len(self.groups) - 1


def preset_multipliers(preset: Preset, num_groups: int) -> list[float]:
    """λ of each layer group, from the input to the head."""
    head = num_groups - 1
    match preset:
        case "head":
            return [0.0] * head + [1.0]
        case "last_stage":
            return [float(group >= head - 1) for group in range(num_groups)]
        case "all":
            return [1.0] * num_groups
        case "by_depth":
            return [LAYER_DECAY ** (head - group) for group in range(num_groups)]


def leaf_multipliers(tree: LayerTree, plan: LayerPlan) -> dict[str, float]:
    """λ of each leaf, by its path: the preset first, then the rules in order.

    Raises:
        EngineError: A rule matches no layer.
    """
    by_group = preset_multipliers(plan.preset, len(tree.groups))
    multipliers = {leaf.path: by_group[leaf.group] for leaf in tree.root.leaves()}
    for rule in plan.rules:
        matched = [leaf for leaf in multipliers if _matches(rule.pattern, leaf)]
        if not matched:
            raise _no_match(tree, rule.pattern)
        multipliers.update(dict.fromkeys(matched, rule.multiplier))
    return multipliers


def require_trainable(multipliers: dict[str, float]) -> None:
    """Raise if a plan leaves nothing to learn.

    Raises:
        EngineError: Every layer is frozen.
    """
    if not any(multipliers.values()):
        raise EngineError("Every layer is frozen, so nothing can be learnt.", "Unfreeze at least the output layer.")


def group_multipliers(tree: LayerTree, multipliers: dict[str, float]) -> dict[str, float]:
    """λ of each layer group by its name: the largest of its leaves."""
    by_group = {group.name: 0.0 for group in tree.groups}
    for leaf in tree.root.leaves():
        name = tree.groups[leaf.group].name
        by_group[name] = max(by_group[name], multipliers[leaf.path])
    return by_group


def trainable_parameters(tree: LayerTree, multipliers: dict[str, float]) -> int:
    """Number of parameters with λ > 0."""
    return sum(leaf.num_parameters for leaf in tree.root.leaves() if multipliers[leaf.path] > 0)


def _matches(pattern: str, path: str) -> bool:
    """Whether a glob matches a path or one of its parents."""
    parts = path.split(".")
    return any(fnmatchcase(".".join(parts[:length]), pattern) for length in range(1, len(parts) + 1))


def _no_match(tree: LayerTree, pattern: str) -> EngineError:
    paths = [node.path for node in tree.root.walk() if node.path]
    close = difflib.get_close_matches(pattern, paths, n=3, cutoff=0.4) or [group.name for group in tree.groups[-3:]]
    return EngineError(f"No layer matches '{pattern}'.", f"Use a path or a glob, such as {', '.join(close)}.")
