"""One image large, with the facts beside it, and the way to the next one."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from finetune_gui.engine.data.image import UnreadableImage
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.image_canvas import ImageCanvas
from finetune_gui.ui.widgets.image_facts_panel import ImageDetails, ImageFactsPanel
from finetune_gui.ui.words import count, percent
from finetune_gui.ui.workers.latest_operation import LatestOperation
from finetune_gui.ui.workers.picture import Picture, load_picture


class ImageViewer(QWidget):
    """Goes through a list of images; asks ``describe`` for the details of each as it is shown.

    Signals:
        image_shown: path of the image that is shown now.
        leave_out_wished: (path, True to leave it out or False to use it again).
        move_wished: (path, name of the part).
        crashed: the traceback of a bug.
    """

    image_shown = Signal(str)
    leave_out_wished = Signal(str, bool)
    move_wished = Signal(str, str)
    crashed = Signal(str)

    def __init__(self, theme: Theme, describe: Callable[[str], ImageDetails], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._describe = describe
        self._paths: Sequence[str] = ()
        self._place = -1
        self._picture: Picture | None = None
        self._loading_path = ""
        self.canvas = ImageCanvas(theme)
        self.panel = ImageFactsPanel(theme)
        self._where = text_label("hint")
        self._zoom = text_label("hint")
        self._loading = LatestOperation(self)
        self._loading.succeeded.connect(self._on_loaded)
        self._loading.failed.connect(self._on_failed)
        self._loading.crashed.connect(self._on_crashed)
        self.canvas.zoom_changed.connect(self._on_zoom)
        self.panel.leave_out_wished.connect(self._on_leave_out)
        self.panel.move_wished.connect(self._on_move)
        self.panel.folder_wished.connect(self._show_folder)
        self._lay_out()
        self._add_shortcuts()

    def show_images(self, paths: Sequence[str], place: int = 0) -> None:
        """Go through these, beginning at one of them."""
        self._paths = paths
        self._place = -1
        self._go_to(place)

    def path(self) -> str:
        """The image that is shown; empty for none."""
        return self._paths[self._place] if 0 <= self._place < len(self._paths) else ""

    @Slot()
    def refresh(self) -> None:
        """Ask for the details again: something was decided."""
        if self.path():
            self.panel.show_details(self._describe(self.path()), self._picture)

    @Slot()
    def show_next(self) -> None:
        """The image after this one."""
        self._go_to(self._place + 1)

    @Slot()
    def show_previous(self) -> None:
        """The image before this one."""
        self._go_to(self._place - 1)

    def shutdown(self) -> bool:
        """Stop decoding and wait with a bound; False when it did not end in time."""
        return self._loading.shutdown()

    # -- one image ------------------------------------------------------------------------------------------------

    def _go_to(self, place: int) -> None:
        if not 0 <= place < len(self._paths) or place == self._place:
            return
        self._place = place
        self._picture = None
        self.previous_button.setEnabled(place > 0)
        self.next_button.setEnabled(place < len(self._paths) - 1)
        self._where.setText(
            self.tr("{number} of {count}").format(number=count(place + 1), count=count(len(self._paths)))
        )
        self.refresh()
        self.canvas.setAccessibleName(Path(self.path()).name)
        self._load()
        self.image_shown.emit(self.path())

    def _load(self) -> None:
        """One at a time: who leafs quickly would have dozens of large pictures decoded at once."""
        if self._loading_path:
            return
        path = self._loading_path = self.path()
        self._loading.start(lambda _: load_picture(path))

    def _was_wanted(self) -> bool:
        """Whether what has just ended is what is shown; if not, that is loaded next."""
        wanted = self._loading_path == self.path()
        self._loading_path = ""
        if not wanted:
            self._load()
        return wanted

    @Slot(object)
    def _on_loaded(self, picture: Picture) -> None:
        if self._was_wanted():
            self._picture = picture
            self.canvas.show_picture(picture.levels, (picture.width, picture.height))
            self._set_zoom_enabled(True)
            self.refresh()

    @Slot(object)
    def _on_failed(self, error: EngineError) -> None:
        if self._was_wanted():
            reason = error.reason if isinstance(error, UnreadableImage) else error.message
            self._show_broken(self.tr("This image cannot be shown: {reason}.").format(reason=reason.rstrip(".")))

    @Slot(str)
    def _on_crashed(self, report: str) -> None:
        if self._was_wanted():
            self._show_broken(self.tr("This image cannot be shown."))
        self.crashed.emit(report)

    def _show_broken(self, words: str) -> None:
        self.canvas.show_message(words)
        self._zoom.clear()
        self._set_zoom_enabled(False)

    @Slot(float)
    def _on_zoom(self, zoom: float) -> None:
        self._zoom.setText(percent(zoom, 0))

    @Slot(bool)
    def _on_leave_out(self, leave_out: bool) -> None:
        self.leave_out_wished.emit(self.path(), leave_out)
        self.refresh()

    @Slot(str)
    def _on_move(self, part: str) -> None:
        self.move_wished.emit(self.path(), part)
        self.refresh()

    @Slot()
    def _toggle_left_out(self) -> None:
        if self.panel.leave_out_button.isEnabled():
            self.panel.leave_out_button.click()

    @Slot()
    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self.path()).parent)))

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _set_zoom_enabled(self, enabled: bool) -> None:
        for button in self._zoom_buttons:
            button.setEnabled(enabled)

    def _button(self, text: str, icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        if icon:
            self._theme.bind_icon(button, icon, "text")
        else:
            button.setText(text)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        return button

    def _add_shortcuts(self) -> None:
        slots = {
            Qt.Key.Key_Left: self.show_previous,
            Qt.Key.Key_PageUp: self.show_previous,
            Qt.Key.Key_Right: self.show_next,
            Qt.Key.Key_PageDown: self.show_next,
            Qt.Key.Key_Plus: self.canvas.zoom_in,
            Qt.Key.Key_Minus: self.canvas.zoom_out,
            Qt.Key.Key_0: self.canvas.fit,
            Qt.Key.Key_1: self.canvas.show_actual_size,
            Qt.Key.Key_Delete: self._toggle_left_out,
        }
        for key, slot in slots.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _lay_out(self) -> None:
        self.previous_button = self._button(self.tr("Previous image"), "chevron-left", self.tr("Previous (←)"))
        self.next_button = self._button(self.tr("Next image"), "chevron-right", self.tr("Next (→)"))
        self.zoom_out_button = self._button(self.tr("Zoom out"), "minus", self.tr("Smaller (−)"))
        self.zoom_in_button = self._button(self.tr("Zoom in"), "plus", self.tr("Larger (+)"))
        self.fit_button = self._button(self.tr("Fit"), "", self.tr("All of it (0)"))
        self.actual_button = self._button(self.tr("1:1"), "", self.tr("Pixel for pixel (1)"))
        self.previous_button.clicked.connect(self.show_previous)
        self.next_button.clicked.connect(self.show_next)
        self.zoom_out_button.clicked.connect(self.canvas.zoom_out)
        self.zoom_in_button.clicked.connect(self.canvas.zoom_in)
        self.fit_button.clicked.connect(self.canvas.fit)
        self.actual_button.clicked.connect(self.canvas.show_actual_size)
        self._zoom_buttons = (self.zoom_out_button, self.zoom_in_button, self.fit_button, self.actual_button)
        self._set_zoom_enabled(False)
        bar = QHBoxLayout()
        bar.setSpacing(4)
        for widget in (self.previous_button, self._where, self.next_button):
            bar.addWidget(widget)
        bar.addStretch(1)
        for widget in (self._zoom, *self._zoom_buttons):
            bar.addWidget(widget)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.canvas, 1)
        left.addLayout(bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(left, 1)
        layout.addWidget(self.panel)
