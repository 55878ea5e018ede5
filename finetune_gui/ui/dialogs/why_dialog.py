"""A window that tells of one image after the other why a model answers as it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.elided_label import ElidedLabel
from finetune_gui.ui.widgets.heat_map_view import HeatMapView
from finetune_gui.ui.widgets.nearest_view import NearestView
from finetune_gui.ui.words import count, percent
from finetune_gui.ui.workers.image_look import Heated, Seen, Wish

_BESIDE = 292  # pixels of the column on the right: two thumbnails


@dataclass(frozen=True, kw_only=True)
class WhyImage:
    """An image to explain, and its class by its label; empty where none is known."""

    path: str
    true_class: str = ""


class WhyDialog(QDialog):
    """Goes through a list of images. Who owns it looks at them and brings back what is found.

    Escape closes it; it stays for the next time.

    Signals:
        wished: a ``Wish``.
        cancelled: the heat map that is being made is not wanted.
        look_requested: the training images are to be looked at.
        look_cancelled: no longer.
        closed: nothing is shown any more.
    """

    wished = Signal(object)
    cancelled = Signal()
    look_requested = Signal()
    look_cancelled = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images: Sequence[WhyImage] = ()
        self._place = -1
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(1080, 660)
        self.heat = HeatMapView(theme)
        self.nearest = NearestView(theme)
        self._name = ElidedLabel()
        self._verdict = text_label("", wrap=True)
        self._where = text_label("hint")
        self._lay_out()
        self.heat.wished.connect(self._on_wished)
        self.heat.cancel_requested.connect(self.cancelled)
        self.nearest.look_requested.connect(self.look_requested)
        self.nearest.cancel_requested.connect(self.look_cancelled)
        self.nearest.image_activated.connect(self._open)
        self.finished.connect(self._on_finished)
        for key, slot in ((Qt.Key.Key_PageUp, self.show_previous), (Qt.Key.Key_PageDown, self.show_next)):
            QShortcut(QKeySequence(key), self).activated.connect(slot)

    def show_images(self, images: Sequence[WhyImage], place: int = 0) -> None:
        """Go through these, beginning at one of them."""
        self._images, self._place = images, -1
        self._go_to(place)

    def image(self) -> WhyImage | None:
        """The one that is shown."""
        return self._images[self._place] if 0 <= self._place < len(self._images) else None

    def verdict(self) -> str:
        """What the model says of it."""
        return self._verdict.text()

    def show_seen(self, seen: Seen) -> None:
        """Show what is known at once, unless another image is shown by now."""
        image = self.image()
        if image is None or image.path != seen.wish.path:
            return
        self.heat.show_picture(seen.picture, seen.classes, seen.wish.class_name)
        self.nearest.show_neighbours(seen.neighbours)
        name, share = seen.classes[0]
        told = self.tr("The model says “{name}”, {share} sure.").format(name=name, share=percent(share))
        if image.true_class and image.true_class != name:
            told += " " + self.tr("By its label it is “{true}”.").format(true=image.true_class)
        self._verdict.setText(told)

    def show_heated(self, heated: Heated) -> None:
        """Show the heat map, unless another image is shown by now."""
        image = self.image()
        if image is not None and image.path == heated.wish.path:
            self.heat.show_heat(heated.overlay, heated.box, heated.heat)

    def show_problem(self, words: str) -> None:
        """Say why an image cannot be explained."""
        if self.heat.classes.count():
            self.heat.show_problem(words)  # the picture is there
        else:
            self.heat.clear(words)

    def wish_again(self) -> None:
        """Something about the run is known now that was not before."""
        self._wish(str(self.heat.classes.currentData() or ""))

    def shutdown(self) -> bool:
        """Stop decoding thumbnails."""
        return self.nearest.shutdown()

    @Slot()
    def show_next(self) -> None:
        """The image after this one."""
        self._go_to(self._place + 1)

    @Slot()
    def show_previous(self) -> None:
        """The image before this one."""
        self._go_to(self._place - 1)

    def _go_to(self, place: int) -> None:
        if not 0 <= place < len(self._images) or place == self._place:
            return
        self._place = place
        path = self._images[place].path
        self.setWindowTitle(self.tr("Why? – {name}").format(name=Path(path).name))
        self._name.setText(path)
        self.heat.clear()
        self.nearest.clear()
        self._verdict.clear()
        several = len(self._images) > 1
        for widget in (self.previous_button, self.next_button, self._where):
            widget.setVisible(several)
        self._where.setText(
            self.tr("{number} of {count}").format(number=count(place + 1), count=count(len(self._images)))
        )
        self.previous_button.setEnabled(place > 0)
        self.next_button.setEnabled(place < len(self._images) - 1)
        self._wish("")

    def _wish(self, class_name: str) -> None:
        image = self.image()
        if image is not None:
            self.heat.set_progress(self.tr("Looking at the image…"))
            self.wished.emit(Wish(path=image.path, class_name=class_name, method=self.heat.method()))

    @Slot(str, str)
    def _on_wished(self, class_name: str, _method: str) -> None:
        self._wish(class_name)

    @Slot()
    def _on_open(self) -> None:
        image = self.image()
        if image is not None:
            self._open(image.path)

    @Slot(str)
    def _open(self, path: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(path))

    @Slot()
    def _on_finished(self) -> None:
        self._images, self._place = (), -1
        self.heat.clear()
        self.nearest.clear()
        self.closed.emit()

    def _arrow(self, icon: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        self._theme.bind_icon(button, icon, "text")
        button.setAccessibleName(name)
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        self.previous_button = self._arrow("chevron-left", self.tr("Previous image"), self.tr("Previous (Page Up)"))
        self.next_button = self._arrow("chevron-right", self.tr("Next image"), self.tr("Next (Page Down)"))
        self.previous_button.clicked.connect(self.show_previous)
        self.next_button.clicked.connect(self.show_next)
        open_button = QPushButton(self.tr("Open image"))
        open_button.clicked.connect(self._on_open)
        open_button.setAutoDefault(False)
        self._name.setProperty("kind", "hint")
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for widget in (self.previous_button, self._where, self.next_button):
            bar.addWidget(widget)
        bar.addWidget(self._name, 1)
        bar.addWidget(open_button)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.heat, 1)
        left.addLayout(bar)
        right.setSpacing(12)
        right.addWidget(text_label("heading", self.tr("What the model says")))
        right.addWidget(self._verdict)
        right.addWidget(self.nearest, 1)
        beside = QWidget()
        beside.setLayout(right)
        beside.setFixedWidth(_BESIDE)
        right.setContentsMargins(0, 0, 0, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(16)
        layout.addLayout(left, 1)
        layout.addWidget(beside)
