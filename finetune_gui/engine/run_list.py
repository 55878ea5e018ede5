"""The list of runs: one line each, read from their folders.

What events tell is kept in ``run-list.json`` of the cache, by size and time of config and events, so that a long list
is there at once. A folder that cannot be read has its place in the list, and says why.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from finetune_gui import paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import EpochCompleted, RunFailed, RunFinished, RunResumed, RunStarted
from finetune_gui.engine.files import replacing
from finetune_gui.engine.run_notes import RunNotes, read_notes
from finetune_gui.engine.runs import RunFolder

CACHE_FILE = "run-list.json"
CACHE_VERSION = 1
Stamp = tuple[int, ...]  # times and sizes of the files that a summary was made from


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """One line of the list of runs.

    ``state`` is ``running`` while a process works on it, ``unfinished`` where the app ended before the run did, and
    ``damaged`` where the folder cannot be read; then ``problem`` says why, and ``way_out`` what can be done.
    """

    path: Path
    name: str
    started: float  # seconds since 1970
    model_id: str
    data: str
    preset: str
    state: str
    epochs_done: int
    best_epoch: int
    best_val_accuracy: float | None
    seconds: float
    best_val_loss: float | None = None  # of that epoch
    note: str = ""
    tags: tuple[str, ...] = ()
    problem: str = ""
    way_out: str = ""


def summarise_run(run: RunFolder) -> RunSummary:
    """Read what the list of runs shows; a damaged event costs nothing but itself.

    Raises:
        EngineError: The config cannot be read.
    """
    return with_present_state(_summarise_events(run), run)


def with_present_state(summary: RunSummary, run: RunFolder) -> RunSummary:
    """With what events do not tell: whether a process works on the run, and what the user calls it."""
    try:
        notes = read_notes(run.path)
    except EngineError:  # words can be written again; the run itself is whole
        notes = RunNotes()
    running = summary.state == "unfinished" and run.is_running()
    return replace(
        summary,
        state="running" if running else summary.state,
        name=notes.title or run.path.name,
        note=notes.note,
        tags=notes.tags,
    )


def _summarise_events(run: RunFolder) -> RunSummary:
    config = run.config()
    started = run.config_file.stat().st_mtime
    state, epochs_done, seconds = "unfinished", 0, 0.0
    best: EpochCompleted | None = None
    for event in run.milestones():
        match event:
            case RunStarted():
                started = min(started, event.time)
                state = "unfinished"
            case RunResumed():
                state = "unfinished"
            case EpochCompleted():
                epochs_done = event.epoch
                seconds += event.train_seconds + event.val_seconds
                best = event if event.is_best else best
            case RunFinished():
                state = event.outcome
            case RunFailed():
                state = "failed"
    return RunSummary(
        path=run.path,
        name=run.path.name,
        started=started,
        model_id=config.model.id,
        data=config.data.path,
        preset=config.plan.preset,
        state=state,
        epochs_done=epochs_done,
        best_epoch=best.epoch if best else 0,
        best_val_accuracy=best.val_accuracy if best else None,
        best_val_loss=best.val_loss if best else None,
        seconds=seconds,
    )


# -- the list ---------------------------------------------------------------------------------------------------------


class _Known(msgspec.Struct, frozen=True):
    """What was read of a run, and when that is still so."""

    stamp: Stamp
    summary: RunSummary


class _Cache(msgspec.Struct):
    """The file in the cache."""

    version: int = CACHE_VERSION
    runs: dict[str, _Known] = {}


def list_runs(runs_dir: Path) -> list[RunSummary]:
    """All runs below a folder, the newest first; damaged ones last. Folders that are no runs are left out."""
    known = _read_cache()
    found: dict[str, _Known] = {}
    summaries = []
    for run in _run_folders(runs_dir):
        try:
            summaries.append(_summary(run, known.get(str(run.path)), found))
        except EngineError as error:
            summaries.append(_damaged(run, error))
        except OSError:  # it is just being removed
            continue
    others = {path: each for path, each in known.items() if Path(path).parent != runs_dir}
    if others | found != known:
        _write_cache(others | found)
    return sorted(summaries, key=lambda summary: (not summary.problem, summary.started), reverse=True)


def find_run(name: str, runs_dir: Path) -> Path:
    """The folder of a run that is named by its path, its folder's name, or the name that the user gave it.

    Raises:
        EngineError: There is none, or there are several.
    """
    for path in (Path(name), runs_dir / name):
        if (path / "config.json").is_file():
            return path
    named = [run.path for run in list_runs(runs_dir) if run.name == name]
    if len(named) == 1:
        return named[0]
    if named:
        raise EngineError(f"{len(named)} runs are called '{name}'.", f"Give a folder: {named[0]} or another.")
    raise EngineError(f"There is no run '{name}'.", "`finetune-gui runs list` shows all; a path will do as well.")


def _run_folders(runs_dir: Path) -> Iterator[RunFolder]:
    for path in runs_dir.iterdir() if runs_dir.is_dir() else ():
        run = RunFolder(path)
        traces = (run.config_file, run.events_file, run.best_checkpoint, run.last_checkpoint)
        if any(trace.is_file() for trace in traces):
            yield run


def _summary(run: RunFolder, known: _Known | None, found: dict[str, _Known]) -> RunSummary:
    if not run.config_file.is_file():
        raise EngineError("Its config.json is gone.", "Restore that file from a backup, or remove the run.")
    stamp = _stamp(run)
    if known is None or known.stamp != stamp:
        known = _Known(stamp, _summarise_events(run))
    found[str(run.path)] = known
    return with_present_state(known.summary, run)


def _stamp(run: RunFolder) -> Stamp:
    stamp: list[int] = []
    for file in (run.config_file, run.events_file):
        with suppress(FileNotFoundError):  # no step yet
            stat = file.stat()
            stamp += [stat.st_mtime_ns, stat.st_size]
    return tuple(stamp)


def _damaged(run: RunFolder, error: EngineError) -> RunSummary:
    return RunSummary(
        path=run.path,
        name=run.path.name,
        started=run.path.stat().st_mtime,
        model_id="",
        data="",
        preset="",
        state="damaged",
        epochs_done=0,
        best_epoch=0,
        best_val_accuracy=None,
        seconds=0.0,
        problem=error.message,
        way_out=error.hint,
    )


def _read_cache() -> dict[str, _Known]:
    try:
        content = (paths.cache_dir() / CACHE_FILE).read_bytes()
        cache = msgspec.json.decode(content, type=_Cache, dec_hook=lambda kind, text: kind(text))  # paths
    except (OSError, msgspec.DecodeError):  # none yet, or of another version: it is made anew
        return {}
    return cache.runs if cache.version == CACHE_VERSION else {}


def _write_cache(runs: dict[str, _Known]) -> None:
    with suppress(EngineError), replacing(paths.cache_dir() / CACHE_FILE) as temporary:  # without it all is read again
        temporary.write_bytes(msgspec.json.encode(_Cache(runs=runs), enc_hook=str))
