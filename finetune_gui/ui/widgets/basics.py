"""Small pieces that many widgets are made of."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget


def text_label(kind: str, text: str = "", *, wrap: bool = False) -> QLabel:
    """Text of a kind that the style sheet knows; names of files in it are never read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if kind:
        made.setProperty("kind", kind)
    return made


def card(content: QWidget) -> QFrame:
    """A frame like those of figures around something else."""
    frame = QFrame()
    frame.setProperty("kind", "card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(12, 8, 8, 8)
    layout.addWidget(content)
    return frame


def fill_scrolling(frame: QFrame, content: QWidget, name: str) -> None:
    """Put ``content`` into a frame, scrolling where it is too low; ``name`` is for screen readers."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(name)
    area.setWidget(content)
    outer = QVBoxLayout(frame)
    outer.setContentsMargins(1, 1, 1, 1)
    outer.addWidget(area)
