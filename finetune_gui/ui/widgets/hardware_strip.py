"""Small meters of the machine: processors, memory, GPU, its memory, temperature."""

import math
from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from finetune_gui.engine.hardware_limits import GPU_HOT, ConcernKind
from finetune_gui.engine.nvidia import GpuReading
from finetune_gui.ui.hardware_words import degrees, memory_of, reading_words
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.words import percent

if TYPE_CHECKING:
    from finetune_gui.engine.hardware import HardwareReading

_TRACK = 3  # pixels
_COLD = 20.0  # °C; where the meter of the temperature begins
# The widest text of each meter, so that none moves when a figure gets a digit more.
_WIDEST = {
    "cpu": "CPU 100 %",
    "memory": "RAM 88.8/888 GB",
    "gpu": "GPU 100 %",
    "gpu_memory": "VRAM 88.8/88 GB",
    "heat": "100 °C",
}


def _whole(share: float | None) -> float | None:
    """Down to a whole hundredth: figures of one width."""
    return None if share is None else math.floor(100 * share) / 100


class HardwareStrip(QWidget):
    """Empty until the first reading; shows what this machine tells, and no more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Hardware"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        self._meters = {name: _Meter(theme, widest) for name, widest in _WIDEST.items()}
        for meter in self._meters.values():
            meter.hide()
            layout.addWidget(meter)

    def show_reading(self, reading: "HardwareReading", concerns: Collection[ConcernKind] = ()) -> None:
        """Show how the machine is; what is a concern stands out."""
        gpu = _fullest(reading.gpus)
        self._show("cpu", reading.cpu, f"CPU {percent(_whole(reading.cpu), 0)}")
        used, total = reading.memory_used, reading.memory_total
        self._show("memory", used / total, f"RAM {memory_of(used, total)}", warn="memory" in concerns)
        self._show_gpu(gpu, concerns)
        heat = gpu.temperature if gpu and gpu.temperature is not None else reading.cpu_temperature
        hot = not {"gpu_temperature", "cpu_temperature"}.isdisjoint(concerns)
        share = None if heat is None else (heat - _COLD) / (GPU_HOT + 10 - _COLD)
        self._show("heat", share, degrees(heat or 0.0), warn=hot)
        words = reading_words(reading)
        if words != self.toolTip():
            self.setToolTip(words)
            self.setAccessibleDescription(words)

    def text(self) -> str:
        """All that is shown, for tests."""
        return " · ".join(meter.text for meter in self._meters.values() if not meter.isHidden())

    def _show_gpu(self, gpu: GpuReading | None, concerns: Collection[ConcernKind]) -> None:
        use = gpu.use if gpu else None
        self._show("gpu", use, f"GPU {percent(_whole(use), 0)}")
        used, total = (gpu.memory_used, gpu.memory_total) if gpu else (None, None)
        if used is None or not total:
            self._show("gpu_memory", None, "")
        else:
            self._show("gpu_memory", used / total, f"VRAM {memory_of(used, total)}", warn="gpu_memory" in concerns)

    def _show(self, name: str, share: float | None, text: str, *, warn: bool = False) -> None:
        meter = self._meters[name]
        meter.setVisible(share is not None)
        if share is not None:
            meter.show_value(share, text, warn=warn)


def _fullest(gpus: Collection[GpuReading]) -> GpuReading | None:
    """Of several, the one that most is going on with; the tooltip has them all."""
    return max(gpus, key=lambda gpu: (gpu.memory_used or 0, gpu.use or 0.0), default=None)


class _Meter(QWidget):
    """A short text and a thin bar beneath it."""

    def __init__(self, theme: Theme, widest: str) -> None:
        super().__init__()
        self._theme = theme
        self._widest = widest
        self._share = 0.0
        self._warn = False
        self.text = ""
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.88)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self._repaint)

    def show_value(self, share: float, text: str, *, warn: bool) -> None:
        share = min(max(share, 0.0), 1.0)
        if (share, text, warn) != (self._share, self.text, self._warn):
            self._share, self.text, self._warn = share, text, warn
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = max(metrics.horizontalAdvance(text) for text in (self._widest, self.text))
        return QSize(width, metrics.height() + _TRACK + 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.fontMetrics().height()
        top = (self.height() - height - _TRACK - 2) / 2
        painter.setPen(self._theme.color("warning" if self._warn else "text_muted"))
        painter.drawText(QRectF(0, top, self.width(), height), Qt.AlignmentFlag.AlignLeft, self.text)
        track = QRectF(0, top + height + 2, self.width(), _TRACK)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("surface_pressed"))
        painter.drawRoundedRect(track, _TRACK / 2, _TRACK / 2)
        track.setWidth(max(track.width() * self._share, _TRACK))
        painter.setBrush(self._theme.color("warning" if self._warn else "indicator"))
        painter.drawRoundedRect(track, _TRACK / 2, _TRACK / 2)

    @Slot()
    def _repaint(self) -> None:
        self.update()
