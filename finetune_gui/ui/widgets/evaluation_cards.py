"""The four numbers that matter of an evaluation."""

import math

from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_gui.engine.events import ClassFigures, EvaluationFinished
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.figure_card import FigureCard
from finetune_gui.ui.words import count, data_name, figure, percent, shortened


class EvaluationCards(QWidget):
    """Accuracy with its uncertainty, macro F1, the weakest class, the images."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.accuracy = FigureCard(theme, self.tr("Validation accuracy"))
        self.macro_f1 = FigureCard(theme, self.tr("Macro F1"))
        self.weakest = FigureCard(theme, self.tr("Weakest class"))
        self.images = FigureCard(theme, self.tr("Images"))
        self.macro_f1.setToolTip(
            self.tr(
                "Mean over the classes of F1, the harmonic mean of precision and recall: rare classes count in full"
            )
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for card in (self.accuracy, self.macro_f1, self.weakest, self.images):
            layout.addWidget(card, 1)

    def set_result(self, result: EvaluationFinished | None, folder: str = "") -> None:
        """Show the figures of an evaluation on ``folder``, or on the run's own validation images."""
        self.accuracy.set_caption(self.tr("Accuracy on this folder") if folder else self.tr("Validation accuracy"))
        if result is None:
            for card in (self.accuracy, self.macro_f1, self.weakest, self.images):
                card.set_figure("–", "")
            return
        self._show_accuracy(result)
        self.macro_f1.set_figure(percent(result.macro_f1), self.tr("every class counts the same"))
        self._show_weakest(result)
        self._show_images(result, folder)

    def _show_accuracy(self, result: EvaluationFinished) -> None:
        right = sum(row[index] for index, row in enumerate(result.confusion))
        low, high = wilson_interval(right, result.num_images)
        note = self.tr("{right} of {all} · likely {low:.0f}–{high:.0f}\u00a0%").format(
            right=count(right), all=count(result.num_images), low=100 * low, high=100 * high
        )
        self.accuracy.set_figure(percent(result.accuracy), note)
        self.accuracy.setToolTip(
            self.tr(
                "With so many images, the true accuracy on images like these lies between {low} and {high} "
                "(95 % interval of Wilson). Mean loss: {loss}"
            ).format(low=percent(low), high=percent(high), loss=figure(result.loss))
        )

    def _show_weakest(self, result: EvaluationFinished) -> None:
        weakest = weakest_class(result.classes)
        if weakest is None or weakest.recall is None:
            self.weakest.set_figure("–", "")
            return
        missed = weakest.support - round(weakest.recall * weakest.support)
        if missed:
            note = self.tr("“{name}”: {missed} of {all}\u00a0missed").format(
                name=shortened(weakest.name, 20), missed=count(missed), all=count(weakest.support)
            )
        else:
            note = self.tr("no class has a mistake")
        self.weakest.set_figure(percent(weakest.recall), note)
        self.weakest.setToolTip(
            self.tr("The class with the smallest recall: {name}").format(name=weakest.name) if missed else ""
        )

    def _show_images(self, result: EvaluationFinished, folder: str) -> None:
        where = {"train": self.tr("of the training part"), "test": self.tr("of the test part")}
        note = where.get(result.split, self.tr("set aside for validation"))
        if folder:
            note = self.tr("in {folder}").format(folder=shortened(data_name(folder), 24))
        if result.skipped:
            note = self.tr("{count} more could not be read").format(count=count(len(result.skipped)))
        self.images.set_figure(count(result.num_images), note, level="warning" if result.skipped else "")
        self.images.setToolTip("\n".join(result.skipped[:20]))


def weakest_class(classes: tuple[ClassFigures, ...]) -> ClassFigures | None:
    """The class with the smallest recall; of equals the one with more images."""
    known = [each for each in classes if each.recall is not None and each.support]
    return min(known, key=lambda each: (each.recall or 0.0, -each.support), default=None)


def wilson_interval(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which holds also near 0 and 1 and for few images."""
    if total == 0:
        return 0.0, 1.0
    share, square = right / total, z * z
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = z * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, centre - half), min(1.0, centre + half)
