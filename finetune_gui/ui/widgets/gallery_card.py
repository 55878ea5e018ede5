"""One sample data set: what it holds, who made it, and a button that brings it here."""

import html
import time

from PySide6.QtCore import QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.data.gallery import CONTEXT, GalleryEntry
from finetune_gui.engine.data.gallery_fetch import FetchAdvanced
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.gallery_preview import GalleryPreview
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import count, counted, size, spoken_time

_PACE_AFTER_S = 2.0  # before that, the time left would jump
_BUTTON_WIDTH = 184


class GalleryCard(QFrame):
    """Shows an entry of the gallery, and how far fetching it is.

    Signals:
        use_wished: the user wants this data set; the id.
        cancel_wished: the user gives up what is under way.
    """

    use_wished = Signal(str)
    cancel_wished = Signal()

    def __init__(self, theme: Theme, entry: GalleryEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self._theme = theme
        self._download_began, self._already = 0.0, 0
        self.setProperty("kind", "card")
        self.setAccessibleName(entry.title)
        self.use_button = QPushButton()
        self.use_button.setEnabled(False)  # until it is known whether it is here
        self.use_button.setMinimumWidth(_BUTTON_WIDTH)
        self.use_button.clicked.connect(self._on_use)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAccessibleName(self.tr("Cancel fetching {title}").format(title=entry.title))
        self.cancel_button.setMinimumWidth(_BUTTON_WIDTH)
        self.cancel_button.clicked.connect(self.cancel_wished)
        self.cancel_button.hide()
        self.preview = GalleryPreview(theme, entry.id)
        self.progress = ProgressLine(theme)
        self.progress.hide()
        self._state = QLabel()
        set_kind(self._state, kind="success")
        self._lay_out()
        self.set_here(entry.is_built_in)

    def set_here(self, here: bool) -> None:
        """Say whether it is on this machine."""
        entry = self.entry
        self._state.setVisible(here)
        self._state.setText(self.tr("Comes with the app") if entry.is_built_in else self.tr("On this machine"))
        text = self.tr("Use") if here else self.tr("Download ({size})").format(size=size(entry.download_bytes))
        self.use_button.setText(text)
        self.use_button.setAccessibleName(f"{text}: {entry.title}")
        set_kind(self.use_button, kind="primary" if here else "")
        self._theme.bind_icon(self.use_button, "check" if here else "download", "accent_text" if here else "text_muted")

    def set_available(self, available: bool) -> None:
        """Whether it can be chosen now; not while another one is fetched."""
        self.use_button.setEnabled(available)

    def start(self) -> None:
        """Fetching begins."""
        self._download_began = 0.0
        self._show_busy(True)
        self.progress.set_progress(None, self.tr("Starting…"))
        self.cancel_button.setFocus()

    def show_progress(self, advanced: FetchAdvanced) -> None:
        """How far it is."""
        value = advanced.done / advanced.total if advanced.total else None
        self.progress.set_progress(value, self._words(advanced))

    def show_ending(self) -> None:
        """Cancelled, but not yet over. The button stays as it is, or the focus would wander off."""
        self.progress.set_progress(None, self.tr("Stopping…"))

    def finish(self) -> None:
        """Fetching is over, however it ended."""
        had_focus = self.cancel_button.hasFocus()
        self._show_busy(False)
        if had_focus:
            self.use_button.setFocus()

    @Slot()
    def _on_use(self) -> None:
        self.use_wished.emit(self.entry.id)

    def _show_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.cancel_button.setVisible(busy)
        self.use_button.setVisible(not busy)
        self._terms.setVisible(not busy)

    def _words(self, advanced: FetchAdvanced) -> str:
        done, total = advanced.done, advanced.total
        match advanced.activity:
            case "download":
                text = self.tr("{done} of {total}").format(done=size(done), total=size(total))
                return f"{text} · {left}" if (left := self._time_left(done, total)) else text
            case "check":
                return self.tr("Checking the file that you brought…")
            case "unpack":
                return self.tr("Unpacking…")
            case "arrange":
                words = self.tr("Sorting into class folders: {done} of {total}")
                return words.format(done=count(done), total=count(total))
            case "draw":
                return self.tr("Drawing: {done} of {total}").format(done=count(done), total=count(total))
            case _:
                return self.tr("Starting…")

    def _time_left(self, done: int, total: int) -> str:
        now = time.monotonic()
        if not self._download_began:
            self._download_began, self._already = now, done
        passed, fetched = now - self._download_began, done - self._already
        if passed < _PACE_AFTER_S or not fetched:
            return ""
        return self.tr("{time} left").format(time=spoken_time((total - done) * passed / fetched))

    # -- set-up ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(text_label("heading", self.entry.title))
        head.addWidget(self._state)
        head.addStretch(1)
        self._terms = self._make_terms()
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addLayout(head)
        words.addWidget(text_label("", _translated(self.entry.description), wrap=True))
        words.addWidget(text_label("hint", self._facts(), wrap=True))
        words.addWidget(self._terms)
        words.addWidget(self.progress)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 14, 16, 14)
        layout.setSpacing(16)
        layout.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        for button in (self.use_button, self.cancel_button):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def _facts(self) -> str:
        entry = self.entry
        facts = [
            counted(self.tr("{count} image(s)", "", entry.num_images), entry.num_images),
            counted(self.tr("{count} class(es)", "", entry.num_classes), entry.num_classes),
            _translated(entry.image_size),
        ]
        if entry.parts:
            facts.append(self.tr("in parts: {parts}").format(parts=", ".join(entry.parts)))
        return " · ".join(facts)

    def _make_terms(self) -> QLabel:
        """Makers and license; with a link to their page that mouse and keyboard can follow."""
        entry = self.entry
        text = self.tr("By {makers}. License: {license}").format(
            makers=entry.makers, license=_translated(entry.license)
        )
        label = QLabel(html.escape(text))
        set_kind(label, kind="caption")
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        if entry.homepage:
            words = html.escape(self.tr("Makers’ page")).replace(" ", "&nbsp;")
            link = f'<a href="{html.escape(entry.homepage)}">{words}</a>'
            label.setText(f"{label.text()} · {link}")
            label.setToolTip(entry.homepage)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
            label.setOpenExternalLinks(True)
        return label


def _translated(text: str) -> str:
    return QCoreApplication.translate(CONTEXT, text)
