"""Weights from where torchvision and the hub would have them, which is a server on this machine that fails as asked."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import timm
import torch
from safetensors.torch import save, save_file

from finetune_gui.engine.config import DataConfig, ModelConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import PreparationAdvanced, RunFinished
from finetune_gui.engine.launcher import start_run
from finetune_gui.engine.models import fetching
from finetune_gui.engine.models.sources import fetch_weights, load_model, weights_file
from finetune_gui.engine.models.taking import take_weights_file
from finetune_gui.engine.models.weight_files import (
    WeightsFile,
    choose_weights_dir,
    find_weights,
    weights_dir,
)
from tests.engine.file_server import Behaviour, FileServer, serving_as_hub

MODEL = "timm/test_resnet.r160_in1k"
HUB_PATH = "/timm/test_resnet.r160_in1k/resolve/main/model.safetensors"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileServer]:
    """The hub, in place of the real one; nothing in the caches of other programs."""
    with serving_as_hub(monkeypatch, tmp_path) as server:
        yield server


@pytest.fixture(scope="module")
def published() -> dict[str, torch.Tensor]:
    torch.manual_seed(3)
    tensors: dict[str, torch.Tensor] = timm.create_model("test_resnet").state_dict()
    return tensors


def served(server: FileServer, content: bytes, **options: object) -> Behaviour:
    server.files["/cdn"] = Behaviour(content, **options)  # type: ignore[arg-type]
    server.files[HUB_PATH] = Behaviour(content, redirect_to=server.url("/cdn"))
    return server.files["/cdn"]


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at once, without waiting before further attempts."""
    original = fetching.Download
    monkeypatch.setattr(
        fetching, "Download", lambda **options: original(**options, stall_seconds=0.3, pause_seconds=0.001)
    )


def test_weights_are_downloaded_with_progress_and_loaded(
    server: FileServer, published: dict[str, torch.Tensor]
) -> None:
    content = save(published)
    served(server, content, faults=["break"])
    progress = list(fetch_weights(ModelConfig(id=MODEL)))
    assert progress[-1] == PreparationAdvanced(
        activity=fetching.DOWNLOADING, done=len(content), total=len(content), in_bytes=True
    )
    state = load_model(ModelConfig(id=MODEL), 3).model.state_dict()
    assert torch.equal(state["conv1.0.weight"], published["conv1.0.weight"])
    assert list(fetch_weights(ModelConfig(id=MODEL))) == []  # it is here


def test_a_repository_with_the_older_format_only(
    server: FileServer, published: dict[str, torch.Tensor], tmp_path: Path
) -> None:
    torch.save(published, tmp_path / "w.bin")
    content = (tmp_path / "w.bin").read_bytes()
    server.files[HUB_PATH.replace("model.safetensors", "pytorch_model.bin")] = Behaviour(content)
    state = load_model(ModelConfig(id=MODEL), 3).model.state_dict()
    assert torch.equal(state["conv1.0.weight"], published["conv1.0.weight"])


def test_a_run_tells_the_download_and_can_be_given_up_in_it(
    server: FileServer, published: dict[str, torch.Tensor], tiny_data: Path, tmp_path: Path
) -> None:
    content = save(published)
    served(server, content, faults=["stall"])
    config = TrainConfig(data=DataConfig(path=str(tiny_data)), model=ModelConfig(id=MODEL), num_epochs=1)
    control = RunControl()
    events = start_run(config, control, tmp_path / "run")
    while not (isinstance(event := next(events), PreparationAdvanced) and event.activity == fetching.DOWNLOADING):
        pass
    control.discard()
    finished = list(events)[-1]
    assert isinstance(finished, RunFinished)
    assert finished.outcome == "discarded"
    assert list(fetch_weights(config.model))[-1].done == len(content)  # and goes on where it was
    file = weights_file(MODEL)
    assert file is not None
    assert find_weights(file) == file.path


@pytest.mark.usefixtures("server")
def test_without_a_network_the_file_to_bring_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # nobody listens there
    with pytest.raises(EngineError) as failed:
        load_model(ModelConfig(id=MODEL), 2)
    assert MODEL in failed.value.message
    assert "refused" in failed.value.message
    assert "model.safetensors of timm/test_resnet.r160_in1k" in failed.value.hint
    assert str(weights_dir() / "timm" / "test_resnet.r160_in1k") in failed.value.hint
    assert "://" not in str(failed.value)


@pytest.mark.usefixtures("server")
def test_a_file_put_there_by_hand_is_found(published: dict[str, torch.Tensor]) -> None:
    file = weights_file(MODEL)
    assert file is not None
    file.path.parent.mkdir(parents=True)
    save_file(published, file.path)
    state = load_model(ModelConfig(id=MODEL), 3).model.state_dict()
    assert torch.equal(state["conv1.0.weight"], published["conv1.0.weight"])


