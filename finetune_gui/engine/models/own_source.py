"""Models of the user's own: a weight file from anywhere, and the best weights of an earlier run."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec
import torch

from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models import timm_source
from finetune_gui.engine.models.architectures import Architecture, nearest, with_body
from finetune_gui.engine.models.catalog import LOCAL_SOURCES, split_id
from finetune_gui.engine.models.heads import extend_head
from finetune_gui.engine.models.layers import HeadPath, head_paths, is_of_head
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.signatures import Shapes, body
from finetune_gui.engine.models.sources import library_source
from finetune_gui.engine.models.tensor_files import TensorFile, read_tensor_file
from finetune_gui.engine.runs import RunFolder

LocalSource = Literal["file", "run"]
_LIBRARIES = ("torchvision", "timm")
_ALIKE = 0.6  # of two names; difflib's own cutoff for close matches
_LISTED = 4  # tensors that a message names


def weights_path(source: LocalSource, place: str) -> Path:
    """The file of weights of an id.

    Raises:
        EngineError: It is a run, and has none yet.
    """
    if source == "file":
        return Path(place).expanduser()
    run = RunFolder.open(Path(place).expanduser())
    if not run.best_checkpoint.is_file():
        raise EngineError(
            f"The run {place} has no weights to go on from.", "Choose a run that has learnt for at least one epoch."
        )
    return run.best_checkpoint


def find_architecture(source: LocalSource, place: str) -> str:
    """The model of the catalog that a file or a run is built like.

    Raises:
        EngineError: The file cannot be read, or fits none; the hint names the nearest.
    """
    path = weights_path(source, place)
    if source == "run":
        model = RunFolder.open(Path(place).expanduser()).config().model
        if split_id(model.network)[0] not in LOCAL_SOURCES:
            return model.network
    try:
        facts = path.stat()
    except OSError as error:
        raise EngineError(f"The weight file {path} cannot be read: {error.strerror}.", "Check the path.") from error
    return _identified(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=32)
def _identified(path: Path, _mtime_ns: int, _size: int) -> str:
    return identify(read_tensor_file(path), path)


def identify(file: TensorFile, path: Path) -> str:
    """The architecture of a file: as this app wrote it, by its tensors, or as the file names it.

    Raises:
        EngineError: It fits none that is known.
    """
    if file.model_id and split_id(file.model_id)[0] not in LOCAL_SOURCES:
        return file.model_id
    if candidates := with_body(file.shapes):
        return _best_named(candidates, file.hints)
    for hint in file.hints:
        if "/" in hint and hint.partition("/")[0] in _LIBRARIES:
            return hint
    close = [each.id for each in nearest(file.shapes, 3)]
    message = f"The architecture of {path} was not found from its {len(file.tensors)} tensors."
    if not close:
        raise EngineError(message, "Name the architecture, if it is one of torchvision or timm.")
    raise EngineError(message, f"The nearest are {', '.join(close)}. Name the architecture if you know it.")


def _best_named(candidates: Sequence[Architecture], hints: Sequence[str]) -> str:
    """Networks that differ in nothing but their name: the one that the file is called like, else the first."""

    def likeness(candidate: Architecture) -> float:
        name = candidate.id.partition("/")[2]
        names = (name, name.partition(".")[0])
        return max((SequenceMatcher(None, hint.lower(), n.lower()).ratio() for hint in hints for n in names), default=0)

    best = max(candidates, key=likeness)
    return best.id if likeness(best) >= _ALIKE else candidates[0].id


def build(
    source: LocalSource, place: str, architecture: str, num_classes: int, class_names: Sequence[str]
) -> LoadedModel:
    """Build the network and load its weights.

    The head keeps the outputs of classes that the file and ``class_names`` share; where one of them is not known, it is
    kept if the number of outputs is the same. Otherwise it begins afresh.

    Raises:
        EngineError: The file cannot be read, or does not fit the architecture.
    """
    path = weights_path(source, place)
    file = read_tensor_file(path)
    shared = set(file.class_names) & set(class_names)
    keep = bool(shared) or not file.class_names or not class_names
    loaded = _fill(file, path, architecture, len(file.class_names) if shared else num_classes, keep_head=keep)
    if shared and tuple(class_names) != file.class_names:
        for head in head_paths(loaded.head_path):
            extend_head(loaded.model, head, file.class_names, class_names)
    if file.preprocessing is not None:
        loaded = replace(loaded, preprocessing=msgspec.convert(file.preprocessing, Preprocessing))
    return loaded


def _fill(file: TensorFile, path: Path, architecture: str, num_outputs: int, *, keep_head: bool) -> LoadedModel:
    library, name = split_id(architecture)
    if library in LOCAL_SOURCES:
        raise EngineError(f"'{architecture}' is no architecture.", "Give a model of torchvision or timm.")
    loaded = library_source(library).build(name, weights="none", num_classes=num_outputs)
    own = {key: tuple(tensor.shape) for key, tensor in loaded.model.state_dict().items()}
    faults = misfits(file.shapes, own, loaded.head_path)
    if faults and library == "timm":
        try:  # perhaps the format of the authors, which timm converts
            model = timm_source.load_tensors(name, file.tensors, num_outputs)
        except Exception as error:  # its converters expect what they expect
            raise _misfit(path, architecture, file.shapes, faults) from error
        return replace(loaded, model=model)
    if faults:
        raise _misfit(path, architecture, file.shapes, faults)
    with_head = keep_head and _head_fits(file.shapes, own, loaded.head_path)
    _load(loaded.model, file.tensors, without=() if with_head else loaded.head_path)
    return loaded


def misfits(given: Shapes, wanted: Shapes, head_path: HeadPath) -> list[str]:
    """What differs between a file and a network, heads left aside; one sentence part for each tensor."""
    given, wanted = (body(shapes, head_paths(head_path)) for shapes in (given, wanted))
    faults = [f"{name} is missing" for name in wanted if name not in given]
    faults += [
        f"{name} is {_size(given[name])} in place of {_size(wanted[name])}"
        for name in wanted
        if name in given and given[name] != wanted[name]
    ]
    return faults + [f"{name} is too much" for name in given if name not in wanted]


def _misfit(path: Path, architecture: str, shapes: Shapes, faults: Sequence[str]) -> EngineError:
    listed = "; ".join(faults[:_LISTED]) + (f"; and {len(faults) - _LISTED} more" if len(faults) > _LISTED else "")
    close = [each.id for each in with_body(shapes)[:3] or nearest(shapes, 3)]
    hint = f"The nearest architecture is {close[0]}." if close else "Choose the architecture that it was made with."
    return EngineError(f"{path} does not fit {architecture}: {listed}.", hint)


def _size(shape: Collection[int]) -> str:
    return "×".join(map(str, shape)) or "one number"


def _head_fits(given: Shapes, own: Shapes, head_path: HeadPath) -> bool:
    head = [name for name in own if is_of_head(name, head_path)]
    return bool(head) and all(given.get(name) == own[name] for name in head)


def _load(model: torch.nn.Module, tensors: dict[str, torch.Tensor], *, without: HeadPath) -> None:
    """Everything that the network has too, without some layers."""
    own = model.state_dict()
    wanted = {
        name: tensor
        for name, tensor in tensors.items()
        if name in own and own[name].shape == tensor.shape and not is_of_head(name, without)
    }
    model.load_state_dict(wanted, strict=False)
