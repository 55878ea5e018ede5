"""A run waits: while the user wants to, or until what is in its way is mended, such as a full disk."""

import time
from collections.abc import Callable, Generator, Iterator

from finetune_gui.engine.control import Request, RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, RunPaused, RunResumed
from finetune_gui.engine.files import CannotWrite
from finetune_gui.engine.learner import Learner
from finetune_gui.engine.saving import CheckpointWriter
from finetune_gui.engine.step_reporter import StepReporter

RETRY_SECONDS = 2.0  # between looks at whether it is mended


class Waiting:
    """Holds a run where it is; the user may end it meanwhile.

    Args:
        control: Where the user's wishes are.
        reporter: Gives the reporter of the present epoch, whose clock stands still meanwhile.

    Attributes:
        paused_seconds: How long the user had it wait so far.
    """

    def __init__(self, control: RunControl, reporter: Callable[[], StepReporter]) -> None:
        self._control = control
        self._reporter = reporter
        self.paused_seconds = 0.0

    def while_paused(self, learner: Learner) -> Iterator[Event]:
        """Wait while the user wants to; the device is free for others meanwhile."""
        if not self._control.paused:
            return
        reporter, begun = self._reporter(), time.monotonic()
        yield from reporter.all()
        learner.leave_device()
        yield RunPaused(global_step=reporter.global_step)
        with reporter.clock_stopped():
            self._control.wait_while_paused()
        learner.return_to_device()
        self.paused_seconds += time.monotonic() - begun
        if not self._control.should_end:
            yield RunResumed(global_step=reporter.global_step)

    def until_mended(self, error: EngineError, mended: Callable[[], bool]) -> Generator[Event, None, bool]:
        """Pause by itself until ``mended``, or until the user ends the run.

        Returns:
            Whether it is mended; False where the user discards the run.

        Raises:
            EngineError: ``error``, where the user stops the run.
        """
        control, reporter = self._control, self._reporter()
        while not control.should_end:
            control.pause()
            yield RunPaused(global_step=reporter.global_step, reason=error.message, hint=error.hint)
            with reporter.clock_stopped():
                control.wait_while_paused(RETRY_SECONDS)
                while not (is_mended := mended()) and control.paused:
                    control.wait_while_paused(RETRY_SECONDS)
            if is_mended:
                control.resume()
                yield RunResumed(global_step=reporter.global_step)
                return True
        if control.request is Request.DISCARD:
            return False
        raise error

    def stored(self, writer: CheckpointWriter, *, wait: bool = False) -> Iterator[Event]:
        """What has been written meanwhile; waits for the user where the disk is full."""
        while True:
            try:
                yield from writer.finished(wait=wait)
                return
            except CannotWrite as error:
                if not (yield from self.until_mended(error, writer.retry)):
                    return

    def written(self, write: Callable[[], None]) -> Iterator[Event]:
        """Write something here and now; waits for the user where that is not possible."""

        def succeeds() -> bool:
            try:
                write()
            except CannotWrite:
                return False
            return True

        try:
            write()
        except CannotWrite as error:
            yield from self.until_mended(error, succeeds)
