"""The tree of layers as a Qt model, and the plans that come of ticking it; no window needed."""

from functools import lru_cache

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import LayerPlan, LayerRule
from finetune_gui.engine.models.layer_tree import LayerTree, leaf_multipliers
from finetune_gui.ui.item_models.layer_item_model import LayerColumn, LayerItemModel, LayerRole
from finetune_gui.ui.item_models.layer_plan_edits import group_tops, outermost, thawed, with_multipliers

HEAD_ONLY = LayerPlan()
TOP = QModelIndex()
MODELS = ("starter", "torchvision/resnet18", "torchvision/vit_b_16", "torchvision/swin_t")


@lru_cache
def tree_of(model_id: str) -> LayerTree:
    from finetune_gui.engine.models.sources import load_layer_tree

    return load_layer_tree(model_id, 3)


def filled(plan: LayerPlan = HEAD_ONLY) -> LayerItemModel:
    model = LayerItemModel()
    model.set_tree(tree_of("starter"), leaf_multipliers(tree_of("starter"), plan))
    return model


def rows(model: LayerItemModel, parent: QModelIndex = TOP) -> list[QModelIndex]:
    return [model.index(row, 0, parent) for row in range(model.rowCount(parent))]


def find(model: LayerItemModel, path: str, parent: QModelIndex = TOP) -> QModelIndex:
    for index in rows(model, parent):
        if index.data(LayerRole.PATHS) == (path,):
            return index
        if (found := find(model, path, index)).isValid():
            return found
    return QModelIndex()


@pytest.mark.parametrize("model_id", MODELS)
def test_groups_hold_every_leaf_exactly_once(model_id: str) -> None:
    tree = tree_of(model_id)
    leaves = [
        leaf.path for group in range(len(tree.groups)) for top in group_tops(tree, group) for leaf in top.leaves()
    ]
    assert sorted(leaves) == sorted(leaf.path for leaf in tree.root.leaves())


def test_model_keeps_the_rules_of_qt(qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(filled())


def test_top_level_is_the_groups_in_order_of_depth(qtbot: QtBot) -> None:  # noqa: ARG001
    model = filled()
    names = [index.data() for index in rows(model)]
    assert names == [f"Stage {number}" for number in range(1, 9)] + ["Head"]
    assert sum(index.siblingAtColumn(LayerColumn.PARAMETERS).data(LayerRole.SHARE) for index in rows(model)) == 1


def test_boxes_are_ticked_partly_ticked_and_free(qtbot: QtBot) -> None:  # noqa: ARG001
    model = filled(LayerPlan(rules=(LayerRule(pattern="blocks.2.0", multiplier=0.5),)))
    checks = {
        index.data(): Qt.CheckState(index.siblingAtColumn(LayerColumn.FROZEN).data(Qt.ItemDataRole.CheckStateRole))
        for index in rows(model)
    }
    assert checks["Stage 1"] is Qt.CheckState.Checked
    assert checks["Stage 4"] is Qt.CheckState.PartiallyChecked
    assert checks["Head"] is Qt.CheckState.Unchecked
    stage = rows(model)[3]
    assert stage.data(LayerRole.STATE) == "mixed"
    assert stage.siblingAtColumn(LayerColumn.MULTIPLIER).data() == "0 – 0.5"


def test_another_plan_changes_data_and_no_rows(qtbot: QtBot) -> None:
    model = filled()
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.set_multipliers(leaf_multipliers(tree_of("starter"), LayerPlan(preset="all")))
    assert {index.data(LayerRole.STATE) for index in rows(model)} == {"trainable"}


def test_ticking_and_typing_are_wishes(qtbot: QtBot) -> None:
    model = filled()
    index = find(model, "blocks.5.1")
    with qtbot.waitSignal(model.freeze_wished) as freeze:
        box = index.siblingAtColumn(LayerColumn.FROZEN)
        assert model.setData(box, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    with qtbot.waitSignal(model.multiplier_wished) as multiplier:
        assert model.setData(index.siblingAtColumn(LayerColumn.MULTIPLIER), 0.25)
    assert freeze.args[0].data(LayerRole.PATHS) == ("blocks.5.1",)
    assert freeze.args[1] is False
    assert multiplier.args[1] == 0.25
    assert index.data(LayerRole.STATE) == "frozen"  # until the plan says otherwise


def test_no_tree_is_no_rows(qtbot: QtBot) -> None:  # noqa: ARG001
    model = filled()
    model.set_tree(None, {})
    assert model.rowCount() == 0


def test_outermost_drops_what_lies_below() -> None:
    assert outermost(["blocks.1.0", "blocks.1", "blocks.10", "bn1", "blocks.1.0.bn1"]) == [
        "blocks.1",
        "blocks.10",
        "bn1",
    ]


def test_edit_drops_rules_below_and_adds_one() -> None:
    tree = tree_of("starter")
    plan = LayerPlan(
        rules=(LayerRule(pattern="blocks.5.0.bn1", multiplier=2), LayerRule(pattern="blocks.5", multiplier=1))
    )
    edited = with_multipliers(tree, plan, {"blocks.5": 0.5})
    assert edited.rules == (LayerRule(pattern="blocks.5", multiplier=0.5),)


def test_edit_back_to_the_preset_leaves_no_rule() -> None:
    tree = tree_of("starter")
    thaw = with_multipliers(tree, LayerPlan(), {"blocks.6": 1.0})
    assert len(thaw.rules) == 1
    assert with_multipliers(tree, thaw, {"blocks.6": 0.0}) == LayerPlan()


def test_edit_inside_of_a_rule_wins_over_it() -> None:
    tree = tree_of("starter")
    plan = with_multipliers(tree, LayerPlan(), {"blocks": 1.0})
    multipliers = leaf_multipliers(tree, with_multipliers(tree, plan, {"blocks.0": 0.0}))
    assert multipliers["blocks.0.0.conv_dw"] == 0
    assert multipliers["blocks.1.0.conv_dw"] == 1


def test_thawing_returns_to_the_preset_or_full_speed() -> None:
    tree = tree_of("starter")
    assert thawed(tree, LayerPlan(), ["blocks.5"]) == {"blocks.5": 1.0}
    assert thawed(tree, LayerPlan(preset="by_depth"), ["blocks.6"]) == {"blocks.6": 0.75}
