"""A run that is killed at any moment goes on with the losses it would have had, to the last bit."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from finetune_gui.engine.config import DataConfig, LayerPlan, LossConfig, ModelConfig, OptimConfig, SpeedConfig
from finetune_gui.engine.events import EvaluationFinished, Event, StepCompleted
from finetune_gui.engine.files import write_json
from finetune_gui.engine.runs import RunFolder
from tests.drawing import draw_class_folders
from tests.engine.small_runs import losses, run_small, small_config

KILLS = 20
SCRIPT = Path(__file__).with_name("killed_run.py")
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="attempts are forked")


class Attempts:
    """The process that forks attempts, at the other end of two pipes."""

    def __init__(self, config_file: Path, run: Path) -> None:
        command = [sys.executable, str(SCRIPT), str(config_file), str(run)]
        # One thread: what was forked has no pool of threads.
        env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        assert self._line() == "ready"
        self._events = RunFolder(run).events_file

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def finish(self) -> int:
        """An attempt that nobody kills; returns what ``waitpid`` gave."""
        self._begin()
        return int(self._line())

    def kill(self, steps: int, seconds: float) -> int:
        """An attempt that is killed some seconds after it made so many steps; returns what ``waitpid`` gave."""
        before = self._steps()
        process = self._begin()
        while steps and self._steps() < before + steps:
            time.sleep(0.002)
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
        return int(self._line())

    def _begin(self) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._line())

    def _steps(self) -> int:
        return self._events.read_bytes().count(b'"StepCompleted"') if self._events.is_file() else 0

    def close(self) -> None:
        self._process.communicate(timeout=20)


@pytest.fixture
def attempts(tmp_path: Path) -> Iterator[Attempts]:
    data = draw_class_folders(tmp_path / "data", {"a": 10, "b": 10})
    config = small_config(
        data,
        data=DataConfig(path=str(data), augment="light"),
        model=ModelConfig(id="timm/test_efficientnet", weights="none", head_dropout=0.3),
        plan=LayerPlan(preset="last_stage"),
        optim=OptimConfig(ema_decay=0.9, clip_norm=1.0),
        loss=LossConfig(label_smoothing=0.1),
        speed=SpeedConfig(views=2),
        num_epochs=6,
        batch_size=2,
        checkpoint_minutes=1e-6,  # after each step, so that kills fall into writing
    )
    run_small(config, tmp_path / "whole")
    write_json(tmp_path / "config.json", config.to_json())
    runner = Attempts(tmp_path / "config.json", tmp_path / "run")
    yield runner
    runner.close()


def test_killed_twenty_times_and_as_if_nothing_had_happened(attempts: Attempts, tmp_path: Path) -> None:
    moments = random.Random(5)
    for _ in range(KILLS):  # of 60 steps they make 40 or so, many of them twice
        steps = moments.choice([0, 0, 1, 2, 3])
        assert attempts.kill(steps, moments.uniform(0, 0.02 if steps else 0.5)) == signal.SIGKILL
    assert attempts.finish() == 0
    whole, run = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "run")
    wanted = losses(list(whole.events()))
    made = [event for event in run.events() if isinstance(event, StepCompleted)]
    assert {event.global_step for event in made} == set(wanted)
    assert [event for event in made if event.loss != wanted[event.global_step]] == []  # those made twice, too
    for name in ("last_checkpoint", "best_checkpoint"):
        tensors, meant = load_file(getattr(run, name)), load_file(getattr(whole, name))
        assert [key for key in meant if not torch.equal(tensors[key], meant[key])] == []
    assert evaluation(run) == evaluation(whole)
    assert not list(run.path.rglob("*.part"))


def evaluation(run: RunFolder) -> EvaluationFinished:
    report = run.report()
    assert report is not None
    event = Event.from_json(report["evaluation"])
    assert isinstance(event, EvaluationFinished)
    return event
