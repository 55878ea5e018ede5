"""What may not be imported where: start-up time is a feature."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.drawing import draw_class_folders

HEAVY = ("torch", "torchvision", "timm", "onnx", "onnxruntime", "PySide6")
DEAR = ("numpy", "PIL", "rich", "imagehash", "multiprocessing")  # each takes longer than a quick command


def loaded_after(code: str, names: tuple[str, ...] = HEAVY) -> set[str]:
    """Heavy packages that a fresh interpreter has loaded after running ``code``."""
    probe = f"{code}\nimport sys\nprint('LOADED', *[name for name in {names!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(result.stdout.splitlines()[-1].split()[1:])


def command(*arguments: str) -> str:
    """Code that runs a command of the command line."""
    start = "import contextlib\nfrom finetune_gui.__main__ import main\n"
    return f"{start}with contextlib.suppress(SystemExit): main({list(arguments)!r})"


@pytest.mark.parametrize("arguments", [["models"], ["inspect", "/nowhere"]])
def test_quick_commands_load_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_after(command(*arguments)) == set()


def test_help_loads_next_to_nothing() -> None:
    names = (*HEAVY, *DEAR, "msgspec", "dataclasses", "pathlib", "typing")
    assert loaded_after(command("--help"), names) == set()


def test_an_inspection_that_finds_nothing_new_decodes_nothing(tmp_path: Path) -> None:
    folder = str(draw_class_folders(tmp_path, {"a": 3, "b": 3}))
    assert {"numpy", "PIL"} < loaded_after(command("inspect", folder), DEAR)  # or the next line would prove nothing
    assert loaded_after(command("inspect", folder), DEAR) == set()


def test_the_first_page_is_imported_without_what_shows_data() -> None:
    code = "import finetune_gui.ui.main_window, finetune_gui.ui.pages.data_page"
    assert loaded_after(code, (*HEAVY, "numpy", "PIL", "pyqtgraph")) == {"PySide6"}


def test_the_engine_needs_no_qt() -> None:
    loaded = loaded_after("import finetune_gui.engine.launcher, finetune_gui.engine.exports.exporting")
    assert "PySide6" not in loaded
    assert "torch" in loaded  # or the probe would prove nothing
