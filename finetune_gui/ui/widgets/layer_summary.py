"""What a layer plan amounts to: how much learns, BatchNorm, changes by hand, and a word of help."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QPushButton,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.config import BatchNormPolicy
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import fill_scrolling, text_label
from finetune_gui.ui.widgets.forecast_view import ForecastView
from finetune_gui.ui.widgets.plan_options import PlanOptions
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import count, counted, percent


class LayerSummary(QFrame):
    """The panel beside the tree of layers.

    Signals:
        batch_norm_wished: "locked" or "adapts".
        reset_wished: forget what was changed by hand.
    """

    batch_norm_wished = Signal(str)
    reset_wished = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "card")
        self._share = text_label("figure", wrap=True)
        self._bar = ProgressLine(theme)
        self._bar.set_level("trainable")
        self._count = text_label("hint", wrap=True)
        self.locked = QRadioButton(self.tr("Locked"))
        self.adapts = QRadioButton(self.tr("Adapts"))
        self._batch_norm = QButtonGroup(self)
        self._policies = (
            (
                self.locked,
                text_label(
                    "hint", self.tr("Frozen layers keep the averages they were pretrained with. Safe."), wrap=True
                ),
            ),
            (
                self.adapts,
                text_label(
                    "hint",
                    self.tr("The averages follow your images. For images unlike photos, such as X-rays."),
                    wrap=True,
                ),
            ),
        )
        self._no_batch_norm = text_label("hint", self.tr("This model has no BatchNorm layers."), wrap=True)
        self._layers_noted = text_label("hint", wrap=True)
        self.forecast = ForecastView()
        self.options = PlanOptions()
        self._rules = text_label("", wrap=True)
        self.reset_button = QPushButton(self.tr("Reset to preset"))
        self.help_button = QToolButton()
        self._help = text_label("hint", self._help_text(), wrap=True)
        self._lay_out()
        self._batch_norm.buttonClicked.connect(self._on_batch_norm)
        self.reset_button.clicked.connect(self.reset_wished)
        self.help_button.toggled.connect(self._on_help)

    def show_shares(self, trainable: int, total: int) -> None:
        """How many parameters learn."""
        share = trainable / total if total else 0.0
        self._share.setText(percent(share, 2 if 0 < share < 0.01 else 1 if share < 1 else 0))
        self._bar.set_progress(share)
        self._count.setText(
            self.tr("{trainable} of {total} parameters").format(trainable=count(trainable), total=count(total))
        )

    def show_unknown(self) -> None:
        """The layers are not known yet."""
        self._share.setText("–")
        self._bar.set_progress(0.0)
        self._count.setText("")

    def show_batch_norm(self, policy: BatchNormPolicy, *, present: bool) -> None:
        """What is chosen; without such layers there is nothing to choose."""
        (self.locked if policy == "locked" else self.adapts).setChecked(True)
        for button, sentence in self._policies:
            button.setVisible(present)
            sentence.setVisible(present)
        self._no_batch_norm.setVisible(not present)

    def show_layers(self, *, statistics: tuple[int, int], dropouts: tuple[int, int]) -> None:
        """What else a plan wakes or puts to sleep: (still, all) BatchNorm layers, (awake, all) dropouts."""
        lines = []
        if statistics[1]:
            words = self.tr("Statistics of {still} of {all} BatchNorm layers are locked.")
            lines.append(words.format(still=count(statistics[0]), all=count(statistics[1])))
        if dropouts[1]:
            words = self.tr("Dropout is active in {awake} of {all} places.")
            lines.append(words.format(awake=count(dropouts[0]), all=count(dropouts[1])))
        else:
            lines.append(self.tr("This model drops nothing out."))
        self._layers_noted.setText("\n".join(lines))

    def show_rules(self, number: int) -> None:
        """How many rules were made by hand."""
        if number:
            text = counted(self.tr("{count} rule(s) on top of the preset.", "", number), number)
        else:
            text = self.tr("Nothing is changed: the plan is the preset.")
        self._rules.setText(text)
        set_kind(self._rules, kind="" if number else "hint")
        self.reset_button.setEnabled(number > 0)

    @Slot()
    def _on_batch_norm(self) -> None:
        self.batch_norm_wished.emit("locked" if self.locked.isChecked() else "adapts")

    @Slot(bool)
    def _on_help(self, opened: bool) -> None:
        self._help.setVisible(opened)
        self._theme.bind_icon(self.help_button, "chevron-down" if opened else "chevron-right", "text_muted", 14)

    def _help_text(self) -> str:
        return self.tr(
            "The first layers see edges, colours and textures. These are the same in nearly all photos, so what was "
            "learnt from a million of them fits yours, too. Keeping them frozen saves time and keeps a small data set "
            "from spoiling them.\n\n"
            "Let them learn when your images look unlike photos (X-rays, microscopy, radar, drawings) and you have "
            "plenty of them. Begin gently: a small λ, or the preset that is gentler in depth.\n\n"
            "Gradual unfreezing does it in one run: the new head first, so that its wild first steps do not spoil the "
            "pretrained layers, then the layers below it.\n\n"
            "Not sure? Train the head only, look at the result, then unfreeze one stage after the other from below "
            "and keep what helps."
        )

    def _lay_out(self) -> None:
        for button, _ in self._policies:
            self._batch_norm.addButton(button)
        self.help_button.setCheckable(True)
        self.help_button.setText(self.tr("Why freeze, and when not?"))
        self.help_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_kind(self.help_button, kind="legend")
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(18, 12, 18, 12)
        layout.setSpacing(3)
        for widget in (
            text_label("caption", self.tr("Share that learns"), wrap=True),
            self._share,
            self._bar,
            self._count,
        ):
            layout.addWidget(widget)
        layout.addSpacing(10)
        layout.addWidget(self.forecast)
        layout.addSpacing(10)
        layout.addWidget(self.options)
        layout.addSpacing(10)
        layout.addWidget(text_label("heading", self.tr("BatchNorm of frozen layers"), wrap=True))
        for button, sentence in self._policies:
            sentence.setIndent(26)
            layout.addWidget(button)
            layout.addWidget(sentence)
        layout.addWidget(self._no_batch_norm)
        layout.addWidget(self._layers_noted)
        layout.addSpacing(10)
        layout.addWidget(text_label("heading", self.tr("Changed by hand"), wrap=True))
        layout.addWidget(self._rules)
        layout.addWidget(self.reset_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addSpacing(6)
        layout.addWidget(self.help_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._help)
        layout.addStretch(1)
        self._on_help(False)
        fill_scrolling(self, content, self.tr("What the plan amounts to"))
