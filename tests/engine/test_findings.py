"""What is said of a data set, and what each action does about it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_gui.engine.config import DataConfig, SplitName
from finetune_gui.engine.data.arrange import Arranged, arrange, data_warnings
from finetune_gui.engine.data.dataset import Dataset, Sample
from finetune_gui.engine.data.facts import Inspection
from finetune_gui.engine.data.findings import ActionId, Finding, action_text, resolve
from tests.engine.made_data import made_config, made_dataset, made_inspection


def found(inspection: Inspection, config: DataConfig | None = None) -> dict[str, Finding]:
    return {finding.key: finding for finding in arranged(inspection, config).findings}


def arranged(inspection: Inspection, config: DataConfig | None = None) -> Arranged:
    return arrange(inspection, config or made_config(), seed=0)


def after(inspection: Inspection, key: str, action: ActionId, config: DataConfig | None = None) -> dict[str, Finding]:
    """What is still said once an action was taken."""
    config = config or made_config()
    edits = resolve(found(inspection, config)[key], action, config.edits, inspection.dataset)
    return found(inspection, replace(config, edits=edits))


def with_parts(counts: Mapping[SplitName, Mapping[str, int]]) -> Dataset:
    """``train/a/0.jpg`` and so on."""
    names = tuple(dict.fromkeys(name for classes in counts.values() for name in classes))
    samples = tuple(
        Sample(f"{part}/{name}/{index}.jpg", names.index(name), part)
        for part, classes in counts.items()
        for name, number in classes.items()
        for index in range(number)
    )
    root = Path("/made")
    return Dataset(source=root, root=root, layout="split_folders", class_names=names, samples=samples)


CLEAN = made_dataset({"a": 20, "b": 20})


def test_clean_data_give_no_finding() -> None:
    result = arranged(made_inspection(CLEAN))
    assert result.findings == ()
    assert result.problem is None
    assert data_warnings(result) == []


def test_unreadable_images_are_left_out_and_told_with_reasons() -> None:
    inspection = made_inspection(CLEAN, {"a/3.jpg": {"error": "it is empty"}, "b/4.jpg": {"error": "it is truncated"}})
    result = arranged(inspection)
    (finding,) = result.findings
    assert (finding.kind, finding.level, finding.count) == ("unreadable", "warning", 2)
    assert finding.details == {"a/3.jpg": "it is empty", "b/4.jpg": "it is truncated"}
    assert str(finding.text) == "Cannot be read, and left out: 2 images."
    assert len(result.dataset.samples) == 38
    (warning,) = data_warnings(result)
    assert warning.message == "2 images cannot be read and were left out: a/3.jpg, b/4.jpg."
    assert after(inspection, "unreadable", "exclude") == {}


def test_copies_keep_one_of_each() -> None:
    groups = [("a/0.jpg", "a/1.jpg", "a/2.jpg"), ("b/0.jpg", "b/1.jpg")]
    inspection = made_inspection(CLEAN, copies=groups, look_alikes=groups)
    findings = found(inspection)
    assert set(findings) == {"copies"}  # what is the same is not told again as looking alike
    assert findings["copies"].count == 3
    assert after(inspection, "copies", "keep_one") == {}
    edits = resolve(findings["copies"], "keep_one", made_config().edits, CLEAN)
    assert len(edits.excluded) == 3


def test_of_look_alikes_the_largest_is_kept() -> None:
    inspection = made_inspection(
        CLEAN, {"a/1.jpg": {"width": 4000, "height": 3000}}, look_alikes=[("a/0.jpg", "a/1.jpg", "a/2.jpg")]
    )
    findings = found(inspection)
    assert findings["look_alikes"].level == "info"
    assert resolve(findings["look_alikes"], "keep_one", made_config().edits, CLEAN).excluded == ("a/0.jpg", "a/2.jpg")


def test_fine_as_it_is_comes_last() -> None:
    inspection = made_inspection(CLEAN, {"b/9.jpg": {"error": "x"}}, copies=[("a/0.jpg", "a/1.jpg")])
    kept = after(inspection, "unreadable", "keep")
    assert list(kept) == ["copies", "unreadable"]
    assert kept["unreadable"].kept
    assert not kept["copies"].kept


def test_leaks_between_the_parts_of_a_folder() -> None:
    data = with_parts({"train": {"a": 20, "b": 20}, "val": {"a": 10, "b": 10}, "test": {"a": 10, "b": 10}})
    groups = [
        ("train/a/0.jpg", "val/a/0.jpg"),  # a leak
        ("train/a/1.jpg", "train/a/2.jpg"),  # both learnt from
        ("test/b/0.jpg", "val/b/1.jpg", "val/b/2.jpg"),  # a leak among what is checked with
    ]
    inspection = made_inspection(data, look_alikes=groups)
    leak = found(inspection)["leak"]
    assert (leak.level, leak.count, len(leak.groups)) == ("error", 4, 2)
    assert leak.groups[0] == ("train/a/0.jpg", "val/a/0.jpg")
    assert str(leak.text) in {warning.message for warning in data_warnings(arranged(inspection))}
    assert "leak" not in after(inspection, "leak", "move_to_train")
    assert "leak" not in after(inspection, "leak", "exclude")
    edits = resolve(leak, "exclude", made_config().edits, data)
    assert "train/a/0.jpg" not in edits.excluded
    assert {"val/a/0.jpg", "test/b/0.jpg", "val/b/1.jpg", "val/b/2.jpg"} == set(edits.excluded)
    assert data_warnings(arranged(inspection, made_config(edits=replace(edits, excluded=(), kept=("leak",))))) == []


def test_own_splits_have_no_leaks_unless_they_are_asked_for() -> None:
    groups = [(f"a/{i}.jpg", f"a/{i + 1}.jpg") for i in range(0, 20, 2)]
    inspection = made_inspection(CLEAN, look_alikes=groups)
    assert "leak" not in found(inspection)
    assert "leak" in found(inspection, made_config(group_look_alikes=False))


def test_copies_without_features_leak_too() -> None:
    data = with_parts({"train": {"a": 20, "b": 20}, "val": {"a": 10, "b": 10}})
    inspection = made_inspection(data, copies=[("train/a/0.jpg", "val/a/0.jpg")])  # black images: no look
    assert found(inspection)["leak"].count == 1


def test_one_picture_under_two_classes() -> None:
    inspection = made_inspection(CLEAN, look_alikes=[("a/0.jpg", "b/0.jpg"), ("a/1.jpg", "a/2.jpg")])
    conflict = found(inspection)["label_conflict"]
    assert (conflict.level, conflict.count, conflict.classes) == ("error", 2, ("a", "b"))
    assert conflict.details == {"a/0.jpg": "a", "b/0.jpg": "b"}
    assert "label_conflict" not in after(inspection, "label_conflict", "exclude")
    merged = made_config(edits=replace(made_config().edits, renamed={"b": "a"}))
    assert "label_conflict" not in found(inspection, merged)


def test_small_and_missing_classes() -> None:
    data = with_parts({"train": {"a": 30, "b": 4, "c": 12}, "val": {"a": 10, "b": 3}})
    findings = found(made_inspection(data))
    small = findings["too_small:b"]
    assert (small.count, small.classes) == (4, ("b",))
    assert str(small.text) == "Fewer than 10 images to learn from: b (4)."
    missing = findings["missing_in_part:val"]
    assert (missing.count, missing.classes) == (12, ("c",))
    left = after(made_inspection(data), "missing_in_part:val", "drop_class")
    assert not any(key.startswith("missing") for key in left)


def test_imbalance_is_told_until_something_is_done_about_it() -> None:
    inspection = made_inspection(made_dataset({"a": 100, "b": 14}))
    imbalance = found(inspection)["imbalance"]
    assert str(imbalance.text) == "“a” has 7 times as many images as “b”."
    assert imbalance.actions[0] == "class_weights"
    assert "imbalance" not in found(inspection, made_config(balance="class_weights"))
    severe = found(made_inspection(made_dataset({"a": 400, "b": 14})))["imbalance"]
    assert severe.actions[0] == "balanced_sampling"
    assert "imbalance" not in found(made_inspection(made_dataset({"a": 40, "b": 14})))


def test_tiny_and_enormous_images() -> None:
    changes = {
        "a/0.jpg": {"width": 63},
        "a/1.jpg": {"width": 64, "height": 64},
        "b/0.jpg": {"width": 9000, "height": 9000},
    }
    findings = found(made_inspection(CLEAN, changes))
    assert findings["tiny"].paths() == ["a/0.jpg"]
    assert findings["tiny"].level == "warning"
    assert findings["enormous"].paths() == ["b/0.jpg"]
    all_tiny = {sample.path: {"width": 20 + i} for i, sample in enumerate(CLEAN.samples)}
    assert found(made_inspection(CLEAN, all_tiny))["tiny"].level == "info"


@pytest.mark.parametrize(
    ("trait", "change", "value"),
    [
        ("size", {"width": 640, "height": 480}, "640 × 480"),
        ("format", {"format": "PNG"}, "PNG"),
        ("mode", {"mode": "L"}, "L"),
        ("camera", {"camera": "Canon EOS 5D"}, "Canon EOS 5D"),
    ],
)
def test_a_class_told_by_something_else_than_content(trait: str, change: dict[str, object], value: str) -> None:
    changes = {f"a/{i}.jpg": change for i in range(20)}
    shortcut = found(made_inspection(CLEAN, changes))[f"shortcut:{trait}:a"]
    assert (shortcut.level, shortcut.count, shortcut.classes) == ("error", 20, ("a",))
    assert shortcut.details["value"] == value
    assert str(shortcut.text).endswith(f" alone: {value} in all 20 images.")
    one_more = changes | {f"b/{i}.jpg": change for i in range(3)}  # of 20: more than a tenth
    assert f"shortcut:{trait}:a" not in found(made_inspection(CLEAN, one_more))
    one_less = {path: made for path, made in changes.items() if path != "a/7.jpg"}
    assert f"shortcut:{trait}:a" not in found(made_inspection(CLEAN, one_less))


def test_a_format_that_hardly_any_image_has() -> None:
    data = made_dataset({"a": 100, "b": 100})
    odd = found(made_inspection(data, {"a/7.jpg": {"format": "GIF"}}))["odd_format"]
    assert (odd.count, odd.paths()) == (1, ["a/7.jpg"])
    assert str(odd.text) == "Another format than JPEG, which nearly all have: 1 image (GIF)."
    many = {f"a/{i}.jpg": {"format": "PNG"} for i in range(3)}
    assert "odd_format" not in found(made_inspection(data, many))


def test_what_all_images_share_is_no_shortcut() -> None:
    same = {sample.path: {"width": 32, "height": 32, "camera": "x"} for sample in CLEAN.samples}
    assert not any(key.startswith("shortcut") for key in found(made_inspection(CLEAN, same)))


def test_files_that_were_passed_over() -> None:
    data = replace(CLEAN, ignored={"not_image": 3, "hidden": 1}, denied=("b/secret",), missing=("c.jpg",), nested=True)
    findings = found(made_inspection(data))
    assert (findings["ignored"].level, findings["ignored"].count) == ("info", 4)
    assert findings["ignored"].details == {"not_image": "3", "hidden": "1"}
    assert list(findings["denied"].details) == ["b/secret"]
    assert findings["missing_files"].count == 1
    assert "nested" in findings
    assert found(made_inspection(replace(CLEAN, ignored={"hidden": 1, "system": 2}))) == {}
    grave = replace(CLEAN, ignored={"no_class": 5})
    assert found(made_inspection(grave))["ignored"].level == "warning"


def test_why_nothing_can_be_trained() -> None:
    broken = {sample.path: {"error": "it is empty"} for sample in CLEAN.samples}
    problem = arranged(made_inspection(CLEAN, broken)).problem
    assert problem is not None
    assert "None of the 40 images" in problem.message
    problem = arranged(made_inspection(made_dataset({"a": 9, "b": 1}))).problem
    assert problem is not None
    assert "'b' has only one image" in problem.message
    moved = replace(made_config().edits, moved={f"a/{i}.jpg": "val" for i in range(20)})
    problem = arranged(made_inspection(CLEAN), made_config(edits=moved)).problem
    assert problem is not None
    assert "'a' has no images to train on" in problem.message
    dropped = replace(made_config().edits, dropped=("a",))
    problem = arranged(made_inspection(CLEAN), made_config(edits=dropped)).problem
    assert problem is not None
    assert "Only one class" in problem.message


def test_every_action_has_words() -> None:
    assert str(action_text("keep")) == "Fine as it is"


def test_before_the_images_were_looked_at_names_and_numbers_are_told() -> None:
    dataset = made_dataset({"ants": 60, "bees": 6})
    early = arranged(Inspection(dataset=dataset, facts={}))
    assert [finding.kind for finding in early.findings] == ["too_small", "imbalance"]
    assert len(early.split.val) == 13
