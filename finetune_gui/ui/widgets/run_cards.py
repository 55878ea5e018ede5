"""The four figures of a run."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from finetune_gui.ui.run_progress import RunProgress
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.figure_card import FigureCard
from finetune_gui.ui.words import count, duration, figure, percent


class RunCards(QWidget):
    """Validation accuracy, training loss, speed, time spent: a dash for what was not measured yet."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.accuracy = FigureCard(theme, self.tr("Validation accuracy"))
        self.loss = FigureCard(theme, self.tr("Training loss"))
        self.speed = FigureCard(theme, self.tr("Images per second"))
        self.time = FigureCard(theme, self.tr("Time spent"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for card in (self.accuracy, self.loss, self.speed, self.time):
            layout.addWidget(card, 1)

    def set_compact(self, compact: bool) -> None:
        """Figures alone, where there is little room."""
        for card in (self.accuracy, self.loss, self.speed, self.time):
            card.set_compact(compact)

    def show_run(self, run: RunProgress) -> None:
        """Show the figures as they stand."""
        best, epoch, step = run.best, run.epoch, run.step
        if best is not None:
            self.accuracy.set_figure(
                percent(best.val_accuracy), self.tr("best, at epoch {0}").format(count(best.epoch))
            )
        else:
            self.accuracy.set_figure("–", self.tr("after the first epoch") if run.started else " ")
        if epoch is not None:
            self.loss.set_figure(figure(epoch.train_loss), self.tr("validation {0}").format(figure(epoch.val_loss)))
        else:
            self.loss.set_figure(figure(step.loss) if step else "–", self.tr("of the last step") if step else " ")
        self.speed.set_figure(count(round(step.images_per_second)) if step else "–", self._where(run))
        self.show_time(run)

    def show_time(self, run: RunProgress) -> None:
        """Show the time alone, which goes on between events."""
        words = self.tr("without pauses") if run.started else " "
        self.time.set_figure(duration(run.seconds) if run.started else "–", words)

    def _where(self, run: RunProgress) -> str:
        return self.tr("on {0}").format(run.started.device) if run.started else " "
