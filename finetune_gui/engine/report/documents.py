"""Writes a report: HTML that needs no script and no network, a model card, or pages for a printer."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from finetune_gui import __version__, paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Mistake
from finetune_gui.engine.files import replacing
from finetune_gui.engine.markdown import inline, table
from finetune_gui.engine.report import charts, words
from finetune_gui.engine.report.contents import MOST_MISTAKES, ReportedPart, RunContents, read_contents
from finetune_gui.engine.report.pictures import data_uri

ReportKind = Literal["html", "md"]
SUFFIXES: dict[str, ReportKind] = {".html": "html", ".htm": "html", ".md": "md"}

Tell = Callable[[int, int], None]


class ReportStopped(Exception):  # noqa: N818 (a wish of the user, not an error)
    """The user gave the report up."""


@dataclass(frozen=True, kw_only=True)
class ShownMistake:
    """A mistake with its picture.

    Attributes:
        picture: An address that holds it; empty where the image cannot be read any more.
        name: Of the file.
        true: Its class.
        predicted: What the model took it for.
        confidence: How sure it was of that.
    """

    picture: str
    name: str
    true: str
    predicted: str
    confidence: float


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    """An evaluation as the document shows it."""

    part: ReportedPart
    name: str
    headline: str
    confusion: Markup
    reliability: Markup
    mistakes: tuple[ShownMistake, ...]


@dataclass(frozen=True, kw_only=True)
class PrintedReport:
    """A report for a printer.

    Attributes:
        html: In what Qt's rich text knows of HTML.
        drawings: SVG by the name that ``html`` calls it by.
    """

    html: str
    drawings: dict[str, str]


def write_report(
    run_path: Path, out: Path, *, tell: Tell = lambda _done, _total: None, stop: Callable[[], bool] = bool
) -> None:
    """Write the report of a run as the suffix of ``out`` says: ``.html``, or ``.md`` for a model card.

    Args:
        run_path: Its folder.
        out: The file; whole or not at all.
        tell: Hears of (done, total) pictures.
        stop: Polled before each picture; when true, ``ReportStopped`` is raised.

    Raises:
        EngineError: There is nothing to report, the suffix is another, or the file cannot be written.
        ReportStopped: The user gave up.
    """
    kind = SUFFIXES.get(out.suffix.lower())
    if kind is None:
        raise EngineError(f"A report cannot be written as '{out.suffix}'.", "Use a name that ends in .html or .md.")
    contents = read_contents(run_path)
    text = model_card(contents) if kind == "md" else html_report(contents, tell=tell, stop=stop)
    with replacing(out) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def html_report(contents: RunContents, *, tell: Tell, stop: Callable[[], bool]) -> str:
    """One file for a browser, light or dark as its reader likes."""
    parts = _shown_parts(contents, tell, stop)
    drawn = {"accuracy": charts.accuracy_curves(contents.epochs), "loss": charts.loss_curves(contents.epochs)}
    return _render("report.html", contents, parts, {name: Markup(svg) for name, svg in drawn.items()})


def printed_report(contents: RunContents, *, tell: Tell, stop: Callable[[], bool]) -> PrintedReport:
    """The same for a printer: simple HTML, with drawings that are drawn apart."""
    parts = _shown_parts(contents, tell, stop)
    drawings = {"accuracy": charts.accuracy_curves(contents.epochs), "loss": charts.loss_curves(contents.epochs)}
    for number, part in enumerate(parts):
        drawings[f"confusion-{number}"] = part.confusion
        drawings[f"reliability-{number}"] = part.reliability
    names = {name: name for name in drawings}
    html = _render("print.html", contents, parts, names)
    return PrintedReport(html=html, drawings={name: str(svg) for name, svg in drawings.items() if svg})


def model_card(contents: RunContents) -> str:
    """What the model is for, how good it is, and where it fails, in Markdown."""
    summary = contents.summary
    names = contents.started.class_names if contents.started is not None else ()
    lines = [
        f"# {summary.name}\n",
        f"{len(names)} classes, tuned from {inline(contents.config.model.id)} with Finetune GUI {__version__}.\n",
    ]
    if summary.note:
        lines.append(f"{inline(summary.note)}\n")
    lines += ["## How good it is\n", *(f"{words.headline(part)}\n" for part in contents.parts)]
    lines += [f"{remark}\n" for remark in words.remarks(contents)]
    for part in contents.parts:
        rows = [
            (inline(each.name), f"{each.support:,}", *map(words.percent, (each.precision, each.recall, each.f1)))
            for each in part.result.classes
        ]
        lines += [
            f"### By class, {words.PART_WORDS[part.part]} images\n",
            table(("class", "images", "precision", "recall", "F1"), rows),
        ]
        if part.confused:
            confused = [(inline(true), inline(taken), str(number)) for true, taken, number in part.confused]
            lines += ["Most often confused:\n", table(("true", "taken for", "images"), confused)]
    lines += [
        "## How it was trained\n",
        table(("", ""), [(name, inline(value)) for name, value in words.facts(contents)]),
    ]
    lines += ["## Classes, in the order of the outputs\n", "".join(f"- {inline(name)}\n" for name in names)]
    lines += ["## License\n", f"{words.license_words(contents.config.model.id)}\n"]
    versions = ", ".join(f"{name} {version}" for name, version in contents.versions.items())
    lines += ["## Versions\n", f"{versions or 'not known'}\n"]
    return "\n".join(lines)


def _shown_parts(contents: RunContents, tell: Tell, stop: Callable[[], bool]) -> list[ShownPart]:
    total = sum(min(MOST_MISTAKES, len(part.result.mistakes)) for part in contents.parts)
    done, shown = 0, []
    for part in contents.parts:
        mistakes = []
        for mistake in part.result.mistakes[:MOST_MISTAKES]:
            if stop():
                raise ReportStopped
            tell(done, total)
            mistakes.append(_shown_mistake(mistake, part))
            done += 1
        reliability = "" if part.reliance is None else charts.reliability_diagram(part.reliance.bins)
        shown.append(
            ShownPart(
                part=part,
                name=words.PART_WORDS[part.part],
                headline=words.headline(part),
                confusion=Markup(charts.confusion_drawing(part.result)),  # all text in it is escaped
                reliability=Markup(reliability),
                mistakes=tuple(mistakes),
            )
        )
    tell(total, total)
    return shown


def _shown_mistake(mistake: Mistake, part: ReportedPart) -> ShownMistake:
    classes = part.result.classes
    return ShownMistake(
        picture=data_uri(Path(mistake.path)),
        name=Path(mistake.path).name,
        true=classes[mistake.target].name,
        predicted=classes[mistake.predicted].name,
        confidence=mistake.confidence,
    )


def _render(
    template: str, contents: RunContents, parts: list[ShownPart], drawings: dict[str, Markup] | dict[str, str]
) -> str:
    # Escaping is on for all templates: names of classes, files and runs may hold anything.
    loader = FileSystemLoader(paths.resources_dir() / "report")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"percent": words.percent, "interval": words.interval}
    return environment.get_template(template).render(
        contents=contents,
        parts=parts,
        drawings=drawings,
        facts=words.facts(contents),
        remarks=words.remarks(contents),
        settings=words.settings(contents.config),
        license=words.license_words(contents.config.model.id),
        version=__version__,
    )
