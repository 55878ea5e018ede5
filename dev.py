#!/usr/bin/env python3
"""The one entry for people who work on Finetune GUI: sets everything up, then runs a job.

    python dev.py demo           fine-tune on sample data in the window (or without one where there is no display)
    python dev.py test           linters, type checks and tests; what follows goes to pytest
    python dev.py app            open the window
    python dev.py package        build the installers for the system it runs on

Needs nothing but Python's standard library. The first call makes the environment `.venv` with `uv`, installs the
pinned packages and, on Linux, sees to Qt's system libraries. Later calls notice that nothing changed and start at once.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
TOOL_VENV = ROOT / ".dev" / "uv-venv"
STAMP = VENV / "dev-stamp.txt"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)
OLDEST_UV = (0, 8)

LINUX = sys.platform.startswith("linux")

MAX_TEST_WORKERS = 4

EXIT_USER = 2
EXIT_STOPPED = 130
WINDOWS_STOPPED = 0xC000013A  # STATUS_CONTROL_C_EXIT

# File that Qt loads -> Debian packages that bring it, the newest name first. The first six are needed without a
# display too; the others by the X11 plugin (the list is what `ldd libqxcb.so` says and a bare Debian 12 lacks).
QT_LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "libglib-2.0.so.0": ("libglib2.0-0t64", "libglib2.0-0"),
    "libGL.so.1": ("libgl1",),
    "libEGL.so.1": ("libegl1",),
    "libxkbcommon.so.0": ("libxkbcommon0",),
    "libfontconfig.so.1": ("libfontconfig1",),
    "libdbus-1.so.3": ("libdbus-1-3",),
    "libX11-xcb.so.1": ("libx11-xcb1",),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0",),
    "libxcb-cursor.so.0": ("libxcb-cursor0",),
    "libxcb-icccm.so.4": ("libxcb-icccm4",),
    "libxcb-image.so.0": ("libxcb-image0",),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1",),
    "libxcb-randr.so.0": ("libxcb-randr0",),
    "libxcb-render-util.so.0": ("libxcb-render-util0",),
    "libxcb-shape.so.0": ("libxcb-shape0",),
    "libxcb-shm.so.0": ("libxcb-shm0",),
    "libxcb-sync.so.1": ("libxcb-sync1",),
    "libxcb-util.so.1": ("libxcb-util1",),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0",),
    "libxcb-xkb.so.1": ("libxcb-xkb1",),
}
# Likewise what the camera needs; without it a window says why there is none, and its tests are skipped.
CAMERA_LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "libpulse.so.0": ("libpulse0",),  # Qt Multimedia is linked to it, for sound that the app does not have
    "libXrandr.so.2": ("libxrandr2",),
}
# Program -> package, for the jobs that draw on a virtual display.
DISPLAY_PROGRAMS: Mapping[str, tuple[str, ...]] = {"xvfb-run": ("xvfb",), "xauth": ("xauth",)}


class SetupError(Exception):
    """Something that the person at the keyboard can mend; the message says how."""


# --- running other programs --------------------------------------------------------------------------------------


def say(text: str) -> None:
    """Print at once, so that the line stands before what the next program prints."""
    print(text, flush=True)


def exit_code(returncode: int) -> int:
    """Turn what `subprocess` reports into what a shell would: 128 + n for signal n, 130 for Ctrl-C on any system."""
    if returncode == WINDOWS_STOPPED:
        return EXIT_STOPPED
    return returncode if returncode >= 0 else 128 - returncode


@contextmanager
def handling(number: signal.Signals, handler: Callable[..., object]) -> Iterator[None]:
    """Answer a signal with `handler` for a while."""
    previous = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, previous)


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> int:
    """Run a program in the foreground and return its exit code; it alone decides what Ctrl-C means."""
    # The terminal sends Ctrl-C to both. A handler that does nothing rather than SIG_IGN, which children would inherit.
    with handling(signal.SIGINT, lambda *_: None):
        try:
            process = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=env)
        except OSError as error:
            raise SetupError(f"cannot start {command[0]}: {error.strerror}") from error
        with handling(signal.SIGTERM, lambda *_: process.terminate()):
            return exit_code(process.wait())


def run_step(command: Sequence[str | Path], hint: str) -> None:
    """Run one step of the set-up; what the program says goes to the terminal, `hint` follows when it fails."""
    code = run(command)
    if code == EXIT_STOPPED:
        raise KeyboardInterrupt
    if code != 0:
        raise SetupError(f"`{' '.join(map(str, command))}` failed with exit code {code}, see above.\n{hint}")


def succeeds(*command: str) -> bool:
    """Whether a quiet command ends with exit code 0."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


# --- Debian packages ---------------------------------------------------------------------------------------------


