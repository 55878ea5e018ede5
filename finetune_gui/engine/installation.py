"""What is installed here, without importing it: for ``doctor``, the dialogs, and reports."""

import platform
import sys
from functools import cache

from finetune_gui import __version__

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
    "nvidia-ml-py",
)


@cache
def installed_versions() -> dict[str, str]:
    """Versions of what the app stands on; what is missing is left out. They are read from disk once."""
    from importlib import metadata  # here, since it takes longer to import than a window should

    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def system_facts() -> dict[str, str]:
    """This app, Python and the system."""
    return {
        "finetune-gui": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": platform.platform(),
    }
