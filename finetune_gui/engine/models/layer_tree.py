"""The layers of a network as plain data, and what a layer plan means for them. Torch-free, so the window can ask."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from finetune_gui.engine.config import LayerPlan, Preset, PresetChange, TwoRates
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
        output_shape: Of one image, without the batch; None where it is not known.
        has_statistics: Whether it is a BatchNorm that keeps running statistics.
    """

    path: str
    kind: str
    num_parameters: int
    group: int
    children: tuple["LayerNode", ...] = ()
    output_shape: tuple[int, ...] | None = None
    has_statistics: bool = False

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
class DropoutPlace:
    """A dropout or stochastic depth. It sleeps where its parent is frozen, or where both its neighbours are.

    Attributes:
        path: As in ``named_modules``.
        share: What is dropped in training.
        parent: Path of the nearest module with parameters around it.
        before: Path of the nearest layer with parameters before it in the parent, if any.
        after: The same after it; without one it sleeps with its parent alone.
    """

    path: str
    share: float
    parent: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class LayerTree:
    """All layers with parameters, and their groups in order of depth."""

    root: LayerNode
    groups: tuple[LayerGroup, ...]
    dropouts: tuple[DropoutPlace, ...] = ()

    @property
    def head(self) -> int:
        """Index of the group of the output layer."""
        return len(self.groups) - 1

    def by_depth(self) -> list[LayerNode]:
        """The leaves from the input to the head: by group, and within it in the order of the network."""
        return sorted(self.root.leaves(), key=lambda leaf: leaf.group)


def preset_multipliers(preset: Preset, num_groups: int) -> list[float]:
    """λ of each layer group, from the input to the head. ``two_groups`` with its defaults: see ``leaf_multipliers``."""
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
        case "two_groups":
            return [1.0] * head + [TwoRates().multiplier]


def leaf_multipliers(tree: LayerTree, plan: LayerPlan) -> dict[str, float]:
    """λ of each leaf, by its path: the preset first, then the rules in order. A schedule is left aside.

    Raises:
        EngineError: A rule, or the layer that divides ``two_groups``, matches no layer.
    """
    multipliers = preset_leaf_multipliers(tree, plan)
    for rule in plan.rules:
        matched = [leaf for leaf in multipliers if _matches(rule.pattern, leaf)]
        if not matched:
            raise _no_match(tree, rule.pattern)
        multipliers.update(dict.fromkeys(matched, rule.multiplier))
    return multipliers


def preset_leaf_multipliers(tree: LayerTree, plan: LayerPlan) -> dict[str, float]:
    """λ of each leaf as the preset alone gives it.

    Raises:
        EngineError: The layer that divides ``two_groups`` is none.
    """
    if plan.preset == "two_groups" and plan.two_rates.up_to:
        return _two_groups(tree, plan.two_rates)
    by_group = preset_multipliers(plan.preset, len(tree.groups))
    if plan.preset == "two_groups":
        by_group[tree.head] = plan.two_rates.multiplier
    return {leaf.path: by_group[leaf.group] for leaf in tree.root.leaves()}


def _two_groups(tree: LayerTree, rates: TwoRates) -> dict[str, float]:
    """η up to and including a layer, η·λ beyond it, in order of depth."""
    ordered = [leaf.path for leaf in tree.by_depth()]
    matched = [index for index, leaf in enumerate(ordered) if _matches(rates.up_to, leaf)]
    if not matched:
        raise _no_match(tree, rates.up_to)
    return {leaf: 1.0 if index <= matched[-1] else rates.multiplier for index, leaf in enumerate(ordered)}


def phases(plan: LayerPlan, num_epochs: int | None = None) -> list[tuple[int, LayerPlan]]:
    """The plans of a run with their first epochs; a change that changes nothing, or comes too late, makes no phase.

    Without ``num_epochs`` none is too late.
    """
    found = [(1, plan.at(1))]
    for change in plan.schedule:
        in_time = num_epochs is None or change.from_epoch <= num_epochs
        if in_time and change.preset != found[-1][1].preset:
            found.append((change.from_epoch, plan.at(change.from_epoch)))
    return found


def gradual_unfreezing(num_epochs: int, last: Preset | None = "by_depth") -> tuple[PresetChange, ...]:
    """A schedule for a plan that begins with ``head``: then the last stage, then ``last``, each for as many epochs.

    In a run of too few epochs the later ones have no room.

    Args:
        num_epochs: Of the run.
        last: None to stop at the last stage.
    """
    later: list[Preset] = ["last_stage", *([last] if last is not None else [])]
    changes: list[PresetChange] = []
    for index, preset in enumerate(later, start=1):
        first = max(2, 1 + round(index * num_epochs / (len(later) + 1)))
        if first <= num_epochs and (not changes or first > changes[-1].from_epoch):
            changes.append(PresetChange(from_epoch=first, preset=preset))
    return tuple(changes)


def locked_statistics(tree: LayerTree, plan: LayerPlan, multipliers: Mapping[str, float]) -> tuple[int, int]:
    """How many BatchNorm layers keep their statistics still under a plan, and how many there are."""
    layers = [leaf.path for leaf in tree.root.leaves() if leaf.has_statistics]
    still = sum(multipliers[path] == 0 for path in layers) if plan.batch_norm == "locked" else 0
    return still, len(layers)


def active_dropouts(tree: LayerTree, multipliers: Mapping[str, float]) -> tuple[DropoutPlace, ...]:
    """The dropouts that are awake in training under a plan."""

    def frozen(path: str) -> bool:
        below = f"{path}." if path else ""
        return not any(value > 0 and (leaf == path or leaf.startswith(below)) for leaf, value in multipliers.items())

    def sleeps(place: DropoutPlace) -> bool:
        if frozen(place.parent):
            return True
        return place.after is not None and frozen(place.after) and (place.before is None or frozen(place.before))

    return tuple(place for place in tree.dropouts if not sleeps(place))


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
