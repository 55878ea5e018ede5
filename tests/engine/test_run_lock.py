"""Who works on a run, also after a ``kill -9``, and which run is offered to be gone on with."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from finetune_gui.engine.config import DataConfig, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, RunFailed, RunFinished, RunResumed
from finetune_gui.engine.interrupted import find_interrupted
from finetune_gui.engine.run_list import list_runs
from finetune_gui.engine.run_lock import RunLock, is_running
from finetune_gui.engine.runs import EventLog, RunFolder

CONFIG = TrainConfig(data=DataConfig(path="/photos"))
HOLD = """
import sys
from pathlib import Path
from finetune_gui.engine.run_lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(run_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another instance of the app that works on a run, until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def make_run(path: Path, *events: Event, checkpoint: bool = True) -> RunFolder:
    run = RunFolder.create(path, CONFIG)
    log = EventLog(run)
    for event in events:
        log.append(event)
    log.close()
    if checkpoint:
        run.last_checkpoint.parent.mkdir()
        run.last_checkpoint.write_bytes(b"weights")
    return run


def finished(outcome: str) -> RunFinished:
    return RunFinished(outcome=outcome, run_dir="", best_epoch=1, best_val_accuracy=0.5, seconds=1.0)


def test_two_processes_never_work_on_one_run(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", RunResumed(global_step=1))
    assert not run.is_running()
    with another_process(run.path) as process:
        assert run.is_running()
        assert [summary.state for summary in list_runs(tmp_path)] == ["running"]
        from finetune_gui.engine.launcher import resume_run

        with pytest.raises(EngineError, match="by another window or command"):
            next(resume_run(run.path, RunControl(), num_epochs=99))
        with pytest.raises(EngineError, match="by another window or command"), RunLock(run.path):
            pass
        assert run.config() == CONFIG
        process.kill()
        process.wait()
        assert not run.is_running()
    assert [summary.state for summary in list_runs(tmp_path)] == ["unfinished"]


def test_the_same_process_is_no_exception(tmp_path: Path) -> None:
    with RunLock(tmp_path) as lock:
        assert is_running(tmp_path)
        with pytest.raises(EngineError), RunLock(tmp_path):
            pass
        lock.release()
        assert not is_running(tmp_path)
    with RunLock(tmp_path):
        pass


def test_a_folder_that_is_gone_has_no_lock(tmp_path: Path) -> None:
    assert not is_running(tmp_path / "gone")


def test_the_run_that_was_interrupted_is_found(tmp_path: Path) -> None:
    assert find_interrupted(tmp_path / "none") is None
    crashed = make_run(tmp_path / "crashed", finished("stopped"), RunResumed(global_step=3))
    with crashed.events_file.open("ab") as file:
        file.write(b'{"event":"RunFin')  # killed while it wrote
    older = time.time() - 60
    os.utime(crashed.events_file, (older, older))
    make_run(tmp_path / "completed", finished("completed"))
    make_run(tmp_path / "failed", RunFailed(message="No."))
    make_run(tmp_path / "learnt nothing", RunResumed(global_step=1), checkpoint=False)
    stopped = make_run(tmp_path / "stopped", finished("stopped"))
    make_run(tmp_path / "damaged", RunResumed(global_step=1)).config_file.write_text("{")
    found = find_interrupted(tmp_path)
    assert found is not None
    assert (found.name, found.state) == ("crashed", "unfinished")
    found = find_interrupted(tmp_path, closed_on=stopped.path)
    assert found is not None
    assert (found.name, found.state) == ("stopped", "stopped")
    with RunLock(crashed.path):  # in another window
        assert find_interrupted(tmp_path) is None
    assert find_interrupted(tmp_path, closed_on=tmp_path / "completed") is not None
