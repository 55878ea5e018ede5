"""`explain`, `check-labels`, and what `evaluate` says of images that were all but seen in training."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from finetune_gui.__main__ import main
from tests.drawing import draw_class_folders
from tests.engine.small_runs import run_small, small_config


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose validation images hold one that was learnt from."""
    root = tmp_path_factory.mktemp("leaking")
    for part, number in (("train", 10), ("val", 4)):
        draw_class_folders(root / "data" / part, {"ants": number, "bees": number}, size=(48 + number, 40))
    shutil.copy(root / "data" / "train" / "ants" / "ants_00.jpg", root / "data" / "val" / "ants" / "again.jpg")
    run_small(small_config(root / "data", num_epochs=1), root / "run")
    return root / "run"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_heat_map_is_written(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo, out = run.parent / "data" / "val" / "bees" / "bees_00.jpg", tmp_path / "heat.png"
    assert main(["explain", str(run), str(photo), "--out", str(out), "--class", "ants", "--json"]) == 0
    found = lines(capsys)[0]
    assert (found["class"], found["method"]) == ("ants", "gradcam")
    assert found["layer"]
    with Image.open(out) as picture:
        assert (picture.format, picture.size) == ("PNG", (52, 40))
    assert main(["explain", str(run), str(photo), "--out", str(out)]) == 2  # it is there already
    assert "--force" in capsys.readouterr().err
    command = ["explain", str(run), str(photo), "--out", str(tmp_path / "rise.JPG"), "--method", "rise"]
    assert main(command) == 0
    assert "heat map by rise" in capsys.readouterr().out
    with Image.open(tmp_path / "rise.JPG") as picture:
        assert picture.format == "JPEG"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["--class", "wasps"], "knows no class 'wasps'"),
        (["--out", "heat.txt"], "no name of a picture"),
    ],
)
def test_what_cannot_be_explained_is_said(
    run: Path, tmp_path: Path, changes: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = run.parent / "data" / "val" / "bees" / "bees_00.jpg"
    assert main(["explain", str(run), str(photo), "--out", str(tmp_path / "heat.png"), *changes]) == 2
    assert message in capsys.readouterr().err


def test_doubtful_labels_are_listed(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-labels", str(run), "--json"]) == 0
    checked = lines(capsys)[0]
    assert checked["num_images"] == 29
    assert main(["check-labels", str(run)]) == 0
    told = capsys.readouterr().out
    assert ("labels are doubtful" in told) == bool(checked["issues"])
    assert all(issue["path"] in told for issue in checked["issues"][:40])
    assert main(["check-labels", str(run.parent)]) == 2
    assert "not a run folder" in capsys.readouterr().err


def test_accuracy_without_what_was_seen_in_training(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run), "--json"]) == 0
    _, found = lines(capsys)
    images = {Path(each["path"]).name: Path(each["training_path"]).name for each in found["near_duplicates"]["images"]}
    assert images["again.jpg"] == "ants_00.jpg"
    assert found["near_duplicates"]["num_images_without"] == 9 - len(images)
    assert main(["evaluate", str(run)]) == 0
    assert "look nearly like a training image" in capsys.readouterr().out
