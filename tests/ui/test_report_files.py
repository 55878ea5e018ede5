"""Reports by Qt: PDF, and drawings in the colours of paper."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QColor, QGuiApplication, QPageLayout, QPageSize, QPdfWriter, QTextDocument, QTextFormat
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from finetune_gui.ui.printed_pages import keep_headings_with_text
from finetune_gui.ui.report_files import draw_svg
from finetune_gui.ui.report_saving import ReportSaving
from finetune_gui.ui.theme import LIGHT, Theme
from finetune_gui.ui.widgets.page_frame import PageFrame

PORTRAIT = QPageLayout.Orientation.Portrait


@pytest.fixture
def saving(qtbot: QtBot) -> Iterator[ReportSaving]:
    theme = Theme("light")
    page = PageFrame(theme, "Page", "")
    qtbot.addWidget(page)
    saving = ReportSaving(theme, page)
    page.body.addWidget(saving.line)
    yield saving
    saving.shutdown()


@pytest.mark.parametrize(("name", "beginning"), [("a.pdf", b"%PDF-"), ("a.html", b"<!doctype"), ("a.md", b"# ")])
def test_each_kind_of_file(
    saving: ReportSaving, qtbot: QtBot, finished_run: Path, tmp_path: Path, name: str, beginning: bytes
) -> None:
    saving._run_path = finished_run
    with qtbot.waitSignal(saving.saved, timeout=20_000) as saved:
        saving.write(str(tmp_path / name))
    assert saved.args == [tmp_path / name]
    content = (tmp_path / name).read_bytes()
    assert content.startswith(beginning)
    if name == "a.pdf":
        assert content.count(b"/Type /Page\n") >= 2
        assert content.rstrip().endswith(b"%%EOF")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_run_that_is_gone_and_a_folder_that_is_none(
    saving: ReportSaving, qtbot: QtBot, finished_run: Path, tmp_path: Path
) -> None:
    saving._run_path = tmp_path / "gone"
    with qtbot.waitSignal(saving.failed) as failed:
        saving.write(str(tmp_path / "a.html"))
    assert "is not a run folder" in failed.args[0].message
    saving._run_path = finished_run
    (tmp_path / "file").write_text("")
    for name in ("a.pdf", "a.html"):
        with qtbot.waitSignal(saving.failed, timeout=20_000) as failed:
            saving.write(str(tmp_path / "file" / name))
        assert "could not be written" in failed.args[0].message


def test_a_report_can_be_given_up(saving: ReportSaving, qtbot: QtBot, finished_run: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(finished_run, tmp_path / "run"))
    saving._run_path = run
    saving.write(str(tmp_path / "a.pdf"))
    with qtbot.waitSignal(saving._writing.cancelled, timeout=20_000):
        saving.line.cancel.click()
    assert not saving.line.isVisibleTo(saving._page)
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.usefixtures("qapp")
def test_drawings_have_the_colours_of_paper() -> None:
    shapes = '<rect width="4" height="4" style="fill:var(--train)"/>'
    image = draw_svg(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 4" width="8" height="4">{shapes}</svg>')
    assert (image.width(), image.height()) == (24, 12)
    assert image.pixelColor(5, 5) == QColor(LIGHT.train_curve)
    assert image.pixelColor(20, 5) == QColor(LIGHT.surface)
    huge = draw_svg('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6000 3000" width="6000" height="3000"/>')
    assert (huge.width(), huge.height()) == (3000, 1500)


def test_no_heading_stands_alone_at_the_foot_of_a_page(qapp: QApplication, tmp_path: Path) -> None:
    del qapp
    document = QTextDocument()
    document.setHtml("".join(f"<h2>Heading {n}</h2>" + "<p>Words.</p>" * (n % 7 + 3) for n in range(60)))
    writer = QPdfWriter(str(tmp_path / "a.pdf"))
    writer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), PORTRAIT, QMarginsF()))
    assert headings_alone(document, writer)  # else this shows nothing
    keep_headings_with_text(document, writer)
    assert not headings_alone(document, writer)
    assert 0 < num_breaks(document) < 10


def headings_alone(document: QTextDocument, writer: QPdfWriter) -> list[str]:
    """Those whose text begins a page further on."""
    pages = document.clone()
    pages.documentLayout().setPaintDevice(writer)
    frame = pages.rootFrame().frameFormat()
    frame.setMargin(int(2 / 2.54 * QGuiApplication.primaryScreen().logicalDotsPerInchY()))
    pages.rootFrame().setFrameFormat(frame)
    pages.setPageSize(QSizeF(writer.width(), writer.height()))
    layout, height = pages.documentLayout(), writer.height()
    tops = [layout.blockBoundingRect(pages.findBlockByNumber(n)).top() for n in range(pages.blockCount())]
    return [
        pages.findBlockByNumber(n).text()
        for n in range(len(tops) - 1)
        if pages.findBlockByNumber(n).blockFormat().headingLevel() and tops[n] // height != tops[n + 1] // height
    ]


def num_breaks(document: QTextDocument) -> int:
    formats = (document.findBlockByNumber(number).blockFormat() for number in range(document.blockCount()))
    return sum(each.pageBreakPolicy() == QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore for each in formats)
