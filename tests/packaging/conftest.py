"""An installed app, apart from this Python: `python dev.py package --check`. Not collected by the ordinary suite."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from installers import icons, linux, project

OLD_VERSION = "0.0.1"  # older than whatever is checked
OLD_PARTS = ("_internal/gone.so", "_internal/finetune_gui/resources/gone/away.txt")  # the new version is without them
FOLDER = "Zoë's 资料 folder"  # a space, an apostrophe, letters of two other scripts


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--package", type=Path, help="the .deb to install")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_test = collection_path.name.startswith("test_")
    return True if is_test and config.getoption("--package", default=None) is None else None


@dataclass(frozen=True)
class InstalledApp:
    """An app that was installed by dpkg, and a home for its user. Nothing else of this machine is in its environment.

    Attributes:
        root: What dpkg took for the root of the system.
        home: The user's.
    """

    root: Path
    home: Path

    @property
    def folder(self) -> Path:
        return self.root / "opt" / "finetune-gui"

    @property
    def data(self) -> Path:
        return self.home / ".local" / "share" / "finetune-gui"

    def environment(self, **more: str) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": str(self.home / "no-programs")} | more

    def start(self, program: str, *arguments: str, before: tuple[str, ...] = (), **env: str) -> subprocess.Popen[str]:
        """Start one of the two programs; `before` is a command that runs it."""
        return subprocess.Popen(
            [*before, str(self.folder / program), *arguments],
            env=self.environment(**env),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, timeout: float = 900, before: tuple[str, ...] = (), code: int = 0) -> str:
        """Run a command, which must end with this code, and return what it prints."""
        process = self.start("finetune-gui", *arguments, before=before)
        try:
            out, errors = process.communicate(timeout=timeout)
        finally:
            process.kill()
        assert process.returncode == code, errors
        return out if code == 0 else errors

    def json(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*arguments, "--json").splitlines()]

    def processes(self) -> list[psutil.Process]:
        """What runs from this folder now."""
        return [process for process in psutil.process_iter() if _program(process).startswith(str(self.folder))]


def _program(process: psutil.Process) -> str:
    try:
        return process.exe()
    except psutil.Error:
        return ""


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder that other users can read, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="finetune-gui-check-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def app(place: Path, request: pytest.FixtureRequest) -> InstalledApp:
    """The package, installed by dpkg into an empty root, over an older version that somebody has used."""
    root = place / FOLDER
    package = request.config.getoption("--package")
    for folder in ("updates", "info"):
        (root / "var" / "lib" / "dpkg" / folder).mkdir(parents=True)
    for file in ("status", "available"):
        (root / "var" / "lib" / "dpkg" / file).touch()
    home = place / "home"
    home.mkdir()
    app = InstalledApp(root, home)
    dpkg(root, "--force-depends", "--install", str(older_package(place / "older", package)))
    assert all((app.folder / part).is_file() for part in OLD_PARTS)
    (app.data / "mine").mkdir(parents=True)
    (app.data / "mine" / "notes.txt").write_text("of the user", encoding="utf-8")
    dpkg(root, "--force-depends", "--install", str(package))
    return app


def older_package(folder: Path, package: Path) -> Path:
    """The same package of an older version: made by the same recipe, of a payload that is small."""
    flavour: project.Flavour = "cpu" if field(package, "Package").endswith("-cpu") else "cuda"
    build = project.Build(flavour=flavour, version=OLD_VERSION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(project, "BUILD", folder)
        patch.setattr(project, "DIST", folder)
        icons.draw(build.extras)
        for part in (project.COMMAND, *OLD_PARTS):
            (build.bundle / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy("/bin/true", build.bundle / part)
        (build.bundle / project.WINDOW).symlink_to(project.COMMAND)
        linux.make_share(build, build.folder / "share")
        return linux.make_deb(build, build.folder / "share")


def field(package: Path, name: str) -> str:
    """What a package says of itself."""
    command = ["dpkg-deb", "--field", str(package), name]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def dpkg(root: Path, *arguments: str) -> None:
    """Run dpkg on a root of its own; the system's packages are not touched. Whoever is not root plays it."""
    env = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    command = [
        *([] if os.geteuid() == 0 else ["fakeroot"]),
        "dpkg",
        f"--root={root}",
        "--force-not-root",
        "--log=/dev/null",
        *arguments,
    ]
    subprocess.run(command, check=True, capture_output=True, env=env)


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A virtual screen."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as stream:
            number = stream.readline().strip()
        yield f":{number}"
        server.terminate()


def wait_for(condition: Callable[[], Any], seconds: float = 600) -> Any:
    """Wait until something is there, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.1)
    return found
