"""What an installed app does that one from source does not: messages without a console, children, licenses."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from importlib import metadata
from pathlib import Path

import psutil
import pytest

from finetune_gui import bundle, last_words
from finetune_gui.engine.licenses import License, collect, load, save, used_licenses

posix_only = pytest.mark.skipif(os.name == "nt", reason="programs of POSIX")


# --- what keeps the window from opening --------------------------------------------------------------------------


@pytest.fixture
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A desktop whose program for messages writes them to a file."""
    shown = tmp_path / "shown.txt"
    program = tmp_path / "bin" / "zenity"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{shown}"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return shown


def broken_qt(folder: Path, error: str) -> None:
    """A PySide6 that cannot be imported, before the real one on the path."""
    package = folder / "PySide6"
    package.mkdir()
    (package / "__init__.py").write_text(f"raise ImportError({error!r})\n", encoding="utf-8")


@posix_only
def test_a_window_that_cannot_open_says_so_in_a_message_box(
    tmp_path: Path, messages: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_qt(tmp_path, "libEGL.so.1: cannot open shared object file: No such file or directory")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path(bundle.__file__).parent.parent}")
    start = "import sys; from finetune_gui.__main__ import window_main; sys.exit(window_main([]))"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "The system has no libEGL.so.1." in messages.read_text(encoding="utf-8")
    [log] = own_home.glob("logs/finetune-gui.log")
    assert "ImportError: libEGL.so.1" in log.read_text(encoding="utf-8")


@posix_only
def test_what_qt_dies_of_is_shown(messages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    start = "import sys; from finetune_gui.__main__ import window_main; sys.exit(window_main([]))"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "no Qt platform plugin could be initialized" in messages.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("DLL load failed while importing QtCore"), "Install it again"),
        (OSError("libxcb-cursor.so.0: cannot open shared object file"), "The system has no libxcb-cursor.so.0."),
        (ValueError(), "ValueError"),
    ],
)
def test_every_error_has_a_sentence(error: Exception, words: str) -> None:
    told = last_words.explain(error)
    assert words in told
    assert "finetune-gui.log" in told


def test_a_folder_that_is_dropped_on_the_icon_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from finetune_gui import __main__ as start

    opened: list[dict[str, object]] = []
    monkeypatch.setattr(start, "open_window", lambda **wished: opened.append(wished) or 0)
    assert start.window_main([str(tmp_path)]) == 0
    assert start.window_main([]) == 0
    assert [wished["dataset"] for wished in opened] == [str(tmp_path), None]


# --- programs that are started from here -------------------------------------------------------------------------


def test_the_command_of_a_bundle_is_the_one_with_a_console(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert bundle.app_command() == [sys.executable, "-m", "finetune_gui"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for running, command in (("finetune-gui-window", "finetune-gui"), ("finetune-gui-window.exe", "finetune-gui.exe")):
        monkeypatch.setattr(sys, "executable", str(tmp_path / running))
        assert bundle.app_command() == [str(tmp_path / command)]


@pytest.mark.parametrize("before", ["/opt/cuda/lib", None])
def test_programs_of_the_system_get_their_own_libraries(monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/finetune-gui/_internal")
    if before:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    bundle.leave_libraries_to_others()
    assert os.environ.get("LD_LIBRARY_PATH") == before
    assert "LD_LIBRARY_PATH_ORIG" not in os.environ


def test_another_bundle_is_not_led_into_this_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    monkeypatch.setenv("QT_PLUGIN_PATH", str(tmp_path / "PySide6" / "plugins"))
    monkeypatch.setenv("QT_STYLE_OVERRIDE", "fusion")
    given = bundle.environment_for_another()
    assert "QT_PLUGIN_PATH" not in given
    assert given["QT_STYLE_OVERRIDE"] == "fusion"
    assert given["PYINSTALLER_RESET_ENVIRONMENT"] == "1"


PARENT = """
    import sys
    from finetune_gui.engine import child
    from finetune_gui.engine.control import RunControl

    code = '''
    from finetune_gui.engine.child import leave_with_parent
    leave_with_parent()
    import os, sys, time
    print(os.getpid(), file=open(sys.argv[1], "w"), flush=True)
    time.sleep(60)
    '''
    import textwrap
    child.app_command = lambda: [sys.executable, "-c", textwrap.dedent(code)]
    list(child.run_in_child(sys.argv[1:], RunControl()))
"""


def test_a_child_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    noted = tmp_path / "pid"
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(PARENT), str(noted)]) as parent:
        while not (noted.exists() and noted.read_text(encoding="utf-8").strip()):
            time.sleep(0.02)
            assert parent.poll() is None
        child = psutil.Process(int(noted.read_text(encoding="utf-8")))
        parent.kill()
    child.wait(timeout=20)


# --- licenses ----------------------------------------------------------------------------------------------------


def test_every_dependency_has_its_license() -> None:
    found = {entry.name: entry for entry in used_licenses()}
    assert next(iter(found)) == "finetune-gui"
    assert {"Python", "torch", "timm", "safetensors", "onnxruntime"} <= set(found)
    assert "pytest" not in found  # nobody gets it with the app
    silent = [name for name, entry in found.items() if not (entry.license or entry.texts)]
    assert set(silent) <= {"cuda-toolkit"}  # it holds nothing but the names of other packages
    assert [name for name, _ in found["shiboken6"].texts] == ["LGPL-3.0.txt", "GPL-3.0.txt"]
    inside = [found[name].texts for name in found if name.startswith("FFmpeg")]
    assert len(inside) == ("PySide6_Addons" in found)
    assert all("Version 2.1, February 1999" in text for [(_, text)] in inside)


def test_packages_of_an_extra_count_if_it_was_asked_for() -> None:
    metadata.distribution("ImageHash")
    names = [entry.name for entry in collect(["no-such-package-here", "imagehash[speed]>=4; python_version >= '3'"])]
    assert {"ImageHash", "numpy", "pillow", "PyWavelets", "scipy"} == set(names)


def test_licenses_come_back_as_they_were_kept(tmp_path: Path) -> None:
    kept = [License(name="a", version="1", license="MIT", texts=(("LICENSE", "May be used ©"),)), License(name="b")]
    save(tmp_path / "licenses.json", kept)
    assert load(tmp_path / "licenses.json") == kept


# --- what an installed app leaves to those who have a compiler ---------------------------------------------------


def test_an_installed_app_says_that_it_does_not_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from finetune_gui.engine.errors import EngineError
    from finetune_gui.engine.models.compiled import CompiledForward

    monkeypatch.setattr(sys, "frozen", True, raising=False)
    told: list[EngineError] = []
    layer = torch.nn.Linear(2, 2)
    forward = CompiledForward(layer, told.append)
    assert torch.equal(forward(torch.ones(1, 2)), layer(torch.ones(1, 2)))
    assert [error.message for error in told if "brings no compiler" in error.message]
