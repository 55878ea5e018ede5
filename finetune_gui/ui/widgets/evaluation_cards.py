"""The four numbers that matter of an evaluation."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_gui.engine.events import ClassFigures, EvaluationFinished
from finetune_gui.engine.metrics import wilson_interval
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
                "Mean over the classes of F1, the harmonic mean of precision and recall: rare classes count in full. "
                "Balanced accuracy is the mean of their recalls"
            )
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for card in (self.accuracy, self.macro_f1, self.weakest, self.images):
            layout.addWidget(card, 1)

    def set_result(self, result: EvaluationFinished | None, folder: str = "") -> None:
        """Show the figures of an evaluation on ``folder``, or on the run's own validation images."""
        self.accuracy.set_caption(self._caption(result, folder))
        if result is None:
            for card in (self.accuracy, self.macro_f1, self.weakest, self.images):
                card.set_figure("–", "")
            return
        self._show_accuracy(result)
        self._show_macro(result)
        self._show_weakest(result)
        self._show_images(result, folder)

    def _caption(self, result: EvaluationFinished | None, folder: str) -> str:
        if folder:
            return self.tr("Accuracy on this folder")
        return self.tr("Test accuracy") if result and result.split == "test" else self.tr("Validation accuracy")

    def _show_macro(self, result: EvaluationFinished) -> None:
        note = self.tr("every class counts the same")
        if result.balanced_accuracy is not None:
            note = self.tr("balanced accuracy {share}").format(share=percent(result.balanced_accuracy))
        if result.top5_accuracy is not None:
            note = self.tr("{note} · top-5 {share}").format(note=note, share=percent(result.top5_accuracy))
        self.macro_f1.set_figure(percent(result.macro_f1), note)

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
        told = list(result.skipped[:20])
        if result.unknown_classes:
            unknown = sum(result.unknown_classes.values())
            note = self.tr("{count} more are of classes that the model does not know").format(count=count(unknown))
            told += [f"{name}: {count(number)}" for name, number in result.unknown_classes.items()][:20]
        self.images.set_figure(count(result.num_images), note, level="warning" if told else "")
        self.images.setToolTip("\n".join(told))


def weakest_class(classes: tuple[ClassFigures, ...]) -> ClassFigures | None:
    """The class with the smallest recall; of equals the one with more images."""
    known = [each for each in classes if each.recall is not None and each.support]
    return min(known, key=lambda each: (each.recall or 0.0, -each.support), default=None)
