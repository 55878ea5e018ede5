"""Licenses of all that goes into a bundle; runs inside the environment that is bundled."""

import subprocess
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from finetune_gui.engine.licenses import License, collect, python_license, save
from installers import project

BOOTLOADER = "pyinstaller"  # its small program starts the bundle


def write(target: Path, binaries: Iterable[Path]) -> None:
    """Collect them into one file.

    Args:
        target: The file.
        binaries: What is bundled; libraries of the system among it have licenses, too.
    """
    with (project.ROOT / "pyproject.toml").open("rb") as file:
        tables = tomllib.load(file)["project"]
    requirements = [*tables["dependencies"], *tables["optional-dependencies"]["camera"]]
    used = [*collect(requirements), *_bootloader(), *_system_libraries(binaries)]
    save(target, [_app(), python_license(), *sorted(used, key=lambda entry: entry.name.lower())])


def _app() -> License:
    text = (project.ROOT / "LICENSE").read_text(encoding="utf-8")
    return License(name=project.TITLE, version=project.version(), license="Apache-2.0", texts=(("LICENSE", text),))


def _bootloader() -> list[License]:
    return [entry for entry in collect([BOOTLOADER]) if entry.name.lower() == BOOTLOADER]


def _system_libraries(binaries: Iterable[Path]) -> list[License]:
    """Debian's packages of the libraries that were taken from the system, with what Debian says of their licenses."""
    environment = {Path(str(metadata.distribution(BOOTLOADER).locate_file(""))).resolve()}
    packages = {
        package
        for file in {binary.resolve() for binary in binaries}
        if not environment & set(file.parents)
        for package in [_debian_package(file)]
        if package
    }
    return [_debian_license(*package) for package in sorted(packages)]


def _debian_package(file: Path) -> tuple[str, str] | None:
    """Name and version of the package that a file belongs to; Debian 12 lists some files without the leading /usr."""
    for place in (file, Path("/") / file.relative_to("/usr") if file.is_relative_to("/usr") else file):
        owner = _answer("dpkg", "-S", str(place)).partition(":")[0]
        if owner:
            return owner, _answer("dpkg-query", "-W", "-f=${Version}", owner)
    return None


def _debian_license(name: str, version: str) -> License:
    file = Path("/usr/share/doc") / name / "copyright"
    texts = ((f"{name}/copyright", file.read_text(encoding="utf-8", errors="replace")),) if file.is_file() else ()
    return License(name=f"{name} (of the system)", version=version, texts=texts)


def _answer(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:  # no Debian
        return ""
