"""The one-dir bundle: an environment of its own, and PyInstaller on it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from installers import elf, project
from installers.project import Build, PackageError

# uv's name of the builds of torch for a flavour, by system; None takes what everybody gets.
TORCH_BACKENDS: Mapping[tuple[str, str], str | None] = {
    ("linux", "cuda"): None,
    ("linux", "cpu"): "cpu",
    ("windows", "cuda"): "cu132",
    ("windows", "cpu"): None,
    ("macos", "cpu"): None,
}
STRIPPED = ("libpython*.so*",)  # CPython built from source brings 15 MB of symbols; wheels have none


def make_environment(build: Build, uv: Path) -> None:
    """Install what the app needs, PyInstaller and nothing else, with the torch of the flavour."""
    key = (project.system(), build.flavour)
    if key not in TORCH_BACKENDS:
        raise PackageError(f"There is no {build.flavour} flavour for {project.system()}.")
    backend = TORCH_BACKENDS[key]
    python = running_python()
    run([uv, "venv", "--quiet", "--clear", "--python", python, build.environment], "Is there room on the disk?")
    command: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", environment_python(build)]
    described = project.ROOT / "pyproject.toml"
    command += ["-r", described, "--extra", "camera", "--group", f"{described}:package"]
    command += ["--constraint", project.PACKAGING / "constraints.txt"]
    command += ["--torch-backend", backend] if backend else []
    run(command, "Is the network there? An environment made by hand can be given with --environment.")


def running_python() -> Path:
    """The interpreter that runs this, or the one below it in an environment; PyInstaller needs its shared library."""
    return Path(getattr(sys, "_base_executable", sys.executable))


def environment_python(build: Build) -> Path:
    """The interpreter of the environment that is bundled."""
    inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return build.environment.joinpath(*inside)


def freeze(build: Build) -> None:
    """Run PyInstaller. Everything it asks of the disk is below the build folder."""
    shutil.rmtree(build.bundle, ignore_errors=True)
    work = build.folder / "work"
    command: list[str | Path] = [environment_python(build), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", build.bundle.parent, "--workpath", work, project.PACKAGING / "finetune-gui.spec"]
    environment = os.environ | {"PYINSTALLER_CONFIG_DIR": str(build.folder / "cache"), "PYTHONHASHSEED": "0"}
    run([*command, "--", build.extras], "See above what PyInstaller says.", environment)
    shutil.rmtree(work)
    if project.system() == "linux":
        (build.bundle / project.WINDOW).symlink_to(project.COMMAND)
        strip(build.bundle)
        remove_orphans(build.bundle)


def strip(bundle: Path) -> None:
    """Take symbols for debuggers out of what is known to have them."""
    if shutil.which("strip") is None:
        return
    for pattern in STRIPPED:
        for file in bundle.glob(f"_internal/{pattern}"):
            if not file.is_symlink():
                run(["strip", "--strip-unneeded", file], "")


def remove_orphans(bundle: Path) -> None:
    """Delete libraries that were brought by something that is left out: those that nothing inside is linked to.

    Only those right in `_internal` are meant, where PyInstaller puts what it finds by following links.
    """
    libraries = {file.name: file for file in (bundle / "_internal").glob("lib*.so*")}
    needed_by = {file: elf.linked_to(file) for file in bundle.rglob("*") if elf.is_binary(file)}
    while True:
        needed = {name for names in needed_by.values() for name in names}
        orphans = [file for name, file in libraries.items() if name not in needed and not name.startswith("libpython")]
        if not orphans:
            return
        for file in orphans:
            file.unlink()
            del libraries[file.name]
            needed_by.pop(file, None)


def run(command: Sequence[str | Path], hint: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a program in the foreground."""
    try:
        code = subprocess.run([str(part) for part in command], env=environment, check=False).returncode
    except OSError as error:
        raise PackageError(f"{command[0]} cannot be started: {error.strerror}.") from error
    if code:
        raise PackageError(f"`{' '.join(map(str, command[:4]))} ...` ended with exit code {code}. {hint}")


# --- sizes ---------------------------------------------------------------------------------------------------------


def size(folder: Path) -> int:
    """Bytes of a folder; links count as nothing."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def size_table(build: Build) -> str:
    """What takes the space and what was left out, as Markdown."""
    inside = build.bundle / "_internal"
    groups: dict[str, int] = {}
    for file in inside.rglob("*"):
        if file.is_file() and not file.is_symlink():
            group = _group(file.relative_to(inside))
            groups[group] = groups.get(group, 0) + file.stat().st_size
    lines = ["| in the bundle | MB |", "|---|--:|"]
    lines += [f"| {name} | {number / 1e6:,.0f} |" for name, number in _largest(groups)]
    lines += [f"| all of it | {size(build.bundle) / 1e6:,.0f} |", "", "| left out | MB |", "|---|--:|"]
    dropped = json.loads((build.extras / "dropped.json").read_text(encoding="utf-8"))
    lines += [f"| {name} | {number / 1e6:,.1f} |" for name, number in _largest(dropped, least=0)]
    return "\n".join(lines) + "\n"


def _largest(sizes: Mapping[str, int], least: int = 4_000_000) -> list[tuple[str, int]]:
    """Largest first; the small ones together."""
    large = sorted(((name, number) for name, number in sizes.items() if number >= least), key=lambda entry: -entry[1])
    small = sum(number for number in sizes.values() if number < least)
    return [*large, ("everything else", small)] if small else large


def _group(file: Path) -> str:
    """The part of the app that a file belongs to."""
    first = file.parts[0].split(".")[0] if len(file.parts) > 1 else "libraries of the system and of Python"
    if first == "nvidia":
        return f"nvidia: {file.name.split('.')[0]}"
    if first == "torch" and file.parts[1] == "lib":
        return f"torch: {file.name.split('.')[0]}"
    return "code of all packages (base_library, PYZ)" if file.suffix in (".pyz", ".zip") else first
