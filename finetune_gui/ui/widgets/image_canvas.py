"""One picture, fitted to its place, enlarged and moved about."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from finetune_gui.ui.theme import Theme

_STEP = 1.25
_MOST = 32.0
_NUDGE = 60


class ImageCanvas(QWidget):
    """Zooms by wheel, ``+`` and ``-``; ``0`` fits, ``1`` shows pixel for pixel; dragging moves.

    A zoom of 1 shows one pixel of the file on one of the screen, also where the picture in memory is a smaller one.

    Signals:
        zoom_changed: the zoom now.
    """

    zoom_changed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._levels: tuple[QImage, ...] = ()
        self._size = QSizeF()  # of the picture in the file
        self._message = ""
        self._fitted = True
        self._zoom = 1.0
        self._centre = QPointF()  # the point of the picture that is in the middle
        self._dragged_from: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Picture"))
        self.setMinimumSize(240, 180)
        theme.changed.connect(self._repaint)

    # -- what is shown --------------------------------------------------------------------------------------------

    def show_picture(self, levels: tuple[QImage, ...], size: tuple[int, int]) -> None:
        """Show a picture, fitted.

        Args:
            levels: The picture, and smaller ones of it (see ``workers/picture.py``).
            size: Width and height in the file.
        """
        self._levels, self._size, self._message = levels, QSizeF(*size), ""
        self.fit()

    def show_message(self, message: str) -> None:
        """Say something in place of a picture."""
        self._levels, self._message = (), message
        self.setAccessibleDescription(message)
        self.update()

    def has_picture(self) -> bool:
        """Whether there is something to zoom."""
        return bool(self._levels)

    def message(self) -> str:
        """What is said in place of a picture."""
        return self._message

    # -- zoom -----------------------------------------------------------------------------------------------------

    def zoom(self) -> float:
        """Pixels of the screen to a pixel of the file."""
        return self._fit_zoom() if self._fitted else self._zoom

    @Slot()
    def fit(self) -> None:
        """Show all of it, not larger than it is."""
        self._fitted = True
        self._centre = QPointF(self._size.width() / 2, self._size.height() / 2)
        self._tell()

    @Slot()
    def show_actual_size(self) -> None:
        """Pixel for pixel."""
        self.set_zoom(1.0)

    @Slot()
    def zoom_in(self) -> None:
        """A step closer."""
        self.set_zoom(self.zoom() * _STEP)

    @Slot()
    def zoom_out(self) -> None:
        """A step back."""
        self.set_zoom(self.zoom() / _STEP)

    def set_zoom(self, zoom: float, fixed: QPointF | None = None) -> None:
        """Zoom; the point ``fixed`` of the widget (default: the middle) keeps showing the same point of the picture."""
        if not self._levels:
            return
        place = fixed if fixed is not None else QPointF(self.rect().center())
        before = self._to_picture(place)
        self._zoom = min(max(zoom, min(self._fit_zoom(), 1.0)), _MOST)
        self._fitted = False
        self._centre += before - self._to_picture(place)
        self._keep_inside()
        self._tell()

    def _fit_zoom(self) -> float:
        if self._size.isEmpty():
            return 1.0
        ratio = self.devicePixelRatioF()
        fitting = min(self.width() * ratio / self._size.width(), self.height() * ratio / self._size.height())
        # A tiny picture is enlarged by a whole factor, so that its pixels stay squares.
        return fitting if fitting < 1 else float(min(int(fitting), 8))

    def _tell(self) -> None:
        self.zoom_changed.emit(self.zoom())
        self.update()

    # -- places ---------------------------------------------------------------------------------------------------

    def _scale(self) -> float:
        """Logical pixels of the widget to a pixel of the file."""
        return self.zoom() / self.devicePixelRatioF()

    def _to_picture(self, place: QPointF) -> QPointF:
        return self._centre + (place - QPointF(self.width() / 2, self.height() / 2)) / self._scale()

    def _keep_inside(self) -> None:
        """No ground beside the picture where it is larger than the widget; in the middle where it is smaller."""
        centre = [self._centre.x(), self._centre.y()]
        spans = ((self._size.width(), self.width()), (self._size.height(), self.height()))
        for axis, (whole, room) in enumerate(spans):
            half = min(whole, room / self._scale()) / 2
            centre[axis] = min(max(centre[axis], half), whole - half)
        self._centre = QPointF(*centre)

    def _move_by(self, delta: QPointF) -> None:
        """Move the picture by logical pixels."""
        self._centre -= delta / self._scale()
        self._keep_inside()
        self.update()

    # -- events ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """The picture on a quiet ground, or the message."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface_sunken"))
        if self._levels:
            self._paint_picture(painter)
        else:
            painter.setPen(self._theme.color("text_muted"))
            words = self.rect().adjusted(32, 32, -32, -32)
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(words, flags, self._message)
        painter.end()

    def _paint_picture(self, painter: QPainter) -> None:
        scale = self._scale()
        top_left = QPointF(self.width() / 2, self.height() / 2) - self._centre * scale
        target = QRectF(top_left, self._size * scale)
        level = self._level_for(target.width() * self.devicePixelRatioF())
        enlarged = target.width() * self.devicePixelRatioF() >= 2 * level.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not enlarged)  # to see pixels when close
        painter.drawImage(target, level)

    def _level_for(self, width: float) -> QImage:
        """The smallest one that has as many pixels as are shown."""
        return next((level for level in reversed(self._levels) if level.width() >= width), self._levels[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted picture stays fitted."""
        super().resizeEvent(event)
        if self._levels:
            if not self._fitted:
                self._keep_inside()
            self._tell()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Closer and back, about the pointer."""
        notches = event.angleDelta().y() / 120
        if notches:
            self.set_zoom(self.zoom() * _STEP**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() == Qt.MouseButton.LeftButton and self._levels:
            self._dragged_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it along."""
        if self._dragged_from is not None:
            self._move_by(event.position() - self._dragged_from)
            self._dragged_from = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002
        """Let go."""
        self._dragged_from = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """To and fro between fitted and pixel for pixel."""
        if self._fitted:
            self.set_zoom(1.0 if self._fit_zoom() != 1 else 2.0, event.position())
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus, minus, 0, 1; Shift with arrows moves."""
        moves = {
            Qt.Key.Key_Left: QPointF(_NUDGE, 0),
            Qt.Key.Key_Right: QPointF(-_NUDGE, 0),
            Qt.Key.Key_Up: QPointF(0, _NUDGE),
            Qt.Key.Key_Down: QPointF(0, -_NUDGE),
        }
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_in()
            case Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.show_actual_size()
            case key if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and key in moves:
                self._move_by(moves[Qt.Key(key)])
            case _:
                super().keyPressEvent(event)

    @Slot()
    def _repaint(self) -> None:
        self.update()
