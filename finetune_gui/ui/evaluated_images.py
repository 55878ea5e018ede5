"""The images of an evaluation by the cells of its confusion matrix. Made on a thread: it goes through all logits."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from finetune_gui.engine.events import Mistake
from finetune_gui.engine.predictions_file import ImagePredictions
from finetune_gui.engine.trust.calibration import confidences


@dataclass(frozen=True, kw_only=True)
class EvaluatedImages:
    """All of them.

    Attributes:
        predictions: What the model says of each.
        predicted: The likeliest class of each; shape (images,).
        confidence: Its probability, without any temperature; shape (images,).
    """

    predictions: ImagePredictions
    predicted: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]

    @classmethod
    def of(cls, predictions: ImagePredictions) -> "EvaluatedImages":
        """Work out what is shown of each image."""
        return cls(
            predictions=predictions,
            predicted=predictions.predicted,
            confidence=confidences(predictions.logits, 1.0).astype(np.float64),
        )

    def of_cell(self, true: int, predicted: int) -> list[Mistake]:
        """Images of a class that were taken for a class: the worst first, those that were recognised least surely."""
        return self._listed((self.predictions.targets == true) & (self.predicted == predicted))

    def missed(self, true: int) -> list[Mistake]:
        """Images of a class that were taken for any other, the worst first."""
        return self._listed((self.predictions.targets == true) & (self.predicted != true))

    def of_paths(self, paths: set[str]) -> list[Mistake]:
        """These images, the worst first."""
        return self._listed(np.array([path in paths for path in self.predictions.paths], dtype=np.bool_))

    def _listed(self, chosen: npt.NDArray[np.bool_]) -> list[Mistake]:
        rows = np.flatnonzero(chosen)
        rows = rows[np.argsort(-self.predictions.losses[rows], kind="stable")]
        return [
            Mistake(
                path=self.predictions.paths[row],
                target=int(self.predictions.targets[row]),
                predicted=int(self.predicted[row]),
                confidence=float(self.confidence[row]),
                loss=float(self.predictions.losses[row]),
            )
            for row in rows.tolist()
        ]
