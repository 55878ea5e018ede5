"""The audit after each epoch, drift, and gradual unfreezing, on real runs of a small network."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from finetune_gui.engine.audit import audit_frozen, measure_drift, take_fingerprints
from finetune_gui.engine.checkpoint import save_start
from finetune_gui.engine.config import DataConfig, LayerPlan, LayerRule, ModelConfig, PresetChange, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import DriftMeasured, Event, FreezeAudited, PlanChanged, StepCompleted
from finetune_gui.engine.launcher import resume_run, start_run
from finetune_gui.engine.models.fingerprints import fingerprint
from finetune_gui.engine.models.layers import describe_layers, freeze
from finetune_gui.engine.runs import RunFolder

SMALL_NET = ModelConfig(id="timm/test_resnet", weights="none")  # timm's own network for tests, 0.5 M parameters
GRADUAL = LayerPlan(
    preset="head",
    schedule=(PresetChange(from_epoch=2, preset="last_stage"), PresetChange(from_epoch=3, preset="head")),
)


def config_for(data: Path, plan: LayerPlan = GRADUAL, num_epochs: int = 3) -> TrainConfig:
    return TrainConfig(
        data=DataConfig(path=str(data)), model=SMALL_NET, plan=plan, batch_size=8, num_epochs=num_epochs, device="cpu"
    )


def of_kind(events: list[Event], kind: type) -> list:
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture(scope="module")
def gradual_run(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    path = tmp_path_factory.mktemp("runs") / "gradual"
    return path, list(start_run(config_for(tiny_data), RunControl(), path))


# --- fingerprints ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.uint8, torch.bool])
def test_one_changed_element_changes_the_fingerprint(dtype: torch.dtype) -> None:
    tensor = torch.zeros(3, 40_000, dtype=dtype)  # two blocks
    before = fingerprint(tensor)
    assert fingerprint(tensor.clone()) == before
    for place in (0, 65_535, 65_536, 119_999):
        changed = tensor.clone()
        changed.view(-1)[place] = 1
        assert fingerprint(changed) != before


def test_a_fingerprint_sees_order_shape_type_and_the_last_bit() -> None:
    tensor = torch.randn(4, 3, 5, 5)
    before = fingerprint(tensor)
    assert fingerprint(tensor.to(memory_format=torch.channels_last)) == before
    assert fingerprint(tensor.flip(0)) != before
    assert fingerprint(tensor.view(3, 4, 5, 5)) != before
    assert fingerprint(tensor.view(torch.int32)) != before
    assert fingerprint(torch.nextafter(tensor, torch.tensor(9.0))) != before
    assert fingerprint(torch.zeros(0)) == fingerprint(torch.zeros(0))
    assert fingerprint(torch.tensor(0.0)) != fingerprint(torch.tensor(-0.0))


# --- audit and drift by hand -------------------------------------------------------------------------------------


def network() -> nn.Sequential:
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 2))
    freeze(model, {"0": 0.0, "1": 0.0, "2": 1.0})
    return model


@pytest.mark.parametrize("victim", ["0.weight", "1.bias", "1.running_var", "1.num_batches_tracked"])
def test_the_audit_names_what_moved(victim: str) -> None:
    model = network()
    before = take_fingerprints(model, "locked")
    assert audit_frozen(model, "locked", before, 1).verified is True
    model.state_dict()[victim].add_(1)
    audited = audit_frozen(model, "locked", before, 1)
    assert audited.verified is False
    assert audited.changed == (victim,)


def test_what_stays_frozen_keeps_its_first_fingerprint() -> None:
    model = network()
    first = take_fingerprints(model, "locked")
    model[0].weight.data.add_(1)  # between two phases
    freeze(model, {"0": 0.0, "1": 1.0, "2": 1.0})
    second = take_fingerprints(model, "locked", first)
    assert set(second) == {"0.weight", "0.bias"}
    assert audit_frozen(model, "locked", second, 2).changed == ("0.weight",)


def test_drift_against_hand_computed_norms(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False))
    for layer, value in zip(model, (3.0, 4.0, 0.0), strict=True):
        nn.init.constant_(layer.weight, value)
    tree = describe_layers(model, "2")
    save_start(tmp_path / "start.safetensors", model, ["1.weight", "2.weight"])
    model[1].weight.data[0, 0] += 2.0
    drift = measure_drift(model, tree, tmp_path / "start.safetensors", 1).drift
    # ‖w − w₀‖ = 2, ‖w₀‖ = √(4·4²) = 8; the first layer is frozen, the last began at zero
    assert drift == {"0": 0.0, "1": pytest.approx(2.0 / 8.0)}


# --- real runs ---------------------------------------------------------------------------------------------------


def test_each_epoch_is_audited_and_measured(gradual_run: tuple[Path, list[Event]]) -> None:
    path, events = gradual_run
    audits, drifts = of_kind(events, FreezeAudited), of_kind(events, DriftMeasured)
    assert [audit.epoch for audit in audits] == [drift.epoch for drift in drifts] == [1, 2, 3]
    assert all(audit.verified for audit in audits)
    assert audits[1].num_frozen < audits[0].num_frozen == audits[2].num_frozen
    assert events[-1].frozen_verified is True
    assert of_kind(list(RunFolder(path).events()), DriftMeasured) == drifts
    *early, stage, head = zip(*(drift.drift.values() for drift in drifts), strict=True)
    assert set().union(*early) == {0.0}
    assert stage[0] == 0.0 < stage[1] == stage[2]  # learnt in the second epoch alone
    assert 0.0 < head[0] < head[1]


def test_the_schedule_changes_the_plan(gradual_run: tuple[Path, list[Event]]) -> None:
    changes = of_kind(gradual_run[1], PlanChanged)
    assert [(change.epoch, change.preset) for change in changes] == [(2, "last_stage"), (3, "head")]
    assert list(changes[0].layer_multipliers.values())[-2:] == [1.0, 1.0]
    assert changes[0].lr < changes[1].lr  # pretrained layers want smaller steps than a lone head
    steps = of_kind(gradual_run[1], StepCompleted)
    assert max(step.lr for step in steps if step.epoch == 2) <= changes[0].lr


@pytest.mark.parametrize("stop_at", [4, 6])
def test_resume_in_any_phase_goes_on_exactly(
    gradual_run: tuple[Path, list[Event]], tiny_data: Path, tmp_path: Path, stop_at: int
) -> None:
    """Step 6 is the last one of an epoch and of a phase, 4 the first one of a phase."""
    control = RunControl()
    for event in start_run(config_for(tiny_data), control, tmp_path / "run"):
        if isinstance(event, StepCompleted) and event.global_step >= stop_at:
            control.stop()
    resumed = list(resume_run(tmp_path / "run", RunControl()))
    assert resumed[-1].frozen_verified is True
    kept, meant = (load_file(path / "checkpoints" / "last.safetensors") for path in (tmp_path / "run", gradual_run[0]))
    assert kept.keys() == meant.keys()
    assert all(torch.equal(kept[name], tensor) for name, tensor in meant.items())
    whole, parts = (
        of_kind(list(RunFolder(path).events()), DriftMeasured) for path in (gradual_run[0], tmp_path / "run")
    )
    assert parts[-1] == whole[-1]


def test_what_already_learnt_keeps_its_optimizer_state(tiny_data: Path, tmp_path: Path) -> None:
    plan = LayerPlan(preset="head", schedule=(PresetChange(from_epoch=2, preset="last_stage"),))
    list(start_run(config_for(tiny_data, plan, num_epochs=2), RunControl(), tmp_path / "run"))
    tensors = load_file(tmp_path / "run" / "checkpoints" / "last.safetensors")
    counts = {int(tensor) for name, tensor in tensors.items() if name.endswith(".step")}
    assert counts == {3, 6}  # the stage learnt for one epoch of three steps, the head for two


def test_frozen_tensors_that_move_are_told_and_remembered(tiny_data: Path, tmp_path: Path) -> None:
    """A fault is injected: a checkpoint whose frozen tensors differ from what its fingerprints say."""
    from safetensors import safe_open
    from safetensors.torch import save_file

    run = tmp_path / "run"
    list(start_run(config_for(tiny_data, LayerPlan(), num_epochs=1), RunControl(), run))
    checkpoint = run / "checkpoints" / "last.safetensors"
    with safe_open(checkpoint, framework="pt") as file:
        header = json.loads(file.metadata()["finetune_gui"]) | {"checksums": {}}  # else it would be taken for damaged
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    tensors["model.conv1.0.weight" if "model.conv1.0.weight" in tensors else "model.conv1.weight"] += 1e-3
    save_file(tensors, checkpoint, metadata={"finetune_gui": json.dumps(header)})
    events = list(resume_run(run, RunControl(), num_epochs=3))
    assert [audit.verified for audit in of_kind(events, FreezeAudited)] == [False, False]
    assert events[-1].frozen_verified is False
    assert events[-1].changed_frozen[0].startswith("conv1")


def test_a_run_without_its_start_goes_on_without_drift(tiny_data: Path, tmp_path: Path) -> None:
    list(start_run(config_for(tiny_data, LayerPlan(), num_epochs=1), RunControl(), tmp_path / "run"))
    (tmp_path / "run" / "checkpoints" / "start.safetensors").unlink()
    events = list(resume_run(tmp_path / "run", RunControl(), num_epochs=2))
    assert not of_kind(events, DriftMeasured)
    assert events[-1].outcome == "completed"


def test_schedules_that_cannot_be(tiny_data: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="epoch 1"):
        PresetChange(from_epoch=1, preset="all")
    with pytest.raises(EngineError, match="order"):
        LayerPlan(schedule=(PresetChange(from_epoch=3, preset="all"), PresetChange(from_epoch=2, preset="head")))
    frozen_head = LayerPlan(
        preset="all",
        rules=(LayerRule(pattern="fc", multiplier=0.0),),
        schedule=(PresetChange(from_epoch=2, preset="head"),),
    )
    with pytest.raises(EngineError, match="Every layer is frozen"):
        list(start_run(config_for(tiny_data, frozen_head), RunControl(), tmp_path / "run"))
    assert not (tmp_path / "run").exists()
