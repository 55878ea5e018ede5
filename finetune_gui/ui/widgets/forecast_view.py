"""What a plan will cost on this device."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.words import count, counted, size, spoken_time

if TYPE_CHECKING:
    from finetune_gui.engine.forecast import Forecast  # importing it for real would import torch

_MUCH_LESS = 0.6  # of the time of the epoch before


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
        need = self.tr("About {memory} of {available} free memory").format(
            memory=size(forecast.memory), available=size(forecast.available)
        )
        if not forecast.fits:
            need += " – " + self.tr("too much: choose a smaller batch, or freeze more")
        self._show(self._course(forecast.epoch_seconds), need, self._origin(forecast))

    def _course(self, seconds: Sequence[float]) -> str:
        """How long epochs take; the first ones apart where they do what later ones need not do again."""
        falls = [(after / before, at) for at, (before, after) in enumerate(pairwise(seconds), start=1)]
        deepest, first = min(falls, default=(1.0, 0))
        if deepest > _MUCH_LESS:
            first = len(seconds)
        early, late = seconds[:first], seconds[first:]
        time = _about(sum(early) / len(early))
        if not late:
            return self.tr("{time} an epoch").format(time=time)
        if first == 1:
            words = self.tr("{time} for the first epoch, then {later} each")
        else:
            words = self.tr("{time} for each of the first {count} epochs, then {later} each")
        later = _about(sum(late) / len(late))
        return words.format(time=time, count=count(first), later=later[0].lower() + later[1:])

    def _origin(self, forecast: Forecast) -> str:
        """Where the figures are from."""
        note = self.tr(
            "An estimate from {count} step(s) with up to {images} random images on {device}. "
            "{activations} of the memory are activations.",
            "",
            forecast.num_steps,
        )
        for name, value in (
            ("images", count(forecast.probe_batch)),
            ("device", forecast.device.upper()),
            ("activations", size(forecast.activations)),
        ):
            note = note.replace(f"{{{name}}}", value)
        notes = [counted(note, forecast.num_steps)]
        if forecast.kept:
            words = self.tr("Frozen layers run once for each view of an image; what they give takes {size}.")
            notes.append(words.format(size=size(forecast.kept)))
        if not forecast.decoding_known:
            notes.append(self.tr("Reading the images comes on top."))
        return " ".join(notes)

    def _show(self, time: str, memory: str, note: str) -> None:
        for label, text in ((self._time, time), (self._memory, memory), (self._note, note)):
            label.setText(text)
            label.setVisible(bool(text))


def _about(seconds: float) -> str:
    """As exact as one would say it."""
    if seconds < 1:
        return QCoreApplication.translate("ForecastView", "Less than a second")
    return QCoreApplication.translate("ForecastView", "About {time}").format(time=spoken_time(seconds))
