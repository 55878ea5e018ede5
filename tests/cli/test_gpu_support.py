"""`gpu-support` on the command line."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_gui import cli
from finetune_gui.engine.cuda_parts import offer
from finetune_gui.engine.gpu_support import NvidiaDriver
from tests.made_up_editions import Installation, installation

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs of these editions are scripts of POSIX")


@pytest.fixture
def here(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    with installation(tmp_path, own_home, monkeypatch) as made:
        yield made


def run(*arguments: str) -> int:
    return cli.run(["gpu-support", *arguments], lambda **_: 0)


def has_driver(monkeypatch: pytest.MonkeyPatch, cuda: tuple[int, int]) -> None:
    driver = NvidiaDriver(version="550.54.14", cuda=cuda, gpus=(("GeForce RTX 4090", (8, 9)),))
    look = offer.look_for_offer
    monkeypatch.setattr("finetune_gui.cli.gpu_support.look_for_offer", lambda: look(lambda: driver))


@pytest.mark.usefixtures("here")
def test_it_is_told_fetched_and_removed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    has_driver(monkeypatch, (13, 0))
    assert run() == 0
    told = capsys.readouterr().out
    assert "GPU support    not fetched" in told
    assert "GeForce RTX 4090" in told
    assert "'finetune-gui gpu-support --fetch' downloads it." in told
    assert run("--fetch", "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"check", "copy", "download", "unpack", "try"} >= {line["activity"] for line in lines[:-1]} >= {"download"}
    assert (lines[-1]["state"], lines[-1]["gpu"]) == ("ready", "GeForce RTX 4090")
    assert run("--remove") == 0
    assert capsys.readouterr().out == "GPU support is removed.\n"


def test_with_an_old_driver_nothing_is_downloaded(
    here: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    has_driver(monkeypatch, (12, 4))
    assert run("--fetch") == 2
    assert "its driver 550.54.14 knows CUDA 12.4, and CUDA 13.0 is needed" in capsys.readouterr().err
    assert not any(behaviour.requests for behaviour in here.server.files.values())


def test_an_app_from_source_says_that_it_has_nothing_to_fetch(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--fetch") == 2
    assert "Error: This edition has no GPU support to fetch." in capsys.readouterr().err
