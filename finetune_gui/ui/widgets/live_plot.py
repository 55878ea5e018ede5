"""Curves that grow while a run goes on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QPoint, QPointF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QImage,
    QImageWriter,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.plot_parts import SWATCH, CalmBox, CountAxis, TimedPlotWidget, swatch
from finetune_gui.ui.widgets.series_buffer import Floats, SeriesBuffer
from finetune_gui.ui.words import count, figure, percent
from finetune_gui.ui.workers.latest_operation import LatestOperation

YKind = Literal["loss", "percent", "free"]
_REFRESH_MS = 100  # at most 10 repaints a second, however fast the points come
_MOST_OF_TIME = 0.01  # that repaints of one plot may take from training: on a slow machine they come less often
_LONGEST_MS = 1000
_KEY_STEPS = 100
_LEFT_AXIS = 60
_TOP_STRIP = 20  # above the curves: the words of the best mark
_RIGHT_STRIP = 16  # half of the last number below
_ROOM_FOR_TITLE = 170  # in lower plots the curves need the room of the title of the x axis
_SMALLEST = QSize(220, 120)
_FAINT, _LIGHT = 70, 130  # opacity of noisy points, and of the line through them


@dataclass(kw_only=True)
class _Series:
    name: str
    label: str
    color_token: str
    width: float
    dashed: bool
    symbol: bool
    smoothed: bool
    buffer: SeriesBuffer
    raw: Any
    average: Any
    entry: QToolButton
    shown: dict[str, Floats] = field(default_factory=lambda: dict.fromkeys(("x", "y", "average"), np.empty(0)))

    @property
    def visible(self) -> bool:
        return self.entry.isChecked()


class LivePlot(QWidget):
    """Named curves over one x axis, with legend, crosshair and a mark for the best point.

    Points may come as often as they like: they are collected and drawn at most ten times a second, and
    thinned to the width of the screen, so a million points cost no more than a thousand. Left and
    right arrows read the curves without a mouse; Ctrl and the wheel zoom.

    Args:
        theme: colours.
        title: name of the plot, shown above it and read by screen readers.
        x_title: title of the x axis.
        y_title: title of the y axis.
        y_kind: "loss" starts at 0; "percent" takes shares of 0 to 1 and shows 0 to 100 %; "free" fits.
    """

    def __init__(
        self,
        theme: Theme,
        title: str,
        x_title: str,
        y_title: str,
        y_kind: YKind = "free",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._titles = (x_title, f"{y_title} (%)" if y_kind == "percent" else y_title)
        self._kind: YKind = y_kind
        self._scale = 100.0 if y_kind == "percent" else 1.0
        self._series: dict[str, _Series] = {}
        self._best: tuple[float, float, str] | None = None
        self._log_y = False
        self._follow = True
        self._is_empty: bool | None = None
        self._x_end: float | None = None
        self._reading: float | None = None
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._refresh_seconds = 0.0  # of processor time, the last time
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.refresh)
        self._saving = LatestOperation(self)
        self._saving.failed.connect(self._on_save_failed)
        self._build_plot()
        self._build_overlays()
        self._lay_out(title)
        self._restyle()
        theme.changed.connect(self._restyle)

    # -------------------------------------------------------------------- data

    def add_series(
        self,
        name: str,
        label: str,
        color_token: str,
        *,
        symbol: bool = False,
        dashed: bool = False,
        width: float = 2.0,
        smoothing: float = 0.0,
    ) -> None:
        """Add an empty curve; with `smoothing` (0.9 to 0.99) it is drawn faint under its moving average."""
        # A noisy curve under its average is a haze: smooth edges there cost most of the painting and show nothing.
        raw, average = pg.PlotDataItem(antialias=smoothing <= 0.0), pg.PlotDataItem(antialias=True)
        for item in (raw, average):
            self._plot.addItem(item)
        entry = self._legend_entry(label)
        self._series[name] = _Series(
            name=name,
            label=label,
            color_token=color_token,
            width=width,
            dashed=dashed,
            symbol=symbol,
            smoothed=smoothing > 0.0,
            buffer=SeriesBuffer(smoothing),
            raw=raw,
            average=average,
            entry=entry,
        )
        self._restyle_series(self._series[name])

    def remove_series(self, name: str) -> None:
        """Take a curve away, with its points and its entry in the legend."""
        series = self._series.pop(name)
        for item in (series.raw, series.average):
            self._plot.removeItem(item)
        self._legend.removeWidget(series.entry)
        series.entry.hide()
        series.entry.deleteLater()

    def extend(self, name: str, xs: Sequence[float] | Floats, ys: Sequence[float] | Floats) -> None:
        """Append points to a curve; x must not fall, except that a smaller x rewinds the curve to there."""
        self._series[name].buffer.extend(xs, ys)
        self._schedule()

    def clear(self) -> None:
        """Forget all points and the best mark; the curves themselves stay."""
        for series in self._series.values():
            series.buffer.clear()
        self._best = None
        self._reading = None
        self._follow = True
        self.refresh()

    def mark_best(self, x: float, y: float, text: str) -> None:
        """Mark one point, such as the best epoch; replaces the last mark."""
        self._best = (x, y, text)
        self._schedule()

    def set_log_y(self, log: bool) -> None:
        """Whether the y axis is logarithmic."""
        self._log_y = log
        self.refresh()  # drops what has no logarithm before pyqtgraph meets it
        self._plot.setLogMode(y=log)
        self._box.disableAutoRange()  # which pyqtgraph has just switched on
        self.refresh()

    def set_x_end(self, x: float | None) -> None:
        """Let the x axis run to `x`, such as the planned number of steps; None: to the last point."""
        self._x_end = x
        self._schedule()

    @Slot()
    def reset_view(self) -> None:
        """Show everything again after zooming or panning."""
        self._follow = True
        self.refresh()

    def values_at(self, x: float) -> dict[str, tuple[float, float]]:
        """For every visible curve with points: its point (x, y) closest to `x`."""
        found = {name: series.buffer.nearest(x) for name, series in self._series.items() if series.visible}
        return {name: point for name, point in found.items() if point is not None}

    def drawn_points(self, name: str) -> tuple[Floats, Floats]:
        """The thinned x and y that are on the screen, in the unit given to `extend`."""
        shown = self._series[name].shown
        return shown["x"], shown["y"]

    def to_csv(self) -> str:
        """All points, one row an x, one column a curve; empty where a curve has no point."""
        filled = [series for series in self._series.values() if len(series.buffer)]
        columns = [dict(zip(series.buffer.x.tolist(), series.buffer.y.tolist(), strict=True)) for series in filled]
        lines = [",".join([_csv_cell(self._titles[0]), *(_csv_cell(series.label) for series in filled)])]
        for x in sorted(set().union(*columns)):
            values = (column.get(x) for column in columns)
            lines.append(",".join([f"{x:g}", *("" if value is None else repr(value) for value in values)]))
        return "\n".join(lines) + "\n"

    @Slot(str)
    def save_png(self, path: str) -> None:
        """Write the plot with its legend as an image, in the background."""
        self._hide_reading()
        picture = self.grab().toImage()
        self._saving.start(lambda _: _write_png(picture, path))

    def shutdown(self) -> None:
        """Wait for an image that is being written, with a bound."""
        self._saving.shutdown()

    def menu(self) -> QMenu:
        """The context menu."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._theme.icon("image"), self.tr("Save as PNG…"), self._on_save)
        menu.addAction(self._theme.icon("copy"), self.tr("Copy values as CSV"), self._on_copy)
        menu.addSeparator()
        menu.addAction(self._theme.icon("refresh"), self.tr("Reset view"), self.reset_view)
        return menu

    # ----------------------------------------------------------------- drawing

    @Slot()
    def refresh(self) -> None:
        """Draw what has come in; called by itself, at most ten times a second."""
        began = time.thread_time()
        self._timer.stop()
        if self._follow:
            self._show_all_x()
        for series in self._series.values():
            self._draw(series)
        if self._follow:
            self._fit_y()
        self._draw_best()
        self._draw_reading()
        self._tell()
        self._refresh_seconds = time.thread_time() - began

    def _schedule(self) -> None:
        if not self._timer.isActive() and self.isVisible():
            seconds = (self._refresh_seconds + self._view.paint_seconds) / _MOST_OF_TIME
            self._timer.start(max(_REFRESH_MS, min(_LONGEST_MS, round(1000 * seconds))))

    def _draw(self, series: _Series) -> None:
        low, high = self._box.viewRange()[0]
        buckets = max(100, round(self._box.width()))
        x, y, average_x, average_y = series.buffer.thinned(low, high, buckets)
        series.shown = {"x": x, "y": y, "average": average_y}
        if not series.visible:
            series.raw.clear()
            series.average.clear()
            return
        self._set_data(series.raw, x, y)
        if series.smoothed:
            self._set_data(series.average, average_x, average_y)

    def _set_data(self, item: Any, x: Floats, y: Floats) -> None:
        if self._log_y:
            x, y = x[y > 0], y[y > 0]
        item.setData(x, y * self._scale)

    def _show_all_x(self) -> None:
        filled = [series.buffer.x for series in self._series.values() if len(series.buffer)]
        low = min((float(x[0]) for x in filled), default=0.0)
        high = max((float(x[-1]) for x in filled), default=1.0)
        high = max(high, self._x_end or high)
        self._box.setXRange(low, high if high > low else low + 1.0, padding=0.02)

    def _fit_y(self) -> None:
        if self._kind == "percent":
            self._box.setYRange(0.0, 100.0, padding=0.03)
            return
        drawn = [series.shown for series in self._series.values() if series.visible and len(series.shown["y"])]
        if not drawn:
            self._box.setYRange(0.0, 1.0, padding=0.03)
            return
        values = np.concatenate([shown["y"] for shown in drawn])
        # One bad batch must not press the rest of the curve flat; the average counts in full.
        top = max(_nearly_highest(values), *(float(shown["average"].max()) for shown in drawn))
        low, high = float(values.min()), top
        if self._log_y:
            positive = values[values > 0]
            low, high = (np.log10(positive.min()), np.log10(max(top, positive.min()))) if len(positive) else (0.0, 1.0)
        elif self._kind == "loss":
            low = min(0.0, low)
        self._box.setYRange(low, high if high > low else low + 1.0, padding=0.05)

    def _draw_best(self) -> None:
        """A point on the curve, a thin line up from it, and the words above the curves, which they never cover."""
        shown = self._best is not None and not (self._log_y and self._best[1] <= 0)
        for part in (self._best_line, self._best_words):
            part.setVisible(shown)
        if self._best is None or not shown:
            self._best_dot.clear()
            return
        x, y, text = self._best
        self._best_dot.setData([x], [y * self._scale])
        self._best_line.setPos(x)
        self._best_words.setText(text)
        self._best_words.adjustSize()
        self._place_best(x)

    def _place_best(self, x: float) -> None:
        """Over the line, as far as the plot reaches."""
        frame = self._box.sceneBoundingRect()
        at = self._view.mapFromScene(self._box.mapViewToScene(QPointF(x, 0.0))).x()
        inside = frame.left() - 1 <= at <= frame.right() + 1
        self._best_words.setVisible(inside)
        last = round(frame.right()) + _RIGHT_STRIP - self._best_words.width()
        left = min(at - self._best_words.width() // 2, last)
        top = self._view.mapFromScene(frame.topLeft()).y() - self._best_words.height()
        self._best_words.move(max(left, round(frame.left())), max(top, 0))

    def _to_view(self, y: float) -> float:
        y *= self._scale
        return float(np.log10(max(y, 1e-300))) if self._log_y else y

    # ----------------------------------------------------------------- reading

    def read_at(self, x: float) -> None:
        """Show crosshair and values at the point closest to `x`."""
        values = self.values_at(x)
        if not values:
            return
        self._reading = min((point[0] for point in values.values()), key=lambda known: abs(known - x))
        self._draw_reading()

    @Slot(object)
    def _on_mouse(self, position: QPointF) -> None:
        if self._box.sceneBoundingRect().contains(position):
            self.read_at(self._box.mapSceneToView(position).x())
        else:
            self._hide_reading()

    def _hide_reading(self) -> None:
        self._reading = None
        self._draw_reading()

    def _draw_reading(self) -> None:
        shown = self._reading is not None
        self._cross.setVisible(shown)
        self._tip.setVisible(shown)
        if self._reading is None:
            return
        self._cross.setPos(self._reading)
        self._tip.setText(self._reading_html(self._reading))
        self._tip.adjustSize()
        self._place_tip(self._reading)

    def _reading_html(self, x: float) -> str:
        (left, right), _ = self._box.viewRange()
        near = (right - left) / 200
        rows = []
        for name, (at, y) in self.values_at(x).items():
            series = self._series[name]
            where = "" if abs(at - x) <= near else f" ({_number(at)})"
            color = self._tip_color(series.color_token)
            rows.append(
                f'<tr><td style="color:{color}">●&nbsp;</td><td>{escape(series.label)}{where}&nbsp;&nbsp;</td>'
                f'<td align="right"><b>{self._value_text(y)}</b></td></tr>'
            )
        return f"{escape(self._titles[0])} <b>{_number(x)}</b><table cellspacing='0'>{''.join(rows)}</table>"

    def _tip_color(self, token: str) -> str:
        """Curve colours on the tooltip, whose ground is dark in the light theme and light in the dark one."""
        return str(getattr(self._theme.opposite_tokens, token))

    def _place_tip(self, x: float) -> None:
        scene_x = self._box.mapViewToScene(QPointF(x, 0.0)).x()
        frame = self._box.sceneBoundingRect()
        on_view = self._view.mapFromScene(QPointF(scene_x, frame.top()))
        left = on_view.x() + 12
        if left + self._tip.width() > self._view.width():
            left = on_view.x() - 12 - self._tip.width()
        # In the half of the height where the values are not.
        _, (bottom, top) = self._box.viewRange()
        heights = [self._to_view(y) for _, y in self.values_at(x).values()]
        high = sum(heights) / max(len(heights), 1) > (bottom + top) / 2
        below = round(frame.height()) - self._tip.height() - 10
        self._tip.move(QPoint(max(0, left), on_view.y() + (below if high else 10)))

    def _value_text(self, y: float) -> str:
        return percent(y) if self._kind == "percent" else figure(y)

    def _tell(self) -> None:
        """Latest values for screen readers and the legend; nothing drawn can be read by them."""
        parts = []
        latest: dict[str, str] = {}
        for series in self._series.values():
            if len(series.buffer):
                value = self._value_text(float(series.buffer.y[-1]))
                at = _number(float(series.buffer.x[-1]))
                parts.append(f"{series.label} {value}, {self._titles[0]} {at}")
                if not series.smoothed:  # the value of one step says little
                    latest[series.name] = value
        self._fill_legend(latest)
        if self._best is not None:
            parts.append(self._best[2])
        self._show_empty(not parts)
        self.setAccessibleDescription("; ".join(parts) or self._empty.text())

    def _fill_legend(self, latest: dict[str, str]) -> None:
        """Names and latest values; where there is little room without the values, or even without the heading."""
        gap = self._legend.spacing()
        heading = self._heading.sizeHint().width() + gap
        for values, with_heading in ((latest, True), ({}, True), ({}, False)):
            texts = {s.name: f"{s.label}  {values.get(s.name, '')}".rstrip() for s in self._series.values()}
            entries = sum(_width_with(series.entry, texts[series.name]) + gap for series in self._series.values())
            if entries + with_heading * heading <= self.width():
                break
        self._heading.setVisible(with_heading)
        for series in self._series.values():
            series.entry.setText(texts[series.name])

    def _show_empty(self, empty: bool) -> None:
        """Without curves no numbers on the axes either: they would mean nothing."""
        if empty is self._is_empty:
            return
        self._is_empty = empty
        self._empty.setVisible(empty)
        self._plot.showGrid(x=False, y=not empty, alpha=1.0)
        for side in ("bottom", "left"):
            self._plot.getAxis(side).setStyle(showValues=not empty)

    # ------------------------------------------------------------------ events

    def minimumSizeHint(self) -> QSize:
        """The legend gives way, so what it says now must not keep the window from becoming smaller."""
        return _SMALLEST

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while hidden."""
        super().showEvent(event)
        self._schedule()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Thin for the new width."""
        super().resizeEvent(event)
        self._empty.setGeometry(self._view.rect())
        self._plot.getAxis("bottom").showLabel(self._view.height() >= _ROOM_FOR_TITLE)
        self._schedule()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move the reading; Escape ends it."""
        (left, right), _ = self._box.viewRange()
        step = (right - left) / _KEY_STEPS
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                sign = 1 if event.key() == Qt.Key.Key_Right else -1
                self._read_further((left + right) / 2 if self._reading is None else self._reading, sign, step)
            case Qt.Key.Key_Home:
                self.read_at(left)
            case Qt.Key.Key_End:
                self.read_at(right)
            case Qt.Key.Key_Escape if self._reading is not None:
                self._hide_reading()
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No crosshair stays behind."""
        super().focusOutEvent(event)
        self._hide_reading()

    def leaveEvent(self, event: QEvent) -> None:
        """No crosshair stays behind."""
        super().leaveEvent(event)
        self._hide_reading()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """A few things that make sense, instead of pyqtgraph's many."""
        self.menu().popup(event.globalPos())

    def _read_further(self, x: float, sign: int, step: float) -> None:
        """Move the reading to the next point in this direction, or by a hundredth if that is further."""
        known = [series.buffer.x for series in self._series.values() if series.visible and len(series.buffer)]
        ahead = [points[points > x][:1] if sign > 0 else points[points < x][-1:] for points in known]
        nexts = [float(points[0]) for points in ahead if len(points)]
        if nexts:
            closest = min(nexts) if sign > 0 else max(nexts)
            self.read_at(closest if abs(closest - x) > step else x + sign * step)

    @Slot(object)
    def _on_manual_range(self, axes: object) -> None:  # noqa: ARG002
        self._follow = False
        self._schedule()

    @Slot(bool)
    def _on_toggled(self, checked: bool) -> None:  # noqa: ARG002
        self.refresh()

    @Slot()
    def _on_save(self) -> None:
        dialog = QFileDialog(self, self.tr("Save plot"), "plot.png", self.tr("PNG image (*.png)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_png)
        dialog.open()

    @Slot(object)
    def _on_save_failed(self, error: EngineError) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, self.tr("Save plot"), error.message, parent=self)
        box.setInformativeText(error.hint)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.to_csv())

    # ---------------------------------------------------------------- building

    def _build_plot(self) -> None:
        self._box = CalmBox(enableMenu=False)
        self._view = TimedPlotWidget(self, viewBox=self._box, axisItems={"bottom": CountAxis("bottom")})
        # Without a policy of its own the view leaves the context menu and the keys to this widget.
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        self._plot = self._view.getPlotItem()
        self._plot.hideButtons()
        self._plot.setContentsMargins(0, _TOP_STRIP, _RIGHT_STRIP, 0)
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0.0)
        self._box.sigRangeChangedManually.connect(self._on_manual_range)
        self._view.scene().sigMouseMoved.connect(self._on_mouse)
        for side, title in zip(("bottom", "left"), self._titles, strict=True):
            axis = self._plot.getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setStyle(tickLength=0, tickTextOffset=8)
            axis.setLabel(title)
            axis.setZValue(-1)  # the grid belongs to the axis, and must not cut the curves
        left = self._plot.getAxis("left")
        left.setStyle(maxTickLevel=0)
        left.setWidth(_LEFT_AXIS)  # plots above each other line up, and nothing jumps when numbers grow

    def _build_overlays(self) -> None:
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._cross.setVisible(False)
        self._best_line = pg.InfiniteLine(angle=90, movable=False)
        self._best_dot = pg.PlotDataItem(symbol="o", symbolSize=10, pen=None)
        for depth, item in ((-0.5, self._best_line), (10, self._cross), (10, self._best_dot)):
            item.setZValue(depth)
            self._plot.addItem(item, ignoreBounds=True)
        self._best_words = QLabel(self._view)
        self._best_words.setProperty("kind", "best")
        self._best_words.setTextFormat(Qt.TextFormat.PlainText)
        self._tip = QLabel(self._view)
        self._tip.setProperty("kind", "tip")
        self._tip.setTextFormat(Qt.TextFormat.RichText)
        self._empty = QLabel(self.tr("Curves appear here once training starts"), self._view)
        self._empty.setProperty("kind", "hint")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for label in (self._tip, self._empty, self._best_words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._tip.hide()

    def _lay_out(self, title: str) -> None:
        self._heading = QLabel(title)
        self._heading.setProperty("kind", "heading")
        self._legend = QHBoxLayout()
        self._legend.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self._heading)
        top.addStretch(1)
        top.addLayout(self._legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self._view, 1)

    def _legend_entry(self, label: str) -> QToolButton:
        entry = QToolButton()
        entry.setProperty("kind", "legend")
        entry.setCheckable(True)
        entry.setChecked(True)
        entry.setText(label)
        entry.setIconSize(SWATCH)
        entry.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        entry.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        entry.setToolTip(self.tr("Show or hide this curve"))
        entry.setAccessibleName(self.tr("Show {curve}").format(curve=label))
        entry.toggled.connect(self._on_toggled)
        self._legend.addWidget(entry)
        return entry

    @Slot()
    def _restyle(self) -> None:
        tokens = self._theme.tokens
        self._view.setBackground(tokens.surface)
        for side in ("bottom", "left"):
            axis = self._plot.getAxis(side)
            axis.setPen(pg.mkPen(tokens.plot_grid))
            axis.setTextPen(pg.mkPen(tokens.text_muted))
            axis.labelStyle = {"color": tokens.text_muted}
            axis.setLabel(axis.labelText)
        self._cross.setPen(pg.mkPen(tokens.indicator, width=1))
        self._best_dot.setSymbolBrush(tokens.success)
        self._best_dot.setSymbolPen(pg.mkPen(tokens.surface, width=2))
        self._best_line.setPen(pg.mkPen(tokens.success, width=1, style=Qt.PenStyle.DotLine))
        for series in self._series.values():
            self._restyle_series(series)
        self.refresh()

    def _restyle_series(self, series: _Series) -> None:
        bold = self._theme.color(series.color_token)
        if series.smoothed:  # it stands behind the others, also where it has their colour
            bold.setAlpha(_LIGHT)
        faint = QColor(bold)
        faint.setAlpha(_FAINT)
        style = Qt.PenStyle.DashLine if series.dashed else Qt.PenStyle.SolidLine
        pen = pg.mkPen(bold, width=series.width, style=style)
        series.average.setPen(pen)
        series.raw.setPen(pg.mkPen(faint, width=1) if series.smoothed else pen)
        if series.symbol:
            series.raw.setSymbol("o")
            series.raw.setSymbolSize(6)
            series.raw.setSymbolBrush(bold)
            series.raw.setSymbolPen(pg.mkPen(self._theme.tokens.surface, width=1))
        off = self._theme.color("border_strong")
        series.entry.setIcon(swatch(pen, off, self.devicePixelRatioF(), dot=series.symbol))


def _nearly_highest(values: Floats) -> float:
    """The value that 99 of 100 do not exceed; ``np.percentile`` would import numpy.ma here, in the middle of a run."""
    rank = round(0.99 * (len(values) - 1))
    return float(np.partition(values, rank)[rank])


def _width_with(button: QToolButton, text: str) -> int:
    """The width that a button wants with another text, without the relayout that setting it would cause."""
    metrics = button.fontMetrics()
    return button.sizeHint().width() - metrics.horizontalAdvance(button.text()) + metrics.horizontalAdvance(text)


def _number(x: float) -> str:
    return count(round(x)) if float(x).is_integer() else figure(x)


def _csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text


def _write_png(picture: QImage, path: str) -> None:
    if not QImageWriter(path, QByteArray(b"png")).write(picture):
        message = QCoreApplication.translate("LivePlot", "{path} could not be written.").format(path=path)
        hint = QCoreApplication.translate("LivePlot", "Check the permission of the folder, or choose another.")
        raise EngineError(message, hint)
