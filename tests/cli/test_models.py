"""The catalog on the command line."""

from pathlib import Path

import pytest

from finetune_gui.cli.parser import build_parser
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.weight_files import weights_dir
from tests.engine.file_server import Behaviour, serving


def run(*arguments: str) -> int:
    parsed = build_parser(["models"]).parse_args(["models", *arguments])
    code: int = parsed.command(parsed)
    return code


def test_search_looks_through_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--search", "dinov2", "small") == 0
    told = capsys.readouterr().out
    assert "timm/vit_small_patch14_dinov2.lvd142m" in told
    assert "starter" not in told


def test_fetch_downloads_and_tells_where(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    with serving() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url(""))
        hub.files["/timm/test_vit.r160_in1k/resolve/main/model.safetensors"] = Behaviour(b"weights")
        assert run("--fetch", "timm/test_vit.r160_in1k") == 0
    place = weights_dir() / "timm" / "test_vit.r160_in1k" / "model.safetensors"
    assert place.read_bytes() == b"weights"
    assert str(place) in capsys.readouterr().out.replace("\n", "")
    assert run("--fetch", "starter") == 0
    assert "needs no download" in capsys.readouterr().out


def test_take_refuses_another_file(tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_bytes(b"nonsense")
    with pytest.raises(EngineError, match="is not the file of torchvision/resnet18"):
        run("--take", "torchvision/resnet18", str(tmp_path / "weights.pth"))
