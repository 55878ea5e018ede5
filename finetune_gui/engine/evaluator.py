"""What a network gets right and wrong on a part of the data."""

import heapq
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from finetune_gui.engine.config import SplitName
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import EvaluationFinished, Mistake, ValidationAdvanced
from finetune_gui.engine.metrics import Confusion, accuracy, class_figures, confusion_matrix, macro_f1
from finetune_gui.engine.out_of_memory import MicroBatches, is_out_of_memory
from finetune_gui.engine.tasks.base import Predictions, Task

MAX_MISTAKES = 200


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Counts and the worst mistakes, worst first."""

    confusion: Confusion
    loss: float
    mistakes: tuple[Mistake, ...]

    @property
    def accuracy(self) -> float:
        """Top-1."""
        return accuracy(self.confusion)

    @property
    def num_examples(self) -> int:
        """How many were evaluated."""
        return int(self.confusion.sum())

    def as_event(self, split: str, class_names: tuple[str, ...], skipped: list[EngineError]) -> EvaluationFinished:
        """The event that tells all of it."""
        figures = class_figures(self.confusion, class_names)
        return EvaluationFinished(
            split=split,
            num_images=self.num_examples,
            loss=self.loss,
            accuracy=self.accuracy,
            macro_f1=macro_f1(figures),
            classes=figures,
            confusion=tuple(tuple(int(count) for count in row) for row in self.confusion),
            mistakes=self.mistakes,
            skipped=tuple(error.message for error in skipped),
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
) -> Generator[ValidationAdvanced, None, Evaluation]:
    """Run all examples of a part through the network, without learning.

    Args:
        task: Prepared, with its network on the device.
        split: The part.
        epoch: For the events.
        micro: Images that go through the network at once; halved where memory runs out.
        should_stop: Polled once a batch; when true, ``EvaluationStopped`` is raised.

    Raises:
        EngineError: Not one example could be read.
        EvaluationStopped: The user gave up.
    """
    collected = _Collected(len(task.class_names))
    micro = micro or MicroBatches(sys.maxsize)
    total = task.num_examples(split)
    task.model.eval()
    for batch in task.evaluation_batches(split):
        if should_stop():
            raise EvaluationStopped
        for predictions in predict_in_parts(task, batch, micro):
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
    """Sums over batches; memory does not grow with the number of images."""

    def __init__(self, num_classes: int) -> None:
        self._confusion = np.zeros((num_classes, num_classes), dtype=np.int64)
        self._loss_sum = 0.0
        self._worst: list[tuple[float, str, Mistake]] = []  # a heap, the mildest on top; paths are unique
        self.num_examples = 0

    def add(self, predictions: Predictions) -> None:
        if not len(predictions.names):
            return
        probabilities, predicted = predictions.logits.softmax(1).max(1)
        losses = F.cross_entropy(predictions.logits, predictions.targets, reduction="none")
        self._loss_sum += float(losses.double().sum())
        self._confusion += confusion_matrix(predictions.targets.numpy(), predicted.numpy(), len(self._confusion))
        for row in (predicted != predictions.targets).nonzero().flatten().tolist():
            self._keep_if_bad(
                Mistake(
                    path=predictions.names[row],
                    target=int(predictions.targets[row]),
                    predicted=int(predicted[row]),
                    confidence=float(probabilities[row]),
                    loss=float(losses[row]),
                )
            )
        self.num_examples += len(predictions.names)

    def _keep_if_bad(self, mistake: Mistake) -> None:
        entry = (mistake.loss, mistake.path, mistake)
        if len(self._worst) < MAX_MISTAKES:
            heapq.heappush(self._worst, entry)
        else:
            heapq.heappushpop(self._worst, entry)

    def result(self) -> Evaluation:
        worst = sorted((mistake for _, _, mistake in self._worst), key=lambda m: (-m.loss, m.path))
        return Evaluation(confusion=self._confusion, loss=self._loss_sum / self.num_examples, mistakes=tuple(worst))
