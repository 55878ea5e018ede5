"""The log file of window and command line, in processes that end in every way."""

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from finetune_gui import paths
from finetune_gui.logs import MAX_BYTES, NUM_OLD, keeping_log


def run_code(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_what_nobody_caught_is_in_the_log() -> None:
    code = """
import logging, threading
from finetune_gui.logs import keeping_log
class Torn:
    def __del__(self):
        raise ValueError("in a destructor")
with keeping_log():
    logging.getLogger("a").info("quiet")
    logging.getLogger("a").warning("loud")
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start(); thread.join()
    Torn()
    import sys; sys.excepthook(KeyError, KeyError("last"), None)
"""
    result = run_code(code)
    written = paths.log_file().read_text()
    for text in ("quiet", "loud", "ZeroDivisionError", "in a destructor", "KeyError: 'last'"):
        assert text in written
    assert "loud" in result.stderr
    assert "quiet" not in result.stderr
    assert result.stderr.count("ZeroDivisionError") == 1  # told by Python, not by the log too


def test_a_crash_of_native_code_leaves_its_stacks() -> None:
    code = """
from finetune_gui.logs import keeping_log
import ctypes
def poke():
    ctypes.string_at(0)
with keeping_log():
    poke()
"""
    assert run_code(code).returncode != 0
    assert "in poke" in paths.crash_file().read_text()


def test_old_parts_are_given_up(own_home: Path) -> None:
    logger, root = logging.getLogger("chatty"), logging.getLogger()
    before = (list(root.handlers), root.level, sys.excepthook, threading.excepthook)
    with keeping_log(), keeping_log():
        for _ in range((NUM_OLD + 3) * 11):
            logger.info("x" * (MAX_BYTES // 10))
    assert (list(root.handlers), root.level, sys.excepthook, threading.excepthook) == before
    sizes = [file.stat().st_size for file in (own_home / "logs").glob("finetune-gui.log*")]
    assert len(sizes) == NUM_OLD + 1
    assert max(sizes) <= MAX_BYTES


def test_without_a_place_for_it_all_works_the_same(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own_home / "logs").write_text("a file")
    with keeping_log():
        logging.getLogger("a").info("quiet")
    assert "No log can be written" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="closes the streams by way of a shell")
def test_without_a_console(tmp_path: Path) -> None:
    """As ``pythonw`` starts the window: there is no stdout and no stderr."""
    code = (
        "import sys, pathlib; none = (sys.stdout, sys.stderr); from finetune_gui.__main__ import main;"
        "code = main(['samples']); print('to nowhere', file=sys.stderr);"
        f"pathlib.Path({str(tmp_path / 'out')!r}).write_text(repr((none, code)))"
    )
    subprocess.run(f'"{sys.executable}" -c "$CODE" >&- 2>&-', shell=True, env=os.environ | {"CODE": code}, check=True)
    assert (tmp_path / "out").read_text() == "((None, None), 0)"


def test_a_bug_of_a_command_is_logged() -> None:
    code = """
import sys
from finetune_gui.cli import commands
from finetune_gui.__main__ import main
def broken(*_): raise ZeroDivisionError("a bug")
commands.output.print_json = broken
import finetune_gui.cli.models as models
models.output.print_json = broken
sys.exit(main(["models", "--json"]))
"""
    result = run_code(code)
    assert result.returncode == 1, result.stderr
    assert result.stderr.count("ZeroDivisionError: a bug") == 1
    assert "ZeroDivisionError: a bug" in paths.log_file().read_text()
