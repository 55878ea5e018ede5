"""What may not be imported where: start-up time is a feature."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "torchvision", "timm", "onnx", "onnxruntime", "PySide6")


def loaded_after(code: str) -> set[str]:
    """Heavy packages that a fresh interpreter has loaded after running ``code``."""
    probe = f"{code}\nimport sys\nprint('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(result.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("arguments", [["--help"], ["models"], ["inspect", "/nowhere"]])
def test_quick_commands_load_nothing_heavy(arguments: list[str]) -> None:
    code = "import contextlib\nfrom finetune_gui.__main__ import main\n"
    code += f"with contextlib.suppress(SystemExit): main({arguments!r})"
    assert loaded_after(code) == set()


def test_the_window_is_imported_without_torch() -> None:
    assert loaded_after("import finetune_gui.ui.main_window") == {"PySide6"}


def test_the_engine_needs_no_qt() -> None:
    loaded = loaded_after("import finetune_gui.engine.launcher, finetune_gui.engine.export")
    assert "PySide6" not in loaded
    assert "torch" in loaded  # or the probe would prove nothing
