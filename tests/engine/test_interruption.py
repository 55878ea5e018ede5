"""A run that is paused or ended in the middle of what the network computes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from finetune_gui.engine.config import LayerPlan
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import EpochCompleted, Event, RunPaused, RunResumed, StepCompleted, ValidationAdvanced
from finetune_gui.engine.interruption import Interrupted, Interruption
from finetune_gui.engine.launcher import evaluate_run, resume_run, start_run
from tests.engine.small_runs import drain, losses, of_kind, run_small, small_config

ALL = LayerPlan(preset="all")


@contextmanager
def at_layers(
    numbers: set[int], act: Callable[[int], None], *, training: bool, backward: bool = False
) -> Iterator[None]:
    """Act before some layers compute, counted over a whole run; or before their gradients do."""
    count = 0

    def before(module: nn.Module, inputs: tuple[Any, ...]) -> None:
        nonlocal count
        if module.training is not training or next(module.children(), None) is not None:
            return
        count += 1
        if count not in numbers:
            return
        if not backward:
            act(count)
        elif inputs[0].requires_grad:
            inputs[0].register_hook(lambda _, number=count: act(number))

    handle = register_module_forward_pre_hook(before)
    try:
        yield
    finally:
        handle.remove()


def go_on(event: Event, control: RunControl) -> None:
    if isinstance(event, RunPaused):
        control.resume()


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "checkpoints" / "last.safetensors")


@pytest.fixture(scope="module")
def whole(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """A run that nobody disturbed."""
    run = tmp_path_factory.mktemp("whole") / "run"
    return run, run_small(small_config(tiny_data, plan=ALL), run)


@pytest.mark.parametrize("backward", [False, True])
def test_pauses_in_the_middle_of_steps_change_nothing(
    whole: tuple[Path, list[Event]], tiny_data: Path, tmp_path: Path, backward: bool
) -> None:
    control, paused_at = RunControl(), list[int]()

    def pause(number: int) -> None:
        paused_at.append(number)
        control.pause()

    with at_layers({7, 30, 31, 95, 160, 261}, pause, training=True, backward=backward):
        events = drain(start_run(small_config(tiny_data, plan=ALL), control, tmp_path / "run"), control, go_on)
    pauses = of_kind(events, RunPaused)
    assert len(pauses) == len(paused_at) >= 4  # each obeyed at once
    assert len(of_kind(events, RunResumed)) == len(pauses)
    assert pauses[0].global_step == 0  # the first step was given up
    assert losses(events) == losses(whole[1])
    mine, meant = weights(tmp_path / "run"), weights(whole[0])  # statistics of BatchNorm too
    assert mine.keys() == meant.keys()
    assert all(torch.equal(mine[name], meant[name]) for name in meant)


def test_a_stop_in_the_middle_of_a_step_and_the_rest_another_day(
    whole: tuple[Path, list[Event]], tiny_data: Path, tmp_path: Path
) -> None:
    control, run = RunControl(), tmp_path / "run"
    with at_layers({150}, lambda _: control.stop(), training=True):
        stopped = drain(start_run(small_config(tiny_data, plan=ALL), control, run), control)
    assert stopped[-1].outcome == "stopped"
    resumed = list(resume_run(run, RunControl()))
    assert losses(stopped) | losses(resumed) == losses(whole[1])
    assert not losses(stopped).keys() & losses(resumed).keys()
    assert all(torch.equal(weights(run)[name], tensor) for name, tensor in weights(whole[0]).items())


def test_a_pause_in_the_middle_of_an_evaluation(
    whole: tuple[Path, list[Event]], tiny_data: Path, tmp_path: Path
) -> None:
    control = RunControl()
    with at_layers({11}, lambda _: control.pause(), training=False):
        events = drain(start_run(small_config(tiny_data, plan=ALL), control, tmp_path / "run"), control, go_on)
    kinds = [type(event) for event in events]
    paused = kinds.index(RunPaused)
    assert ValidationAdvanced in kinds[:paused]
    assert events[kinds.index(ValidationAdvanced)].done == 0  # the batch was given up
    assert paused < kinds.index(EpochCompleted)
    figures = [(event.val_loss, event.val_accuracy) for event in of_kind(events, EpochCompleted)]
    assert figures == [(event.val_loss, event.val_accuracy) for event in of_kind(whole[1], EpochCompleted)]


def test_a_discard_in_the_middle_of_an_evaluation(tiny_data: Path, tmp_path: Path) -> None:
    control = RunControl()
    with at_layers({11}, lambda _: control.discard(), training=False):
        events = drain(start_run(small_config(tiny_data, plan=ALL), control, tmp_path / "run"), control)
    assert events[-1].outcome == "discarded"
    assert not of_kind(events, EpochCompleted)
    assert not (tmp_path / "run").exists()


def test_an_evaluation_is_given_up_in_its_middle(whole: tuple[Path, list[Event]]) -> None:
    control = RunControl()
    with at_layers({11}, lambda _: control.stop(), training=False):
        events = list(evaluate_run(whole[0], control))
    assert [event.done for event in of_kind(events, ValidationAdvanced)] == [0]
    assert not of_kind(events, EpochCompleted, StepCompleted)
    assert type(events[-1]).__name__ != "EvaluationFinished"


def test_memory_that_runs_out_in_the_middle_of_a_step_leaves_no_trace_in_batch_norm(
    tiny_data: Path, tmp_path: Path
) -> None:
    """The statistics are those of a run that went through in parts from the beginning."""
    config = replace(small_config(tiny_data, plan=ALL), num_epochs=1)

    def fail(_: int) -> None:
        raise torch.OutOfMemoryError

    for name, numbers in (("late", {25}), ("early", {1})):
        with at_layers(numbers, fail, training=True):
            run_small(config, tmp_path / name)
    late, early = weights(tmp_path / "late"), weights(tmp_path / "early")
    assert all(torch.equal(late[name], early[name]) for name in early)


def test_networks_of_other_threads_are_left_alone() -> None:
    network, wished = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), threading.Event()
    done: list[torch.Tensor] = []
    with Interruption(wished.is_set, between_layers=True).watching():
        wished.set()
        other = threading.Thread(target=lambda: done.append(network(torch.ones(1, 2))))
        other.start()
        other.join()
        assert len(done) == 1
        with pytest.raises(Interrupted):
            network(torch.ones(1, 2))
    network(torch.ones(1, 2))  # and afterwards


def test_where_a_layer_is_no_call_it_looks_at_the_beginning_only() -> None:
    wished = threading.Event()
    interruption = Interruption(wished.is_set, between_layers=False)
    with interruption.watching():
        wished.set()
        nn.Linear(2, 2)(torch.ones(1, 2))
    with pytest.raises(Interrupted), interruption.watching():
        pytest.fail("it was begun")
