"""How a run's answers are to be read, wherever it answers: ``RUN/trust.json``.

Whoever turns logits into an answer (predictor, exports) reads it with ``read_trust``::

    probabilities = softmax(logits / trust.temperature)
    answer = likeliest class, or "none of these" where trust.threshold is not None and its probability is below that

Without the file, and for weights that it was not made for, nothing changes: temperature 1, no threshold.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import read_json, write_json
from finetune_gui.engine.predictions_file import ImagePredictions, weights_stamp
from finetune_gui.engine.trust.calibration import (
    confidences,
    expected_calibration_error,
    fit_temperature,
    negative_log_likelihood,
    reliability,
)

SCHEMA_VERSION = 1
FILE_NAME = "trust.json"


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What the user decided about a run's answers.

    Attributes:
        temperature: Logits are divided by it.
        threshold: Smallest probability that is answered, after the temperature; None answers always.
        num_images: Validation images that the temperature was fitted on; 0 for none.
    """

    temperature: float = 1.0
    threshold: float | None = None
    num_images: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be computed with."""
        if not 0 < self.temperature < float("inf"):
            raise EngineError(f"The temperature {self.temperature:g} is not above 0.", "Fit it again.")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise EngineError(f"The threshold {self.threshold:g} is no probability.", "Give one between 0 and 1.")


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """What a temperature makes of a run's answers on the images that it was fitted on.

    Attributes:
        temperature: That was fitted.
        error_before: ECE without it.
        error_after: ECE with it.
        nll_before: Mean negative log-likelihood without it.
        nll_after: With it; never more.
    """

    temperature: float
    error_before: float
    error_after: float
    nll_before: float
    nll_after: float


def fit_calibration(predictions: ImagePredictions) -> Calibration:
    """Fit a temperature and say what it does."""
    logits, targets = predictions.logits, predictions.targets
    temperature = fit_temperature(logits, targets)

    def error(temperature: float) -> float:
        return expected_calibration_error(reliability(confidences(logits, temperature), predictions.right))

    return Calibration(
        temperature=temperature,
        error_before=error(1.0),
        error_after=error(temperature),
        nll_before=negative_log_likelihood(logits, targets),
        nll_after=negative_log_likelihood(logits, targets, temperature),
    )


def read_trust(run_path: Path) -> Trust:
    """How answers of the best weights of a run are to be read.

    Raises:
        EngineError: The file is damaged.
    """
    path = run_path / FILE_NAME
    if not path.is_file():
        return Trust()
    plain = read_json(path)
    try:
        if plain["schema_version"] != SCHEMA_VERSION or plain["weights"] != weights_stamp(run_path):
            return Trust()
        return msgspec.convert(plain["trust"], Trust)
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise EngineError(f"{path} is damaged: {error}.", "Remove it, and calibrate the run again.") from error


def write_trust(run_path: Path, trust: Trust) -> None:
    """Keep it for the present best weights of a run.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full.
    """
    content = {
        "schema_version": SCHEMA_VERSION,
        "weights": weights_stamp(run_path),
        "trust": msgspec.to_builtins(trust),
    }
    write_json(run_path / FILE_NAME, content)
