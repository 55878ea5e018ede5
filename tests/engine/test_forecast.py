"""The forecast: exact where it counts, in proportion where it estimates, and it ends when asked to."""

import pytest

from finetune_gui.engine.config import LayerPlan, LayerRule, ModelConfig, OptimConfig, PresetChange
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.forecast import Forecast, Forecaster


@pytest.fixture(scope="module")
def forecaster() -> Forecaster:
    return Forecaster(ModelConfig(id="torchvision/mobilenet_v3_small", weights="none"), 3, "cpu")


def forecast(forecaster: Forecaster, plan: LayerPlan, optim: OptimConfig | None = None, **sizes: int) -> Forecast:
    sizes = {"num_train": 8, "num_val": 2, "batch_size": 4} | sizes
    result = forecaster.forecast(plan, optim or OptimConfig(), **sizes)
    assert result is not None
    return result


def test_memory_is_that_of_the_plan(forecaster: Forecaster) -> None:
    head, everything = (forecast(forecaster, LayerPlan(preset=preset)) for preset in ("head", "all"))
    assert head.trainable_parameters == 1024 * 3 + 3
    assert everything.trainable_parameters == everything.total_parameters == head.total_parameters
    for result in (head, everything):
        assert result.gradients == 4 * result.trainable_parameters
        # AdamW keeps two moments of each parameter, and a step count of each tensor
        assert 8 * result.trainable_parameters < result.optimizer < 8 * result.trainable_parameters + 4 * 1000
        assert result.memory == result.weights + result.gradients + result.optimizer + result.activations
    assert head.weights == everything.weights > 4 * head.total_parameters
    assert 0 < head.activations < everything.activations / 20  # nothing before the head needs a gradient


def test_plain_sgd_keeps_no_state(forecaster: Forecaster) -> None:
    assert forecast(forecaster, LayerPlan(), OptimConfig(optimizer="sgd", momentum=0.0)).optimizer == 0


def test_activations_and_time_grow_with_the_batch_and_the_images(forecaster: Forecaster) -> None:
    small, large = (forecast(forecaster, LayerPlan(), batch_size=size) for size in (8, 32))
    assert small.probe_batch == large.probe_batch == 8  # on a CPU a small batch tells enough
    assert large.activations == pytest.approx(4 * small.activations, abs=4)
    assert small.seconds_per_epoch > 0
    assert small.num_steps >= 1


def test_a_later_phase_is_not_what_is_asked_for(forecaster: Forecaster) -> None:
    gradual = LayerPlan(schedule=(PresetChange(from_epoch=2, preset="all"),))
    assert forecast(forecaster, gradual).trainable_parameters == 1024 * 3 + 3


def test_it_ends_when_asked_to(forecaster: Forecaster) -> None:
    plan = LayerPlan(preset="all")
    sizes = {"num_train": 8, "num_val": 2, "batch_size": 4}
    assert forecaster.forecast(plan, OptimConfig(), **sizes, should_stop=lambda: True) is None
    assert all(parameter.grad is None for parameter in forecaster._model.parameters())


def test_a_plan_that_cannot_be(forecaster: Forecaster) -> None:
    with pytest.raises(EngineError, match="Every layer is frozen"):
        forecast(forecaster, LayerPlan(rules=(LayerRule(pattern="*", multiplier=0.0),)))
