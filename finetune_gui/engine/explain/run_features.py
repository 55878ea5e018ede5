"""Looks at all images of a run with its best weights, and keeps the features in the run folder."""

from collections.abc import Generator
from pathlib import Path

import numpy as np
import torch

from finetune_gui.engine.checkpoint import load_weights
from finetune_gui.engine.config import SPLIT_NAMES, SplitName
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.devices import pick_device
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, WarningRaised
from finetune_gui.engine.explain.features_file import (
    RunFeatures,
    load_features,
    require_room,
    save_features,
    stamps_of,
)
from finetune_gui.engine.files import CannotWrite
from finetune_gui.engine.models.layers import HeadPath, head_paths
from finetune_gui.engine.penultimate import Features, collect_features
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.image_classification import ImageClassification

LOOKING = "Looking at the images of the run"


def run_features(run_path: Path, control: RunControl) -> Generator[Event, None, RunFeatures | None]:
    """The features of all images of a run: those that were kept, if no file has changed since; else computed and kept.

    Returns:
        None when the user gave up.

    Raises:
        EngineError: The run has no weights yet, or its images cannot be read.
    """
    kept = load_features(run_path)
    if kept is not None and kept.is_fresh():
        return kept
    run = RunFolder.open(run_path)
    task = ImageClassification(run.config())
    yield from task.restore(run)
    load_weights(run.best_checkpoint, task.model)
    _require_room(task)
    task.to(pick_device(run.config().device))
    task.model.eval()
    found: dict[SplitName, Features] = {}
    for part in SPLIT_NAMES:
        found[part] = yield from collect_features(task, part, _head_path(task), control, LOOKING)
        if control.should_end:
            return None
    features = _together(task, found)
    try:
        save_features(run_path, features)
    except CannotWrite as error:  # they are of use all the same
        yield WarningRaised(message=error.message, hint=error.hint)
    return features


def _require_room(task: ImageClassification) -> None:
    """Refuse before the work what could not be kept after it."""
    heads = [task.model.get_submodule(path) for path in head_paths(_head_path(task))]
    num_features = sum(head.weight.shape[1] for head in heads if isinstance(head.weight, torch.Tensor))
    require_room(sum(task.num_examples(part) for part in SPLIT_NAMES), num_features)


def _head_path(task: ImageClassification) -> HeadPath:
    return tuple(leaf.path for leaf in task.tree.root.leaves() if leaf.group == task.tree.head)


def _together(task: ImageClassification, found: dict[SplitName, Features]) -> RunFeatures:
    """The parts one after the other. Images that cannot be read are left out."""
    parts = [part for part in SPLIT_NAMES if found[part].rows]
    if not parts:
        raise EngineError("None of the images of the run can be read any more.", "Put the image folder back in place.")
    root = task.split.root
    names = {str(root / sample.path): sample.path for part in parts for sample in task.split.part(part)}
    paths = tuple(names[name] for part in parts for name in found[part].names)
    matrices = [found[part].matrix() for part in parts]
    return RunFeatures(
        class_names=task.class_names,
        root=root,
        paths=paths,
        rows=torch.cat(matrices).half().numpy(),
        targets=torch.cat([targets for part in parts for targets in found[part].targets]).numpy(),
        parts=np.concatenate([np.full(len(found[part].names), SPLIT_NAMES.index(part), np.uint8) for part in parts]),
        stamps=stamps_of(root, paths),
    )
