"""What the data page shows, computed from plain data."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import DataConfig, DataEdits
from finetune_gui.engine.data.arrange import arrange
from finetune_gui.engine.data.facts import Inspection
from finetune_gui.engine.data.store import DataStore
from finetune_gui.ui.data_history import DataHistory
from finetune_gui.ui.image_details import describe_image
from finetune_gui.ui.item_models.class_item_model import ClassColumn, ClassItemModel, rows_of_counts
from finetune_gui.ui.item_models.dataset_summary import DatasetSummary, Wanted, summarise
from finetune_gui.ui.item_models.finding_item_model import FindingItemModel
from finetune_gui.ui.item_models.split_preview import preview_split
from tests.engine.made_data import made_config, made_dataset, made_inspection


@pytest.fixture
def store() -> DataStore:
    return DataStore.default()  # in the folders of this test


@pytest.fixture
def inspection() -> Inspection:
    return made_inspection(
        made_dataset({"ants": 20, "bees": 10, "wasps": 10}),
        {"bees/3.jpg": {"error": "it is truncated"}},
        look_alikes=[("ants/0.jpg", "ants/7.jpg"), ("bees/1.jpg", "bees/2.jpg")],
    )


def summary_of(inspection: Inspection, store: DataStore, **edits: object) -> DatasetSummary:
    config = made_config(edits=DataEdits(**edits))  # type: ignore[arg-type]
    return summarise(arrange(inspection, config, seed=0), config, store)


def test_rows_count_what_is_used_and_what_is_not(inspection: Inspection, store: DataStore) -> None:
    summary = summary_of(
        inspection,
        store,
        excluded=("ants/0.jpg",),
        dropped=("wasps",),
        renamed={"bees": "stingers"},
        relabelled={"ants/1.jpg": "bees"},
        limits={"ants": 12},
    )
    rows = {row.name: row for row in summary.rows}
    assert list(rows) == ["ants", "stingers", "wasps"]
    assert (rows["ants"].images, rows["ants"].left_out, rows["ants"].limit) == (12, 7, 12)
    assert (rows["stingers"].images, rows["stingers"].left_out) == (10, 1)  # one unreadable, one from the ants
    assert rows["stingers"].own_names == ("bees",)
    assert rows["stingers"].changed
    assert rows["wasps"].dropped
    assert (rows["wasps"].images, rows["wasps"].left_out) == (0, 10)
    assert summary.num_left_out == 18
    assert sum(row.train + row.val for row in summary.rows) == 22


def test_a_dropped_class_and_another_one_may_have_the_same_name(inspection: Inspection, store: DataStore) -> None:
    summary = summary_of(inspection, store, dropped=("wasps",), renamed={"bees": "wasps"})
    assert [(row.name, row.dropped, row.images) for row in summary.rows] == [
        ("ants", False, 20),
        ("wasps", False, 9),
        ("wasps", True, 0),
    ]


def test_pictures_come_class_by_class_in_turn(inspection: Inspection, store: DataStore) -> None:
    items = summary_of(inspection, store, excluded=("ants/1.jpg",)).thumbnails(Wanted())
    assert [item.path for item in items[:4]] == [
        "/made/ants/0.jpg",
        "/made/bees/0.jpg",
        "/made/wasps/0.jpg",
        "/made/ants/1.jpg",
    ]
    assert items[3].left_out == "Excluded"
    assert items[0].finding == "Nearly the same as another image"
    assert {item.part for item in items} == {None, "val"}  # training is the usual, and not marked


def test_pictures_of_a_part_of_a_class_and_of_what_is_left_out(inspection: Inspection, store: DataStore) -> None:
    summary = summary_of(inspection, store, excluded=("ants/1.jpg",))
    left_out = summary.thumbnails(Wanted(part="left_out"))
    assert sorted(item.caption for item in left_out) == ["ants", "bees"]
    bees = summary.thumbnails(Wanted(labels=frozenset({1}), part="val"))
    assert len(bees) == summary.rows[1].val
    assert all(item.caption.endswith(".jpg") for item in bees)  # the class is plain


def test_pictures_of_a_finding_keep_to_their_groups(inspection: Inspection, store: DataStore) -> None:
    summary = summary_of(inspection, store)
    finding = next(finding for finding in summary.arranged.findings if finding.kind == "look_alikes")
    items = summary.thumbnails(Wanted(finding=finding))
    assert [item.group for item in items] == [0, 0, 1, 1]
    assert all(item.part is not None for item in items)
    unreadable = next(finding for finding in summary.arranged.findings if finding.kind == "unreadable")
    assert [item.group for item in summary.thumbnails(Wanted(finding=unreadable))] == [-1]


def test_a_single_image_is_described(inspection: Inspection, store: DataStore) -> None:
    summary = summary_of(inspection, store)
    broken = describe_image(summary, "/made/bees/3.jpg")
    assert broken.left_out == "Unreadable: it is truncated"
    assert not broken.can_leave_out
    assert not broken.can_move
    alike = describe_image(summary, "/made/bees/1.jpg")
    assert alike.class_name == "bees"
    assert any("Nearly the same" in sentence for sentence in alike.findings)
    assert alike.can_move
    assert describe_image(summary, "/elsewhere/x.jpg").class_name == ""


def test_a_split_is_previewed_with_its_groups(inspection: Inspection, store: DataStore) -> None:
    config = made_config(val_split=0.25, test_split=0.25, group_pattern=r"(\d)\.jpg")
    preview = preview_split(arrange(inspection, made_config(), seed=0), config, 0, store)
    assert sum(preview.counts.values()) == 39
    assert preview.counts["test"] > 0
    assert (preview.num_groups, preview.num_grouped) == (10, 39)
    assert len(preview.examples) == 3


def test_item_models_keep_the_rules_of_qt(qtmodeltester: ModelTester, inspection: Inspection, store: DataStore) -> None:
    summary = summary_of(inspection, store, dropped=("wasps",))
    classes, findings = ClassItemModel(), FindingItemModel()
    classes.set_rows(summary.rows)
    findings.set_findings(summary.arranged.findings)
    for model in (classes, findings):
        qtmodeltester.check(model)


def test_only_used_classes_can_be_renamed(qtbot: QtBot, inspection: Inspection, store: DataStore) -> None:
    model = ClassItemModel()
    model.set_rows(summary_of(inspection, store, dropped=("wasps",)).rows)
    editable = [
        bool(model.index(row, ClassColumn.NAME).flags() & Qt.ItemFlag.ItemIsEditable) for row in range(model.rowCount())
    ]
    assert editable == [False, True, True, False]
    with qtbot.waitSignal(model.rename_wished) as wished:
        model.setData(model.index(1, ClassColumn.NAME), " emmets ")
    assert wished.args == ["ants", "emmets"]
    with qtbot.assertNotEmitted(model.rename_wished):
        model.setData(model.index(1, ClassColumn.NAME), "  ")
        model.setData(model.index(1, ClassColumn.NAME), "ants")


def test_counts_so_far_are_rows_too() -> None:
    assert [(row.name, row.images) for row in rows_of_counts({"img10": 1, "img2": 5})] == [("img2", 5), ("img10", 1)]


def test_history_keeps_what_is_no_decision() -> None:
    history, first = DataHistory(), DataConfig(path="/made")
    second = replace(first, val_split=0.3)
    history.record("share", first, second)
    history.record("nothing", second, replace(second, augment="none"))
    assert history.undoable == "share"
    assert history.undo(replace(second, augment="strong")) == replace(first, augment="strong")
    assert history.undo(first) == first  # there is no more
    assert history.redo(first).val_split == 0.3
    history.record("edits", second, replace(second, balance="class_weights"))
    assert history.redoable == ""
