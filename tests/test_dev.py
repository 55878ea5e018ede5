"""dev.py: its decisions, and its ways with other programs, tried on real ones."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest

import dev

ROOT = Path(dev.__file__).resolve().parent
HERE = (sys.version_info.major, sys.version_info.minor)
posix_only = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


# --- the stamp ---------------------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the files that the stamp is about and an environment of the running Python, without packages."""
    (tmp_path / "packaging").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "packaging" / "constraints.txt").write_text("torch==1\n", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "STAMP", tmp_path / ".venv" / "dev-stamp.txt")
    monkeypatch.setattr(dev, "CONSTRAINTS", tmp_path / "packaging" / "constraints.txt")
    return tmp_path


def write_stamp(checkout: Path) -> None:
    sources = [checkout / "pyproject.toml", checkout / "packaging" / "constraints.txt"]
    dev.STAMP.write_text(dev.stamp_text(sources, HERE, checkout), encoding="utf-8")


def test_an_environment_without_a_stamp_is_not_current(checkout: Path) -> None:
    assert dev.venv_version(checkout / ".venv") == HERE
    assert not dev.environment_is_current()


def test_a_stamped_environment_is_current(checkout: Path) -> None:
    write_stamp(checkout)
    assert dev.environment_is_current()


@pytest.mark.parametrize("changed", ["pyproject.toml", "packaging/constraints.txt"])
def test_a_changed_file_outdates_the_environment(checkout: Path, changed: str) -> None:
    write_stamp(checkout)
    (checkout / changed).write_text("something else\n", encoding="utf-8")
    assert not dev.environment_is_current()


def test_a_moved_checkout_outdates_the_environment(checkout: Path) -> None:
    write_stamp(checkout)
    sources = [checkout / "pyproject.toml", checkout / "packaging" / "constraints.txt"]
    assert dev.STAMP.read_text(encoding="utf-8") != dev.stamp_text(sources, HERE, checkout / "elsewhere")


def test_a_vanished_interpreter_outdates_the_environment(checkout: Path) -> None:
    write_stamp(checkout)
    dev.venv_program(checkout / ".venv", "python").unlink()
    assert dev.venv_version(checkout / ".venv") is None
    assert not dev.environment_is_current()


def test_both_spellings_of_the_version_are_read(checkout: Path) -> None:
    config = checkout / ".venv" / "pyvenv.cfg"
    config.write_text("home = /usr/bin\nversion_info = 3.12.4.final.0\n", encoding="utf-8")  # as uv writes it
    assert dev.venv_version(checkout / ".venv") == (3, 12)
    config.write_text("home = /usr/bin\nversion = 3.13.0\n", encoding="utf-8")
    assert dev.venv_version(checkout / ".venv") == (3, 13)
    config.write_text("home = /usr/bin\n", encoding="utf-8")
    assert dev.venv_version(checkout / ".venv") is None


# --- versions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "supported"),
    [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False), ((2, 7), False)],
)
def test_supported_pythons(version: tuple[int, int], supported: bool) -> None:
    assert dev.is_supported(version) is supported


def test_supported_pythons_are_those_of_the_package() -> None:
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    (major, oldest), (_, newest) = dev.OLDEST_PYTHON, dev.NEWEST_PYTHON
    assert requires == f">={major}.{oldest},<{major}.{newest + 1}"


def test_constraints_pin_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    camera = project["project"]["optional-dependencies"]["camera"]  # the extra that is installed for development
    wanted = [*project["project"]["dependencies"], *camera, *project["dependency-groups"]["dev"]]
    pins = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.partition("==")[0] for line in pins if "==" in line}
    names = {re.split(r"[<>=!~\[; ]", entry, maxsplit=1)[0].lower().replace("_", "-") for entry in wanted}
    assert names <= pinned


def test_something_that_is_no_uv_has_no_version(tmp_path: Path) -> None:
    assert dev.uv_version(tmp_path / "uv") == ()
    assert dev.uv_version(shutil.which("git") or sys.executable) < dev.OLDEST_UV


# --- system libraries --------------------------------------------------------------------------------------------


def test_nothing_is_missing_where_all_is_there() -> None:
    assert dev.missing_packages({*dev.QT_LIBRARIES, *dev.CAMERA_LIBRARIES}, {}) == {}


