"""What a network gets right and wrong on a part of the data."""

import heapq
import sys
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from finetune_gui.engine.config import SplitName
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import EvaluationFinished, Mistake, ValidationAdvanced
from finetune_gui.engine.interruption import Interrupted, Interruption
from finetune_gui.engine.metrics import (
    TOP_K,
    Confusion,
    accuracy,
    balanced_accuracy,
    class_figures,
    confusion_matrix,
    macro_f1,
    top_k_hits,
)
from finetune_gui.engine.out_of_memory import MicroBatches, is_out_of_memory
from finetune_gui.engine.predictions_file import MAX_LOGITS, ImagePredictions
from finetune_gui.engine.tasks.base import Predictions, Task

MAX_MISTAKES = 200


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What an evaluation found.

    Attributes:
        confusion: Counts.
        loss: Mean over the images.
        mistakes: The worst, worst first.
        top5_hits: Images whose true class is among the five likeliest.
        images: What was said of each; None where they are too many to keep.
    """

    confusion: Confusion
    loss: float
    mistakes: tuple[Mistake, ...]
    top5_hits: int
    images: ImagePredictions | None

    @property
    def accuracy(self) -> float:
        """Top-1."""
        return accuracy(self.confusion)

    @property
    def num_examples(self) -> int:
        """How many were evaluated."""
        return int(self.confusion.sum())

    def as_event(
        self,
        split: str,
        class_names: tuple[str, ...],
        skipped: list[EngineError],
        unknown_classes: Mapping[str, int] | None = None,
    ) -> EvaluationFinished:
        """The event that tells all of it."""
        figures = class_figures(self.confusion, class_names)
        return EvaluationFinished(
            split=split,
            num_images=self.num_examples,
            loss=self.loss,
            accuracy=self.accuracy,
            top5_accuracy=self.top5_hits / self.num_examples if len(class_names) > TOP_K else None,
            macro_f1=macro_f1(figures),
            balanced_accuracy=balanced_accuracy(figures),
            classes=figures,
            confusion=tuple(tuple(int(count) for count in row) for row in self.confusion),
            mistakes=self.mistakes,
            skipped=tuple(error.message for error in skipped),
            unknown_classes=dict(unknown_classes or {}),
        )


class EvaluationStopped(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user gave the evaluation up."""


def evaluate(
    task: Task,
    split: SplitName,
    *,
    epoch: int = 0,
    micro: MicroBatches | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    should_yield: Callable[[], bool] | None = None,
) -> Generator[ValidationAdvanced, None, Evaluation]:
    """Run all examples of a part through the network, without learning.

    Args:
        task: Prepared, with its network on the device.
        split: The part.
        epoch: For the events.
        micro: Images that go through the network at once; halved where memory runs out.
        should_stop: Polled before a batch; when true, ``EvaluationStopped`` is raised.
        should_yield: Polled often; when true, the batch is given up and begun anew after an event. As ``should_stop``,
            if that is all there is to wish.

    Raises:
        EngineError: Not one example could be read.
        EvaluationStopped: The user gave up.
    """
    total = task.num_examples(split)
    collected = _Collected(split, task.class_names, keep=total * len(task.class_names) <= MAX_LOGITS)
    micro = micro or MicroBatches(sys.maxsize)
    on_cpu = next(task.model.parameters()).device.type == "cpu"
    interruption = Interruption(should_yield or should_stop, between_layers=on_cpu)
    task.model.eval()
    for batch in task.evaluation_batches(split):
        done = False
        while not done:
            if should_stop():
                raise EvaluationStopped
            try:
                with interruption.watching():
                    parts = predict_in_parts(task, batch, micro)
            except Interrupted:
                pass  # whoever wished it acts on the event
            else:
                done = True
                for predictions in parts:
                    collected.add(predictions)
            yield ValidationAdvanced(epoch=epoch, done=collected.num_examples, total=total)
    if not collected.num_examples:
        raise EngineError(
            f"None of the {total} images to evaluate could be read.", "Check that the image folder is still in place."
        )
    return collected.result()


def predict_in_parts(task: Task, batch: Any, micro: MicroBatches) -> list[Predictions]:
    """What the network says of a batch, in as many parts as memory asks for.

    Raises:
        EngineError: There is not even room for one example.
    """
    device = next(task.model.parameters()).device
    while True:
        try:
            with torch.inference_mode():
                return [task.predict(part) for part, _ in task.split_batch(batch, micro.size)]
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        micro.halve(len(batch), 1, device)


class _Collected:
    """Sums over batches, and what was said of each image if there is room for that."""

    def __init__(self, split: SplitName, class_names: tuple[str, ...], *, keep: bool) -> None:
        self._split = split
        self._class_names = class_names
        self._confusion = np.zeros((len(class_names), len(class_names)), dtype=np.int64)
        self._top5_hits = 0
        self._loss_sum = 0.0
        self._worst: list[tuple[float, str, Mistake]] = []  # a heap, the mildest on top; paths are unique
        self._kept: list[tuple[Predictions, torch.Tensor]] | None = [] if keep else None
        self.num_examples = 0

    def add(self, predictions: Predictions) -> None:
        if not len(predictions.names):
            return
        logits, targets = predictions.logits, predictions.targets
        predicted = logits.argmax(1)
        losses = F.cross_entropy(logits, targets, reduction="none")
        self._loss_sum += float(losses.double().sum())
        self._confusion += confusion_matrix(targets.numpy(), predicted.numpy(), len(self._confusion))
        self._top5_hits += top_k_hits(logits.numpy(), targets.numpy())
        self._note_mistakes(predictions, predicted, losses)
        if self._kept is not None:
            self._kept.append((predictions, losses))
        self.num_examples += len(predictions.names)

    def _note_mistakes(self, predictions: Predictions, predicted: torch.Tensor, losses: torch.Tensor) -> None:
        wrong = (predicted != predictions.targets).nonzero().flatten()
        confidences = predictions.logits[wrong].softmax(1).amax(1)
        columns = [
            tensor.tolist() for tensor in (predictions.targets[wrong], predicted[wrong], confidences, losses[wrong])
        ]
        for row, target, taken_for, confidence, loss in zip(wrong.tolist(), *columns, strict=True):
            self._keep_if_bad(
                Mistake(
                    path=predictions.names[row], target=target, predicted=taken_for, confidence=confidence, loss=loss
                )
            )

    def _keep_if_bad(self, mistake: Mistake) -> None:
        entry = (mistake.loss, mistake.path, mistake)
        if len(self._worst) < MAX_MISTAKES:
            heapq.heappush(self._worst, entry)
        else:
            heapq.heappushpop(self._worst, entry)

    def result(self) -> Evaluation:
        worst = sorted((mistake for _, _, mistake in self._worst), key=lambda m: (-m.loss, m.path))
        return Evaluation(
            confusion=self._confusion,
            loss=self._loss_sum / self.num_examples,
            mistakes=tuple(worst),
            top5_hits=self._top5_hits,
            images=self._images(),
        )

    def _images(self) -> ImagePredictions | None:
        if self._kept is None:
            return None
        return ImagePredictions(
            part=self._split,
            class_names=self._class_names,
            paths=tuple(name for batch, _ in self._kept for name in batch.names),
            targets=torch.cat([batch.targets for batch, _ in self._kept]).numpy(),
            logits=torch.cat([batch.logits for batch, _ in self._kept]).numpy(),
            losses=torch.cat([losses for _, losses in self._kept]).numpy(),
        )
