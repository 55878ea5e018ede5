"""What a model says of single images: picture, name, and its best guesses as bars."""

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from finetune_gui.engine.prediction import Prediction
from finetune_gui.ui.item_models.thumbnail_item_model import Thumbnail, ThumbnailItemModel, ThumbnailRole
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.guess_bars import LINE, paint_guesses
from finetune_gui.ui.widgets.thumbnail_painter import paint_thumbnail
from finetune_gui.ui.words import milliseconds, percent

_PICTURE = 96
_PAD = 10
_SHOWN = 3  # guesses of an image


class PredictionList(QListView):
    """The images tried, newest first; an image tried again takes the place of its former result.

    Signals:
        image_activated: path of the image that was double-clicked or entered.
    """

    image_activated = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._predictions: dict[str, Prediction] = {}
        self._thumbnails = ThumbnailItemModel(
            self, pixels=round(_PICTURE * self.devicePixelRatioF()), cache_bytes=20_000_000
        )
        self.setModel(self._thumbnails)
        self.setItemDelegate(_PredictionDelegate(theme, self))
        self.setAccessibleName(self.tr("Predictions"))
        self.setProperty("kind", "plain")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.activated.connect(self._on_activated)
        theme.changed.connect(self._repaint)

    def add(self, predictions: Sequence[Prediction]) -> None:
        """Put these on top."""
        newest = {prediction.path: prediction for prediction in predictions}
        self._predictions = newest | {path: old for path, old in self._predictions.items() if path not in newest}
        former = self._thumbnails.item(0).path if self._thumbnails.rowCount() else ""
        items = [Thumbnail(path=path, caption=self._sentence(each)) for path, each in self._predictions.items()]
        self._thumbnails.set_items(items)
        if items and items[0].path != former:  # while a long batch goes on the user may look at some of it
            self.scrollToTop()

    def clear(self) -> None:
        """Show nothing."""
        self._predictions = {}
        self._thumbnails.clear()

    def paths(self) -> list[str]:
        """Of all results, from the top."""
        return [*self._predictions]

    def current_path(self) -> str:
        """Of the current image, or the uppermost; empty where there is none."""
        return str(self.currentIndex().data(ThumbnailRole.PATH) or next(iter(self._predictions), ""))

    def predictions(self) -> tuple[Prediction, ...]:
        """All of them, in their order."""
        return tuple(self._predictions.values())

    def prediction(self, path: str) -> Prediction:
        """What was said of an image."""
        return self._predictions[path]

    def sentences(self) -> list[str]:
        """What a screen reader says of each row."""
        return [self._thumbnails.item(row).caption for row in range(self._thumbnails.rowCount())]

    def shutdown(self, timeout_ms: int = 3000) -> bool:
        """Stop decoding and wait for the workers; True when none is left."""
        return self._thumbnails.shutdown(timeout_ms)

    def _sentence(self, prediction: Prediction) -> str:
        guesses = ", ".join(f"{name} {percent(share)}" for name, share in prediction.top[:_SHOWN])
        if not prediction.is_known:
            guesses = self.tr("none of these; likeliest {guesses}").format(guesses=guesses)
        return f"{PurePath(prediction.path).name}: {prediction.error or guesses}"

    def remark(self, prediction: Prediction) -> str:
        """What stands beside the name: that no class is likely enough, and the time that it took."""
        if prediction.error:
            return ""
        took = milliseconds(prediction.seconds) if prediction.seconds else ""
        unknown = "" if prediction.is_known else self.tr("None of these")
        return "  ·  ".join(filter(None, (unknown, took)))

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.image_activated.emit(str(index.data(ThumbnailRole.PATH)))

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()


class _PredictionDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: PredictionList) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        return QSize(320, _PICTURE + 2 * _PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        prediction = self._view.prediction(str(index.data(ThumbnailRole.PATH)))
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, option)
        picture = QRect(option.rect.x() + _PAD, option.rect.y() + _PAD, _PICTURE, _PICTURE)
        paint_thumbnail(painter, self._theme, picture, index)
        words = option.rect.adjusted(_PICTURE + 3 * _PAD, _PAD, -_PAD, -_PAD)
        words.setWidth(min(words.width(), 560))
        name = QRect(words.x(), words.y(), words.width(), LINE)
        remark = self._view.remark(prediction)
        painter.setPen(self._theme.color("text_muted" if prediction.is_known else "warning"))
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, remark)
        name.setWidth(name.width() - painter.fontMetrics().horizontalAdvance(remark) - _PAD)
        painter.setPen(self._theme.color("text_muted"))
        title = painter.fontMetrics().elidedText(
            PurePath(prediction.path).name, Qt.TextElideMode.ElideMiddle, name.width()
        )
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, title)
        rest = words.adjusted(0, LINE + 4, 0, 0)
        if prediction.error:
            painter.setPen(self._theme.color("error"))
            painter.drawText(rest, int(Qt.TextFlag.TextWordWrap), prediction.error)
        else:
            painter.setFont(self._view.font())
            paint_guesses(painter, self._theme, rest, prediction, _SHOWN)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent_soft" if selected else "surface_hover"))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 10, 10)
