"""What the events of a run add up to. Knows no widget."""

import math
import time
from collections.abc import Callable, Iterable

from finetune_gui.engine.events import (
    BatchDivided,
    BatchSizeChosen,
    EpochCompleted,
    Event,
    FreezeAudited,
    FrozenLayersKept,
    PlanChanged,
    PreparationAdvanced,
    RunFailed,
    RunFinished,
    RunPaused,
    RunResumed,
    RunRolledBack,
    RunStarted,
    StepCompleted,
    ValidationAdvanced,
    WarningRaised,
)


class RunProgress:
    """The figures of a run as they stand; those that were not measured yet are None.

    Args:
        now: Clock in seconds; a run that is replayed from its folder has no use for it.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seconds = 0.0  # of the stretches that have ended
        self._running_since: float | None = None
        self.preparation: PreparationAdvanced | None = None
        self.started: RunStarted | None = None
        self.step: StepCompleted | None = None
        self.validation: ValidationAdvanced | None = None
        self.epoch: EpochCompleted | None = None
        self.best: EpochCompleted | None = None
        self.audit: FreezeAudited | None = None
        self.plan_change: PlanChanged | None = None
        self.kept: FrozenLayersKept | None = None
        self.finished: RunFinished | None = None
        self.failed: RunFailed | None = None
        self.waiting: RunPaused | None = None  # for something to be mended; not where the user paused it
        self.incidents: list[Event] = []  # what came in its way and was got over

    def take(self, events: Iterable[Event], *, live: bool = True) -> None:
        """Take in what happened, in order; ``live`` False for a run that is read from its folder."""
        for event in events:
            self._take_one(event, live)

    def _take_one(self, event: Event, live: bool) -> None:
        match event:
            case StepCompleted():
                self.step, self.validation, self.preparation = event, None, None
            case ValidationAdvanced():
                self.validation = event
            case EpochCompleted():
                self._take_epoch(event, live)
            case FreezeAudited():
                self.audit = event
            case PlanChanged():
                self.plan_change, self.kept = event, None
            case FrozenLayersKept():
                self.kept, self.preparation = event, None
            case PreparationAdvanced():
                self.preparation = event
            case RunStarted():
                self.started, self.preparation = event, None
                self.finished = self.failed = None
                self._run_clock(live)
            case RunPaused():
                self._stop_clock()
                self.waiting = event if event.reason else None
            case RunResumed():
                self.waiting = None
                self._run_clock(live and self.started is not None)
            case WarningRaised() | BatchSizeChosen() | BatchDivided() | RunRolledBack():
                self.incidents.append(event)
            case RunFinished():
                self._stop_clock()
                self.waiting = None
                self.finished, self.validation = event, None
                if event.outcome != "discarded":
                    self._seconds = event.seconds
            case RunFailed():
                self._stop_clock()
                self.waiting = None
                self.failed = event

    def _take_epoch(self, event: EpochCompleted, live: bool) -> None:
        self.epoch, self.validation = event, None
        if event.is_best:
            self.best = event
        if not live:
            self._seconds += event.train_seconds + event.val_seconds

    def _run_clock(self, live: bool) -> None:
        if live and self._running_since is None:
            self._running_since = self._now()

    def _stop_clock(self) -> None:
        if self._running_since is not None:
            self._seconds += self._now() - self._running_since
            self._running_since = None

    def end(self) -> None:
        """The run has ended, with a last event or without one."""
        self._stop_clock()
        self.waiting = None

    @property
    def seconds(self) -> float:
        """Time spent on training, without pauses and preparation."""
        running = 0.0 if self._running_since is None else self._now() - self._running_since
        return self._seconds + running

    @property
    def share(self) -> float | None:
        """How much of the whole run is done, 0 to 1; None before the first step."""
        if self.started is None or self.step is None:
            return None
        whole = self.started.num_epochs * self.started.steps_per_epoch
        return min(self.step.global_step / whole, 1.0) if whole else None

    @property
    def epoch_number(self) -> int | None:
        """The epoch that is under way, or was last."""
        if self.step is not None:
            return self.step.epoch
        return self.started.first_epoch if self.started else None

    @property
    def seconds_left(self) -> float | None:
        """What the engine expects; None while it cannot know."""
        if self.step is None or self.finished is not None or not math.isfinite(self.step.seconds_left):
            return None
        return max(self.step.seconds_left, 0.0)
