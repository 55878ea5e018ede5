"""Evaluations as a document shows them: with drawings, and with the pictures of the worst mistakes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from finetune_gui.engine.events import Mistake
from finetune_gui.engine.report import charts, words
from finetune_gui.engine.report.contents import MOST_MISTAKES, ReportedPart, RunContents
from finetune_gui.engine.report.pictures import PictureSource

Tell = Callable[[int, int], None]
Stop = Callable[[], bool]


class ReportStopped(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user gave the report up."""


@dataclass(frozen=True, kw_only=True)
class ShownMistake:
    """A mistake with its picture.

    Attributes:
        picture: An address that holds it; empty where the image cannot be read any more.
        heat: Likewise, with what spoke for the wrong class over it; empty where that is not wanted or not known.
        name: Of the file.
        true: Its class.
        predicted: What the model took it for.
        confidence: How sure it was of that.
    """

    picture: str
    heat: str
    name: str
    true: str
    predicted: str
    confidence: float


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    """An evaluation."""

    part: ReportedPart
    name: str
    headline: str
    confusion: Markup
    reliability: Markup
    mistakes: tuple[ShownMistake, ...]


def shown_parts(contents: RunContents, pictures: PictureSource, tell: Tell, stop: Stop) -> list[ShownPart]:
    """All evaluations of a run.

    Args:
        contents: Of the run.
        pictures: Where pictures come from.
        tell: Hears of (done, total) pictures.
        stop: Polled before each picture.

    Raises:
        ReportStopped: ``stop`` said so.
    """
    total = sum(len(part.result.mistakes[:MOST_MISTAKES]) for part in contents.parts)
    done, shown = 0, []
    for part in contents.parts:
        mistakes = []
        for mistake in part.result.mistakes[:MOST_MISTAKES]:
            if stop():
                raise ReportStopped
            tell(done, total)
            mistakes.append(_shown_mistake(mistake, part, pictures))
            done += 1
        shown.append(_shown_part(part, tuple(mistakes)))
    tell(total, total)
    return shown


def _shown_part(part: ReportedPart, mistakes: tuple[ShownMistake, ...]) -> ShownPart:
    reliability = "" if part.reliance is None else charts.reliability_diagram(part.reliance.bins)
    return ShownPart(
        part=part,
        name=words.PART_WORDS[part.part],
        headline=words.headline(part),
        confusion=Markup(charts.confusion_drawing(part.result)),  # all text in it is escaped
        reliability=Markup(reliability),
        mistakes=mistakes,
    )


def _shown_mistake(mistake: Mistake, part: ReportedPart, pictures: PictureSource) -> ShownMistake:
    classes, path = part.result.classes, Path(mistake.path)
    predicted = classes[mistake.predicted].name
    picture, heat = pictures.of_mistake(path, predicted)
    return ShownMistake(
        picture=picture,
        heat=heat,
        name=path.name,
        true=classes[mistake.target].name,
        predicted=predicted,
        confidence=mistake.confidence,
    )
