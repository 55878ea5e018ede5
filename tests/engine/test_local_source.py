"""Weight files from anywhere, and weights of earlier runs, as real files."""

import pickle
import warnings
from pathlib import Path

import pytest
import timm
import torch
import torchvision.models as tv
from safetensors.torch import save_file
from torch import nn

from finetune_gui.engine.config import DataConfig, ModelConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import RunFinished
from finetune_gui.engine.launcher import start_run
from finetune_gui.engine.models.sources import load_layer_tree, load_model, resolve
from finetune_gui.engine.models.tensor_files import read_tensor_file
from finetune_gui.engine.predictor import load_predictor
from finetune_gui.engine.runs import RunFolder
from tests.drawing import draw_class_folders


@pytest.fixture(scope="module")
def small() -> nn.Module:
    """A network of timm of half a megabyte, with weights of its own and five outputs."""
    torch.manual_seed(7)
    return timm.create_model("test_resnet", num_classes=5).eval()


def file_id(path: Path) -> ModelConfig:
    return ModelConfig(id=f"file:{path}")


def body_equals(model: nn.Module, other: nn.Module, head: str | tuple[str, ...] = ("fc", "head")) -> bool:
    state = model.state_dict()
    return all(torch.equal(state[n], t) for n, t in other.state_dict().items() if not n.startswith(head))


def wrapped(small: nn.Module, how: str) -> object:
    state = small.state_dict()
    match how:
        case "plain":
            return state
        case "data_parallel":
            return {f"module.{name}": tensor for name, tensor in state.items()}
        case "checkpoint":
            return {"epoch": 3, "arch": "test_resnet", "state_dict": state, "optimizer": {"lr": torch.tensor(0.1)}}
        case "average":
            zeros = {name: torch.zeros_like(tensor) for name, tensor in state.items()}
            return {"state_dict": zeros, "state_dict_ema": {f"module.{n}": t for n, t in state.items()}}
        case "lightning":
            inner = {f"model.{name}": tensor for name, tensor in state.items()} | {"loss.weight": torch.ones(5)}
            return {"state_dict": inner, "hyper_parameters": {"lr": 0.1}, "pytorch-lightning_version": "2"}
    raise AssertionError(how)


@pytest.mark.parametrize("how", ["plain", "data_parallel", "checkpoint", "average", "lightning"])
@pytest.mark.parametrize("legacy", [False, True])
def test_files_of_torch_save_whatever_is_wrapped_around(
    small: nn.Module, tmp_path: Path, how: str, legacy: bool
) -> None:
    path = tmp_path / "weights.pth"
    torch.save(wrapped(small, how), path, _use_new_zipfile_serialization=not legacy)
    loaded = load_model(file_id(path), 3)
    assert resolve(file_id(path)).architecture.startswith("timm/test_resnet")
    assert body_equals(loaded.model, small)
    assert loaded.model.get_submodule(loaded.head_path).weight.shape[0] == 3


def test_safetensors_by_content_and_not_by_name(small: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"  # mislabelled
    save_file(small.state_dict(), path)
    assert body_equals(load_model(file_id(path), 3).model, small)


def test_head_of_the_same_size_is_kept(small: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    save_file(small.state_dict(), path)
    loaded = load_model(file_id(path), 5)
    assert torch.equal(loaded.model.get_parameter("fc.weight"), small.get_parameter("fc.weight"))


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "squeezenet1_1", "shufflenet_v2_x0_5"])
def test_torchvision_networks_are_found_by_their_tensors(tmp_path: Path, name: str) -> None:
    path = tmp_path / "mine.pth"
    torch.save(tv.get_model(name, num_classes=7).state_dict(), path)
    assert resolve(file_id(path)).architecture == f"torchvision/{name}"


def test_both_heads_of_a_distilled_network_are_kept_and_fitted(tmp_path: Path) -> None:
    model = timm.create_model("deit_tiny_distilled_patch16_224", num_classes=3)
    path = tmp_path / "mine.pth"
    torch.save(model.state_dict(), path)
    assert resolve(file_id(path)).architecture.startswith("timm/deit_tiny_distilled")
    same, other = load_model(file_id(path), 3).model, load_model(file_id(path), 4).model
    assert body_equals(same, model, head="nothing")
    assert other.get_parameter("head_dist.weight").shape == (4, 192)
    assert body_equals(other, model)


