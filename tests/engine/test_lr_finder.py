"""The search for a learning rate: its curve, its suggestion, and that it leaves nothing behind."""

import gc
import math
import threading
from dataclasses import replace
from itertools import count, pairwise
from pathlib import Path

import pytest
import torch

from finetune_gui import paths
from finetune_gui.engine.config import DataConfig, OptimConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import (
    Event,
    FrozenLayersKept,
    LearningRateSuggested,
    LearningRateTried,
    PreparationAdvanced,
)
from finetune_gui.engine.lr_finder import HIGHEST, LOWEST, NUM_STEPS, find_learning_rate, rising, suggest


def curve(falls_at: float, rises_at: float) -> list[LearningRateTried]:
    """Losses of 1 that fall to 0.2 around one rate and go up beyond another, with some noise."""
    rates = [LOWEST * (HIGHEST / LOWEST) ** (index / (NUM_STEPS - 1)) for index in range(NUM_STEPS)]

    def loss(index: int, rate: float) -> float:
        fall = 0.8 / (1 + (falls_at / rate) ** 2)
        return 1 - fall + (rate / rises_at) ** 2 + 0.001 * math.sin(7 * index)

    return [LearningRateTried(lr=rate, loss=loss(index, rate)) for index, rate in enumerate(rates)]


@pytest.mark.parametrize("falls_at", [1e-4, 3e-3, 0.1])
def test_suggests_where_the_loss_falls_most_steeply(falls_at: float) -> None:
    found = suggest(curve(falls_at, rises_at=100 * falls_at))
    assert found is not None
    assert falls_at / 2 < found < 2 * falls_at


def test_suggests_nothing_where_the_loss_falls_nowhere() -> None:
    assert suggest([]) is None
    assert suggest(curve(1e9, rises_at=1e9)) is None
    assert suggest(curve(1e9, rises_at=1e-3)) is None
    assert suggest(curve(3e-3, rises_at=1)[:8]) is None


def test_the_rate_rises_evenly_until_the_loss_is_lost() -> None:
    points = list(rising(lambda lr: 1.0 if lr < 0.1 else 50.0))
    factors = [after.lr / before.lr for before, after in pairwise(points)]
    assert factors == pytest.approx([(HIGHEST / LOWEST) ** (1 / (NUM_STEPS - 1))] * len(factors))
    assert points[0].lr == LOWEST
    assert points[0].loss == pytest.approx(1.0)  # no pull of the zero that the average begins with
    assert 0.1 < points[-1].lr < 0.5
    assert points[-1].loss > 4


def test_ends_where_the_loss_is_no_number() -> None:
    steps = count()
    points = list(rising(lambda _lr: 1.0 if next(steps) < 20 else math.nan))
    assert len(points) == 20
    assert len(list(rising(lambda _lr: 1.0))) == NUM_STEPS


@pytest.fixture
def config(tiny_data: Path) -> TrainConfig:
    return TrainConfig(data=DataConfig(path=str(tiny_data)), batch_size=8, num_epochs=2, device="cpu")


def test_on_real_images(config: TrainConfig) -> None:
    torch.manual_seed(1)
    before = torch.get_rng_state()
    control = RunControl()
    seen: list[Event] = []
    for event in find_learning_rate(config, control):
        seen.append(event)
        if isinstance(event, LearningRateTried):
            control.stop()
    assert [type(event) for event in seen[-2:]] == [PreparationAdvanced, LearningRateTried]  # it ended at once

    optim = OptimConfig(optimizer="sgd", grad_accum_steps=2, clip_norm=5.0)
    events = list(find_learning_rate(replace(config, batch_size=0, optim=optim), RunControl()))
    assert torch.equal(torch.get_rng_state(), before)  # a run would draw the same numbers as without the search
    kept = next(event for event in events if isinstance(event, FrozenLayersKept))
    assert kept.num_views == 1
    tried = [event for event in events if isinstance(event, LearningRateTried)]
    assert len(tried) > 50
    assert min(point.loss for point in tried) < 0.5 * tried[0].loss
    last = events[-1]
    assert isinstance(last, LearningRateSuggested)
    assert last.lr is not None
    assert 1e-4 < last.lr < 1
    assert not list(paths.cache_dir().glob("find-lr-*"))
    assert not paths.runs_dir().exists()


def test_threads_that_decode_end_with_the_search_and_not_with_the_collector(config: TrainConfig) -> None:
    gc.collect()
    gc.disable()  # as in the window, which holds it back
    try:
        control = RunControl()
        for event in find_learning_rate(config, control):
            if isinstance(event, LearningRateTried):
                control.stop()
        assert [thread.name for thread in threading.enumerate() if thread.name.startswith("decode")] == []
    finally:
        gc.enable()


def test_data_that_cannot_be_used_are_told(config: TrainConfig, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="is empty"):
        list(find_learning_rate(replace(config, data=DataConfig(path=str(tmp_path))), RunControl()))
