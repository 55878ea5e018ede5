"""Writes a report: HTML that needs no script and no network, a model card, or pages for a printer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from finetune_gui import __version__, paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import replacing
from finetune_gui.engine.report import charts, words
from finetune_gui.engine.report.contents import RunContents, read_contents
from finetune_gui.engine.report.model_card import model_card
from finetune_gui.engine.report.pictures import PictureSource
from finetune_gui.engine.report.shown import ShownPart, Stop, Tell, shown_parts

ReportKind = Literal["html", "md"]
SUFFIXES: dict[str, ReportKind] = {".html": "html", ".htm": "html", ".md": "md"}


@dataclass(frozen=True, kw_only=True)
class PrintedReport:
    """A report for a printer.

    Attributes:
        title: What the run is called.
        html: In what Qt's rich text knows of HTML.
        drawings: SVG by the name that ``html`` calls it by.
    """

    title: str
    html: str
    drawings: dict[str, str]


def write_report(
    run_path: Path,
    out: Path,
    *,
    heat_maps: bool = False,
    tell: Tell = lambda _done, _total: None,
    stop: Stop = bool,
) -> None:
    """Write the report of a run as the suffix of ``out`` says: ``.html``, or ``.md`` for a model card.

    Args:
        run_path: Its folder.
        out: The file; whole or not at all.
        heat_maps: Whether to show where in the images of mistakes the wrong answers came from; the network is loaded.
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
    if kind == "md":
        text = model_card(contents)
    else:
        parts = shown_parts(contents, PictureSource(run_path, heat_maps=heat_maps), tell, stop)
        text = _render("report.html", contents, parts, {name: Markup(svg) for name, svg in _curves(contents).items()})
    with replacing(out) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def printed_report(run_path: Path, *, heat_maps: bool = False, tell: Tell, stop: Stop) -> PrintedReport:
    """The same for a printer: simple HTML, with drawings that are drawn apart. As ``write_report``."""
    contents = read_contents(run_path)
    parts = shown_parts(contents, PictureSource(run_path, heat_maps=heat_maps), tell, stop)
    drawings = _curves(contents)
    for number, part in enumerate(parts):
        drawings |= {f"confusion-{number}": str(part.confusion), f"reliability-{number}": str(part.reliability)}
    html = _render("print.html", contents, parts, {name: name for name in drawings})
    return PrintedReport(
        title=contents.summary.name, html=html, drawings={name: svg for name, svg in drawings.items() if svg}
    )


def _curves(contents: RunContents) -> dict[str, str]:
    return {"accuracy": charts.accuracy_curves(contents.epochs), "loss": charts.loss_curves(contents.epochs)}


def _render(template: str, contents: RunContents, parts: list[ShownPart], drawings: Mapping[str, str]) -> str:
    # Escaping is on for all templates: names of classes, files and runs may hold anything.
    environment = Environment(
        loader=FileSystemLoader(paths.resources_dir() / "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
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
