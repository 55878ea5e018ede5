"""What random variation does to a few chosen images."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.config import AUGMENTS, Augment
from finetune_gui.engine.data.image import Preprocessing
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.workers.augmented_views import AugmentedViews, draw_views
from finetune_gui.ui.workers.latest_operation import LatestOperation

MOST_IMAGES = 6
NUM_VIEWS = 5
_GAP = 10
_LEAST_TILE, _MOST_TILE = 72, 200


class AugmentationPreview(QWidget):
    """A row an image: as it is validated, then random views as it is trained on, at the strength that is chosen.

    Signals:
        strength_chosen: ``none``, ``light`` or ``strong``.
        crashed: the traceback of a bug.
    """

    strength_chosen = Signal(str)
    crashed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._paths: tuple[str, ...] = ()
        self._spec: Preprocessing | None = None
        self._strength: Augment = "light"
        self._seed = 0
        self._drawing = LatestOperation(self)
        self._drawing.succeeded.connect(self._on_drawn)
        self._drawing.crashed.connect(self.crashed)
        self._buttons = QButtonGroup(self)
        self._sentence = text_label("hint", wrap=True)
        self.new_views = QPushButton(self.tr("New views"))
        theme.bind_icon(self.new_views, "refresh", "text_muted")
        self.new_views.clicked.connect(self.draw_again)
        self.sheet = _Sheet(theme)
        self._area = QScrollArea()
        self._lay_out()
        self._show_strength()

    def show_images(self, paths: Sequence[str], spec: Preprocessing) -> None:
        """Show these images, the first ``MOST_IMAGES`` of them, prepared as a network needs them."""
        self._paths, self._spec = tuple(paths[:MOST_IMAGES]), spec
        self._draw()

    def set_strength(self, strength: Augment) -> None:
        """Show this strength."""
        if strength != self._strength:
            self._strength = strength
            self._show_strength()
            self._draw()

    def strength(self) -> Augment:
        """What is shown."""
        return self._strength

    def sentence(self) -> str:
        """What the strength does."""
        return self._sentence.text()

    def button(self, strength: Augment) -> QPushButton:
        """The button of a strength."""
        button = self._buttons.button(AUGMENTS.index(strength))
        assert isinstance(button, QPushButton)
        return button

    @Slot()
    def draw_again(self) -> None:
        """Other random views."""
        self._seed += 1
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tiles grow and shrink with the width; room for the scroll bar is kept, or it would come and go for ever."""
        super().resizeEvent(event)
        self.sheet.fit(self.contentsRect().width() - self._area.verticalScrollBar().sizeHint().width())

    def shutdown(self) -> bool:
        """Stop drawing and wait with a bound; False when it did not end in time."""
        return self._drawing.shutdown()

    def _draw(self) -> None:
        paths, spec, strength, seed = self._paths, self._spec, self._strength, self._seed
        if spec is not None and paths:
            self._drawing.start(lambda progress: draw_views(paths, spec, strength, NUM_VIEWS, seed, progress))

    @Slot(object)
    def _on_drawn(self, rows: list[AugmentedViews]) -> None:
        self.sheet.show_rows(rows)

    @Slot(int)
    def _on_button(self, place: int) -> None:
        strength = AUGMENTS[place]
        if strength != self._strength:
            self.set_strength(strength)
            self.strength_chosen.emit(strength)

    def _show_strength(self) -> None:
        self.button(self._strength).setChecked(True)
        self.new_views.setEnabled(self._strength != "none")  # without variation all views are the same
        self._sentence.setText(
            {
                "none": self.tr("In every epoch the network sees the same square from the middle of the image."),
                "light": self.tr(
                    "In every epoch the network sees another part, at least half of the image, and half of the time "
                    "its mirror image. Good for most images."
                ),
                "strong": self.tr(
                    "Parts down to a fifth of the image, mirrored half of the time, with brightness, contrast and "
                    "colour changed by up to 30 %. Helps with few images; not where colour tells the classes apart."
                ),
            }[self._strength]
        )

    def _lay_out(self) -> None:
        words = {"none": self.tr("None"), "light": self.tr("Light"), "strong": self.tr("Strong")}
        row = QHBoxLayout()
        row.setSpacing(6)
        for place, strength in enumerate(AUGMENTS):
            button = QPushButton(words[strength])
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setMinimumWidth(84)
            button.setAccessibleName(self.tr("Variation: {strength}").format(strength=words[strength]))
            self._buttons.addButton(button, place)
            row.addWidget(button)
        self._buttons.idClicked.connect(self._on_button)
        row.addStretch(1)
        row.addWidget(self.new_views)
        area = self._area
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(self.tr("Views of the chosen images"))
        area.setWidget(self.sheet)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(row)
        layout.addWidget(self._sentence)
        layout.addWidget(area, 1)


