"""A command of this app in a process of its own, as a stream of events."""

import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

import msgspec

from finetune_gui.bundle import PARENT_VARIABLE, app_command
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event

_POLL_SECONDS = 0.1
_GRACE_SECONDS = 5.0


def leave_with_parent() -> None:
    """In a child: end when the parent does, even if it was killed, which nobody else would tell."""
    parent = os.environ.pop(PARENT_VARIABLE, None)
    if parent is not None:
        threading.Thread(target=_leave_after, args=(int(parent),), name="parent-watch", daemon=True).start()


def _leave_after(parent: int) -> None:
    import psutil

    with suppress(psutil.Error):  # it may have gone already
        psutil.Process(parent).wait()
    os._exit(1)


def run_in_child(arguments: list[str], control: RunControl) -> Iterator[Event]:
    """Run a ``--json`` command and yield the events it prints; a request to end kills it.

    Raises:
        EngineError: The command reported one.
        RuntimeError: The child crashed; the text is its standard error.
    """
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # no console window on Windows
    child = subprocess.Popen(
        [*app_command(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {PARENT_VARIABLE: str(os.getpid())},
        creationflags=flags,
    )
    lines: queue.Queue[bytes | None] = queue.Queue()
    errors: list[bytes] = []
    readers = [
        threading.Thread(target=_read_lines, args=(child.stdout, lines), daemon=True),
        threading.Thread(target=lambda: errors.append(child.stderr.read() if child.stderr else b""), daemon=True),
    ]
    for reader in readers:
        reader.start()
    finished = False
    try:
        yield from _events(lines, control)
        finished = not control.should_end
    finally:
        if not finished:  # cancelled, failed, or nobody listens any more
            _end(child)
        for reader in readers:
            reader.join()
        child.wait()
        for stream in (child.stdout, child.stderr):
            if stream is not None:
                stream.close()
    if child.returncode not in (0, 2) and not control.should_end:
        raise RuntimeError(b"".join(errors).decode(errors="replace"))


def _read_lines(stream: IO[bytes] | None, lines: "queue.Queue[bytes | None]") -> None:
    for line in stream or ():
        lines.put(line)
    lines.put(None)


def _events(lines: "queue.Queue[bytes | None]", control: RunControl) -> Iterator[Event]:
    while not control.should_end:
        try:
            line = lines.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            return
        try:
            plain = msgspec.json.decode(line)
        except msgspec.DecodeError:  # a stray print of some library
            continue
        if "error" in plain:
            raise EngineError(str(plain["error"]), str(plain.get("hint", "")))
        yield Event.from_json(plain)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
