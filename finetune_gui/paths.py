"""Where the app keeps things. One environment variable moves them all (tests, portable use)."""

import os
from pathlib import Path

import platformdirs

APP_NAME = "finetune-gui"
HOME_VARIABLE = "FINETUNE_GUI_HOME"
CUDA_MANIFEST = "cuda-parts.json"


def _portable_home() -> Path | None:
    value = os.environ.get(HOME_VARIABLE)
    return Path(value).expanduser().resolve() if value else None


def data_dir() -> Path:
    """Runs and sample data: what the user would miss."""
    home = _portable_home()
    return home / "data" if home else Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def config_dir() -> Path:
    """Preferences and the state of the window."""
    home = _portable_home()
    return home / "config" if home else Path(platformdirs.user_config_dir(APP_NAME, appauthor=False))


def cache_dir() -> Path:
    """What can be deleted at any time."""
    home = _portable_home()
    return home / "cache" if home else Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def log_dir() -> Path:
    """Log files for bug reports."""
    home = _portable_home()
    return home / "logs" if home else Path(platformdirs.user_log_dir(APP_NAME, appauthor=False))


def log_file() -> Path:
    """What the window and the commands write down; older parts have numbers after the name."""
    return log_dir() / "finetune-gui.log"


def crash_file() -> Path:
    """Where Python writes its stacks when the process dies of a fault in native code."""
    return log_dir() / "crash.log"


def runs_dir() -> Path:
    """Run folders that were not given a place of their own."""
    return data_dir() / "runs"


def samples_dir() -> Path:
    """Sample data sets drawn or downloaded by the app."""
    return data_dir() / "samples"


def gpu_support_dir() -> Path:
    """What an app without CUDA has fetched to use an NVIDIA GPU: the app's own, not the user's."""
    return data_dir() / "gpu-support"


def cuda_manifest_file() -> Path:
    """The list of what an app without CUDA can fetch; only such an app has one."""
    return resources_dir() / CUDA_MANIFEST


def settings_file() -> Path:
    """The one file of preferences and window geometry (INI)."""
    return config_dir() / "settings.ini"


def resources_dir() -> Path:
    """Icons, style sheet and translations: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"
