"""What every test gets: folders of its own, no network, and a failure where something is left behind.

Qt is imported only for tests that use it, so that the engine's tests run without it.
"""

from __future__ import annotations

import errno
import inspect
import ipaddress
import logging
import os
import socket
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no windows on a developer's screen; the same result everywhere

QT_FIXTURES = {"qtbot", "qapp", "qtmodeltester"}
GRACE_S = 2.0

# Threads that libraries keep for the life of the process. A thread of ours never belongs here.
LIBRARY_THREADS = (
    "TMonitor",  # tqdm
    "InductorSubproc",  # torch.compile's pool
    "QueueFeederThread",  # multiprocessing.Queue, ends when its queue is collected
    "pytest_timeout",
)
# Loggers of libraries whose warnings say nothing about this program.
LIBRARY_LOGGERS = ("torch", "onnxscript", "onnx_ir", "matplotlib")


def uses_qt(request: pytest.FixtureRequest) -> bool:
    """Whether the running test asked for a Qt fixture, itself or through another."""
    return not QT_FIXTURES.isdisjoint(request.fixturenames)


# --- the user's folders and the network --------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where fixtures that are shared by tests keep things: not in the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("session-home")
        patch.setenv("FINETUNE_GUI_HOME", str(home))
        yield home


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, caches and runs of this test go to an empty folder (see finetune_gui/paths.py)."""
    home = tmp_path_factory.mktemp("finetune-gui-home")
    monkeypatch.setenv("FINETUNE_GUI_HOME", str(home))
    return home


def is_local(address: object) -> bool:
    """Whether a socket address stays on this machine: a Unix socket, localhost, or a loopback number."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host in {"", "localhost"}


def asked_for(fixture: str, request: pytest.FixtureRequest) -> bool:
    """Whether the test names the fixture among its own arguments, so that it looks for itself."""
    return fixture in inspect.signature(request.function).parameters


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Connections beyond this machine fail with OSError, as without a network, and so does the test that tries one.

    Not if it is marked `network`, which lets connections through, or asks for this fixture: the list of the addresses.
    """
    attempts: list[object] = []
    if request.node.get_closest_marker("network"):
        yield attempts
        return

    def guard(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
        def guarded(self: socket.socket, address: Any) -> Any:
            if is_local(address):
                return connect(self, address)
            attempts.append(address)
            raise OSError(errno.ENETUNREACH, f"tests/conftest.py lets no test reach {address!r}")

        return guarded

    monkeypatch.setattr(socket.socket, "connect", guard(socket.socket.connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guard(socket.socket.connect_ex))
    yield attempts
    if attempts and not asked_for("no_network", request):
        pytest.fail(f"the test tried to reach {attempts}: mark it `network` or give it local data")


# --- what is left behind -----------------------------------------------------------------------------------------


def wait_until_empty(remaining: Callable[[], list[str]]) -> list[str]:
    """Give things that are about to end a moment, and return what has not."""
    deadline = time.monotonic() + GRACE_S
    while (left := remaining()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return left


def new_threads(before: set[threading.Thread]) -> list[str]:
    """Names of the Python threads that are alive now, were not before, and are not a library's."""
    return [
        thread.name
        for thread in threading.enumerate()
        # A _DummyThread stands for a foreign thread (Qt's pool) that once ran Python code; it never ends.
        if thread not in before and not isinstance(thread, threading._DummyThread) and not is_library_thread(thread)
    ]


def is_library_thread(thread: threading.Thread) -> bool:
    """Whether a library started the thread and keeps it."""
    return any(known in f"{thread.name} {type(thread).__name__}" for known in LIBRARY_THREADS)


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a Python thread running, daemon or not."""
    before = set(threading.enumerate())
    yield
    left = wait_until_empty(lambda: new_threads(before))
    if left:
        pytest.fail(f"threads still alive: {', '.join(left)}")


@pytest.fixture(autouse=True)
def no_leaked_qt(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a Qt test that leaves a QThread or a QTimer running."""
    if not uses_qt(request):
        yield
        return
    watch = QtWatch(monkeypatch)
    yield
    from PySide6.QtCore import QCoreApplication, QEvent

    def remaining() -> list[str]:
        QCoreApplication.processEvents()  # threads tell the end of their work by events
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # which only an event loop would do
        return watch.running()

    left = wait_until_empty(remaining)
    watch.stop()
    if left:
        pytest.fail(f"still running: {', '.join(left)}")


class QtWatch:
    """Remembers every QThread and QTimer that is started while a test runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from PySide6.QtCore import QThread, QTimer

        self._started: dict[int, tuple[weakref.ref[Any], str]] = {}  # weak, so that watching keeps nothing alive
        for kind in (QThread, QTimer):
            monkeypatch.setattr(kind, "start", self._remembering(kind.start))

    def _remembering(self, start: Callable[..., None]) -> Callable[..., None]:
        started = self._started

        def remember(instance: Any, *args: Any) -> None:
            caller = sys._getframe(1)
            place = f"{os.path.basename(caller.f_code.co_filename)}:{caller.f_lineno}"
            started[id(instance)] = (weakref.ref(instance), f"{type(instance).__name__} started in {place}")
            start(instance, *args)

        return remember

    def _alive(self) -> Iterator[tuple[Any, str]]:
        from shiboken6 import isValid

        for reference, text in list(self._started.values()):
            instance = reference()
            if instance is not None and isValid(instance):
                yield instance, text

    def running(self) -> list[str]:
        """Descriptions of those that run still."""
        from PySide6.QtCore import QThread

        return [
            text
            for instance, text in self._alive()
            if (instance.isRunning() if isinstance(instance, QThread) else instance.isActive())
        ]

    def stop(self) -> None:
        """Stop the timers of this thread, so that one leak does not fail the tests after it too."""
        from PySide6.QtCore import QThread, QTimer

        for instance, _ in self._alive():
            if isinstance(instance, QTimer) and instance.thread() is QThread.currentThread():
                instance.stop()


@pytest.fixture(autouse=True)
def no_stray_log_warnings(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test during which something was logged as a warning or worse, unless it asked for `caplog` to look."""
    yield
    if asked_for("caplog", request):
        return
    stray = [
        f"{record.name}: {record.getMessage()}"
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING and record.name.partition(".")[0] not in LIBRARY_LOGGERS
    ]
    if stray:
        pytest.fail("stray log messages:\n" + "\n".join(stray))


# --- shared data -------------------------------------------------------------------------------------------------

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two class folders with 12 small images each. Do not write into it."""
    from tests.drawing import draw_class_folders

    return draw_class_folders(tmp_path_factory.mktemp("tiny"), {"stripes": 12, "waves": 12})


@pytest.fixture(scope="session")
def finished_run(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the starter, really trained for two epochs on ``tiny_data``. Do not write into it."""
    from finetune_gui.engine.config import DataConfig, TrainConfig
    from finetune_gui.engine.control import RunControl
    from finetune_gui.engine.launcher import start_run

    config = TrainConfig(data=DataConfig(path=str(tiny_data)), num_epochs=2, batch_size=8)
    path = tmp_path_factory.mktemp("runs") / "finished"
    for _ in start_run(config, RunControl(), path):
        pass
    return path


@pytest.fixture
def ants_bees() -> Path:
    """The photos of PyTorch's transfer-learning tutorial, beside the checkout."""
    folder = SHARED_DATA / "ants-bees"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    return folder
