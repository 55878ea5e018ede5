"""An answer for one image, and many of them as a table that a spreadsheet opens."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from finetune_gui.engine.files import replacing

NONE_OF_THESE = "none of these"


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """The likeliest classes of one image with their probabilities; or why there is no answer.

    Attributes:
        path: The image.
        top: The likeliest first.
        error: Why there is no answer; else empty.
        is_known: False where no class is likely enough, so that the answer is "none of these".
        seconds: For reading it, and its share of the time that the network took for it and those beside it.
    """

    path: str
    top: tuple[tuple[str, float], ...]
    error: str = ""
    is_known: bool = True
    seconds: float = field(default=0.0, compare=False)

    @property
    def answer(self) -> str:
        """The likeliest class, or that it is none; empty where there is no answer."""
        if self.error or not self.top:
            return ""
        return self.top[0][0] if self.is_known else NONE_OF_THESE


def write_predictions(predictions: Iterable[Prediction], path: Path) -> None:
    """Write one row for each image: its answer, its likeliest classes with their probabilities, its time.

    The file begins with a byte order mark, without which Excel takes it for another encoding.

    Raises:
        EngineError: The file cannot be written.
    """
    rows = list(predictions)
    most = max((len(row.top) for row in rows), default=0)
    ranks = [name for rank in range(1, most + 1) for name in (f"class {rank}", f"probability {rank}")]
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "answer", *ranks, "milliseconds", "error"])
        writer.writerows(_row(row, most) for row in rows)


def _row(prediction: Prediction, most: int) -> list[str]:
    guesses = [cell for name, share in prediction.top for cell in (name, f"{share:.6f}")]
    missing = [""] * (2 * (most - len(prediction.top)))
    milliseconds = "" if prediction.error else f"{1000 * prediction.seconds:.1f}"
    return [prediction.path, prediction.answer, *guesses, *missing, milliseconds, prediction.error]
