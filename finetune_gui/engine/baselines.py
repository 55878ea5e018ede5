"""What the same images give without fine-tuning: a result is only as good as it is better than that."""

from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import torch

from finetune_gui.engine.baselines_file import write_baselines
from finetune_gui.engine.config import SplitName, TrainConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.devices import pick_device
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import BaselinesMeasured, Event
from finetune_gui.engine.metrics import mcnemar_exact
from finetune_gui.engine.models.layers import HeadPath
from finetune_gui.engine.models.sources import fetch_weights, load_model
from finetune_gui.engine.penultimate import Features, collect_features
from finetune_gui.engine.predictions_file import ImagePredictions, load_predictions
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.tasks.image_classification import ImageClassification

LOOKING = "Looking at images with the pretrained network"
_ROWS = 512  # of similarities that are in memory at once


def measure_baselines(run_path: Path, control: RunControl) -> Iterator[Event]:
    """Compare a run, on its validation images, with the most frequent class and with the nearest training image.

    The nearest image is that of the largest cosine between features of the pretrained network: what goes into its
    output layer. Ends with ``BaselinesMeasured``, which is also kept in the run folder, or without it when the user
    gave up.

    Raises:
        EngineError: The run was not evaluated yet, or its pretrained weights or images cannot be had.
    """
    run = RunFolder.open(run_path)
    config, predictions = run.config(), load_predictions(run_path)
    if predictions is None:
        raise EngineError(f"The run {run_path.name} has not been evaluated yet.", "Evaluate it first.")
    if config.model.weights == "none":
        raise EngineError(
            f"The run {run_path.name} began without pretrained weights, so it has no features to compare with.",
            "Compare it with a run of the pretrained network under Runs.",
        )
    task = ImageClassification(config)
    yield from task.restore(run)
    head_path = yield from _use_pretrained(task, config)
    features: dict[SplitName, Features] = {}
    parts: tuple[SplitName, ...] = ("train", "val")
    for part in parts:
        features[part] = yield from collect_features(task, part, head_path, control, LOOKING)
        if control.should_end:
            return
    event = _compared(predictions, features["train"], features["val"])
    write_baselines(run_path, event)
    yield event


def _use_pretrained(task: ImageClassification, config: TrainConfig) -> Generator[Event, None, HeadPath]:
    """Put the network as it was before any training into the task; returns where its output layers are."""
    yield from fetch_weights(config.model)
    loaded = load_model(config.model, len(task.class_names), task.class_names)
    task.model = loaded.model
    task.close()  # it forgets the former network
    task.to(pick_device(config.device))
    task.model.eval()
    return loaded.head_path


def _compared(predictions: ImagePredictions, train: Features, val: Features) -> BaselinesMeasured:
    if not train.rows or not val.rows:
        raise EngineError("None of the images of the run can be read any more.", "Put the image folder back in place.")
    train_targets = torch.cat(train.targets)
    neighbours = nearest_targets(val.matrix(), train.matrix(), train_targets)
    answers = dict(zip(val.names, neighbours.tolist(), strict=True))
    rows = [row for row, path in enumerate(predictions.paths) if path in answers]
    targets, model = predictions.targets[rows], predictions.right[rows]
    nearest = np.array([answers[predictions.paths[row]] for row in rows], dtype=np.int64) == targets
    frequent_class = int(train_targets.bincount().argmax())
    frequent = targets == frequent_class
    return BaselinesMeasured(
        num_images=len(rows),
        model_accuracy=float(model.mean()),
        most_frequent_class=predictions.class_names[frequent_class],
        most_frequent_accuracy=float(frequent.mean()),
        most_frequent_p=mcnemar_exact(int((model & ~frequent).sum()), int((frequent & ~model).sum())),
        neighbour_accuracy=float(nearest.mean()),
        neighbour_p=mcnemar_exact(int((model & ~nearest).sum()), int((nearest & ~model).sum())),
    )


def nearest_targets(queries: torch.Tensor, known: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The class of the known row that each query has the largest cosine with.

    Args:
        queries: Rows of length 1; shape (queries, features).
        known: Likewise; shape (known, features).
        targets: Of the known; shape (known,).

    Returns:
        Shape (queries,).
    """
    return torch.cat([targets[(rows @ known.T).argmax(dim=1)] for rows in torch.split(queries, _ROWS)])
