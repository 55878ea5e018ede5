"""What the runs page reads of a run, or of several that are compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event
from finetune_gui.engine.run_comparison import Difference, PairedTest, compare_runs, config_differences
from finetune_gui.engine.runs import RunFolder


@dataclass(frozen=True, kw_only=True)
class ReadRun:
    """A run with what happened in it, steps left out: a long one has millions."""

    path: Path
    config: TrainConfig
    events: tuple[Event, ...]


@dataclass(frozen=True, kw_only=True)
class ComparedRuns:
    """Several runs beside each other, the oldest first.

    Attributes:
        runs: What was read of them.
        differences: Settings in which they differ.
        test: The first against the second on the same images; None where there are more than two, or where
            ``problem`` says why there is none.
        problem: Why two runs cannot be tested.
    """

    runs: tuple[ReadRun, ...]
    differences: tuple[Difference, ...]
    test: PairedTest | None
    problem: EngineError | None


def read_run(path: Path) -> ReadRun:
    """Read one run.

    Raises:
        EngineError: It is gone, or damaged.
    """
    run = RunFolder.open(path)
    return ReadRun(path=path, config=run.config(), events=tuple(run.milestones()))


def read_compared(paths: Sequence[Path]) -> ComparedRuns:
    """Read several runs, the oldest first.

    Raises:
        EngineError: One of them is gone, or damaged.
    """
    runs = tuple(read_run(path) for path in paths)
    test, problem = None, None
    if len(paths) == 2:
        try:
            test = compare_runs(paths[0], paths[1])
        except EngineError as error:
            problem = error
    return ComparedRuns(
        runs=runs, differences=config_differences([run.config for run in runs]), test=test, problem=problem
    )