def test_a_loader_that_cannot_be_asked_counts_as_complete() -> None:
    assert dev.missing_packages(None, {}) == {}


def test_missing_libraries_make_one_command() -> None:
    present = {*dev.QT_LIBRARIES, *dev.CAMERA_LIBRARIES} - {"libEGL.so.1", "libxcb-icccm.so.4"}
    missing = dev.missing_packages(present, {"no-such-program-here": ("xvfb",)})
    command = dev.apt_command(dev.package_names(missing, exists=lambda _: False), sudo=True)
    assert command == (
        "sudo apt-get update && sudo apt-get install --yes --no-install-recommends libegl1 libxcb-icccm4 xvfb"
    )


@pytest.mark.parametrize(("known", "name"), [(True, "libglib2.0-0t64"), (False, "libglib2.0-0")])
def test_the_package_name_is_the_one_that_the_system_knows(known: bool, name: str) -> None:
    missing = dev.missing_packages({*dev.QT_LIBRARIES, *dev.CAMERA_LIBRARIES} - {"libglib-2.0.so.0"}, {})
    assert dev.package_names(missing, exists=lambda _: known) == [name]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the loader of Linux")
def test_the_loader_is_asked() -> None:
    libraries = dev.loadable_libraries()
    if libraries is None:
        pytest.skip("no ldconfig on this system")
    assert any(name.startswith("libc.so") for name in libraries)


# --- running programs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 1, 2, 7, 130])
def test_exit_codes_pass_through(code: int) -> None:
    assert dev.run([sys.executable, "-c", f"raise SystemExit({code})"]) == code


@posix_only
def test_a_signal_becomes_what_a_shell_reports() -> None:
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert dev.run([sys.executable, "-c", kill]) == 128 + signal.SIGKILL


def test_stopping_looks_the_same_on_windows() -> None:
    assert dev.exit_code(0xC000013A) == 130


def test_a_program_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(dev.SetupError, match="cannot start no-such-program-here"):
        dev.run(["no-such-program-here"])


def test_a_failed_step_ends_with_its_hint() -> None:
    with pytest.raises(dev.SetupError, match=r"exit code 3[\s\S]*Try the other way"):
        dev.run_step([sys.executable, "-c", "raise SystemExit(3)"], hint="Try the other way.")


@posix_only
@pytest.mark.parametrize(
    ("child", "code"),
    [
        ("import time; print('up', flush=True); time.sleep(60)", 130),
        # A run that saves what was learnt before it ends is given the time, and the last word.
        (
            """
            import time
            try:
                print("up", flush=True)
                time.sleep(60)
            except KeyboardInterrupt:
                time.sleep(0.6)
                raise SystemExit(9)
            """,
            9,
        ),
    ],
    ids=["dies", "saves"],
)
def test_ctrl_c_is_the_childs_to_answer(child: str, code: int) -> None:
    program = f"import sys, dev; sys.exit(dev.run([sys.executable, '-c', {textwrap.dedent(child)!r}]))"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to both
        _, errors = process.communicate(timeout=20)
    assert process.returncode == code
    assert b"dev.py" not in errors  # no traceback of ours


@posix_only
def test_a_request_to_terminate_reaches_the_child() -> None:
    child = "import time; print('up', flush=True); time.sleep(60)"
    program = f"import sys, dev; sys.exit(dev.run([sys.executable, '-c', {child!r}]))"
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.terminate()
        assert process.wait(timeout=20) == 128 + signal.SIGTERM


# --- the command line --------------------------------------------------------------------------------------------


def run_dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "dev.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_help_names_every_job() -> None:
    done = run_dev("--help")
    assert done.returncode == 0
    assert all(re.search(rf"^ +{job}\b", done.stdout, re.MULTILINE) for job in dev.JOBS)


def test_a_job_that_takes_no_arguments_says_so() -> None:
    done = run_dev("setup", "--fast")
    assert done.returncode == 2
    assert "--fast" in done.stderr


def test_arguments_after_a_job_are_the_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    monkeypatch.setattr(dev, "JOBS", {**dev.JOBS, "test": lambda arguments: seen.append(arguments) or 5})
    assert dev.main(["test", "-k", "foo", "tests/engine", "--maxfail=1"]) == 5
    assert seen == [["-k", "foo", "tests/engine", "--maxfail=1"]]
