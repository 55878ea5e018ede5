"""Small editions of the app, without CUDA and with it, that really run: their programs are scripts of this code."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from finetune_gui import paths
from finetune_gui.engine.cuda_parts.manifest import Manifest, read_manifest
from installers import cuda_parts, project
from tests.engine.file_server import Behaviour, FileServer, serving

ROOT = Path(__file__).resolve().parent.parent

# As packaging/start.py, with what PyInstaller's loader does before it.
PROGRAM = """#!{python}
import json, os, sys
sys.frozen, sys.executable = True, os.path.abspath(__file__)
sys.path[:0] = [{root!r}]
from finetune_gui import paths
paths.resources_dir = lambda: __import__("pathlib").Path(__file__).resolve().parent / "_internal/finetune_gui/resources"
from finetune_gui.handover import hand_over
hand_over(os.path.basename(sys.argv[0]), sys.argv[1:])
if sys.argv[1:2] == ["gpu-support"]:
    from finetune_gui.__main__ import main
    sys.exit(main())
reset = "PYINSTALLER_RESET_ENVIRONMENT" in os.environ
print(json.dumps({{"edition": {edition!r}, "arguments": sys.argv[1:], "reset": reset}}))
sys.exit({code})
"""


def write_edition(folder: Path, edition: str, files: dict[str, bytes], code: int = 0) -> Path:
    """A bundle with both programs, which print what they are and end with a code."""
    (folder / cuda_parts.RESOURCES).mkdir(parents=True)
    text = PROGRAM.format(python=sys.executable, root=str(ROOT), edition=edition, code=code)
    (folder / project.COMMAND).write_text(text, encoding="utf-8")
    (folder / project.COMMAND).chmod(0o755)
    (folder / project.WINDOW).symlink_to(project.COMMAND)
    facts: dict[str, Any] = {"cuda": "13.2" if edition == "cuda" else None, "architectures": ["sm_80"]}
    (folder / cuda_parts.RESOURCES / "torch.json").write_text(json.dumps(facts), encoding="utf-8")
    for place, content in files.items():
        (folder / "_internal" / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / "_internal" / place).write_bytes(content)
    return folder


def environment(home: Path) -> dict[str, str]:
    """Of a user whose home is empty."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FINETUNE_GUI")}
    return kept | {"FINETUNE_GUI_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


COMMON = {"shared/qt.so": b"the same in both"}
NOISE = random.Random(1).randbytes(3 * 300_000)
CUDA = {
    "torch/libtorch.so": b"with CUDA" * 1000,
    **{f"nvidia/{name}.so": NOISE[300_000 * n : 300_000 * (n + 1)] for n, name in enumerate(("blas", "dnn", "fft"))},
}


@dataclass(frozen=True)
class Installation:
    """An app without CUDA that was installed, what it can fetch, and from where."""

    app: Path
    home: Path
    server: FileServer
    volumes: list[Path]

    @property
    def manifest(self) -> Manifest:
        manifest = read_manifest()
        assert manifest is not None
        return manifest

    def behaviour(self, index: int) -> Behaviour:
        return self.server.files[f"/{self.volumes[index].name}"]

    def run(self, *arguments: str, program: str = project.COMMAND) -> subprocess.CompletedProcess[str]:
        command = [self.app / program, *arguments]
        return subprocess.run(command, env=environment(self.home), capture_output=True, text=True, check=False)

    def edition(self, *arguments: str) -> str:
        """Which one answers."""
        return str(json.loads(self.run(*arguments).stdout)["edition"])


@contextmanager
def installation(folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An app without CUDA, as whose process this one passes, and a server with the volumes it can fetch."""
    monkeypatch.setattr(project, "BUILD", folder / "build")
    monkeypatch.setattr(project, "DIST", folder / "dist")
    monkeypatch.setattr(cuda_parts, "VOLUME_BYTES", 400_000)
    build = project.Build(flavour="cpu", version="1.2.3")
    app = write_edition(build.bundle, "cpu", COMMON | {"torch/libtorch.so": b"without"})
    cuda = write_edition(folder / "cuda", "cuda", COMMON | CUDA)
    (cuda / "_internal" / "link.so").symlink_to("nvidia/blas.so")
    with serving() as server:
        volumes = cuda_parts.add_parts(build, cuda, server.url(""))
        server.files |= {f"/{volume.name}": Behaviour(volume.read_bytes()) for volume in volumes}
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        monkeypatch.setattr(sys, "executable", str(app / project.COMMAND))
        monkeypatch.setattr(paths, "cuda_manifest_file", lambda: app / cuda_parts.RESOURCES / paths.CUDA_MANIFEST)
        yield Installation(app, home, server, volumes)