def loadable_libraries() -> set[str] | None:
    """The shared libraries that the loader knows, or None where it cannot be asked."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/sbin", "/usr/sbin"])  # Debian hides it from users
    ldconfig = shutil.which("ldconfig", path=path)
    if ldconfig is None:
        return None
    listing = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=False).stdout
    return {line.split(maxsplit=1)[0] for line in listing.splitlines() if "=>" in line}


def missing_packages(libraries: set[str] | None, programs: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What is not on this machine: file or program -> names of the package that brings it."""
    missing = {program: names for program, names in programs.items() if shutil.which(program) is None}
    if libraries is not None:
        wanted = {**QT_LIBRARIES, **CAMERA_LIBRARIES}
        missing.update({file: names for file, names in wanted.items() if file not in libraries})
    return missing


def package_names(missing: Mapping[str, tuple[str, ...]], exists: Callable[[str], bool]) -> list[str]:
    """One package for each missing thing: the first name that this system knows, else the oldest."""
    return sorted({next((name for name in names[:-1] if exists(name)), names[-1]) for names in missing.values()})


def apt_command(packages: Sequence[str], sudo: bool) -> str:
    """The one line that a person can paste."""
    prefix = "sudo " if sudo else ""
    return f"{prefix}apt-get update && {prefix}apt-get install --yes --no-install-recommends {' '.join(packages)}"


def is_root() -> bool:
    """Whether we may do everything here."""
    return bool(getattr(os, "geteuid", lambda: 1)() == 0)  # Windows has no such function


def may_install() -> bool:
    """Whether apt-get can be used without a question: as root or with a sudo that asks no password."""
    if shutil.which("apt-get") is None:
        return False
    return is_root() or succeeds("sudo", "-n", "true")


def known_to_apt(name: str) -> bool:
    """Whether apt has a real package of this name."""
    return succeeds("apt-cache", "show", "--no-all-versions", name)


def install_packages(missing: Mapping[str, tuple[str, ...]]) -> bool:
    """Bring the missing packages with apt-get when allowed, else say which command to run."""
    if not may_install():
        command = apt_command(package_names(missing, known_to_apt), sudo=True)
        say(f"Missing on this system: {', '.join(sorted(missing))}.")
        if shutil.which("apt-get"):
            say(f"Please run:\n  {command}")
        else:
            say("Please install what brings them; on Debian or Ubuntu that would be:\n  " + command)
        return False
    sudo = [] if is_root() else ["sudo", "-n"]
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    run([*apt, "update"])  # when it fails, the old lists may still do
    packages = package_names(missing, known_to_apt)
    say(f"Installing system packages: {' '.join(packages)}")
    code = run([*apt, "install", "--yes", "--no-install-recommends", *packages])
    if code == EXIT_STOPPED:
        raise KeyboardInterrupt
    if code != 0:
        say(f"That failed. To do it by hand:\n  {apt_command(packages, sudo=bool(sudo))}")
    return code == 0


def ensure_system_libraries(needs_display: bool) -> None:
    """On Linux see to the libraries that Qt's wheels do not carry; go on without them when they cannot be had."""
    if not LINUX:
        return
    missing = missing_packages(loadable_libraries(), DISPLAY_PROGRAMS if needs_display else {})
    if missing:
        install_packages(missing)


# --- the Python environment --------------------------------------------------------------------------------------


def venv_program(venv: Path, name: str) -> Path:
    """Where an environment keeps a program."""
    return venv / "Scripts" / f"{name}.exe" if os.name == "nt" else venv / "bin" / name


def is_supported(version: tuple[int, int]) -> bool:
    """Whether the packages exist for this Python."""
    return OLDEST_PYTHON <= version <= NEWEST_PYTHON


def running_python() -> Path:
    """The interpreter that runs this file, or the one below it when that is `.venv`'s own."""
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    return Path(getattr(sys, "_base_executable", sys.executable) if inside else sys.executable)


def venv_version(venv: Path) -> tuple[int, int] | None:
    """Python's version in an environment, read from its pyvenv.cfg; None where there is no working one."""
    if not venv_program(venv, "python").exists():  # also when the interpreter that it points to is gone
        return None
    try:
        lines = (venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    settings = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
    version = settings.get("version_info") or settings.get("version") or ""
    parts = version.split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) >= 2 and parts[0].isdigit() and parts[1].isdigit() else None


def wanted_version() -> tuple[int, int] | None:
    """The running Python's version when it will do; None means that uv shall choose."""
    version = (sys.version_info.major, sys.version_info.minor)
    return version if is_supported(version) else None


