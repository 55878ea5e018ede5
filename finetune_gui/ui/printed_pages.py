"""A document on paper: where its pages end."""

from PySide6.QtCore import QSizeF
from PySide6.QtGui import (
    QGuiApplication,
    QPdfWriter,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

_MARGIN_INCHES = 2 / 2.54  # what printing a document leaves at each side


def keep_headings_with_text(document: QTextDocument, writer: QPdfWriter) -> None:
    """Begin a new page before each heading that would stand alone at the foot of one."""
    block = document.begin()
    pages = _laid_out(document, writer)
    while (following := block.next()).isValid():
        if block.blockFormat().headingLevel() and _page(pages, block) != _page(pages, following):
            _break_before(block)
            pages = _laid_out(document, writer)
        block = following


def _laid_out(document: QTextDocument, writer: QPdfWriter) -> QTextDocument:
    """A copy in pages, as ``QTextDocument.print_`` makes it; as the child it asks the document for its pictures."""
    pages = document.clone(document)
    pages.documentLayout().setPaintDevice(writer)
    frame = pages.rootFrame().frameFormat()
    # In dots of the screen, whatever the writer: Qt scales it.
    frame.setMargin(int(_MARGIN_INCHES * QGuiApplication.primaryScreen().logicalDotsPerInchY()))
    pages.rootFrame().setFrameFormat(frame)
    pages.setPageSize(QSizeF(writer.width(), writer.height()))
    return pages


def _page(pages: QTextDocument, block: QTextBlock) -> int:
    """Where a block of the document begins."""
    top = pages.documentLayout().blockBoundingRect(pages.findBlockByNumber(block.blockNumber())).top()
    return int(top // pages.pageSize().height())


def _break_before(block: QTextBlock) -> None:
    broken = QTextBlockFormat()
    broken.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
    QTextCursor(block).mergeBlockFormat(broken)