def test_a_file_that_lies_is_not_kept(server: FileServer, published: dict[str, torch.Tensor]) -> None:
    content = save(published)
    served(server, content[:-4] + b"lie!").etag = '"x"'
    server.files[HUB_PATH].promised_sha256 = hashlib.sha256(content).hexdigest()
    with pytest.raises(EngineError, match="checksum is wrong"):
        load_model(ModelConfig(id=MODEL), 2)
    file = weights_file(MODEL)
    assert file is not None
    assert find_weights(file) is None


def test_weights_whose_license_must_be_accepted(server: FileServer) -> None:
    server.files[HUB_PATH] = Behaviour(b"", faults=["401"])
    with pytest.raises(EngineError) as refused:
        load_model(ModelConfig(id=MODEL), 2)
    assert "Accept the license of timm/test_resnet" in refused.value.hint


@pytest.mark.usefixtures("server")
def test_a_damaged_file_is_told(published: dict[str, torch.Tensor]) -> None:
    file = weights_file(MODEL)
    assert file is not None
    file.path.parent.mkdir(parents=True)
    file.path.write_bytes(save(published)[:-100])
    with pytest.raises(EngineError, match="damaged"):
        load_model(ModelConfig(id=MODEL), 2)


# --- a brought file --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("server")
def test_a_brought_file_is_checked_and_taken(published: dict[str, torch.Tensor], tmp_path: Path) -> None:
    brought = tmp_path / "from usb stick.bin"
    save_file(published, brought)
    place = take_weights_file(MODEL, brought)
    assert place.name == "model.safetensors"
    assert brought.is_file()
    state = load_model(ModelConfig(id=MODEL), 3).model.state_dict()
    assert torch.equal(state["conv1.0.weight"], published["conv1.0.weight"])


@pytest.mark.usefixtures("server")
def test_another_brought_file_is_refused(tmp_path: Path) -> None:
    brought = tmp_path / "model.safetensors"
    save_file(timm.create_model("test_vit").state_dict(), brought)
    with pytest.raises(EngineError, match="is not the file of timm/test_resnet"):
        take_weights_file(MODEL, brought)
    assert not weights_dir().exists()


@pytest.mark.usefixtures("server")
def test_a_brought_file_of_torchvision_must_have_its_checksum(tmp_path: Path) -> None:
    brought = tmp_path / "resnet18-f37072fd.pth"
    brought.write_bytes(b"nearly the weights")
    with pytest.raises(EngineError) as refused:
        take_weights_file("torchvision/resnet18", brought)
    assert "resnet18-f37072fd.pth" in refused.value.hint


def test_the_starter_needs_no_file(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="needs no file"):
        take_weights_file("starter", tmp_path)


# --- where they are kept ---------------------------------------------------------------------------------------------


def test_the_folder_is_chosen_and_kept(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINETUNE_GUI_WEIGHTS", raising=False)
    assert weights_dir() == own_home / "data" / "weights"
    choose_weights_dir(tmp_path / "big disk")
    assert weights_dir() == tmp_path / "big disk"
    choose_weights_dir(None)
    assert weights_dir() == own_home / "data" / "weights"
    with pytest.raises(EngineError, match="could not be written"):
        choose_weights_dir(Path(__file__) / "no folder")
    monkeypatch.setenv("FINETUNE_GUI_WEIGHTS", str(tmp_path / "by environment"))
    assert weights_dir() == tmp_path / "by environment"
    with pytest.raises(EngineError, match="FINETUNE_GUI_WEIGHTS"):
        choose_weights_dir(tmp_path)


@pytest.mark.usefixtures("server")
def test_the_caches_of_torch_and_of_the_hub_are_found_too(tmp_path: Path) -> None:
    of_torch = tmp_path / "TORCH_HOME" / "hub" / "checkpoints" / "resnet18-f37072fd.pth"
    of_hub = (
        tmp_path / "HF_HOME" / "hub" / "models--timm--test_resnet.r160_in1k" / "snapshots" / "abc" / "pytorch_model.bin"
    )
    for path in (of_torch, of_hub):
        path.parent.mkdir(parents=True)
        path.touch()
    for model_id, path in (("torchvision/resnet18", of_torch), (MODEL, of_hub)):
        file = weights_file(model_id)
        assert file is not None
        assert find_weights(file) == path


@pytest.mark.usefixtures("server")
def test_every_weight_set_of_torchvision_has_a_name() -> None:
    best, first = weights_file("torchvision/resnet50"), weights_file("torchvision/resnet50.IMAGENET1K_V1")
    assert isinstance(best, WeightsFile)
    assert isinstance(first, WeightsFile)
    assert (best.name, first.name) == ("resnet50-11ad3fa6.pth", "resnet50-0676ba61.pth")
    assert best.sha256 == "11ad3fa6"
    assert (
        load_model(ModelConfig(id="torchvision/vit_b_16.IMAGENET1K_SWAG_E2E_V1", weights="none"), 2).preprocessing.size
        == 384
    )
    with pytest.raises(EngineError) as unknown:
        weights_file("torchvision/resnet50.IMAGENET1K_V7")
    assert "torchvision/resnet50.IMAGENET1K_V1" in unknown.value.hint
