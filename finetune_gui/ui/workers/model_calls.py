"""What the model page asks of the engine. Each function runs on a thread, for it reads files or imports torch."""

from dataclasses import dataclass
from pathlib import Path

from finetune_gui import paths
from finetune_gui.engine.config import ModelConfig
from finetune_gui.engine.models.catalog import ModelInfo
from finetune_gui.engine.models.library import here, load_library, own_runs
from finetune_gui.engine.models.weight_files import choose_weights_dir, weights_dir
from finetune_gui.ui.workers.operation import Progress

KIB = 1024  # progress is told in these: bytes of a large model do not fit a C++ int


@dataclass(frozen=True, kw_only=True)
class Library:
    """All models, those whose weights are on this machine, and where weights are kept."""

    models: tuple[ModelInfo, ...]
    runs: tuple[ModelInfo, ...]
    here: frozenset[str]
    folder: Path


def read_library(_: Progress) -> Library:
    """Everything that can be chosen."""
    models = load_library()
    return Library(models=models, runs=own_runs(paths.runs_dir()), here=here(models), folder=weights_dir())


def fetch(model_id: str, progress: Progress) -> None:
    """Download the weights of a model; a cancelled download goes on the next time."""
    from finetune_gui.engine.models.sources import fetch_weights

    for advanced in fetch_weights(ModelConfig(id=model_id)):
        progress.report(advanced.done // KIB, advanced.total // KIB)
        if progress.should_stop():
            return


def take(model_id: str, file: str) -> None:
    """Take a file of weights that was brought."""
    from finetune_gui.engine.models.taking import take_weights_file

    take_weights_file(model_id, Path(file))


def keep_weights_in(folder: str) -> None:
    """Keep weights there from now on."""
    choose_weights_dir(Path(folder))


def measure(device: str, progress: Progress) -> tuple[str, float]:
    """Kind of the device, and its speed."""
    from finetune_gui.engine.models.speed import gmacs_per_second

    return gmacs_per_second(device, progress.should_stop)
