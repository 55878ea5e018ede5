"""What decisions make of a data set, and how they are changed."""

import pytest

from finetune_gui.engine.config import DataEdits
from finetune_gui.engine.data import edits as edit
from finetune_gui.engine.data.edits import apply_edits
from finetune_gui.engine.errors import EngineError
from tests.engine.made_data import made_dataset

DATA = made_dataset({"ant": 4, "bee": 5, "wasp": 3})


def names_of(edits: DataEdits) -> dict[str, int]:
    dataset = apply_edits(DATA, edits).dataset
    return dict(zip(dataset.class_names, dataset.counts(), strict=True))


def test_nothing_decided_changes_nothing() -> None:
    edited = apply_edits(DATA, DataEdits())
    assert edited.dataset == DATA
    assert edited.left_out == {}


def test_images_are_left_out_each_for_one_reason() -> None:
    edits = edit.exclude(DataEdits(dropped=("wasp",)), ["ant/0.jpg", "bee/0.jpg", "wasp/0.jpg"])
    edited = apply_edits(DATA, edits, unreadable={"bee/0.jpg", "bee/1.jpg"})
    assert edited.left_out == {
        "ant/0.jpg": "excluded",
        "bee/0.jpg": "unreadable",
        "bee/1.jpg": "unreadable",
        "wasp/0.jpg": "excluded",
        "wasp/1.jpg": "dropped",
        "wasp/2.jpg": "dropped",
    }
    assert edited.dataset.class_names == ("ant", "bee")
    assert edited.dataset.counts() == [3, 3]
    assert names_of(edit.include(edits, ["ant/0.jpg"]))["ant"] == 4


def test_rename_and_merge_and_separate() -> None:
    edits = edit.rename(DataEdits(), DATA, "wasp", "  zebra ")
    assert names_of(edits) == {"ant": 4, "bee": 5, "zebra": 3}
    merged = edit.rename(edits, DATA, "zebra", "bee")
    assert names_of(merged) == {"ant": 4, "bee": 8}
    both = edit.rename(merged, DATA, "bee", "insect")  # renames all that the shown name stands for
    assert names_of(both) == {"ant": 4, "insect": 8}
    assert names_of(edit.separate(both, DATA, "insect")) == names_of(DataEdits())
    assert edit.rename(edits, DATA, "zebra", "wasp") == DataEdits()
    with pytest.raises(EngineError, match="empty"):
        edit.rename(DataEdits(), DATA, "ant", "  ")


def test_drop_and_restore_follow_merged_classes() -> None:
    merged = edit.rename(DataEdits(), DATA, "wasp", "bee")
    dropped = edit.drop(merged, DATA, "bee")
    assert names_of(dropped) == {"ant": 4}
    assert names_of(edit.restore(dropped, "wasp")) == {"ant": 4, "bee": 3}


def test_a_limit_keeps_the_same_images_when_others_come() -> None:
    small = apply_edits(DATA, edit.limit(DataEdits(), "bee", 2), seed=3)
    assert small.dataset.counts() == [4, 2, 3]
    assert list(small.left_out.values()) == ["over_limit"] * 3
    grown = apply_edits(made_dataset({"ant": 4, "bee": 50, "wasp": 3}), edit.limit(DataEdits(), "bee", 40), seed=3)
    used = {sample.path for sample in grown.dataset.samples}
    kept_before = {s.path for s in small.dataset.samples if s.path.startswith("bee/")}
    assert len(kept_before & used) == 2
    assert apply_edits(DATA, edit.limit(edit.limit(DataEdits(), "bee", 2), "bee", None)).left_out == {}
    with pytest.raises(EngineError, match="leaves nothing"):
        edit.limit(DataEdits(), "bee", 0)


def test_a_limit_spares_what_the_folder_set_aside() -> None:
    data = made_dataset({"ant": 6, "bee": 6}, split="val")
    assert apply_edits(data, edit.limit(DataEdits(), "ant", 2)).left_out == {}


def test_images_change_class() -> None:
    edits = edit.relabel(DataEdits(), ["ant/1.jpg", "ant/2.jpg"], "wasp")
    assert names_of(edits) == {"ant": 2, "bee": 5, "wasp": 5}
    assert names_of(edit.drop(edits, DATA, "wasp")) == {"ant": 2, "bee": 5}


def test_a_class_without_images_is_gone() -> None:
    assert names_of(edit.exclude(DataEdits(), [f"wasp/{i}.jpg" for i in range(3)])) == {"ant": 4, "bee": 5}


def test_decisions_about_what_is_not_there_any_more_are_no_error() -> None:
    edits = DataEdits(
        excluded=("gone.jpg",), dropped=("gone",), renamed={"gone": "x"}, moved={"gone.jpg": "val"}, limits={"gone": 3}
    )
    assert apply_edits(DATA, edits).dataset == DATA
