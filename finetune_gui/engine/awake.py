"""The computer does not go to sleep during a run, by the way its system has for that; where it has none, it may.

The screen may go dark, and closing the lid is obeyed: only the timer that nobody at the keyboard sets off is stopped.
"""

import ctypes
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

from finetune_gui.engine.events import Event, RunPaused, RunResumed

log = logging.getLogger(__name__)

# https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-setthreadexecutionstate
_ES_CONTINUOUS, _ES_SYSTEM_REQUIRED = 0x80000000, 0x00000001
_GRACE_SECONDS = 2.0


def awake_while_running(events: Iterator[Event]) -> Iterator[Event]:
    """Pass on the events of a run and keep the computer awake meanwhile, except while the run is paused."""
    inhibitor = SleepInhibitor()
    inhibitor.hold()
    try:
        for event in events:
            if isinstance(event, RunPaused):
                inhibitor.release()
            elif isinstance(event, RunResumed):
                inhibitor.hold()
            yield event
    finally:
        inhibitor.release()


class SleepInhibitor:
    """Holds sleep off. To be used from one thread: Windows asks for it thread by thread.

    On Linux (logind) and macOS a small program of the system does it. It ends when its standard input is closed, so
    it ends with this process too, however that ends.
    """

    def __init__(self) -> None:
        self._program: subprocess.Popen[bytes] | None = None
        self._held_by_thread = False

    def hold(self) -> None:
        """From now on; where it cannot be done, nothing happens."""
        if self._program is not None or self._held_by_thread:
            return
        try:
            if sys.platform == "win32":
                self._held_by_thread = _set_execution_state(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED)
            elif command := _command():
                self._program = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # a Ctrl-C is for the run, which then ends in its own time
                )
        except OSError as error:
            log.info("The computer cannot be kept awake: %s", error)

    def release(self) -> None:
        """It may sleep again."""
        if self._held_by_thread:
            self._held_by_thread = False
            _set_execution_state(_ES_CONTINUOUS)
        program, self._program = self._program, None
        if program is not None:
            _end(program)


def _command() -> list[str] | None:
    """A program that holds sleep off until ``cat`` comes to the end of its input."""
    if sys.platform == "darwin":
        return ["caffeinate", "-i", "cat"]
    for name in ("systemd-inhibit", "elogind-inhibit"):
        if program := shutil.which(name):
            why = ["--what=sleep:idle", "--who=Finetune GUI", "--why=A network is being trained", "--mode=block"]
            return [program, *why, "cat"]
    return None


def _end(program: "subprocess.Popen[bytes]") -> None:
    if program.stdin is not None:
        with suppress(OSError):  # it ended before
            program.stdin.close()
    try:
        program.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def _set_execution_state(flags: int) -> bool:
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 (it is not there on other systems, so mypy knows none)
    kernel.SetThreadExecutionState.argtypes = [ctypes.c_uint32]
    kernel.SetThreadExecutionState.restype = ctypes.c_uint32
    return bool(kernel.SetThreadExecutionState(flags))
