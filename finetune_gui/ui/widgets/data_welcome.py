"""The first thing a newcomer sees: where to drop images, and how their folder should look."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from finetune_gui.ui.theme import Theme, mix, set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.drop_area import DropArea
from finetune_gui.ui.widgets.elided_label import ElidedLabel

_SIDE_WIDTH = 312
_SHOWN_RECENT = 4


class DataWelcome(QWidget):
    """A drop area beside a sketch of the folder and a list of recent folders.

    Signals:
        dropped: the local paths that were let go (list of str).
        choose_wished: the user wants to pick a folder in a dialog.
        file_wished: likewise, a zip or a table.
        sample_wished: the user wants the sample images.
        gallery_wished: the user wants to see what other data sets there are to try.
        recent_chosen: a folder, zip or table opened before.
    """

    dropped = Signal(list)
    choose_wished = Signal()
    file_wished = Signal()
    sample_wished = Signal()
    gallery_wished = Signal()
    recent_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.drop_area = DropArea(
            theme,
            self.tr("Drop a folder of images here"),
            self.tr(
                "Or a zip, a table of labels (CSV), or several folders that are one class each. Your images stay on "
                "this machine and are never changed."
            ),
        )
        self.drop_area.dropped.connect(self.dropped)
        self.choose_button = QPushButton(self.tr("Choose folder…"))
        set_kind(self.choose_button, kind="primary")
        self.choose_button.clicked.connect(self.choose_wished)
        self.file_button = QPushButton(self.tr("Zip or CSV…"))
        self.file_button.clicked.connect(self.file_wished)
        self.sample_button = QPushButton(self.tr("Try the sample"))
        self.sample_button.setToolTip(
            self.tr("240 pictures of metal parts in 4 classes: good, scratched, dented, stained. Drawn in seconds.")
        )
        theme.bind_icon(self.sample_button, "sample", "text_muted")
        self.sample_button.clicked.connect(self.sample_wished)
        self.gallery_button = QPushButton(self.tr("Samples…"))
        self.gallery_button.setToolTip(self.tr("Data sets to try: built in, or fetched from their makers"))
        self.gallery_button.clicked.connect(self.gallery_wished)
        for button in (self.choose_button, self.file_button, self.sample_button, self.gallery_button):
            self.drop_area.add_button(button)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        self._recent_heading = text_label("heading", self.tr("Opened before"))
        self._lay_out()
        self.set_recent(())

    def set_recent(self, paths: Sequence[str]) -> None:
        """Offer these folders, the first ones only."""
        for button in self.recent_buttons():
            self._recent.removeWidget(button)
            button.hide()
            button.deleteLater()
        for path in paths[:_SHOWN_RECENT]:
            button = _RecentButton(self._theme, path)
            button.clicked.connect(self._on_recent)
            self._recent.addWidget(button)
        self._recent_heading.setVisible(bool(paths))

    def recent_buttons(self) -> list[QPushButton]:
        """The buttons of the recent folders, in order."""
        items = (self._recent.itemAt(place) for place in range(self._recent.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, QPushButton)]

    @Slot()
    def _on_recent(self) -> None:
        button = self.sender()
        if isinstance(button, _RecentButton):
            self.recent_chosen.emit(button.path)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("kind", "card")
        card.setFixedWidth(_SIDE_WIDTH)
        side = QVBoxLayout(card)
        side.setContentsMargins(20, 18, 20, 18)
        side.setSpacing(10)
        side.addWidget(text_label("heading", self.tr("How your folder should look")))
        side.addWidget(_FolderSketch(self._theme))
        hint = text_label(
            "hint",
            self.tr(
                "The name of a folder is the name of its class. 20 to 50 images a class are enough for a start. "
                "Folders named “train”, “val” and “test” are respected."
            ),
        )
        hint.setWordWrap(True)
        side.addWidget(hint)
        side.addSpacing(8)
        side.addWidget(self._recent_heading)
        side.addLayout(self._recent)
        side.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addWidget(self.drop_area, 1)
        layout.addWidget(card)


class _RecentButton(QPushButton):
    """Name of a folder, and beneath it where it is."""

    def __init__(self, theme: Theme, path: str) -> None:
        super().__init__()
        self.path = path
        set_kind(self, kind="ghost")
        self.setToolTip(path)
        name = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or path
        self.setAccessibleName(name)
        self.setAccessibleDescription(path)
        icon = QLabel()
        theme.bind_icon(icon, "data" if name.lower().endswith((".zip", ".csv", ".tsv")) else "folder", "text_muted", 18)
        title = ElidedLabel(name)
        place = ElidedLabel(path)
        place.setProperty("kind", "caption")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        words.addWidget(place)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 5, 8, 5)
        layout.setSpacing(10)
        layout.addWidget(icon)
        layout.addLayout(words, 1)
        for label in (icon, title, place):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        """As high as its two lines."""
        return QSize(120, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """As high as its two lines."""
        layout = self.layout()
        return QSize(80, layout.minimumSize().height() if layout else 40)


class _FolderSketch(QFrame):
    """A folder with one folder per class, drawn with the app's own icons."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        grid = QGridLayout(self)
        grid.setContentsMargins(4, 4, 4, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 14)
        grid.setColumnStretch(3, 1)
        self._root = self._icon("folder-open", "accent_ink")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._root)
        top.addWidget(QLabel(self.tr("my images")), 1)
        grid.addLayout(top, 0, 0, 1, 4)
        self._folders = []
        for row, name in enumerate((self.tr("bees"), self.tr("ants"), self.tr("beetles")), start=1):
            folder = self._icon("folder", "accent_ink")
            self._folders.append(folder)
            grid.addWidget(folder, row, 1)
            grid.addWidget(QLabel(name), row, 2)
            pictures = QHBoxLayout()
            pictures.setSpacing(3)
            pictures.addSpacing(8)
            for _ in range(4):
                pictures.addWidget(self._icon("image", "text_muted"))
            pictures.addWidget(text_label("hint", "…"))
            pictures.addStretch(1)
            grid.addLayout(pictures, row, 3)
        self.setAccessibleName(self.tr("A folder that holds one folder for each class, and in these the images."))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines from the folder to those inside."""
        super().paintEvent(event)
        painter = QPainter(self)
        ground = QColor(self._theme.color("surface"))
        painter.setPen(QPen(mix(ground, self._theme.color("indicator"), 0.6), 1))
        x = self._root.geometry().left() + 9
        for folder in self._folders:
            box = folder.geometry()
            painter.drawLine(QPoint(x, self._root.geometry().bottom() + 3), QPoint(x, box.center().y()))
            painter.drawLine(QPoint(x, box.center().y()), QPoint(box.left() - 3, box.center().y()))

    def _icon(self, name: str, color: str) -> QLabel:
        label = QLabel()
        self._theme.bind_icon(label, name, color, 18)
        return label
