"""Finds the run that ended because the app did: closed by its user, crashed, or killed."""

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.run_list import RunSummary, summarise_run
from finetune_gui.engine.runs import RunFolder

_ENDS = ("RunFinished", "RunFailed")
_TAIL_BYTES = 65_536


def find_interrupted(runs_dir: Path, *, closed_on: Path | None = None) -> RunSummary | None:
    """The newest run that could be gone on with and whose end was not its own; None where there is none.

    One that another process works on is none. Only the end of each event file is read.

    Args:
        runs_dir: Where runs are.
        closed_on: The run that was stopped because the window was closed; it ended in order, but nobody wanted it to.
    """
    for run in _newest_first(runs_dir):
        try:
            if (ended_by_itself(run) and run.path != closed_on) or run.is_running():
                continue
            summary = summarise_run(run)
        except (EngineError, OSError):  # a damaged one hides no other
            continue
        if summary.state in ("unfinished", "stopped"):
            return summary
    return None


def ended_by_itself(run: RunFolder) -> bool:
    """Whether its last event says that it is over."""
    with run.events_file.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL_BYTES))
        lines = file.read().splitlines()
    for line in reversed(lines):
        try:
            return msgspec.json.decode(line).get("event") in _ENDS
        except (msgspec.DecodeError, AttributeError):  # half a line, left by a crash
            continue
    return False


def _newest_first(runs_dir: Path) -> list[RunFolder]:
    """Runs that have a checkpoint, by the time of their last event."""
    found = []
    for path in runs_dir.iterdir() if runs_dir.is_dir() else ():
        run = RunFolder(path)
        with suppress(OSError):  # no events, so no run, or one that is just being removed
            checkpoints = (run.last_checkpoint, run.next_checkpoint, run.previous_checkpoint)
            if any(path.is_file() for path in checkpoints) and run.config_file.is_file():
                found.append((run.events_file.stat().st_mtime, run))
    return [run for _, run in sorted(found, key=lambda pair: pair[0], reverse=True)]