def test_networks_alike_are_told_apart_by_the_name_of_the_file(tmp_path: Path) -> None:
    model = timm.create_model("resnet18", num_classes=3)
    for name, architecture in (
        ("model.pth", "torchvision/resnet18"),
        ("resnet18.a1_in1k.pth", "timm/resnet18.a1_in1k"),
    ):
        torch.save(model.state_dict(), tmp_path / name)
        assert resolve(file_id(tmp_path / name)).architecture == architecture


def test_the_tree_of_a_file_needs_only_its_architecture(small: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(small.state_dict(), path)
    tree = load_layer_tree(f"file:{path}", 2)
    assert tree.root.num_parameters == sum(p.numel() for n, p in small.named_parameters()) - 3 * (
        small.fc.in_features + 1
    )


def test_an_architecture_that_is_asked_for(small: nn.Module, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(small.state_dict(), path)
    with pytest.raises(EngineError) as wrong:
        load_model(ModelConfig(id=f"file:{path}", architecture="torchvision/resnet18"), 3)
    assert "is missing" in wrong.value.message
    assert "timm/test_resnet" in wrong.value.hint


def test_other_shapes_are_listed(small: nn.Module, tmp_path: Path) -> None:
    state = dict(small.state_dict())
    name = next(iter(state))
    state[name] = torch.zeros(9, 3, 5, 5)
    path = tmp_path / "weights.pth"
    torch.save(state, path)
    with pytest.raises(EngineError, match="9×3×5×5 in place of"):
        load_model(ModelConfig(id=f"file:{path}", architecture="timm/test_resnet"), 3)
    with pytest.raises(EngineError) as unknown:
        resolve(file_id(path))
    assert "timm/test_resnet" in unknown.value.hint


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("this must never be printed",))


@pytest.mark.parametrize("legacy", [False, True])
def test_a_pickle_that_would_run_code_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], legacy: bool
) -> None:
    path = tmp_path / "weights.pth"
    torch.save(
        {"state_dict": {"fc.weight": torch.zeros(1)}, "x": Evil()}, path, _use_new_zipfile_serialization=not legacy
    )
    with pytest.raises(EngineError, match="would run code"):
        load_model(file_id(path), 2)
    assert capsys.readouterr().out == ""


def test_a_bare_pickle_that_would_run_code_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "weights.pt"
    path.write_bytes(pickle.dumps(Evil(), protocol=2))
    with pytest.raises(EngineError, match=r"would run code|damaged"):
        load_model(file_id(path), 2)
    assert capsys.readouterr().out == ""


def test_programs_are_refused(tmp_path: Path) -> None:
    network = nn.Sequential(nn.Linear(2, 2))
    scripted, exported = tmp_path / "scripted.pt", tmp_path / "exported.pt2"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.jit is deprecated
        torch.jit.save(torch.jit.script(network), scripted)
    torch.export.save(torch.export.export(network, (torch.zeros(1, 2),)), exported)
    for path in (scripted, exported):
        with pytest.raises(EngineError, match="is a program"):
            read_tensor_file(path)


