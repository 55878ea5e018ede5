"""Changes of a layer plan made by hand: plain functions, so that many rows cost as little as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from finetune_gui.engine.config import LayerPlan, LayerRule
from finetune_gui.engine.models.layer_tree import LayerNode, LayerTree, leaf_multipliers, preset_leaf_multipliers


def is_below(path: str, parent: str) -> bool:
    """Whether a path is ``parent`` or lies below it."""
    return path == parent or path.startswith(f"{parent}.")


def outermost(paths: Iterable[str]) -> list[str]:
    """The paths without those that lie below another of them."""
    kept: list[str] = []
    for path in sorted(set(paths), key=lambda path: path.split(".")):
        if not kept or not is_below(path, kept[-1]):
            kept.append(path)
    return kept


def group_tops(tree: LayerTree, group: int) -> list[LayerNode]:
    """The highest nodes of which all leaves belong to a group; together they hold each of its leaves once."""
    tops: list[LayerNode] = []

    def visit(node: LayerNode) -> None:
        if all(leaf.group == group for leaf in node.leaves()) and node.path:
            tops.append(node)
        else:
            for child in node.children:
                visit(child)

    visit(tree.root)
    return tops


def with_multipliers(tree: LayerTree, plan: LayerPlan, wishes: Mapping[str, float]) -> LayerPlan:
    """The plan after layers were given a λ by hand.

    Rules for them and for what is below are dropped; new ones are added only where the rest of the plan does not say
    the same already.

    Args:
        tree: The layers.
        plan: The plan before.
        wishes: λ by path; none lies below another.

    Raises:
        EngineError: A rule that the plan has already matches no layer.
    """
    kept = tuple(rule for rule in plan.rules if not any(is_below(rule.pattern, path) for path in wishes))
    rest = replace(plan, rules=kept)
    before = leaf_multipliers(tree, rest)
    added = []
    for path, multiplier in wishes.items():
        if any(value != multiplier for leaf, value in before.items() if is_below(leaf, path)):
            added.append(LayerRule(pattern=path, multiplier=multiplier))
    return replace(rest, rules=(*kept, *added))


def thawed(tree: LayerTree, plan: LayerPlan, paths: Sequence[str]) -> dict[str, float]:
    """λ to give to layers that shall learn again: what the preset gives them, or 1 where it freezes them."""
    by_leaf = preset_leaf_multipliers(tree, plan)
    first_leaf = {node.path: next(node.leaves()).path for node in tree.root.walk()}
    return {path: by_leaf[first_leaf[path]] or 1.0 for path in paths}
