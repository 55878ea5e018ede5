"""One process at a time works on a run folder: a lock of the system, which ends with the process, however it ends."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from finetune_gui.engine.errors import EngineError

if TYPE_CHECKING:  # it takes longer to import than a window should, which knows run folders from its first moment
    from filelock import BaseFileLock

log = logging.getLogger(__name__)

LOCK_NAME = ".running.lock"  # an empty file that stays: removing it would let two processes lock two different ones
_PATIENCE_SECONDS = 0.3  # whoever asks ``is_running`` holds the lock for a moment


class RunLock:
    """Held from ``with`` until ``release`` or the end of the block.

    Raises:
        EngineError: From ``with``: another process works on this run.
    """

    def __init__(self, run_path: Path) -> None:
        self._path = run_path
        self._lock = _file_lock(run_path)

    def __enter__(self) -> "RunLock":
        from filelock import Timeout

        try:
            self._lock.acquire(timeout=_PATIENCE_SECONDS)
        except Timeout:
            raise taken(self._path) from None
        except OSError as error:  # some network drives have no locks; a folder that is gone will be noticed
            log.info("%s has no lock: %s", self._path, error)
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let others have it; may be called twice."""
        self._lock.release()


def is_running(run_path: Path) -> bool:
    """Whether a process, this one or another, works on the run."""
    if not (run_path / LOCK_NAME).is_file():
        return False
    from filelock import Timeout

    probe = _file_lock(run_path)
    try:
        probe.acquire(blocking=False)
    except Timeout:
        return True
    except OSError:
        return False
    probe.release()
    return False


def taken(run_path: Path) -> EngineError:
    """What is said to the second one."""
    return EngineError(
        f"The run {run_path.name} is being trained by another window or command.",
        "Wait until it has ended, or stop it there; then go on with it here.",
    )


def _file_lock(run_path: Path) -> "BaseFileLock":
    from filelock import FileLock

    # A stream of events may be closed by another thread than the one that began it.
    return FileLock(run_path / LOCK_NAME, thread_local=False, is_singleton=False)
