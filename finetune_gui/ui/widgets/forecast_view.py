"""What a plan will cost on this device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.words import count, counted, size, spoken_time

if TYPE_CHECKING:
    from finetune_gui.engine.forecast import Forecast  # importing it for real would import torch


class ForecastView(QWidget):
    """Time and memory in words, and how they were found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._time = text_label("", wrap=True)
        self._memory = text_label("", wrap=True)
        self._note = text_label("hint", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(text_label("heading", self.tr("Forecast"), wrap=True))
        for label in (self._time, self._memory, self._note):
            layout.addWidget(label)
        self.show_waiting("")

    def text(self) -> str:
        """All that is shown, for screen readers and tests."""
        labels = (self._time, self._memory, self._note)
        return "\n".join(label.text() for label in labels if label.text())

    def show_waiting(self, why: str) -> None:
        """No figures yet."""
        self._show("", "", why)

    @Slot(object)
    def show_error(self, error: EngineError) -> None:
        """It cannot be had."""
        self._show("", "", f"{error.message} {error.hint}")

    @Slot(object)
    def show_forecast(self, forecast: Forecast) -> None:
        """Figures of a probe."""
        time = self.tr("About {time} an epoch").format(time=spoken_time(forecast.seconds_per_epoch))
        need = self.tr("About {memory} of {available} free memory").format(
            memory=size(forecast.memory), available=size(forecast.available)
        )
        if not forecast.fits:
            need += " – " + self.tr("too much: choose a smaller batch, or freeze more")
        note = self.tr(
            "An estimate from {count} step(s) of {images} random images on {device}; reading images is left out. "
            "{activations} of the memory are activations.",
            "",
            forecast.num_steps,
        )
        for name, value in (
            ("images", count(forecast.probe_batch)),
            ("device", forecast.device),
            ("activations", size(forecast.activations)),
        ):
            note = note.replace(f"{{{name}}}", value)
        self._show(time, need, counted(note, forecast.num_steps))

    def _show(self, time: str, memory: str, note: str) -> None:
        for label, text in ((self._time, time), (self._memory, memory), (self._note, note)):
            label.setText(text)
            label.setVisible(bool(text))
