"""The whole catalog: what the app recommends, every model of torchvision and timm, and the user's own. Torch-free.

Asking the two libraries takes seconds, so their answer is kept as JSON until one of them, or the app, is updated.
"""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import msgspec

from finetune_gui import __version__, paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import replacing
from finetune_gui.engine.models.architectures import table_file
from finetune_gui.engine.models.catalog import CATALOG, ModelInfo, find_info
from finetune_gui.engine.models.weight_files import find_weights
from finetune_gui.engine.run_list import RunSummary, list_runs

_FORMAT = 1  # of the cache; raise it when ModelInfo changes


class _Cached(msgspec.Struct):
    key: str
    models: tuple[ModelInfo, ...]


def load_library() -> tuple[ModelInfo, ...]:
    """Every model that can be chosen by its id, the recommended ones first."""
    key = _key()
    listed = _read_cache(key)
    if listed is None:
        listed = _collect()
        _write_cache(_Cached(key=key, models=listed))
    recommended = {info.id: info for info in CATALOG}
    by_id = {info.id: info for info in listed}
    first = tuple(_completed(info, by_id.get(info.id)) for info in CATALOG)
    return first + tuple(info for info in listed if info.id not in recommended)


def _key() -> str:
    """What the cache depends on: the app, its table of architectures, and the two libraries."""
    try:
        table = table_file().stat()
        stamp = f"{table.st_size}-{table.st_mtime_ns}"
    except OSError:
        stamp = "none"
    return "/".join((str(_FORMAT), __version__, stamp, version("torchvision"), version("timm")))


def _completed(info: ModelInfo, listed: ModelInfo | None) -> ModelInfo:
    """The recommended entry with what its library adds."""
    if listed is None:
        return info
    return replace(info, weights=listed.weights, top1=listed.top1, pretraining=listed.pretraining, recipe=listed.recipe)


def _collect() -> tuple[ModelInfo, ...]:
    from finetune_gui.engine.models.listing import list_timm, list_torchvision  # imports torch

    return (*list_torchvision(), *list_timm())


def _cache_file() -> Path:
    return paths.cache_dir() / "models.json"


def _read_cache(key: str) -> tuple[ModelInfo, ...] | None:
    try:
        cached = msgspec.json.decode(_cache_file().read_bytes(), type=_Cached)
    except (OSError, msgspec.DecodeError):
        return None
    return cached.models if cached.key == key else None


def _write_cache(cached: _Cached) -> None:
    """What cannot be kept is collected again the next time."""
    try:
        with replacing(_cache_file()) as temporary:
            temporary.write_bytes(msgspec.json.encode(cached))
    except EngineError:
        return


def here(models: tuple[ModelInfo, ...]) -> frozenset[str]:
    """Ids of the models whose weights need no download."""
    return frozenset(info.id for info in models if info.weights is None or find_weights(info.weights) is not None)


# -- the user's own ---------------------------------------------------------------------------------------------------


def own_runs(runs_dir: Path) -> tuple[ModelInfo, ...]:
    """Earlier runs that a new one can go on from, the newest first."""
    return tuple(
        _of_run(run)
        for run in list_runs(runs_dir)
        if run.best_val_accuracy is not None and (run.path / "checkpoints" / "best.safetensors").is_file()
    )


def _of_run(run: RunSummary) -> ModelInfo:
    base = find_info(run.model_id)
    return ModelInfo(
        id=f"run:{run.path}",
        title=run.name,
        family=base.family if base else "",
        num_parameters=base.num_parameters if base else 0,
        gmacs=base.gmacs if base else 0.0,
        input_size=base.input_size if base else 0,
        license=base.license if base else "",
        pretraining=Path(run.data).name,
    )


def of_file(path: Path) -> ModelInfo:
    """A weight file of the user's, before it was looked into."""
    return ModelInfo(
        id=f"file:{path}", title=path.name, family="", num_parameters=0, gmacs=0.0, input_size=0, license=""
    )