@pytest.mark.parametrize("suffix", [".safetensors", ".pth", ".legacy"])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999])
def test_truncated_files(small: nn.Module, tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"weights{suffix}"
    if suffix == ".safetensors":
        save_file(small.state_dict(), path)
    else:
        torch.save(small.state_dict(), path, _use_new_zipfile_serialization=suffix == ".pth")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(EngineError, match=r"damaged or incomplete|is no file of PyTorch weights"):
        load_model(file_id(path), 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello, I am a text", "no file of PyTorch weights"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "no file of PyTorch weights"),
        (b"PK\x03\x04" + bytes(64), "damaged"),
        (pickle.dumps([1, 2]), "damaged|holds a list"),
    ],
)
def test_files_that_are_something_else(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    with pytest.raises(EngineError, match=message):
        load_model(file_id(path), 2)


def test_a_file_without_weights_and_one_that_is_not_there(tmp_path: Path) -> None:
    torch.save({"epoch": 3, "best": 0.9}, tmp_path / "empty.pth")
    with pytest.raises(EngineError, match="holds no weights"):
        load_model(file_id(tmp_path / "empty.pth"), 2)
    with pytest.raises(EngineError, match="cannot be read"):
        load_model(file_id(tmp_path / "none.pth"), 2)


# --- runs ------------------------------------------------------------------------------------------------------------


def finish(config: TrainConfig, path: Path) -> RunFolder:
    events = list(start_run(config, RunControl(), path))
    assert isinstance(events[-1], RunFinished)
    return RunFolder.open(path)


def test_a_run_from_a_file_works_when_the_file_is_gone(small: nn.Module, tiny_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(small.state_dict(), path)
    config = TrainConfig(data=DataConfig(path=str(tiny_data)), model=file_id(path), num_epochs=1, batch_size=8)
    run = finish(config, tmp_path / "run")
    path.unlink()
    saved = run.config().model
    assert saved.id == f"file:{path}"
    assert saved.architecture.startswith("timm/test_resnet")
    assert load_predictor(run.path).sidecars.class_names == ("stripes", "waves")
    tuned = load_model(ModelConfig(id=f"run:{run.path}"), 2, ("stripes", "waves")).model
    assert body_equals(tuned, small)  # only the head has learnt


def test_a_run_goes_on_with_its_head(finished_run: Path) -> None:
    best = read_tensor_file(RunFolder.open(finished_run).best_checkpoint)
    config = resolve(ModelConfig(id=f"run:{finished_run}"))
    assert config.architecture == "starter"
    same = load_model(config, 2, ("stripes", "waves"))
    assert all(torch.equal(same.model.state_dict()[name], tensor) for name, tensor in best.tensors.items())


def test_added_classes_extend_the_head_and_old_rows_stay(finished_run: Path) -> None:
    old = read_tensor_file(RunFolder.open(finished_run).best_checkpoint).tensors["classifier.weight"]
    more = load_model(ModelConfig(id=f"run:{finished_run}"), 3, ("dots", "waves", "stripes"))
    weight = more.model.get_parameter("classifier.weight")
    assert weight.shape[0] == 3
    assert torch.equal(weight[2], old[0])
    assert torch.equal(weight[1], old[1])
    assert not torch.equal(weight[0], old[0])


def test_other_classes_get_a_fresh_head(finished_run: Path) -> None:
    old = read_tensor_file(RunFolder.open(finished_run).best_checkpoint).tensors["classifier.weight"]
    other = load_model(ModelConfig(id=f"run:{finished_run}"), 2, ("cats", "dogs"))
    assert not torch.equal(other.model.get_parameter("classifier.weight"), old)


def test_a_run_that_goes_on_with_an_added_class_trains(finished_run: Path, tmp_path: Path) -> None:
    data = draw_class_folders(tmp_path / "more", {"dots": 8, "stripes": 8, "waves": 8})
    model = ModelConfig(id=f"run:{finished_run}")
    run = finish(
        TrainConfig(data=DataConfig(path=str(data)), model=model, num_epochs=1, batch_size=8), tmp_path / "run"
    )
    assert run.config().model.architecture == "starter"
    again = resolve(ModelConfig(id=f"run:{run.path}"))  # a run of a run
    assert again.architecture == "starter"
    assert load_predictor(run.path).sidecars.class_names == ("dots", "stripes", "waves")


def test_a_run_without_weights_is_told(tmp_path: Path) -> None:
    RunFolder.create(tmp_path / "run", TrainConfig(data=DataConfig(path="x")))
    with pytest.raises(EngineError, match="no weights to go on from"):
        load_model(ModelConfig(id=f"run:{tmp_path / 'run'}"), 2)
    with pytest.raises(EngineError, match="not a run folder"):
        load_model(ModelConfig(id=f"run:{tmp_path / 'nothing'}"), 2)
