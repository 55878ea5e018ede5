"""The forecast: exact where it counts, in proportion where it estimates, and it ends when asked to."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from finetune_gui.engine import probe
from finetune_gui.engine.config import (
    DataConfig,
    LayerPlan,
    LayerRule,
    LossConfig,
    ModelConfig,
    OptimConfig,
    PresetChange,
    SpeedConfig,
    TrainConfig,
)
from finetune_gui.engine.epoch_times import TrainingImages
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.forecast import Forecast, Forecaster
from finetune_gui.engine.probe import straight_line

IMAGES = TrainingImages(num_train=800, num_val=200)
CONFIG = TrainConfig(data=DataConfig(path="."), num_epochs=6, batch_size=4)


@pytest.fixture(scope="module", autouse=True)
def few_repeats() -> Iterator[None]:
    """Nothing here depends on exact times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probe, "FEWEST_REPEATS", 1)
        patch.setattr(probe, "MOST_REPEATS", 1)
        yield


@pytest.fixture(scope="module")
def forecaster() -> Forecaster:
    return Forecaster(ModelConfig(id="timm/test_resnet", weights="none"), 3, "cpu")


@pytest.fixture(scope="module")
def head(forecaster: Forecaster, tiny_data: Path) -> Forecast:
    """Of the plan that most begin with, with images that can be decoded."""
    paths = [file.relative_to(tiny_data).as_posix() for file in tiny_data.rglob("*.jpg")]
    return forecast(forecaster, CONFIG, replace(IMAGES, root=tiny_data, paths=paths))


def forecast(forecaster: Forecaster, config: TrainConfig, images: TrainingImages = IMAGES) -> Forecast:
    result = forecaster.forecast(config, images)
    assert result is not None
    return result


def with_plan(plan: LayerPlan) -> TrainConfig:
    return replace(CONFIG, plan=plan)


# --- memory ----------------------------------------------------------------------------------------------------------


def test_memory_is_that_of_the_plan(forecaster: Forecaster, head: Forecast) -> None:
    everything = forecast(forecaster, with_plan(LayerPlan(preset="all")))
    assert head.trainable_parameters == 96 * 3 + 3
    assert everything.trainable_parameters == everything.total_parameters == head.total_parameters
    for result in (head, everything):
        assert result.gradients == 4 * result.trainable_parameters
        # AdamW keeps two moments of each parameter, and a step count of each tensor
        assert 8 * result.trainable_parameters < result.optimizer < 8 * result.trainable_parameters + 4 * 1000
        assert result.memory == result.weights + result.gradients + result.optimizer + result.activations
    assert 4 * head.total_parameters < everything.weights < 5 * head.total_parameters
    assert 1.8 * everything.weights < head.weights < 2.1 * everything.weights  # what runs once is a copy of its own
    assert 0 < head.activations < everything.activations / 20  # nothing before the head needs a gradient
    assert everything.kept == 0
    assert head.num_steps >= 1


def test_plain_sgd_keeps_no_state(forecaster: Forecaster) -> None:
    config = replace(CONFIG, optim=OptimConfig(optimizer="sgd", momentum=0.0))
    assert forecast(forecaster, config).optimizer == 0


def test_activations_grow_with_the_batch(forecaster: Forecaster, head: Forecast) -> None:
    large = forecast(forecaster, replace(CONFIG, batch_size=32))
    assert head.probe_batch <= 4
    assert large.probe_batch <= 32
    assert large.activations == pytest.approx(8 * head.activations, rel=0.1)


# --- time ------------------------------------------------------------------------------------------------------------


def test_frozen_layers_run_once_for_each_view(head: Forecast) -> None:
    assert len(head.epoch_seconds) == 6
    assert max(head.epoch_seconds[4:]) < min(head.epoch_seconds[:4]) / 2  # four views of each image, then nothing new
    assert head.kept == 4 * 96 * (4 * 800 + 200)


@pytest.mark.parametrize(
    ("config", "rows"),
    [
        (replace(CONFIG, data=replace(CONFIG.data, augment="none")), 800 + 200),
        (replace(CONFIG, speed=SpeedConfig(views=0)), 200),
        (replace(CONFIG, speed=SpeedConfig(cache=False)), 0),
        (replace(CONFIG, loss=LossConfig(mixup=0.2)), 0),
    ],
    ids=["one view", "new views", "nothing kept", "mixed images"],
)
def test_what_is_kept_follows_from_the_config(forecaster: Forecaster, config: TrainConfig, rows: int) -> None:
    """Rows of 96 numbers, for 800 training and 200 validation images."""
    result = forecast(forecaster, config)
    assert result.kept == 4 * 96 * rows


def test_reading_images_takes_time_only_where_some_can_be_read(forecaster: Forecaster, head: Forecast) -> None:
    gone = forecast(forecaster, CONFIG, replace(IMAGES, root=Path("nowhere"), paths=["a.jpg"]))
    assert head.decoding_known
    assert not gone.decoding_known


def test_a_later_phase_is_not_what_is_asked_for(forecaster: Forecaster) -> None:
    gradual = forecast(forecaster, with_plan(LayerPlan(schedule=(PresetChange(from_epoch=3, preset="all"),))))
    assert gradual.trainable_parameters == 96 * 3 + 3
    assert len(gradual.epoch_seconds) == 2


def test_a_line_through_what_was_measured() -> None:
    cost = straight_line({2: [3.0, 3.5, 9.0], 8: [6.0, 6.0, 6.1]})
    assert (cost.fixed, cost.per_image) == (2.0, 0.5)
    assert cost.of(100, 32) == 4 * 2.0 + 100 * 0.5
    assert straight_line({4: [2.0, 4.0, 4.0]}).of(8, 4) == 8.0  # the median, of one size in proportion
    assert straight_line({2: [3.0], 8: [2.0]}).per_image == 0.0  # a larger batch is never quicker


# --- ends ------------------------------------------------------------------------------------------------------------


def test_it_ends_when_asked_to(forecaster: Forecaster) -> None:
    config = with_plan(LayerPlan(preset="all"))
    assert forecaster.forecast(config, IMAGES, should_stop=lambda: True) is None
    assert all(parameter.grad is None for parameter in forecaster._model.parameters())


def test_a_plan_that_cannot_be(forecaster: Forecaster) -> None:
    with pytest.raises(EngineError, match="Every layer is frozen"):
        forecast(forecaster, with_plan(LayerPlan(rules=(LayerRule(pattern="*", multiplier=0.0),))))
