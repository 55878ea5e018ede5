"""``finetune-gui samples``: the list, a data set from a server on this machine, and what goes wrong."""

import json
from pathlib import Path

import pytest

from finetune_gui import cli
from finetune_gui.__main__ import open_window
from finetune_gui.cli import samples
from finetune_gui.engine.data import gallery
from tests.cli.test_imports import loaded_after
from tests.engine.gallery_server import serve


def finetune(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = cli.run(list(arguments), open_window)
    out, err = capfd.readouterr()
    return code, out, err


def test_the_list_says_what_there_is(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, _ = finetune(capfd, "samples")
    assert code == 0
    lines = {line.split()[0]: line for line in out.splitlines()[1:]}
    assert "built in" in lines["surface-inspection"]
    assert "to download, 170 MB" in lines["cifar10"]
    assert "60,000" in lines["cifar10"]
    code, out, _ = finetune(capfd, "samples", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["id"] for row in rows if row["on_this_machine"]] == ["surface-inspection"]
    assert all(row["license"] and row["makers"] for row in rows)


def test_a_name_brings_the_data_set(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve() as server:
        entries = (server.entry("eurosat"),)
        monkeypatch.setattr(gallery, "GALLERY", entries)
        monkeypatch.setattr(samples, "GALLERY", entries)
        code, out, _ = finetune(capfd, "samples", "eurosat", "--json")
        folder = own_home / "data" / "samples" / "eurosat"
        assert (code, json.loads(out)) == (0, {"id": "eurosat", "folder": str(folder)})
        assert sorted(path.name for path in folder.iterdir()) == [".gallery.json", "Forest", "River", "SeaLake"]
        assert finetune(capfd, "samples", "eurosat")[1] == f"{folder}\n"
        assert "on this machine" in finetune(capfd, "samples")[1]


def test_a_name_that_is_none_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    code, out, err = finetune(capfd, "samples", "imagenet")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "Error: There is no sample data set 'imagenet'.",
        "Hint: Choose one of surface-inspection, cifar10, flowers102, oxford-pets, eurosat.",
    ]


def test_the_list_loads_nothing_heavy() -> None:
    code = "import contextlib\nfrom finetune_gui.__main__ import main\nmain(['samples'])"
    assert loaded_after(code) == set()
