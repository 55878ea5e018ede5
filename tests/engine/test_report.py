"""Reports of a run: figures as they were measured, foreign text as text, one file that needs nothing else."""

import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from finetune_gui.engine.baselines_file import write_baselines
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import BaselinesMeasured
from finetune_gui.engine.metrics import wilson_interval
from finetune_gui.engine.predictions_file import load_predictions, save_predictions
from finetune_gui.engine.report import charts
from finetune_gui.engine.report.contents import figures_of, read_contents
from finetune_gui.engine.report.documents import printed_report, write_report
from finetune_gui.engine.report.shown import ReportStopped
from finetune_gui.engine.report.words import percent
from finetune_gui.engine.run_notes import RunNotes, write_notes
from finetune_gui.engine.trust.settings import Trust, write_trust

NASTY = '<b>a & "b"</b>'


@pytest.fixture
def run(finished_run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished_run, tmp_path / "run"))


class Page(HTMLParser):
    """What a browser would see: addresses it would load, text, tags that were left open."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.text = ""
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\N{NO-BREAK SPACE}", " ")


def written(run: Path, name: str = "report.html") -> str:
    out = run.parent / name
    write_report(run, out)
    return out.read_text(encoding="utf-8")


def with_mistakes(run: Path, names: tuple[str, str] = ("stripes", "waves")) -> None:
    """Another opinion of the run: three images taken for the other class."""
    predictions = load_predictions(run)
    assert predictions is not None
    logits = predictions.logits.copy()
    wrong = [0, 1, len(logits) - 1]
    logits[wrong, predictions.targets[wrong]] = 0
    logits[wrong, 1 - predictions.targets[wrong]] = 3
    losses = predictions.losses.copy()
    losses[wrong] = [5, 6, 4]
    save_predictions(run, replace(predictions, logits=logits, losses=losses, class_names=names))


def test_figures_are_those_of_the_evaluation(run: Path) -> None:
    told = json.loads((run / "report.json").read_text())["evaluation"]
    predictions = load_predictions(run)
    assert predictions is not None
    figures = figures_of(predictions).to_json()
    for name in ("num_images", "accuracy", "macro_f1", "balanced_accuracy", "confusion", "classes", "top5_accuracy"):
        assert json.loads(json.dumps(figures[name])) == told[name]
    assert figures["loss"] == pytest.approx(told["loss"], rel=1e-5)
    page = Page(written(run))
    accuracy, total = told["accuracy"], told["num_images"]
    low, high = wilson_interval(round(accuracy * total), total)
    told_share, told_high = (percent(share).replace("\N{NO-BREAK SPACE}", " ") for share in (accuracy, high))
    assert f"{told_share} rightly (95 % interval {100 * low:.1f}–{told_high})" in page.text


def test_one_file_that_needs_nothing_else(run: Path) -> None:
    with_mistakes(run)
    html = written(run)
    page = Page(html)
    assert not page.open
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.addresses)
    assert len(page.addresses) == 3
    assert {"script", "link", "iframe"}.isdisjoint(page.tags)
    assert "@import" not in html
    assert not re.search(r"url\(", html)
    for words in ("Learning", "Confusion", "Worst mistakes", "taken for", "All settings", "torch"):
        assert words in page.text
    assert "prefers-color-scheme: dark" in html
    assert [path.name for path in run.parent.glob("*.html")] == ["report.html"]
    for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        ElementTree.fromstring(svg)


def test_foreign_text_stays_text(run: Path) -> None:
    with_mistakes(run, names=(NASTY, "{{ 7 * 7 }}"))
    write_notes(run, RunNotes(title=NASTY, note="<script>alert(1)</script>", tags=("<i>",)))
    html = written(run)
    page = Page(html)
    assert {"script", "b-nasty", "i"}.isdisjoint(page.tags)
    assert page.text.count(NASTY) > 3
    assert "{{ 7 * 7 }}" in page.text
    card = written(run, "card.md")
    assert f"`{json.dumps(NASTY)[1:-1]}`" in card
    assert card.startswith('# \\<b\\>a \\& "b"\\</b\\>\n')
    assert "\\<script\\>" in card
    for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        ElementTree.fromstring(svg)


def test_all_that_was_measured_is_told(run: Path) -> None:
    with_mistakes(run)
    predictions = load_predictions(run)
    assert predictions is not None
    save_predictions(run, replace(predictions, part="test"))
    write_trust(run, Trust(temperature=2.0, threshold=0.7, num_images=5))
    measured = BaselinesMeasured(
        num_images=5,
        model_accuracy=0.9,
        most_frequent_class="waves",
        most_frequent_accuracy=0.5,
        most_frequent_p=0.001,
        neighbour_accuracy=0.8,
        neighbour_p=0.5,
    )
    write_baselines(run, measured)
    text = Page(written(run)).text
    for words in (
        "On the validation images",
        "On the test images",
        "With “none of these” below 70.0 %",
        "2.000, fitted on the validation images",
        "Always “waves”",
        "did not pay yet",
        "bit for bit as before training",
    ):
        assert words in text
    card = written(run, "card.md")
    assert "## How good it is" in card
    assert "| `stripes` |" in card
    assert "Apache-2.0" in card


def test_images_that_are_gone_are_named(run: Path) -> None:
    with_mistakes(run)
    predictions = load_predictions(run)
    assert predictions is not None
    moved = tuple(path.replace("tiny", "elsewhere") for path in predictions.paths)
    save_predictions(run, replace(predictions, paths=moved))
    page = Page(written(run))
    assert "cannot be read any more" in page.text
    assert not page.addresses


def test_heat_maps_beside_mistakes(run: Path) -> None:
    with_mistakes(run)
    out = run.parent / "heat.html"
    write_report(run, out, heat_maps=True)
    page = Page(out.read_text(encoding="utf-8"))
    assert len(set(page.addresses)) == 6  # each picture, and another one with heat over it
    assert "where the wrong answer came from" in page.text
    run.joinpath("split.json").unlink()  # the network cannot be asked any more
    write_report(run, out, heat_maps=True)
    page = Page(out.read_text(encoding="utf-8"))
    assert len(page.addresses) == 3
    assert "where the wrong answer came from" not in page.text


def test_without_kept_predictions_the_report_of_the_run_will_do(run: Path) -> None:
    shutil.rmtree(run / "predictions")
    text = Page(written(run)).text
    assert "validation images, which it did not learn from" in text
    assert "How far its answers can be trusted" not in text


def test_for_a_printer(run: Path) -> None:
    with_mistakes(run)
    printed = printed_report(run, tell=lambda _done, _total: None, stop=bool)
    assert printed.title == "run"
    assert set(printed.drawings) == {"accuracy", "loss", "confusion-0", "reliability-0"}
    assert {address for address in Page(printed.html).addresses if not address.startswith("data:")} == set(
        printed.drawings
    )


def test_a_hundred_classes_fit(run: Path) -> None:
    contents = read_contents(run)
    one = contents.parts[0].result
    classes = tuple(replace(one.classes[0], name=f"class {number}") for number in range(100))
    confusion = tuple(tuple(int(row == column) for column in range(100)) for row in range(100))
    drawing = ElementTree.fromstring(charts.confusion_drawing(replace(one, classes=classes, confusion=confusion)))
    assert float(drawing.attrib["width"]) < 700


def test_what_goes_wrong_is_told(run: Path, tmp_path: Path) -> None:
    with_mistakes(run)
    told: list[tuple[int, int]] = []
    with pytest.raises(ReportStopped):
        write_report(run, tmp_path / "a.html", tell=lambda *now: told.append(now), stop=lambda: len(told) == 2)
    assert told == [(0, 3), (1, 3)]
    with pytest.raises(EngineError, match=r"cannot be written as '\.docx'"):
        write_report(run, tmp_path / "a.docx")
    with pytest.raises(EngineError, match="could not be written"):
        write_report(run, run / "report.json" / "a.html")
    (run / "events.jsonl").write_text("")
    with pytest.raises(EngineError, match="no epoch to report on"):
        write_report(run, tmp_path / "a.html")
    with pytest.raises(EngineError, match="not a run folder"):
        write_report(tmp_path / "nowhere", tmp_path / "a.html")
    assert not list(tmp_path.glob("*a.*"))
