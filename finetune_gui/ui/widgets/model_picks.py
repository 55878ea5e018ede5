"""The short list: a few models that suit the data and the device, each with its reason."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.models.picks import Pick, Reason
from finetune_gui.ui.theme import set_kind
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.words import counted, model_name, spoken_time


class ModelPicks(QWidget):
    """One button for each pick, under a sentence that says what they were picked for.

    Signals:
        picked: id of a model.
    """

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton] = {}
        self._why = text_label("hint")
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._why)
        layout.addLayout(self._row)

    def show_picks(self, picks: Sequence[Pick], *, num_images: int, device: str, estimated: bool) -> None:
        """Show these for so many training images and a device ("" while it is not known)."""
        self._why.setText(self._situation(num_images, device, estimated))
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.buttons = {pick.model_id: self._button(pick) for pick in picks}
        for button in self.buttons.values():
            self._row.addWidget(button)
        self._row.addStretch(1)

    def text(self) -> str:
        """What they were picked for."""
        return self._why.text()

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.picked.emit(str(button.property("model_id")))

    def _button(self, pick: Pick) -> QPushButton:
        reason = self._reason(pick.reason)
        time = self.tr("about {time} a pass").format(time=spoken_time(pick.seconds)) if pick.seconds else ""
        why = ", ".join(filter(None, (reason, time)))
        button = QPushButton(f"{model_name(pick.model_id)}\n{why}")
        button.setAccessibleName(f"{model_name(pick.model_id)}: {why}")
        set_kind(button, kind="pick")
        button.setProperty("model_id", pick.model_id)
        tip = self._why_so(pick.reason)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.clicked.connect(self._on_clicked)
        return button

    def _situation(self, num_images: int, device: str, estimated: bool) -> str:
        parts = []
        if num_images:
            parts.append(counted(self.tr("{count} training image(s)", "", num_images), num_images))
        if device:
            parts.append(self.tr("no GPU") if device == "cpu" else self.tr("with a GPU"))
        if not parts:
            return self.tr("Good to begin with")
        text = self.tr("Picked for {situation}").format(situation=", ".join(parts))
        note = self.tr("times are estimated from the starter's speed here, for a pass over the images")
        return f"{text}; {note}" if estimated else text

    def _reason(self, reason: Reason) -> str:
        return {
            "quick": self.tr("quick"),
            "few_images": self.tr("few images"),
            "accurate": self.tr("accurate"),
            "phones": self.tr("for phones"),
            "detail": self.tr("fine detail"),
            "papers": self.tr("for comparing"),
        }[reason]

    def _why_so(self, reason: Reason) -> str:
        return {
            "quick": self.tr("Small, quick, and already on this machine"),
            "few_images": self.tr("Its features are so general that a frozen backbone and few images are enough"),
            "accurate": self.tr("Strong features of 14 million photos, and still bearable on this machine"),
            "phones": self.tr("Small enough for phones and small boards"),
            "detail": self.tr("Its large input shows small things"),
            "papers": self.tr("The standard of the literature: compare with published results"),
        }[reason]
