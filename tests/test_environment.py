"""The versions that we run with, and the guards of conftest.py: that they bite, and only what they should."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from importlib.metadata import version
from pathlib import Path

import pytest

EXCLUDED_PYSIDE = {
    "6.11.0": "dock layout faults",
    "6.11.1": "dock layout faults",
    "6.12.0": "every void call drops a reference to None; below Python 3.12 a live plot dies of it",
}


def test_pyside_is_not_a_version_known_to_be_broken() -> None:
    installed = version("PySide6-Essentials")
    assert installed not in EXCLUDED_PYSIDE, EXCLUDED_PYSIDE.get(installed)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
@pytest.mark.usefixtures("qapp")
def test_void_qt_calls_keep_the_reference_count_of_none() -> None:
    from PySide6.QtCore import QObject

    calls = 1000
    target = QObject()
    before = sys.getrefcount(None)
    for _ in range(calls):
        target.blockSignals(False)
        target.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < calls // 10


CLEAN = """
    import logging, socket, threading
    import pytest

    def test_clean_thread():
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()

    def test_clean_loopback():
        with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
            pass

    def test_clean_expected_attempt(no_network):
        with pytest.raises(OSError, match="lets no test reach"):
            socket.create_connection(("192.0.2.1", 80))
        assert no_network == [("192.0.2.1", 80)]

    def test_clean_expected_warning(caplog):
        logging.getLogger("finetune_gui").warning("looked at")
        assert caplog.messages == ["looked at"]

    def test_clean_qt(qtbot):
        from PySide6.QtCore import QThread, QTimer
        timer = QTimer()
        with qtbot.waitSignal(timer.timeout):
            timer.start(1)
        timer.stop()
        thread = QThread()
        thread.start()
        thread.quit()
        assert thread.wait(5000)
"""

LEAKY = """
    import logging, socket, threading

    release = threading.Event()

    def test_leaky_thread():
        threading.Thread(target=release.wait, args=(20,), daemon=True, name="forgotten").start()

    def test_leaky_network():
        try:
            socket.create_connection(("192.0.2.1", 80), timeout=1)
        except OSError:
            pass  # hiding it does not help

    def test_leaky_log_warning():
        logging.getLogger("finetune_gui").warning("nobody looked")

    def test_leaky_qt_warning(qtbot):
        from PySide6.QtCore import qWarning
        qWarning("from Qt")

    def test_leaky_qthread(qtbot):
        from PySide6.QtCore import QThread
        global thread
        thread = QThread()
        thread.start()

    def test_leaky_timer(qtbot):
        from PySide6.QtCore import QTimer
        global timer
        timer = QTimer()
        timer.start(1000)

    def test_last_word():
        release.set()
        thread.quit()
        thread.wait()
"""


def run_pytest(folder: Path, text: str) -> list[str]:
    """Run a test file beside our conftest and our settings; return the short lines of the report."""
    root = Path(__file__).resolve().parents[1]
    for source in (root / "tests" / "conftest.py", root / "pyproject.toml"):
        (folder / source.name).write_bytes(source.read_bytes())
    (folder / "test_inner.py").write_text(textwrap.dedent(text), encoding="utf-8")
    env = {**os.environ, "COLUMNS": "240"}  # wide, because the report is cut to fit
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "--tb=no", "test_inner.py"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    return [line for line in done.stdout.splitlines() if line.startswith(("PASSED", "FAILED", "ERROR"))]


def test_guards_let_clean_tests_pass(tmp_path: Path) -> None:
    lines = run_pytest(tmp_path, CLEAN)
    assert len(lines) == 5
    assert all(line.startswith("PASSED") for line in lines), lines


def test_guards_catch_what_is_left_behind(tmp_path: Path) -> None:
    report = "\n".join(run_pytest(tmp_path, LEAKY))
    assert "ERROR test_inner.py::test_leaky_thread - Failed: threads still alive: forgotten" in report
    assert "ERROR test_inner.py::test_leaky_network - Failed: the test tried to reach" in report
    assert "ERROR test_inner.py::test_leaky_log_warning - Failed: stray log messages" in report
    assert "FAILED test_inner.py::test_leaky_qt_warning" in report
    assert "ERROR test_inner.py::test_leaky_qthread - Failed: still running: QThread started in test_inner.py" in report
    assert "ERROR test_inner.py::test_leaky_timer - Failed: still running: QTimer started in test_inner.py" in report
    assert "PASSED test_inner.py::test_last_word" in report


def test_the_users_folders_are_out_of_reach(own_home: Path) -> None:
    from finetune_gui import paths

    for folder in (paths.data_dir(), paths.config_dir(), paths.cache_dir(), paths.log_dir()):
        assert folder.is_relative_to(own_home)