def stamp_text(sources: Sequence[Path], version: tuple[int, int], root: Path) -> str:
    """What an environment was made from: if this changes, it must be made anew."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    digest.update(f"{version} {root}".encode())  # scripts inside name the folder, so a moved checkout is a new one
    return digest.hexdigest() + "\n"


def environment_is_current() -> bool:
    """Whether `.venv` holds what pyproject.toml and the constraints ask for, for the Python in use."""
    version = venv_version(VENV)
    if version is None or wanted_version() not in (None, version) or not is_supported(version):
        return False
    try:
        return STAMP.read_text(encoding="utf-8") == stamp_text([ROOT / "pyproject.toml", CONSTRAINTS], version, ROOT)
    except OSError:
        return False


def uv_version(uv: str | Path) -> tuple[int, ...]:
    """The version of a uv, or () when it does not answer as one."""
    try:
        output = subprocess.run([str(uv), "--version"], capture_output=True, text=True, check=False).stdout
        return tuple(int(part) for part in output.split()[1].split(".")[:2])
    except (OSError, IndexError, ValueError):
        return ()


def find_uv() -> Path:
    """The uv of this machine, or one of our own in `.dev`."""
    on_path = shutil.which("uv")
    if on_path is not None and uv_version(on_path) >= OLDEST_UV:
        return Path(on_path)
    own = venv_program(TOOL_VENV, "uv")
    if uv_version(own) < OLDEST_UV:
        install_uv()
    return own


def install_uv() -> None:
    """Make the small environment that holds nothing but uv."""
    if importlib.util.find_spec("ensurepip") is None:
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not (LINUX and install_packages({"ensurepip": (name, "python3-venv")})):
            raise SetupError("This Python came without its venv module (ensurepip): install it, then try again.")
    say("Fetching uv, the installer ...")
    shutil.rmtree(TOOL_VENV, ignore_errors=True)
    run_step([running_python(), "-m", "venv", TOOL_VENV], hint="Does this Python have the venv module?")
    pip: list[str | Path] = [venv_program(TOOL_VENV, "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    run_step([*pip, "install", "uv", "-c", CONSTRAINTS], hint="Is there a network, and does pip know its proxy?")


def make_venv(uv: Path) -> None:
    """Make `.venv` with a Python that the packages exist for; keep a good one."""
    version = venv_version(VENV)
    if version is not None and is_supported(version) and wanted_version() in (None, version):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    oldest, newest = (".".join(map(str, version)) for version in (OLDEST_PYTHON, NEWEST_PYTHON))
    request = str(running_python()) if wanted_version() else f">={oldest},<{NEWEST_PYTHON[0]}.{NEWEST_PYTHON[1] + 1}"
    run_step(
        [uv, "venv", "--quiet", "--python", request, VENV],
        hint=f"Finetune GUI needs Python {oldest} to {newest}, and this is {sys.version.split()[0]}. "
        f"Install one of them and run this file with it.",
    )


def ensure_environment() -> None:
    """Bring `.venv` up to date; costs a few milliseconds when it is."""
    if environment_is_current():
        return
    started = time.monotonic()
    say("Setting up .venv (once; several GB because of torch) ...")
    uv = find_uv()
    make_venv(uv)
    STAMP.unlink(missing_ok=True)
    install: list[str | Path] = [uv, "pip", "install", "--python", venv_program(VENV, "python"), "--compile-bytecode"]
    run_step(
        [*install, "--editable", ".[camera]", "--group", "dev", "--constraint", CONSTRAINTS],
        hint="If the network is the cause: the packages come from PyPI; try again when it is reachable.",
    )
    version = venv_version(VENV)
    if version is None:
        raise SetupError(f"{VENV} holds no working Python after the installation: delete it and try again.")
    STAMP.write_text(stamp_text([ROOT / "pyproject.toml", CONSTRAINTS], version, ROOT), encoding="utf-8")
    say(f"Ready after {time.monotonic() - started:.0f} s.")


def job_environment(**defaults: str) -> dict[str, str]:
    """The environment for a job: `.venv` in front, and `defaults` where the person has set nothing."""
    env = {**defaults, **os.environ, "VIRTUAL_ENV": str(VENV)}
    env["PATH"] = os.pathsep.join([str(venv_program(VENV, "python").parent), env.get("PATH", os.defpath)])
    return env


def has_display() -> bool:
    """Whether a window can appear."""
    return not LINUX or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# --- jobs --------------------------------------------------------------------------------------------------------


class Check(NamedTuple):
    """One of the linters."""

    title: str
    command: list[str | Path]


def linters(fix: bool) -> list[Check]:
    """The linters in the order in which they run, the fastest first."""
    module: list[str | Path] = [venv_program(VENV, "python"), "-m"]
    return [
        Check("ruff check", [*module, "ruff", "check", *(["--fix"] if fix else [])]),
        Check("ruff format", [*module, "ruff", "format", *([] if fix else ["--check"])]),
        Check("mypy", [*module, "mypy"]),
        Check("lint-imports", [venv_program(VENV, "lint-imports"), "--no-logo"]),
    ]


def run_linters(fix: bool) -> list[str]:
    """Run all linters, also after one that failed, and return the titles of those that did."""
    failed = []
    for check in linters(fix):
        say(f"\n=== {check.title}")
        code = run(check.command, env=job_environment())
        if code == EXIT_STOPPED:
            raise KeyboardInterrupt
        if code != 0:
            failed.append(check.title)
    return failed


def job_setup(_: list[str]) -> int:
    """Make or renew .venv and see to the system libraries, nothing else."""
    ensure_system_libraries(needs_display=False)
    ensure_environment()
    return 0


def job_lint(arguments: list[str]) -> int:
    """Run ruff, mypy and import-linter; --fix mends what can be mended."""
    ensure_environment()
    failed = run_linters(fix="--fix" in arguments)
    if failed:
        say(f"\nFailed: {', '.join(failed)}.")
    return 1 if failed else 0


def job_test(arguments: list[str]) -> int:
    """Run the linters, then pytest; what follows goes to pytest."""
    ensure_system_libraries(needs_display=True)
    ensure_environment()
    failed = run_linters(fix=False)
    if failed:
        say(f"\nFailed so far: {', '.join(failed)}.")
    say("\n=== pytest")
    command: list[str | Path] = [venv_program(VENV, "python"), "-m", "pytest", *in_parallel(arguments), *arguments]
    code = run(command, env=job_environment(OMP_NUM_THREADS="1"))  # the networks of tests are tiny
    return code or (1 if failed else 0)


def in_parallel(arguments: list[str]) -> list[str]:
    """Options for as many processes as there are cores, if all tests are run; each takes a gigabyte or two."""
    workers = min(MAX_TEST_WORKERS, os.cpu_count() or 1)
    return [] if arguments or workers == 1 else ["-n", str(workers), "--dist", "worksteal"]


def job_app(arguments: list[str]) -> int:
    """Open the window; what follows goes to finetune-gui."""
    ensure_system_libraries(needs_display=False)
    ensure_environment()
    return run([venv_program(VENV, "python"), "-m", "finetune_gui", *arguments], env=job_environment())


def job_demo(arguments: list[str]) -> int:
    """Fine-tune on sample data, in the window where there is a display; what follows goes to finetune-gui demo."""
    return job_app(["demo", *arguments])


def job_screenshots(arguments: list[str]) -> int:
    """Draw the pictures of the window for the documentation."""
    needs_display = not has_display()
    ensure_system_libraries(needs_display=needs_display)
    ensure_environment()
    xvfb = ["xvfb-run", "-a", "-s", "-screen 0 1920x1200x24"] if needs_display else []
    return run([*xvfb, venv_program(VENV, "python"), "-m", "tests.screenshots", *arguments], env=job_environment())


def job_bench(arguments: list[str]) -> int:
    """Measure speed: the name of a benchmark follows; without one they are listed."""
    ensure_system_libraries(needs_display=False)
    ensure_environment()
    env = job_environment(QT_QPA_PLATFORM="offscreen")
    return run([venv_program(VENV, "python"), "-m", "tests.benchmarks", *arguments], env=env)


def job_package(arguments: list[str]) -> int:
    """Build the app for people without Python, with its installers; --check tries what was built."""
    ensure_system_libraries(needs_display="--check" in arguments)
    ensure_environment()
    command: list[str | Path] = [venv_program(VENV, "python"), ROOT / "packaging" / "build.py", "--uv", find_uv()]
    return run([*command, *arguments], env=job_environment())


JOBS: Mapping[str, Callable[[list[str]], int]] = {
    "demo": job_demo,
    "test": job_test,
    "app": job_app,
    "screenshots": job_screenshots,
    "bench": job_bench,
    "package": job_package,
    "setup": job_setup,
    "lint": job_lint,
}
PASSES_ARGUMENTS = {"demo", "test", "app", "screenshots", "bench", "package"}


def make_parser() -> argparse.ArgumentParser:
    """The command line; arguments that it does not know are the job's."""
    description, _, details = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description=description,
        epilog=details,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    for name, job in JOBS.items():
        help_text = (job.__doc__ or "").strip()
        subparser = jobs.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
        if name == "lint":
            subparser.add_argument("--fix", action="store_true", help="mend what can be mended")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one job and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = make_parser()
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown and parsed.job not in PASSES_ARGUMENTS:
        parser.error(f"{parsed.job} takes no such argument: {' '.join(unknown)}")
    try:
        return JOBS[parsed.job](arguments[1:])
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return EXIT_USER
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return EXIT_STOPPED


if __name__ == "__main__":
    sys.exit(main())
