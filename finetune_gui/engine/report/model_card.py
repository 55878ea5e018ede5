"""What a model is for, how good it is, and where it fails, in Markdown."""

from collections.abc import Iterator

from finetune_gui import __version__
from finetune_gui.engine.markdown import inline, plain, table
from finetune_gui.engine.report import words
from finetune_gui.engine.report.contents import ReportedPart, RunContents


def model_card(contents: RunContents) -> str:
    """The card; what stands in it of classes, files and notes is never read as Markdown."""
    return "\n".join(_blocks(contents))


def _blocks(contents: RunContents) -> Iterator[str]:
    summary, model_id = contents.summary, contents.config.model.id
    names = contents.started.class_names if contents.started is not None else ()
    yield f"# {plain(summary.name)}\n"
    yield f"{len(names)} classes, tuned from {inline(model_id)} with Finetune GUI {__version__}.\n"
    if summary.note:
        yield f"{plain(summary.note)}\n"
    yield "## How good it is\n"
    yield from (f"{words.headline(part)}\n" for part in contents.parts)
    yield from (f"{plain(remark)}\n" for remark in words.remarks(contents))
    for part in contents.parts:
        yield from _part_blocks(part)
    yield "## How it was trained\n"
    yield table(("", ""), [(name, inline(value)) for name, value in words.facts(contents)])
    yield "## Classes, in the order of the outputs\n"
    yield "".join(f"- {inline(name)}\n" for name in names)
    yield f"## License\n\n{words.license_words(model_id)}\n"
    versions = ", ".join(f"{name} {version}" for name, version in contents.versions.items())
    yield f"## Versions\n\n{versions or 'not known'}\n"


def _part_blocks(part: ReportedPart) -> Iterator[str]:
    yield f"### By class, {words.PART_WORDS[part.part]} images\n"
    yield table(
        ("class", "images", "precision", "recall", "F1"),
        [
            (inline(each.name), f"{each.support:,}", *map(words.percent, (each.precision, each.recall, each.f1)))
            for each in part.result.classes
        ],
    )
    if part.confused:
        yield "Most often confused:\n"
        confused = [(inline(true), inline(taken), str(number)) for true, taken, number in part.confused]
        yield table(("true", "taken for", "images"), confused)
