"""A step of the top navigation."""

from typing import Literal

from PySide6.QtCore import QPointF, QRect, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolButton, QWidget

from finetune_gui.ui.theme import Theme, set_kind

StepState = Literal["none", "done", "warning"]
_ICON = 20
_BADGE = 13


class StepButton(QToolButton):
    """Icon and name of a step, checkable, with a badge that says whether the step is done or needs care."""

    def __init__(self, theme: Theme, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state: StepState = "none"
        self.setProperty("kind", "step")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        # No ring after a click: the checked state already shows where one is.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(text)
        # Qt fixes the gap between icon and text; a thin space is the only way to widen it.
        self.setText(f"\u2009{text}")
        theme.bind_icon(self, icon, size=_ICON)
        theme.changed.connect(self._repaint)

    def state(self) -> StepState:
        """What the badge says."""
        return self._state

    def set_state(self, state: StepState, reason: str = "") -> None:
        """Set the badge; `reason` becomes the tooltip."""
        self.setToolTip(reason)
        words = {"none": "", "done": self.tr("done"), "warning": self.tr("needs attention")}
        self.setAccessibleDescription(f"{words[state]} {reason}".strip())
        if state != self._state:
            self._state = state
            set_kind(self, state=state)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The badge on top of what the style draws."""
        super().paintEvent(event)
        if self._state == "none":
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_badge(painter, self._badge_rect())
        painter.end()

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def _badge_rect(self) -> QRect:
        """At the lower right of the icon, which the style sheet's padding (12 + 1 border) puts at the left."""
        return QRect(13 + _ICON - _BADGE + 4, self.height() // 2 + _ICON // 2 - _BADGE + 4, _BADGE, _BADGE)

    def _paint_badge(self, painter: QPainter, rect: QRect) -> None:
        done = self._state == "done"
        ground = self._theme.color("accent_soft" if self.isChecked() else "surface")
        painter.setPen(QPen(ground, 2.0))
        painter.setBrush(self._theme.color("success" if done else "warning"))
        painter.drawEllipse(rect)
        mark = QPen(self._theme.color("surface"), 1.6)
        mark.setCapStyle(Qt.PenCapStyle.RoundCap)
        mark.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(mark)
        centre = QPointF(rect.center()) + QPointF(0.5, 0.5)
        if done:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF([centre + QPointF(*at) for at in ((-2.6, 0.2), (-0.7, 2.1), (2.7, -1.8))]))
        else:
            painter.drawLine(centre + QPointF(0, -2.8), centre + QPointF(0, 0.4))
            painter.drawPoint(centre + QPointF(0, 2.8))
