"""``inspect`` reports every fault, with its count; training goes on without what cannot be used."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.drawing import draw_class_folders
from tests.fault_folder import IGNORED, UNREADABLE, build_fault_folder

pytestmark = pytest.mark.filterwarnings("error")
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_fault_folder(tmp_path_factory.mktemp("faults") / "data")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in this process."""
    from finetune_gui.__main__ import main

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def inspected(call: Call, *arguments: object) -> dict[str, Any]:
    code, out, err = call("inspect", *arguments, "--json")
    assert code == 0, err
    result: dict[str, Any] = json.loads(out)
    return result


def snapshot(root: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every regular file."""
    files = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def test_every_fault_with_its_count(call: Call, faults: Path) -> None:
    before = snapshot(faults)
    found = inspected(call, faults)
    assert snapshot(faults) == before
    assert found["layout"] == "split_folders"
    assert {c["name"]: (c["train"], c["val"]) for c in found["classes"]} == {
        "ant": (15, 5),
        "bee": (28, 4),
        "drawn": (10, 2),
        "rare": (3, 0),
    }
    assert found["ignored"] == IGNORED
    assert sorted(found["unreadable"]) == sorted(UNREADABLE)
    assert "60000 x 60000" in found["unreadable"]["train/bee/bomb.png"]
    counts = {finding["key"]: finding["count"] for finding in found["findings"] if finding["kind"] != "nested"}
    assert counts == {
        "leak": 1,
        "label_conflict": 2,
        "shortcut:format:drawn": 12,
        "unreadable": 4,
        "too_small:rare": 3,
        "missing_in_part:val": 3,
        "imbalance": 3,
        "copies": 2,
        "look_alikes": 2,
        "tiny": 12,
        "ignored": 10,
    }
    groups = {finding["key"]: {tuple(sorted(group)) for group in finding["groups"]} for finding in found["findings"]}
    assert groups["leak"] == {("train/ant/2.jpg", "val/ant/leak.png")}
    assert groups["label_conflict"] == {("train/ant/3.jpg", "train/bee/conflict.jpg")}
    assert ("train/bee/1.jpg", "train/bee/larger.jpg") in groups["look_alikes"]
    assert all(finding["message"] and finding["meaning"] for finding in found["findings"])


def test_people_get_sentences_and_a_table_of_files(call: Call, faults: Path, tmp_path: Path) -> None:
    code, out, _ = call("inspect", faults, "--csv", tmp_path / "findings.csv")
    assert code == 0
    assert "Learnt from as well as checked with: 1 image." in out
    assert "train/ant/2.jpg = val/ant/leak.png" in out
    assert "archives, which are not opened: 1" in out
    with (tmp_path / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["file"] for row in rows if row["used"] == "no"} == set(UNREADABLE)
    leaked = next(row for row in rows if row["file"] == "val/ant/leak.png" and row["finding"] == "leak")
    assert (leaked["class"], leaked["part"], leaked["group"]) == ("ant", "val", "1")


def test_training_goes_on_and_says_what_was_left_out(call: Call, faults: Path, tmp_path: Path) -> None:
    code, out, err = call("train", faults, "--out", tmp_path / "run", "--epochs", 1, "--augment", "none", "--json")
    assert code == 0, err
    events = [json.loads(line) for line in out.splitlines()]
    warnings = [event["message"] for event in events if event["event"] == "WarningRaised"]
    assert warnings[0].startswith("4 images cannot be read and were left out: train/ant/empty.jpg")
    assert "Learnt from as well as checked with: 1 image." in warnings
    started = next(event for event in events if event["event"] == "RunStarted")
    assert (started["num_train"], started["num_val"]) == (56, 11)
    split = json.loads((tmp_path / "run" / "split.json").read_text())
    assert split["left_out"] == dict.fromkeys(UNREADABLE, "unreadable")


def test_a_table_and_its_faults(call: Call, tmp_path: Path) -> None:
    pictures = draw_class_folders(tmp_path / "data", {"a": 12})
    for index, path in enumerate(sorted((pictures / "a").iterdir())):
        path.rename(pictures / f"{index}.jpg")
    (pictures / "a").rmdir()
    lines = ["file;label;split;group"] + [
        f"{i}.jpg;{'xy'[i % 2]};{'train' if i < 8 else 'val'};g{i // 4}" for i in range(11)
    ]
    (pictures / "labels.csv").write_text("\n".join([*lines, "gone.jpg;x;train;g9"]), encoding="utf-8-sig")
    found = inspected(call, pictures)
    assert found["layout"] == "table"
    assert [(c["name"], c["train"], c["val"]) for c in found["classes"]] == [("x", 4, 2), ("y", 4, 1)]
    assert found["missing"] == ["gone.jpg"]
    assert found["ignored"]["not_in_table"] == 1
    (pictures / "labels.csv").write_text("picture_of;kind\n0;1")
    code, _, err = call("inspect", pictures / "labels.csv")
    assert code == 2
    assert "picture_of" in err


def test_several_class_folders(call: Call, tmp_path: Path) -> None:
    root = draw_class_folders(tmp_path, {"a": 3, "b": 4, "c": 5})
    found = inspected(call, root / "a", root / "c")
    assert [(c["name"], c["images"]) for c in found["classes"]] == [("a", 3), ("c", 5)]
    code, _, err = call("inspect", root / "a", root / "a" / "a_00.jpg")
    assert code == 2
    assert "is not a folder" in err


def test_the_division_stays_when_images_are_added(call: Call, tmp_path: Path) -> None:
    root = draw_class_folders(tmp_path, {"a": 10, "b": 10})
    before = inspected(call, root, "--test-split", 0.1)["split"]
    draw_class_folders(tmp_path, {"a": 19, "b": 13})
    after = inspected(call, root, "--test-split", 0.1)["split"]
    assert before.items() <= after.items()
    assert len(after) == 32


def test_real_photos_have_a_placeholder_among_them(call: Call, ants_bees: Path) -> None:
    found = inspected(call, ants_bees)
    assert found["num_images"] == 398
    odd = {finding["key"]: finding for finding in found["findings"]}
    assert odd["odd_format"]["groups"] == [["train/ants/imageNotFound.gif"]]
