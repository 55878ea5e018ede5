"""`runs list` and `runs compare`."""

import json
import shutil
from pathlib import Path

import pytest

from finetune_gui import paths
from finetune_gui.__main__ import main
from finetune_gui.engine.run_notes import RunNotes, read_notes, write_notes


@pytest.fixture
def runs(finished_run: Path) -> tuple[Path, Path]:
    folders = (paths.runs_dir() / "first", paths.runs_dir() / "second")
    for folder in folders:
        shutil.copytree(finished_run, folder)
    config = folders[1] / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"seed": 7}))
    return folders


def test_list(runs: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    write_notes(runs[1], RunNotes(title="Gently", tags=("paper",)))
    (paths.runs_dir() / "torn").mkdir()
    (paths.runs_dir() / "torn" / "config.json").write_text("{")
    assert main(["runs", "list"]) == 0
    told = capsys.readouterr().out
    assert "Gently" in told
    assert "is not JSON" in told
    assert main(["runs", "list", "--json", "PAPER"]) == 0
    (only,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (only["name"], only["path"], only["tags"], only["state"]) == (
        "Gently",
        str(runs[1]),
        ["paper"],
        "completed",
    )
    assert main(["runs", "name", "Gently", "--note", "again", "--tags", "a, b,"]) == 0
    assert read_notes(runs[1]) == RunNotes(title="Gently", note="again", tags=("a", "b"))
    assert main(["runs", "name", "Gently", "--name", ""]) == 0
    assert read_notes(runs[1]).title == ""
    assert main(["runs", "list", "nowhere-to-be-found"]) == 0
    assert "No run has these words" in capsys.readouterr().out


@pytest.mark.usefixtures("runs")
def test_compare(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "compare", "first", "second"]) == 0
    told = capsys.readouterr().out
    assert "“first” and “second” cannot be told apart" in told
    assert "seed" in told
    assert main(["runs", "compare", "first", "second", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["verdict"] == "same"
    assert result["num_shared"] > 0
    assert result["differences"] == [{"field": "seed", "values": [0, 7]}]
    assert main(["runs", "compare", "first", "second", "--split", "test"]) == 2
    assert "is not kept" in capsys.readouterr().err
    assert main(["runs", "compare", "first", "third"]) == 2
    assert "no run 'third'" in capsys.readouterr().err


def test_report(runs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.html"
    assert main(["report", "first", "--out", str(out)]) == 0
    assert f"Written to {out}" in capsys.readouterr().out
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main(["report", str(runs[0]), "--out", str(out)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["report", str(runs[0]), "--out", str(out), "--force", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["size_bytes"] == out.stat().st_size
    assert main(["report", "first", "--out", str(tmp_path / "card.md")]) == 0
    assert (tmp_path / "card.md").read_text(encoding="utf-8").startswith("# first")
