"""Runs beside each other: their curves in one plot, what was set otherwise, and whether one is better."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from finetune_gui.engine.events import EpochCompleted
from finetune_gui.engine.run_comparison import Difference, PairedTest
from finetune_gui.ui.compared_runs import ComparedRuns
from finetune_gui.ui.setting_words import setting_titles, setting_value
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import card, text_label
from finetune_gui.ui.widgets.live_plot import LivePlot
from finetune_gui.ui.words import UNKNOWN, count, counted, figure, percent

MOST_RUNS = 6  # as many colours as can be told apart
_WORDS_WIDTH = 330
_LETTERS = "ABCDEF"  # of the runs in legends, where names do not fit
_SAME = 0.0001  # p-values below this are not written out


class RunComparisonView(QWidget):
    """Validation accuracy and loss of up to six runs, and the words that belong to them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self._differences: tuple[Difference, ...] = ()
        self._shown: ComparedRuns | None = None
        self._left_out = 0
        self._legend = text_label("", wrap=True)
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        epoch = self.tr("Epoch")
        self.accuracy = LivePlot(theme, self.tr("Accuracy"), epoch, self.tr("Validation"), "percent")
        self.loss = LivePlot(theme, self.tr("Loss"), epoch, self.tr("Validation"), "loss")
        self._series: list[str] = []
        self.verdict = text_label("heading", wrap=True)
        self.reasons = text_label("hint", wrap=True)
        self.reasons.setTextFormat(Qt.TextFormat.RichText)
        self._heading = text_label("heading")
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(5)
        self._lay_out()
        theme.changed.connect(self._say)
        theme.changed.connect(self._fill_differences)

    def show_runs(self, names: Sequence[str], compared: ComparedRuns, *, left_out: int = 0) -> None:
        """Show runs.

        Args:
            names: What they are called, in the same order.
            compared: What was read of them; six at most.
            left_out: Older ones that are selected, too.
        """
        self._left_out = left_out
        self._names, self._differences, self._shown = tuple(names), compared.differences, compared
        self._draw(compared)
        self._say()
        self._fill_differences()

    def shutdown(self) -> None:
        """The window closes."""
        for plot in (self.accuracy, self.loss):
            plot.shutdown()

    def difference_words(self) -> list[tuple[str, str]]:
        """Settings that differ with their values, as a screen reader says them."""
        titles = setting_titles()
        return [
            (
                titles.get(each.field, each.field),
                ", ".join(
                    f"{name}: {setting_value(each.field, value)}"
                    for name, value in zip(self._names, each.values, strict=True)
                ),
            )
            for each in self._differences
        ]

    def _draw(self, compared: ComparedRuns) -> None:
        for plot in (self.accuracy, self.loss):
            for series in self._series:
                plot.remove_series(series)
            plot.clear()
        self._series = [f"run {number}" for number in range(len(compared.runs))]
        for number, (series, run) in enumerate(zip(self._series, compared.runs, strict=True), start=1):
            epochs = [event for event in run.events if isinstance(event, EpochCompleted)]
            x = [float(event.epoch) for event in epochs]
            for plot, values in (
                (self.accuracy, [event.val_accuracy for event in epochs]),
                (self.loss, [event.val_loss for event in epochs]),
            ):
                plot.add_series(series, _LETTERS[number - 1], f"run_{number}", symbol=True, width=2.5)
                for at, value in zip(x, values, strict=True):  # one by one: a run that went on from a checkpoint
                    plot.extend(series, [at], [value])  # may have an epoch twice, of which the later one counts
        for plot in (self.accuracy, self.loss):
            plot.refresh()

    # -- words ------------------------------------------------------------------------------------------------------

    @Slot()
    def _say(self) -> None:
        shown = self._shown
        if shown is None:
            return
        named = [f"{self._dot(n)}{_LETTERS[n - 1]}&nbsp;&nbsp;{escape(name)}" for n, name in enumerate(self._names, 1)]
        self._legend.setText("<br>".join(named))
        self._legend.setAccessibleName(", ".join(self._names))
        if shown.test is not None:
            self.verdict.setText(self._verdict(shown.test, *_LETTERS[:2]))
            self.verdict.setAccessibleName(self._verdict(shown.test, *(f"“{name}”" for name in self._names)))
            lines = self._reasons(shown.test, *(self._dot(number) for number in (1, 2)))
            self.reasons.setText("<br>".join(lines))
            spoken = self._reasons(shown.test, *(f"{name}: " for name in self._names))
            self.reasons.setAccessibleName("\n".join(spoken))
            return
        if shown.problem is not None:
            told = self.tr("These two cannot be tested against each other yet.")
            words = f"{shown.problem.message} {shown.problem.hint}"
        else:
            told = self.tr("Which is better?")
            words = self.tr("Select two runs for a test on the same images.")
            if self._left_out:
                older = self.tr("Not shown: {count} older run(s).", "", self._left_out)
                words = f"{words} {counted(older, self._left_out)}"
        self.verdict.setText(told)
        self.verdict.setAccessibleName(told)
        self.reasons.setText(escape(words))
        self.reasons.setAccessibleName(words)

    def _verdict(self, test: PairedTest, first: str, second: str) -> str:
        better = self.tr("{better} is better than {other}, beyond chance.")
        match test.verdict:
            case "first":
                return better.format(better=first, other=second)
            case "second":
                return better.format(better=second, other=first)
            case "no_images":
                return self.tr("These two have no validation image in common.")
        return self.tr("{first} and {second} cannot be told apart.").format(first=first, second=second)

    def _reasons(self, test: PairedTest, first: str, second: str) -> list[str]:
        """Figures behind the verdict; ``first`` and ``second`` stand before those of each run."""
        if test.verdict == "no_images":
            return [self.tr("They cannot be compared image by image.")]
        number = test.num_shared
        chance = self.tr("p < 0.0001") if test.p_value < _SAME else self.tr("p = {0}").format(figure(test.p_value))
        alone = self.tr("Of {count} image(s) that both saw, right alone on", "", number)
        lines = [
            f"{counted(alone, number)} {first}{count(test.first_right)}  {second}{count(test.second_right)}",
            self.tr("{p}, exact test of McNemar").format(p=escape(chance)),
        ]
        for dot, share, (low, high) in zip((first, second), test.accuracies, test.intervals, strict=True):
            likely = self.tr("{share}, likely {low} – {high}")
            words = likely.format(share=percent(share), low=percent(low, 0), high=percent(high, 0))
            lines.append(f"{dot}{words}")
        left_out = test.num_only_first + test.num_only_second + test.num_relabelled
        if left_out:
            words = self.tr("Left out: {count} image(s) that only one has, or of another class there.", "", left_out)
            lines.append(counted(words, left_out))
        if not test.same_classes:
            lines.append(self.tr("Their classes differ: the one with fewer to choose from has it easier."))
        return lines

    def _dot(self, number: int) -> str:
        """In the colour of a run's curve."""
        color = self._theme.color(f"run_{number}").name()
        return f'<span style="color:{color}">●</span>&nbsp;'

    @Slot()
    def _fill_differences(self) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        number = len(self._differences)
        differ = counted(self.tr("Set otherwise: {count} setting(s)", "", number), number)
        self._heading.setText(differ if number else self.tr("All settings are the same"))
        titles = setting_titles()
        for each, (_, spoken) in zip(self._differences, self.difference_words(), strict=True):
            title = text_label("hint", titles.get(each.field, each.field), wrap=True)
            value = QLabel(self._coloured(each))
            value.setTextFormat(Qt.TextFormat.RichText)
            value.setWordWrap(True)
            value.setAccessibleName(spoken)
            self._form.addRow(title, value)

    def _coloured(self, difference: Difference) -> str:
        """A dot in the colour of the run's curve before each value."""
        parts = []
        for number, value in enumerate(difference.values, start=1):
            parts.append(f"{self._dot(number)}{escape(setting_value(difference.field, value) or UNKNOWN)}")
        return "<br>".join(parts)

    # -- looks ------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        words = QWidget()
        inside = QVBoxLayout(words)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.setSpacing(6)
        inside.addWidget(self._legend)
        inside.addSpacing(4)
        inside.addWidget(self.verdict)
        inside.addWidget(self.reasons)
        inside.addSpacing(6)
        inside.addWidget(self._heading)
        inside.addLayout(self._form)
        inside.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(self.tr("Comparison in words"))
        scroll.setFixedWidth(_WORDS_WIDTH)
        scroll.setWidget(words)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for part, stretch in ((self.accuracy, 1), (self.loss, 1), (scroll, 0)):
            layout.addWidget(card(part), stretch)
