"""``doctor``: facts about this machine and this installation. Those that need torch come last."""

import argparse
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from finetune_gui import __version__, paths
from finetune_gui.cli import output
from finetune_gui.engine.models.weight_files import weights_dir

PACKAGES = (
    "torch",
    "torchvision",
    "timm",
    "PySide6-Essentials",
    "pyqtgraph",
    "onnx",
    "onnxscript",
    "onnxruntime",
    "safetensors",
    "pillow",
    "numpy",
)


def doctor(arguments: argparse.Namespace) -> int:
    """What a bug report needs."""
    collected: dict[str, dict[str, str]] = {}
    for section, values in facts():
        collected[section] = values
        if not arguments.json:
            print(section)
            for name, value in values.items():
                print(f"  {name:<20}{value}")
    if arguments.json:
        output.print_json(collected)
    return 0


def facts() -> Iterator[tuple[str, dict[str, str]]]:
    """Sections of name and value, the quick ones first."""
    yield "System", _system()
    yield "Versions", {name: _version(name) for name in PACKAGES}
    yield "Folders", _folders()
    yield "Devices", _devices()


def _system() -> dict[str, str]:
    memory = psutil.virtual_memory()
    return {
        "finetune-gui": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
        "processors": str(psutil.cpu_count()),
        "memory": f"{_gigabytes(memory.available)} free of {_gigabytes(memory.total)}",
    }


def _folders() -> dict[str, str]:
    folders = {
        "runs": paths.runs_dir(),
        "samples": paths.samples_dir(),
        "weights": weights_dir(),
        "settings": paths.settings_file(),
        "cache": paths.cache_dir(),
        "logs": paths.log_dir(),
    }
    free = shutil.disk_usage(_existing(paths.runs_dir())).free
    return {name: str(path) for name, path in folders.items()} | {"free disk": _gigabytes(free)}


def _devices() -> dict[str, str]:
    from finetune_gui.engine.devices import list_devices

    return {
        device.id: f"{device.name}, {_gigabytes(device.memory)}" if device.memory else device.name
        for device in list_devices()
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _existing(path: Path) -> Path:
    """The path, or its nearest parent that exists."""
    return next(candidate for candidate in (path, *path.parents) if candidate.exists())


def _gigabytes(num_bytes: int) -> str:
    return f"{num_bytes / 1e9:.1f} GB"
