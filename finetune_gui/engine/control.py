"""The one token that goes into a run: pause, resume, stop, discard."""

import threading
from enum import Enum


class Stopped(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user gave up."""


class Request(Enum):
    """How a run was asked to end."""

    NONE = "none"
    STOP = "stop"  # keep what was learnt
    DISCARD = "discard"  # delete the run folder


class RunControl:
    """Thread-safe wishes of the user, polled by the trainer between steps, on a CPU between layers.

    The window and the command line write, the trainer reads. Nothing here blocks the writer.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._paused = False
        self._request = Request.NONE

    def pause(self) -> None:
        """Ask the run to wait."""
        with self._condition:
            self._paused = True

    def resume(self) -> None:
        """Let a paused run go on."""
        with self._condition:
            self._paused = False
            self._condition.notify_all()

    def stop(self) -> None:
        """Ask the run to end and keep what it learnt."""
        self._end(Request.STOP)

    def discard(self) -> None:
        """Ask the run to end and delete its folder."""
        self._end(Request.DISCARD)

    def _end(self, request: Request) -> None:
        with self._condition:
            # A discard outranks an earlier stop; a stop never turns a discard back.
            if self._request is not Request.DISCARD:
                self._request = request
            self._condition.notify_all()

    @property
    def request(self) -> Request:
        """How the run was asked to end, if it was."""
        return self._request

    @property
    def should_end(self) -> bool:
        """Whether the run was asked to end, either way."""
        return self._request is not Request.NONE

    @property
    def paused(self) -> bool:
        """Whether the run should be waiting; a request to end outranks a pause."""
        return self._paused and not self.should_end

    def wait_while_paused(self, timeout: float | None = None) -> None:
        """Block the calling (training) thread until the run is resumed or asked to end, or some seconds are over."""
        with self._condition:
            self._condition.wait_for(lambda: not self.paused, timeout)
