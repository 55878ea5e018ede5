"""`evaluate` with all that it can find out about a run."""

import json
import shutil
from pathlib import Path

import pytest

from finetune_gui.__main__ import main
from finetune_gui.engine.trust.settings import read_trust


@pytest.fixture
def run(finished_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished_run, tmp_path / "run"))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_everything_at_once(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluated = json.loads((run / "report.json").read_text())["evaluation"]
    kept = [Path(path) for path, _ in json.loads((run / "split.json").read_text())["val"]]
    table = tmp_path / "cameras.csv"
    table.write_text("file,camera\n" + "".join(f"{path.name},{'AB'[row % 2]}\n" for row, path in enumerate(kept)))
    options = ["--calibrate", "--none-below", "0.6", "--groups", f"{table}:camera", "--baselines"]
    assert main(["evaluate", str(run), "--json", *options]) == 0
    event, calibration, rejection, groups, baselines = lines(capsys)
    assert event == evaluated
    assert calibration["calibration"]["nll_after"] <= calibration["calibration"]["nll_before"]
    assert 0 <= rejection["rejection"]["coverage"] <= 1
    assert sorted(each["name"] for each in groups["groups"]) == ["A", "B"]
    assert sum(each["support"] for each in groups["groups"]) == event["num_images"]
    assert baselines["verdict"] in ("learnt_nothing", "worse", "same", "better")
    trust = read_trust(run)
    assert trust.threshold == 0.6
    assert trust.temperature == calibration["calibration"]["temperature"]

    assert main(["evaluate", str(run), "--wrong-at-most", "0.9", "--groups", f"{table}:camera"]) == 0
    told = capsys.readouterr().out
    for words in ("95 % interval", "balanced accuracy", "None of these", "By group"):
        assert words in told
    assert read_trust(run).temperature == trust.temperature  # stays, as it was not asked to change


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--calibrate", "--split", "test"], "fitted on the validation images"),
        (["--none-below", "7"], "7 is no share"),
        (["--split", "test"], "no test images"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(run), *options]) == 2
    assert message in capsys.readouterr().err


def test_groups_that_are_not_there(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(run), "--groups", "folders"]) == 2
    assert "make no groups" in capsys.readouterr().err
