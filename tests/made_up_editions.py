"""Small editions of the app, without CUDA and with it, that really run: their programs are scripts of this code."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from installers import cuda_parts, project

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
