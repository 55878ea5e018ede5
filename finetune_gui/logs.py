"""Log files: what went on, exceptions that nobody caught in whatever thread, and crashes of native code.

Window and command line keep the same log, in the folder that the system has for logs. Without a place to write to,
and without a console (``pythonw`` on Windows), everything works all the same.
"""

import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from logging.handlers import RotatingFileHandler
from types import TracebackType

from finetune_gui import __version__, paths

log = logging.getLogger(__name__)

MAX_BYTES = 1_000_000  # of one file
NUM_OLD = 3
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_TOLD = "told"  # marks records that the user has been told in another way

_keeping = False


@contextmanager
def keeping_log() -> Iterator[None]:
    """Write the log until the end of the block; a block within another one changes nothing."""
    global _keeping
    if _keeping:
        yield
        return
    with ExitStack() as stack:
        _keeping = True
        stack.callback(_stop_keeping)
        _add_handlers(stack)
        _catch_exceptions(stack)
        _catch_faults(stack)
        log.info("Finetune GUI %s, Python %s on %s", __version__, sys.version.partition(" ")[0], sys.platform)
        yield


def log_bug() -> None:
    """Log the exception that is being handled; the console need not repeat it. Needs no log that is kept."""
    with keeping_log():
        log.error("A bug", exc_info=True, extra={_TOLD: True})


def give_streams() -> None:
    """Where there is no console, ``sys.stdout`` and ``sys.stderr`` are None, which many libraries do not expect."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # For the life of the process, and never closed: something may be printed until its very end.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


class _SharedRotatingFile(RotatingFileHandler):
    """Goes on with the same file where it cannot be renamed: Windows forbids that while another window has it open.

    What has no room on the disk is not written.
    """

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name of the standard library)
        """A full disk is no bug: a traceback on the console would be of no use to anybody."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def close(self) -> None:
        with suppress(OSError):  # what could not be written is tried once more
            super().close()

    def doRollover(self) -> None:  # noqa: N802 (the name of the standard library)
        try:
            super().doRollover()
        except OSError:
            self.stream = self._open()


def _stop_keeping() -> None:
    global _keeping
    _keeping = False


def _add_handlers(stack: ExitStack) -> None:
    root = logging.getLogger()
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    console.addFilter(lambda record: not hasattr(record, _TOLD))
    handlers: list[logging.Handler] = [console]
    try:
        paths.log_dir().mkdir(parents=True, exist_ok=True)
        file = _SharedRotatingFile(paths.log_file(), maxBytes=MAX_BYTES, backupCount=NUM_OLD, encoding="utf-8")
        handlers.append(file)
    except OSError as error:
        console.handle(log.makeRecord(log.name, logging.WARNING, "", 0, "No log can be written: %s", (error,), None))
    stack.callback(root.setLevel, root.level)
    root.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)
        stack.callback(handler.close)
        stack.callback(root.removeHandler, handler)


def _catch_exceptions(stack: ExitStack) -> None:
    """Those of the main thread are shown by Python, too; those of others and of destructors were lost in a window."""
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def restore() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before

    def on_exception(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            log.error("An exception nobody caught", exc_info=(kind, error, place), extra={_TOLD: True})
        before[0](kind, error, place)

    def on_thread_exception(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            error = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
            log.error("An exception nobody caught in a thread", exc_info=error, extra={_TOLD: True})
        before[1](arguments)

    def on_unraisable(arguments: "sys.UnraisableHookArgs") -> None:
        if arguments.exc_value is not None:
            error = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
            log.error("An exception that could not be raised: %s", arguments.err_msg, exc_info=error)
        else:
            before[2](arguments)

    stack.callback(restore)
    sys.excepthook, threading.excepthook, sys.unraisablehook = on_exception, on_thread_exception, on_unraisable


def _catch_faults(stack: ExitStack) -> None:
    """Python's stacks go to a file of their own, since the log is renamed under the hand of what writes at a crash."""
    if faulthandler.is_enabled():  # by whoever started this process
        return
    try:
        file = stack.enter_context(paths.crash_file().open("ab"))
    except OSError:
        return
    if file.tell() > MAX_BYTES:
        file.truncate(0)
    faulthandler.enable(file)
    stack.callback(faulthandler.disable)
