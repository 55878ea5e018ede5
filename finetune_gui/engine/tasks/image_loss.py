"""Cross-entropy over labels that may be weighted, smoothed and mixed."""

from collections.abc import Mapping, Sequence

import torch
from torch.nn import functional as F

from finetune_gui.engine.config import Balance, LossConfig
from finetune_gui.engine.data.batches import ImageBatch
from finetune_gui.engine.errors import EngineError


def class_weights(
    class_names: Sequence[str], labels: Sequence[int], balance: Balance, chosen: Mapping[str, float]
) -> torch.Tensor | None:
    """What an image of each class counts: n / (k · n_c) if classes are to be balanced, times what was chosen.

    Args:
        class_names: The k classes.
        labels: Of the n training images; n_c of them are of class c.
        balance: Whether it is by class weights.
        chosen: Weights by name.

    Returns:
        Shape (k,) on the CPU, or None where all images count the same.

    Raises:
        EngineError: A weight is for a class that is not there.
    """
    unknown = next((name for name in chosen if name not in class_names), None)
    if unknown is not None:
        raise EngineError(
            f"There is no class '{unknown}' that a weight could be for.", f"Use one of: {', '.join(class_names[:8])}."
        )
    weights = torch.tensor([chosen.get(name, 1.0) for name in class_names])
    if balance == "class_weights" and labels:
        counts = torch.bincount(torch.tensor(labels), minlength=len(class_names)).clamp(min=1)
        weights *= len(labels) / (len(counts) * counts)
    return weights if balance == "class_weights" or chosen else None


class ImageLoss:
    """The mean loss of a batch, and the weight of a batch among others.

    Args:
        config: Of the run.
        weights: Of the classes, on the CPU.
    """

    def __init__(self, config: LossConfig, weights: torch.Tensor | None) -> None:
        self._smoothing = config.label_smoothing
        self._weights = weights
        self._device_weights = weights

    def to(self, device: torch.device) -> None:
        """Compute there from now on."""
        self._device_weights = None if self._weights is None else self._weights.to(device)

    def __call__(self, logits: torch.Tensor, batch: ImageBatch) -> torch.Tensor:
        """Mean over the images, by their weights; shape ().

        Args:
            logits: Shape (batch, num_classes).
            batch: On the device of the logits.
        """
        logits, blend = logits.float(), batch.blend
        if blend is None:
            return self._mean(logits, batch.targets)
        own, partners = self._weight(batch.targets), self._weight(blend.targets)
        total = blend.share * own + (1 - blend.share) * partners
        first, second = self._mean(logits, batch.targets), self._mean(logits, blend.targets)
        return (blend.share * own * first + (1 - blend.share) * partners * second) / total

    def weight(self, batch: ImageBatch) -> float:
        """Sum of the weights of the images: the loss of several batches together is their mean by this."""
        if self._weights is None:
            return float(len(batch))
        own = float(self._weights[batch.targets.cpu()].sum())
        if batch.blend is None:
            return own
        partners = float(self._weights[batch.blend.targets.cpu()].sum())
        return batch.blend.share * own + (1 - batch.blend.share) * partners

    def _mean(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(logits, targets, weight=self._device_weights, label_smoothing=self._smoothing)

    def _weight(self, targets: torch.Tensor) -> torch.Tensor | float:
        return len(targets) if self._device_weights is None else self._device_weights[targets].sum()
