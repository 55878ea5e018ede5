"""How far the answers of a model can be trusted, and what is to be done about it."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from finetune_gui.engine.predictions_file import ImagePredictions
from finetune_gui.engine.trust.calibration import confidences, expected_calibration_error, reliability
from finetune_gui.engine.trust.rejection import RejectionCurve, rejection_curve
from finetune_gui.engine.trust.settings import Calibration, Trust
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import card, text_label
from finetune_gui.ui.widgets.rejection_plot import RejectionPlot
from finetune_gui.ui.widgets.reliability_plot import ReliabilityPlot
from finetune_gui.ui.words import count, figure, percent

_STEPS = 200  # of the slider
_FIRST = 0.5  # threshold that is offered
_ERRORS = (0.005, 0.01, 0.02, 0.05, 0.1)
_SETTLED_MS = 300


@dataclass(frozen=True, kw_only=True)
class Trustworthiness:
    """What is shown.

    Attributes:
        predictions: Of the images that were evaluated.
        trust: How the run answers now.
        calibration: Fitted on the validation images; None where others are shown, to which nothing is fitted.
    """

    predictions: ImagePredictions
    trust: Trust
    calibration: Calibration | None


class TrustView(QWidget):
    """Left whether it is as sure as it is right, right what it may keep silent about.

    Signals:
        decided: a ``Trust``; the run is to answer so from now on.
    """

    decided = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Trustworthiness | None = None
        self._curve: RejectionCurve | None = None
        self.reliability = ReliabilityPlot(theme)
        self.rejection = RejectionPlot(theme)
        self._error = text_label("", wrap=True)
        self._cost = text_label("", wrap=True)
        self.calibrated = QCheckBox(self.tr("Answer with calibrated probabilities"))
        self.rejects = QCheckBox(self.tr("Answer “none of these” below this threshold"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 20)
        self.slider.setAccessibleName(self.tr("Smallest probability that is answered"))
        self.wanted = QComboBox()
        self.wanted.setAccessibleName(self.tr("Choose the threshold by the share of wrong answers"))
        self._settling = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._fill_wanted()
        self._lay_out()
        self._connect()
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = self._curve = None
        self._settling.stop()
        self.setEnabled(False)

    def show_trust(self, shown: Trustworthiness) -> None:
        """Show what a model said, and how it answers."""
        self._shown = shown
        self.setEnabled(True)
        blockers = [QSignalBlocker(each) for each in (self.calibrated, self.rejects, self.slider)]
        threshold = shown.trust.threshold
        self.calibrated.setChecked(shown.trust.temperature != 1.0)
        self.rejects.setChecked(threshold is not None)
        self.slider.setValue(round(_STEPS * (_FIRST if threshold is None else threshold)))
        del blockers
        for control in (self.calibrated, self.rejects, self.slider, self.wanted):
            control.setEnabled(shown.calibration is not None)
        if shown.calibration is not None and shown.calibration.temperature == 1.0:
            self.calibrated.setEnabled(False)
        self._draw()

    def trust(self) -> Trust:
        """What the controls say."""
        assert self._shown is not None
        if (fitted := self._shown.calibration) is None:
            return self._shown.trust
        return replace(
            self._shown.trust,
            temperature=fitted.temperature if self.calibrated.isChecked() else 1.0,
            threshold=self._threshold() if self.rejects.isChecked() else None,
            num_images=len(self._shown.predictions.targets) if self.calibrated.isChecked() else 0,
        )

    def words(self) -> tuple[str, str]:
        """What is said below the two plots."""
        return self._error.text(), self._cost.text()

    def shutdown(self) -> None:
        """The window closes."""
        self._settling.stop()

    def _threshold(self) -> float:
        return self.slider.value() / _STEPS

    def _draw(self) -> None:
        assert self._shown is not None
        predictions, temperature = self._shown.predictions, self.trust().temperature
        sure = confidences(predictions.logits, temperature)
        bins = reliability(sure, predictions.right)
        self.reliability.set_bins(bins)
        self._error.setText(self._error_words(expected_calibration_error(bins), float(sure.mean()), len(bins)))
        self._curve = rejection_curve(sure, predictions.right)
        self.rejection.set_curve(self._curve)
        self._draw_threshold()

    def _error_words(self, error: float, sure: float, num_bins: int) -> str:
        assert self._shown is not None
        right = float(self._shown.predictions.right.mean())
        words = [
            self.tr("On average {sure} sure and {right} right; calibration error (ECE, {bins} bins) {error}.").format(
                sure=percent(sure), right=percent(right), bins=count(num_bins), error=percent(error)
            )
        ]
        fitted = self._shown.calibration
        if fitted is None:
            words.append(self.tr("The temperature is fitted on the validation images."))
        elif fitted.temperature == 1.0:
            words.append(self.tr("A temperature would not mend it."))
        else:
            words.append(
                self.tr("A temperature of {temperature} brings it from {before} to {after}.").format(
                    temperature=figure(fitted.temperature),
                    before=percent(fitted.error_before),
                    after=percent(fitted.error_after),
                )
            )
        return " ".join(words)

    def _draw_threshold(self) -> None:
        if self._curve is None:
            return
        found = self._curve.at(self._threshold())
        self.rejection.set_threshold(found.threshold)
        self._cost.setText(
            self.tr(
                "Below {threshold}: {answered} of {all} images are answered ({coverage}), {wrong} of them wrongly "
                "({error})."
            ).format(
                threshold=percent(found.threshold),
                answered=count(found.num_answered),
                all=count(self._curve.total),
                coverage=percent(found.coverage),
                wrong=count(found.num_wrong),
                error=percent(found.error),
            )
        )
        self.slider.setAccessibleDescription(self._cost.text())

    @Slot()
    def _on_calibrated(self) -> None:
        self._draw()
        self._decide()

    @Slot()
    def _on_slider(self) -> None:
        self._draw_threshold()
        if self.rejects.isChecked():
            self._settling.start()

    @Slot(int)
    def _on_wanted(self, row: int) -> None:
        """Move the slider to the first of its places with at most this share of wrong answers."""
        error = self.wanted.itemData(row)
        if error is None or self._curve is None:
            return
        places = range(_STEPS + 1)
        place = next(place for place in places if self._curve.at(place / _STEPS).error <= error)  # of none it is 0
        self.slider.setValue(place)
        self.rejects.setChecked(True)
        self.wanted.setCurrentIndex(0)

    @Slot()
    def _decide(self) -> None:
        self._settling.stop()
        if self._shown is not None and self._shown.calibration is not None:
            self.decided.emit(self.trust())

    def _fill_wanted(self) -> None:
        self.wanted.addItem(self.tr("Choose by errors…"), None)
        for error in _ERRORS:
            self.wanted.addItem(self.tr("At most {share} wrong").format(share=percent(error)), error)

    def _lay_out(self) -> None:
        beneath = QHBoxLayout()
        beneath.addWidget(self.slider, 1)
        beneath.addWidget(self.wanted)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(_heading(self.tr("Is it as right as it is sure?")))
        left.addWidget(card(self.reliability), 1)
        left.addWidget(self._error)
        left.addWidget(self.calibrated)
        right.addWidget(_heading(self.tr("When should it say “none of these”?")))
        right.addWidget(card(self.rejection), 1)
        right.addWidget(self._cost)
        right.addLayout(beneath)
        right.addWidget(self.rejects)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(left, 1)
        layout.addLayout(right, 1)

    def _connect(self) -> None:
        self.calibrated.toggled.connect(self._on_calibrated)
        self.rejects.toggled.connect(self._decide)
        self.slider.valueChanged.connect(self._on_slider)
        self.wanted.activated.connect(self._on_wanted)
        self._settling.timeout.connect(self._decide)


def _heading(text: str) -> QLabel:
    return text_label("heading", text)
