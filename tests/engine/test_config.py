"""Configs: validated where they are defined, saved with a version."""

from pathlib import Path

import pytest

from finetune_gui.engine.config import (
    DataConfig,
    LayerPlan,
    LayerRule,
    ModelConfig,
    OptimConfig,
    TrainConfig,
    read_config,
)
from finetune_gui.engine.errors import EngineError

CONFIG = TrainConfig(
    data=DataConfig(path="/photos", val_split=0.3, augment="strong"),
    model=ModelConfig(id="timm/resnet18", weights="none"),
    plan=LayerPlan(preset="by_depth", rules=(LayerRule(pattern="layer1.*", multiplier=0.25),), batch_norm="adapts"),
    optim=OptimConfig(optimizer="sgd", lr=0.1, weight_decay=0.0, momentum=0.8, schedule="constant"),
    num_epochs=3,
    batch_size=4,
    seed=7,
    device="cpu",
)


def test_round_trip() -> None:
    assert TrainConfig.from_json(CONFIG.to_json()) == CONFIG


@pytest.mark.parametrize(
    "make",
    [
        lambda: DataConfig(path="x", val_split=0.0),
        lambda: DataConfig(path="x", val_split=1.0),
        lambda: LayerRule(pattern="a", multiplier=-1.0),
        lambda: LayerRule(pattern="a", multiplier=float("nan")),
        lambda: OptimConfig(lr=0.0),
        lambda: OptimConfig(lr=float("inf")),
        lambda: OptimConfig(weight_decay=-0.1),
        lambda: OptimConfig(momentum=1.0),
        lambda: TrainConfig(data=DataConfig(path="x"), num_epochs=0),
        lambda: TrainConfig(data=DataConfig(path="x"), batch_size=-1),
        lambda: TrainConfig(data=DataConfig(path="x"), seed=-1),
    ],
)
def test_bad_values_say_what_to_do(make) -> None:
    with pytest.raises(EngineError) as caught:
        make()
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_bad_file_names_the_entry(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"data": {"path": "x"}, "num_epochs": "many"}')
    with pytest.raises(EngineError, match="num_epochs"):
        read_config(path)
    path.write_text('{"data": {"path": "x"}, "model": {"weights": "borrowed"}}')
    with pytest.raises(EngineError, match="model"):
        read_config(path)
    path.write_text("{")
    with pytest.raises(EngineError, match="JSON"):
        read_config(path)
    with pytest.raises(EngineError, match="cannot be read"):
        read_config(tmp_path / "missing.json")


def test_newer_schema_is_refused() -> None:
    with pytest.raises(EngineError, match="newer"):
        TrainConfig.from_json({**CONFIG.to_json(), "schema_version": 99})


def test_older_file_without_new_fields_opens() -> None:
    assert TrainConfig.from_json({"data": {"path": "x"}}) == TrainConfig(data=DataConfig(path="x"))
