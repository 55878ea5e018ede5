"""The computer is kept awake while a run computes, and no longer. The system's own programs are stood in for."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_gui.engine.awake import SleepInhibitor, awake_while_running
from finetune_gui.engine.events import Event, RunPaused, RunResumed

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows needs no program for it")

PROGRAM = """#!/bin/sh
echo "$@" > "{folder}/arguments"
"{cat}" > /dev/null
rm "{folder}/arguments"
"""


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder where programs are looked for."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def held(bin_folder: Path) -> Path:
    """A file that is there while sleep is held off; it holds the arguments that were given for it."""
    name = "caffeinate" if sys.platform == "darwin" else "systemd-inhibit"
    program = bin_folder / name
    program.write_text(PROGRAM.format(folder=bin_folder, cat="/bin/cat").replace("rm ", "/bin/rm "))
    program.chmod(0o755)
    return bin_folder / "arguments"


def wait_for(file: Path, *, there: bool) -> None:
    deadline = time.monotonic() + 10
    while file.is_file() != there or (there and not file.read_text()):
        assert time.monotonic() < deadline, file
        time.sleep(0.01)


def test_held_off_except_while_paused(held: Path) -> None:
    def run() -> Iterator[Event]:
        wait_for(held, there=True)
        yield RunPaused(global_step=1)
        wait_for(held, there=False)
        yield RunResumed(global_step=1)
        wait_for(held, there=True)
        assert "cat" in held.read_text()
        yield RunResumed(global_step=2)
        raise ZeroDivisionError

    events = awake_while_running(run())
    assert [type(next(events)) for _ in range(3)] == [RunPaused, RunResumed, RunResumed]
    with pytest.raises(ZeroDivisionError):
        next(events)
    wait_for(held, there=False)


def test_let_go_when_nobody_listens_any_more(held: Path) -> None:
    def run() -> Iterator[Event]:
        wait_for(held, there=True)
        yield RunResumed(global_step=1)

    events = awake_while_running(run())
    next(events)
    events.close()  # type: ignore[attr-defined]
    wait_for(held, there=False)


@pytest.mark.parametrize("script", [None, "#!/bin/sh\nexit 1\n", "no program"])
def test_where_it_cannot_be_done_nothing_happens(bin_folder: Path, script: str | None) -> None:
    if script is not None:
        program = bin_folder / "systemd-inhibit"
        program.write_text(script)
        program.chmod(0o755)
    inhibitor = SleepInhibitor()
    inhibitor.hold()
    inhibitor.hold()
    inhibitor.release()
    inhibitor.release()
