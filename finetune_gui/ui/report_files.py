"""A report of a run as the file that its name asks for: HTML and Markdown by the engine, PDF by Qt."""

import re
from pathlib import Path

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, QUrl
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument
from PySide6.QtSvg import QSvgRenderer

from finetune_gui.engine.files import replacing
from finetune_gui.ui.printed_pages import keep_headings_with_text
from finetune_gui.ui.theme import LIGHT
from finetune_gui.ui.workers.operation import Progress

_DPI = 300
_SHARPNESS = 3.0  # pixels of a drawing for each of the page's
_LARGEST = 3000  # pixels at a side: a matrix of a thousand classes would fill the memory
_COLORS = {  # of the drawings, which name them as the HTML does
    "ground": LIGHT.surface,
    "sunken": LIGHT.surface_sunken,
    "line": LIGHT.border,
    "text": LIGHT.text,
    "muted": LIGHT.text_muted,
    "train": LIGHT.train_curve,
    "val": LIGHT.val_curve,
    "good": LIGHT.success,
    "bad": LIGHT.error,
}


def write_run_report(run_path: Path, out: Path, progress: Progress) -> Path:
    """Write it; on a thread. Returns ``out``.

    Raises:
        EngineError: There is nothing to report on, or the file cannot be written.
    """
    from finetune_gui.engine.report.documents import write_report  # on the thread: it imports Pillow, and then torch
    from finetune_gui.engine.report.shown import ReportStopped

    try:
        if out.suffix.lower() == ".pdf":
            _write_pdf(run_path, out, progress)
        else:
            write_report(run_path, out, heat_maps=True, tell=progress.report, stop=progress.should_stop)
    except ReportStopped:
        pass  # the operation tells that it was cancelled
    return out


def _write_pdf(run_path: Path, out: Path, progress: Progress) -> None:
    from finetune_gui.engine.report.documents import printed_report
    from finetune_gui.engine.report.shown import ReportStopped

    printed = printed_report(run_path, heat_maps=True, tell=progress.report, stop=progress.should_stop)
    if progress.should_stop():
        raise ReportStopped
    document = QTextDocument()
    document.setDocumentMargin(0)
    for name, svg in printed.drawings.items():
        document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), draw_svg(svg))
    document.setHtml(printed.html)
    with replacing(out) as temporary:
        _print(document, temporary, printed.title)


def _print(document: QTextDocument, path: Path, title: str) -> None:
    writer = QPdfWriter(str(path))
    writer.setTitle(title)
    writer.setCreator("Finetune GUI")
    writer.setResolution(_DPI)
    page = QPageSize(QPageSize.PageSizeId.A4)
    # Without margins of its own: printing a document leaves two centimetres at each side, and puts page numbers there.
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF()))
    keep_headings_with_text(document, writer)
    document.print_(writer)
    if not path.is_file():
        raise OSError(None, "the disk is full, or the folder is closed to this app")


def draw_svg(svg: str) -> QImage:
    """A drawing of a report, sharp on paper, in the colours of the light theme."""
    coloured = re.sub(r"var\(--(\w+)\)", lambda match: _COLORS[match[1]], svg)
    renderer = QSvgRenderer(coloured.encode())
    size = QSizeF(renderer.defaultSize())
    size *= min(_SHARPNESS, _LARGEST / max(size.width(), size.height()))
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    image.fill(_COLORS["ground"])
    painter = QPainter(image)
    renderer.render(painter, QRectF(image.rect()))
    painter.end()
    return image
