"""Runs of a tiny network, for tests of what can happen to a run."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from finetune_gui.engine.config import DataConfig, ModelConfig, SpeedConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import Event, StepCompleted
from finetune_gui.engine.launcher import start_run

React = Callable[[Event, RunControl], None]


def small_config(folder: Path, /, **changes: Any) -> TrainConfig:
    """Two epochs of a network with random weights, the same each time."""
    model = ModelConfig(id="timm/test_efficientnet", weights="none")
    base = TrainConfig(
        data=DataConfig(path=str(folder), augment="none"),
        model=model,
        num_epochs=2,
        batch_size=5,
        speed=SpeedConfig(cache=False),
        device="cpu",
    )
    return replace(base, **changes)


def drain(events: Any, control: RunControl, react: React | None = None) -> list[Event]:
    """All events; ``react`` sees each as it comes."""
    seen = []
    for event in events:
        seen.append(event)
        if react is not None:
            react(event, control)
    return seen


def run_small(config: TrainConfig, path: Path, react: React | None = None) -> list[Event]:
    """A whole run."""
    control = RunControl()
    return drain(start_run(config, control, path), control, react)


def of_kind(events: list[Event], *kinds: type) -> list[Any]:
    """The events of some kinds."""
    return [event for event in events if isinstance(event, kinds)]


def losses(events: list[Event]) -> dict[int, float]:
    """Loss by step; that of the last time where a step was made again."""
    return {event.global_step: event.loss for event in events if isinstance(event, StepCompleted)}
