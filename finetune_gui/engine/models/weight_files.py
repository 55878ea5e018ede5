"""Where pretrained weights are kept, and which file a model needs. Torch-free.

Files that the app downloads, or that the user brings, lie in a folder of the app: ``weights_dir()``. What torch and the
Hugging Face client have put into their own caches is found too, and not downloaded again.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from finetune_gui import paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import cannot_write, write_json

WEIGHTS_VARIABLE = "FINETUNE_GUI_WEIGHTS"
WEIGHT_SUFFIXES = (".safetensors", ".pth", ".pt", ".bin", ".ckpt")
SAFE_NAME, PICKLE_NAME = "model.safetensors", "pytorch_model.bin"  # names of weights in repositories of the hub


@dataclass(frozen=True, kw_only=True)
class WeightsFile:
    """A file of pretrained weights, and where it comes from.

    Attributes:
        model_id: The model that it belongs to.
        name: File name, such as ``resnet50-11ad3fa6.pth``.
        place: Folder below ``weights_dir()``.
        url: Where it is downloaded from; empty where ``hub_id`` says it.
        hub_id: Repository on the Hugging Face hub.
        sha256: The first hex digits of its SHA-256, as far as known: torchvision and timm put eight into the name.
        num_bytes: Its size; 0 where unknown.
    """

    model_id: str
    name: str
    place: str
    url: str = ""
    hub_id: str = ""
    sha256: str = ""
    num_bytes: int = 0

    @property
    def path(self) -> Path:
        """Where the app keeps it."""
        return weights_dir() / self.place / self.name

    @property
    def description(self) -> str:
        """What to look for on another machine: the file, and its repository where the name alone says nothing."""
        return f"{self.name} of {self.hub_id} on the Hugging Face hub" if self.hub_id else self.name


# -- the folder -------------------------------------------------------------------------------------------------------


def weights_dir() -> Path:
    """Folder of the weights: from the environment, as chosen, or among the app's data."""
    if explicit := os.environ.get(WEIGHTS_VARIABLE):
        return Path(explicit).expanduser().resolve()
    chosen = _chosen_dir()
    return chosen if chosen is not None else paths.data_dir() / "weights"


def choose_weights_dir(folder: Path | None) -> None:
    """Keep weights in another folder from now on; None goes back to the app's own. Nothing is moved.

    Raises:
        EngineError: The folder cannot be written to, or the environment decides.
    """
    if os.environ.get(WEIGHTS_VARIABLE):
        raise EngineError(
            f"The folder of the weights is set by the environment variable {WEIGHTS_VARIABLE}.",
            "Remove that variable to choose the folder here.",
        )
    if folder is None:
        _setting_file().unlink(missing_ok=True)
        return
    _require_writable(folder)
    write_json(_setting_file(), {"folder": str(folder.resolve())})


def _require_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".finetune-gui-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise cannot_write(folder, error) from error


def _setting_file() -> Path:
    return paths.config_dir() / "weights.json"


def _chosen_dir() -> Path | None:
    """What was chosen; a damaged setting costs only itself."""
    try:
        plain = msgspec.json.decode(_setting_file().read_bytes())
    except (OSError, msgspec.DecodeError):
        return None
    folder = plain.get("folder") if isinstance(plain, dict) else None
    return Path(folder) if isinstance(folder, str) and folder else None


# -- what is there ----------------------------------------------------------------------------------------------------


def find_weights(file: WeightsFile) -> Path | None:
    """The file on this machine: in the app's folder, in torch's cache or in that of the Hugging Face hub."""
    return next((path for path in _candidates(file) if path.is_file()), None)


def _candidates(file: WeightsFile) -> list[Path]:
    own = weights_dir() / file.place
    if not file.hub_id:
        return [own / file.name, torch_checkpoints_dir() / file.name]
    names = [file.name, PICKLE_NAME] if file.name == SAFE_NAME else [file.name]
    snapshots = hub_cache_dir() / f"models--{file.hub_id.replace('/', '--')}" / "snapshots"
    found = [path for name in names for path in sorted(snapshots.glob(f"*/{name}"))]
    return [own / name for name in names] + found


def torch_checkpoints_dir() -> Path:
    """Where ``torch.hub`` keeps weights."""
    return Path(os.environ.get("TORCH_HOME") or _cache_home() / "torch") / "hub" / "checkpoints"


def hub_cache_dir() -> Path:
    """Where the Hugging Face client keeps repositories."""
    if explicit := os.environ.get("HF_HUB_CACHE"):
        return Path(explicit)
    return Path(os.environ.get("HF_HOME") or _cache_home() / "huggingface") / "hub"


def _cache_home() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
