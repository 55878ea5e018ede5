"""How far the look at all images is, in one line."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from finetune_gui.engine.data.facts import InspectionAdvanced
from finetune_gui.ui.data_preparation import InspectionState
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.progress_line import ProgressLine
from finetune_gui.ui.words import count


class InspectionBar(QFrame):
    """Seen while images are being looked at, and when that was put off or failed.

    Signals:
        postpone_wished: look at them later.
        inspect_wished: look at them now.
    """

    postpone_wished = Signal()
    inspect_wished = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "banner")
        set_kind(self, level="info")
        self._icon = QLabel()
        theme.bind_icon(self._icon, "search", "info", 18)
        self._words = text_label("")
        self.progress = ProgressLine(theme, beside=True)
        self.later_button = QPushButton(self.tr("Check later"))
        self.later_button.setToolTip(
            self.tr("Training can begin without it: a run looks at its images first, and remembers what is known.")
        )
        self.later_button.clicked.connect(self.postpone_wished)
        self.again_button = QPushButton(self.tr("Check now"))
        self.again_button.clicked.connect(self.inspect_wished)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 8, 6)
        layout.setSpacing(12)
        layout.addWidget(self._icon)
        layout.addWidget(self._words)
        layout.addWidget(self.progress, 1)
        layout.addStretch(0)
        layout.addWidget(self.later_button)
        layout.addWidget(self.again_button)
        self.setAccessibleName(self.tr("Check of the images"))
        self.hide()

    def show_state(self, state: InspectionState, advanced: InspectionAdvanced | None) -> None:
        """Show how it stands."""
        running = state == "running"
        self.setVisible(running or state in ("waiting", "postponed", "failed"))
        self.progress.setVisible(running)
        self.later_button.setVisible(running)
        self.again_button.setVisible(state in ("postponed", "failed"))
        if not running:
            words = {
                "postponed": self.tr("The images were not all checked. Damaged ones and copies are not known yet."),
                "waiting": self.tr("The run that has begun checks the images."),
                "failed": self.tr("The check of the images ended early."),
            }
            self._tell(words.get(state, ""))
        elif advanced is None:
            self._tell(self.tr("Checking the images…"))
            self.progress.set_progress(None, "")
        else:
            self.show_progress(advanced)

    def show_progress(self, advanced: InspectionAdvanced) -> None:
        """Show how far it is."""
        words = {
            "unpacking": self.tr("Unpacking and checking the images…"),
            "checking": self.tr("Checking the images…"),
            "comparing": self.tr("Looking for images that are alike…"),
        }
        self._tell(words[advanced.stage])
        if not advanced.total or advanced.stage == "comparing":
            self.progress.set_progress(None, "")
            return
        text = self.tr("{done} of {total}").format(done=count(advanced.done), total=count(advanced.total))
        self.progress.set_progress(advanced.done / advanced.total, text)

    def text(self) -> str:
        """The sentence shown."""
        return self._words.text()

    def _tell(self, words: str) -> None:
        self._words.setText(words)
        self.setAccessibleDescription(words)
