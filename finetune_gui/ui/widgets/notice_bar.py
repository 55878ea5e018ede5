"""Messages that concern the whole window, one at a time, in front of whatever page is shown."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.banner import Banner, Level

_MARGIN = 16
_WIDEST = 860


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A sentence, a way out, perhaps a button. A notice of the same ``key`` takes its place."""

    key: str
    level: Level
    message: str
    hint: str = ""
    action_text: str = ""


class NoticeBar(QWidget):
    """Shows the oldest notice until it is closed, acted on or withdrawn; then the next.

    It lies at the lower end of the pages, in front of them: in the layout it would make a low window higher.

    Args:
        theme: Colours.
        pages: What it lies in front of; its parent becomes that of the notices.

    Signals:
        action_triggered: key of the notice whose button was pressed.
        closed: key of the notice that the user closed.
    """

    action_triggered = Signal(str)
    closed = Signal(str)

    def __init__(self, theme: Theme, pages: QWidget) -> None:
        super().__init__(pages.parentWidget())
        self._pages = pages
        self._waiting: dict[str, Notice] = {}
        self._shown: Notice | None = None
        self.banner = Banner(theme)
        self.banner.action_triggered.connect(self._on_action)
        self.banner.closed.connect(self._on_closed)
        shadow = QGraphicsDropShadowEffect(self.banner)
        shadow.setBlurRadius(_MARGIN)
        shadow.setOffset(0, 2)
        shadow.setColor(QColor(0, 0, 0, 90))
        self.banner.setGraphicsEffect(shadow)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._layout.addWidget(self.banner)
        pages.installEventFilter(self)
        self.hide()

    def add(self, notice: Notice) -> None:
        """Show it, or have it wait."""
        self._waiting[notice.key] = notice
        self._show_first()

    def withdraw(self, key: str) -> None:
        """It does not hold any more."""
        self._waiting.pop(key, None)
        self._show_first()

    def message(self) -> str:
        """The sentence shown; empty when hidden."""
        return self.banner.message()

    def _show_first(self) -> None:
        first = next(iter(self._waiting.values()), None)
        if first == self._shown:
            return
        self._shown = first
        if first is None:
            self.banner.clear()
        else:
            self.banner.show_message(first.level, first.message, first.hint, first.action_text)
        self.setVisible(first is not None)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The pages have moved."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        if self._shown is None:
            return
        pages = self._pages.geometry()
        width = min(pages.width(), _WIDEST)
        height = self._layout.heightForWidth(width)
        left = pages.left() + (pages.width() - width) // 2
        self.setGeometry(left, pages.bottom() + 1 - height, width, height)
        self.raise_()

    @Slot()
    def _on_action(self) -> None:
        if self._shown is not None:
            key = self._shown.key
            self.withdraw(key)
            self.action_triggered.emit(key)

    @Slot()
    def _on_closed(self) -> None:
        if self._shown is not None:
            key = self._shown.key
            self.withdraw(key)
            self.closed.emit(key)