class _Sheet(QWidget):
    """The rows of tiles, under headings."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[AugmentedViews] = []
        self._tiles: list[_Tile] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._errors: list[QLabel] = []
        self._side = _LEAST_TILE

    def tiles(self) -> list["_Tile"]:
        """All pictures, row by row."""
        return self._tiles

    def errors(self) -> list[str]:
        """What is said of images that cannot be read."""
        return [label.text() for label in self._errors]

    def show_rows(self, rows: list[AugmentedViews]) -> None:
        """Show these; where the images are the same ones, only the pictures are exchanged, so that nothing flickers."""
        if [(row.path, bool(row.error)) for row in rows] != [(row.path, bool(row.error)) for row in self._rows]:
            self._rebuild(rows)
        self._rows = rows
        pictures = [picture for row in rows if row.original is not None for picture in (row.original, *row.views)]
        for tile, picture in zip(self._tiles, pictures, strict=True):
            tile.show_picture(picture)

    def _rebuild(self, rows: list[AugmentedViews]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._tiles, self._errors = [], []
        self._grid.addWidget(text_label("caption", self.tr("In validation")), 0, 0)
        self._grid.addWidget(text_label("caption", self.tr("In training, another one each time")), 0, 1, 1, NUM_VIEWS)
        for line, row in enumerate(rows, start=1):
            if row.original is None:
                self._add_error(row, line)
            else:
                self._add_tiles(row, line)

    def _add_error(self, row: AugmentedViews, line: int) -> None:
        name = Path(row.path).name
        words = self.tr("{name} cannot be shown: {reason}.").format(name=name, reason=row.error.rstrip("."))
        label = text_label("warning", words, wrap=True)
        self._errors.append(label)
        self._grid.addWidget(label, line, 0, 1, 1 + NUM_VIEWS)

    def _add_tiles(self, row: AugmentedViews, line: int) -> None:
        name = Path(row.path).name
        for column in range(1 + len(row.views)):
            words = self.tr("{name}, view {number}").format(name=name, number=column)
            tile = _Tile(self._theme, words if column else self.tr("{name}, as it is").format(name=name))
            tile.setToolTip(row.path)
            tile.setFixedSize(self._side, self._side)
            self._tiles.append(tile)
            self._grid.addWidget(tile, line, column)

    def minimumSizeHint(self) -> QSize:
        """As high as the tiles are now; the width is given, and they follow it."""
        return QSize(0, super().minimumSizeHint().height())

    def fit(self, width: int) -> None:
        """Let all views of an image stand in one line of this width."""
        side = (width - _GAP * NUM_VIEWS) // (1 + NUM_VIEWS)
        self._side = min(max(side, _LEAST_TILE), _MOST_TILE)
        for tile in self._tiles:
            tile.setFixedSize(self._side, self._side)


class _Tile(QWidget):
    """A square picture."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._picture = QImage()
        self.setAccessibleName(name)

    def picture(self) -> QImage:
        """What is shown."""
        return self._picture

    def show_picture(self, picture: QImage) -> None:
        """Show this."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        if self._picture.isNull():
            painter.fillRect(self.rect(), self._theme.color("surface_sunken"))
        else:
            side = round(self.width() * self.devicePixelRatioF())
            smooth = self._picture.scaled(
                side,
                side,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            painter.drawImage(QRect(0, 0, self.width(), self.height()), smooth)
        painter.end()
