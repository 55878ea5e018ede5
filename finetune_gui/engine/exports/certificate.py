"""How an exported file compares with the run: on real images, in the runtime that it will be used in."""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from finetune_gui.engine.data.dataset import Sample
from finetune_gui.engine.data.image import UnreadableImage, load_image
from finetune_gui.engine.data.split import Split
from finetune_gui.engine.events import PreparationAdvanced
from finetune_gui.engine.export_formats import FORMATS, ExportFormat
from finetune_gui.engine.predictor_protocol import Predictor, Probabilities

MAX_CHECKED = 200
Verdict = Literal[
    "passed", "failed", "not certified: no images", "not certified: this system has no runtime for the format"
]


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """The comparison. Figures are None where no image could be read any more, or nothing here runs the export.

    Attributes:
        format: Of the export.
        verdict: Whether the exported file may be used in place of the run.
        reason: Why it may not; else empty.
        num_checked: Validation images that went through both.
        top1_agreement: Share of them that get the same class.
        max_probability_difference: Over all images and classes.
        mean_probability_difference: Over all images and classes.
        accuracy_before: Of the run.
        accuracy_after: Of the exported file.
        latency_before_ms: Median time of the run for one decoded image, in milliseconds, on the CPU of this machine.
        latency_after_ms: The same of the exported file.
        size_before_bytes: Of the weights of the run.
        size_after_bytes: Of the exported network.
    """

    format: ExportFormat
    verdict: Verdict
    reason: str = ""
    num_checked: int = 0
    top1_agreement: float | None = None
    max_probability_difference: float | None = None
    mean_probability_difference: float | None = None
    accuracy_before: float | None = None
    accuracy_after: float | None = None
    latency_before_ms: float | None = None
    latency_after_ms: float | None = None
    size_before_bytes: int
    size_after_bytes: int


class _Comparison:
    """Collects what two predictors say of the same images."""

    def __init__(self, run: Predictor, exported: Predictor) -> None:
        self._sides = (run, exported)
        self._answers: tuple[list[Probabilities], list[Probabilities]] = ([], [])
        self._seconds: tuple[list[float], list[float]] = ([], [])
        self._targets: list[int] = []

    def add(self, image: Image.Image, target: int) -> None:
        for side, answers, seconds in zip(self._sides, self._answers, self._seconds, strict=True):
            begin = time.perf_counter()
            answers.append(side.probabilities([image]))
            seconds.append(time.perf_counter() - begin)
        self._targets.append(target)

    def certificate(self, export_format: ExportFormat, size_before: int, size_after: int) -> Certificate:
        sizes: dict[str, Any] = {"size_before_bytes": size_before, "size_after_bytes": size_after}
        if not self._targets:
            return Certificate(format=export_format, verdict="not certified: no images", **sizes)
        before, after = (np.concatenate(answers) for answers in self._answers)
        targets = np.array(self._targets)
        difference = np.abs(before - after)
        figures: dict[str, Any] = {
            "top1_agreement": _share(before.argmax(1) == after.argmax(1)),
            "max_probability_difference": float(difference.max()),
            "mean_probability_difference": float(difference.mean()),
            "accuracy_before": _share(before.argmax(1) == targets),
            "accuracy_after": _share(after.argmax(1) == targets),
        }
        before_ms, after_ms = (1000 * float(np.median(seconds)) for seconds in self._seconds)
        reason = _fault(export_format, figures)
        return Certificate(
            format=export_format,
            verdict="failed" if reason else "passed",
            reason=reason,
            num_checked=len(targets),
            latency_before_ms=before_ms,
            latency_after_ms=after_ms,
            **figures,
            **sizes,
        )


def _share(agrees: npt.NDArray[np.bool_]) -> float:
    return float(agrees.mean())


def _fault(export_format: ExportFormat, figures: dict[str, float]) -> str:
    """In what the export is too unlike the run; empty where it is like enough."""
    rules = FORMATS[export_format]
    agreement, difference = figures["top1_agreement"], figures["max_probability_difference"]
    loss = figures["accuracy_before"] - figures["accuracy_after"]
    if not np.isfinite(difference):
        return "it gives answers that are no numbers"
    if rules.min_agreement is not None and agreement < rules.min_agreement:
        return f"{agreement:.1%} of the images get the same class, and {rules.min_agreement:.1%} must"
    if rules.max_difference is not None and difference > rules.max_difference:
        return f"a probability differs by {difference:.2g}, and {rules.max_difference:g} is the most allowed"
    if rules.max_accuracy_loss is not None and loss > rules.max_accuracy_loss + 1e-9:
        return f"the accuracy falls from {figures['accuracy_before']:.1%} to {figures['accuracy_after']:.1%}"
    return ""


def without_runtime(export_format: ExportFormat, sizes: tuple[int, int]) -> Certificate:
    """The certificate of an export that nothing on this system can run; ``sizes`` as for ``compare``."""
    return Certificate(
        format=export_format,
        verdict="not certified: this system has no runtime for the format",
        size_before_bytes=sizes[0],
        size_after_bytes=sizes[1],
    )


def compare(
    run: Predictor, exported: Predictor, split: Split, export_format: ExportFormat, sizes: tuple[int, int]
) -> Generator[PreparationAdvanced, None, Certificate]:
    """Send validation images through the run and through the exported file, one at a time.

    Args:
        run: What was exported.
        exported: The file, opened anew.
        split: Where the images are.
        export_format: Decides how like the run it must be.
        sizes: In bytes, of the weights of the run and of the exported network.
    """
    comparison = _Comparison(run, exported)
    samples = evenly(split.val, MAX_CHECKED)
    enough = run.sidecars.preprocessing.enough
    for index, (image, label) in enumerate(readable(split, samples, enough)):
        if index % 8 == 0:
            yield PreparationAdvanced(activity="Comparing with the run", done=index, total=len(samples))
        comparison.add(image, label)
    return comparison.certificate(export_format, *sizes)


def readable(split: Split, samples: Sequence[Sample], enough: int) -> Iterator[tuple[Image.Image, int]]:
    """Decoded images with their labels. What is gone or damaged since training proves nothing, and stops nothing."""
    for sample in samples:
        try:
            yield load_image(split.root / sample.path, enough), sample.label
        except UnreadableImage:
            continue


def evenly(samples: tuple[Sample, ...], count: int) -> tuple[Sample, ...]:
    """At most ``count`` samples, spread over all, so that every class is among them."""
    if len(samples) <= count:
        return samples
    return tuple(samples[index * len(samples) // count] for index in range(count))
