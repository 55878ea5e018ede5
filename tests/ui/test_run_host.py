"""The run host with the real engine on a real thread."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from finetune_gui.engine.config import DataConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import (
    EpochCompleted,
    Event,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    StepCompleted,
)
from finetune_gui.engine.runs import RunFolder
from finetune_gui.ui.run_host import RunHost
from tests.ui.image_folders import draw_classes

LONG = 120_000


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[RunHost]:  # noqa: ARG001
    host = RunHost()
    yield host
    assert host.shutdown()


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    data = DataConfig(path=str(draw_classes(tmp_path / "images")), augment="none")
    return TrainConfig(data=data, num_epochs=2, batch_size=4, device="cpu")


def collect(host: RunHost) -> list[Event]:
    seen: list[Event] = []
    host.events.connect(seen.extend)
    return seen


def only_run(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "runs").iterdir()
    return path


def test_a_run_from_start_to_finish(qtbot: QtBot, host: RunHost, config: TrainConfig, tmp_path: Path) -> None:
    events, states = collect(host), []
    host.state_changed.connect(states.append)
    folders: list[Path] = []
    host.started.connect(folders.append)
    with qtbot.waitSignal(host.finished, timeout=LONG):
        host.start(config, tmp_path / "runs")
    assert states == ["running", "idle"]
    assert folders == [only_run(tmp_path)]
    kinds = [type(event) for event in events]
    assert kinds.count(RunStarted) == 1
    assert kinds.count(EpochCompleted) == 2
    assert isinstance(events[-1], RunFinished)
    assert events[-1].frozen_verified is True
    steps = [event.global_step for event in events if isinstance(event, StepCompleted)]
    assert steps == sorted(set(steps))
    assert steps[-1] == 2 * next(event.steps_per_epoch for event in events if isinstance(event, RunStarted))
    assert list(RunFolder(only_run(tmp_path)).events()) == events  # nothing was dropped on the way


def test_pause_go_on_stop_and_keep(qtbot: QtBot, host: RunHost, config: TrainConfig, tmp_path: Path) -> None:
    events = collect(host)
    host.start(replace(config, num_epochs=500), tmp_path / "runs")
    qtbot.waitUntil(lambda: any(isinstance(event, EpochCompleted) for event in events), timeout=LONG)
    host.pause()
    assert host.state == "pausing"
    qtbot.waitUntil(lambda: host.state == "paused", timeout=LONG)
    assert isinstance(events[-1], RunPaused)
    before = len(events)
    qtbot.wait(300)
    assert len(events) == before
    host.resume()
    qtbot.waitUntil(lambda: len(events) > before, timeout=LONG)
    with qtbot.waitSignal(host.finished, timeout=LONG):
        host.stop()
        assert host.state == "stopping"
    assert isinstance(events[-1], RunFinished)
    assert events[-1].outcome == "stopped"
    assert RunFolder(only_run(tmp_path)).best_checkpoint.is_file()
    _resume_and_stop(qtbot, host, only_run(tmp_path))


def test_a_run_that_waits_by_itself_can_be_told_to_go_on(
    qtbot: QtBot, host: RunHost, config: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waiting(_config: TrainConfig, control: RunControl, run_path: Path, **_: object) -> Iterator[Event]:
        for step, mends_itself in ((1, False), (2, True)):
            control.pause()
            yield RunPaused(global_step=step, reason="The disk is full.", hint="Free some space.")
            if mends_itself:
                control.resume()
            control.wait_while_paused()
            yield RunResumed(global_step=step)
        yield RunFinished(outcome="stopped", run_dir=str(run_path), best_epoch=1, best_val_accuracy=1, seconds=1)

    monkeypatch.setattr("finetune_gui.engine.launcher.start_run", waiting)
    states: list[str] = []
    host.state_changed.connect(states.append)
    with qtbot.waitSignal(host.finished, timeout=LONG):
        host.start(config, tmp_path / "runs")
        qtbot.waitUntil(lambda: host.state == "paused")
        host.resume()
    assert states == ["running", "paused", "running", "paused", "running", "idle"]


def _resume_and_stop(qtbot: QtBot, host: RunHost, run_path: Path) -> None:
    """A stopped run goes on, for more epochs, and first tells again what it had learnt."""
    past = [event for event in RunFolder(run_path).events() if isinstance(event, EpochCompleted)]
    events = collect(host)
    host.resume_run(run_path, 501)
    qtbot.waitUntil(lambda: sum(isinstance(event, RunStarted) for event in events) == 2, timeout=LONG)
    assert [event for event in events if isinstance(event, EpochCompleted)][: len(past)] == past
    assert RunFolder(run_path).config().num_epochs == 501
    with qtbot.waitSignal(host.finished, timeout=LONG):
        host.stop()


def test_a_discarded_run_leaves_nothing(qtbot: QtBot, host: RunHost, config: TrainConfig, tmp_path: Path) -> None:
    events = collect(host)
    host.start(config, tmp_path / "runs")
    qtbot.waitUntil(lambda: any(isinstance(event, RunStarted) for event in events), timeout=LONG)
    with qtbot.waitSignal(host.finished, timeout=LONG):
        host.discard()
    assert isinstance(events[-1], RunFinished)
    assert events[-1].outcome == "discarded"
    assert list((tmp_path / "runs").iterdir()) == []


def test_what_the_user_can_mend_is_told(qtbot: QtBot, host: RunHost, tmp_path: Path) -> None:
    config = TrainConfig(data=DataConfig(path=str(tmp_path / "gone")), device="cpu")
    told: list[object] = []
    host.failed.connect(told.append)
    with qtbot.waitSignal(host.finished, timeout=LONG):
        host.start(config, tmp_path / "runs")
    assert [type(error) for error in told] == [EngineError]
    assert host.state == "idle"


def test_a_bug_ends_the_run_with_a_report(
    qtbot: QtBot,
    host: RunHost,
    config: TrainConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> Iterator[Event]:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("finetune_gui.engine.launcher.start_run", broken)
    reports: list[str] = []
    host.crashed.connect(reports.append)
    with qtbot.waitSignal(host.finished, timeout=LONG):
        host.start(config, tmp_path / "runs")
    assert ["ZeroDivisionError" in report for report in reports] == [True]
    assert "a bug" in caplog.text
    assert not host.is_active()


def test_shutdown_while_paused(qtbot: QtBot, config: TrainConfig, tmp_path: Path) -> None:
    host = RunHost()
    events = collect(host)
    host.start(config, tmp_path / "runs")
    qtbot.waitUntil(lambda: any(isinstance(event, RunStarted) for event in events), timeout=LONG)
    host.pause()
    assert host.shutdown()
