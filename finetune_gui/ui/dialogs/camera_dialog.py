"""A camera to try a model on: what it sees, what the model says of it, and a button to take a picture."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.prediction import Prediction
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.announce import announce
from finetune_gui.ui.widgets.basics import text_label
from finetune_gui.ui.widgets.camera_preview import CameraPreview
from finetune_gui.ui.widgets.live_answer import LiveAnswer
from finetune_gui.ui.widgets.picture_canvas import Box
from finetune_gui.ui.words import percent

_BESIDE = 300  # pixels of the column on the right


class CameraDialog(QDialog):
    """Shows pictures and answers; who owns it brings both. Space or Enter takes a picture, Escape closes.

    Signals:
        camera_chosen: id of the camera that is wanted.
        taken: the picture that was shown when the user took one.
        live_switched: whether the model shall look at everything.
        closed: the camera is not wanted any more.
    """

    camera_chosen = Signal(str)
    taken = Signal(QImage)
    live_switched = Signal(bool)
    closed = Signal()

    def __init__(self, theme: Theme, columns: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Camera"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(960, 560)
        self.preview = CameraPreview(theme)
        self.answers = tuple(LiveAnswer(theme, name or self.tr("Right now")) for name in columns)
        self.camera_box = QComboBox()
        self.camera_box.setAccessibleName(self.tr("Camera"))
        self.camera_box.hide()  # until there is a choice
        self.live_box = QCheckBox(self.tr("Live"))
        self.live_box.setToolTip(self.tr("The model looks at everything that the camera sees, as fast as it can"))
        self.live_box.setChecked(True)
        self.mirror_box = QCheckBox(self.tr("Mirror"))
        self.mirror_box.setToolTip(self.tr("Show the picture as in a mirror. The model sees it as it is."))
        self.mirror_box.setChecked(True)
        self.take_button = QPushButton(self.tr("Take picture"))
        self.take_button.setToolTip(self.tr("Add it to what was tried (Space or Enter)"))
        self.close_button = QPushButton(self.tr("Close"))
        self.note = text_label("", wrap=True)
        self._lay_out()
        self._connect()

    def is_live(self) -> bool:
        """Whether the model shall look at everything."""
        return self.live_box.isChecked()

    def show_cameras(self, names: Mapping[str, str], current: str) -> None:
        """Offer these cameras, where there is a choice."""
        self.camera_box.blockSignals(True)  # only the user chooses
        self.camera_box.clear()
        for camera_id, name in names.items():
            self.camera_box.addItem(name, camera_id)
        self.camera_box.setCurrentIndex(self.camera_box.findData(current))
        self.camera_box.blockSignals(False)
        self.camera_box.setVisible(len(names) > 1)

    def show_picture(self, picture: QImage) -> None:
        """Show the newest picture."""
        self.preview.show_picture(picture)
        if not self.take_button.isEnabled():
            self.take_button.setEnabled(True)
            self.take_button.setFocus()

    def show_words(self, words: str) -> None:
        """Say why there is no picture."""
        self.preview.show_words(words)
        self.take_button.setEnabled(False)
        self.wait_for_answer("")
        announce(self.preview, words)

    def show_answers(self, answers: Sequence[Prediction], box: Box) -> None:
        """Show what each model says of a picture, and which part of it they see."""
        self.preview.set_box(box)
        for shown, answer in zip(self.answers, answers, strict=True):
            shown.show_prediction(answer)

    def wait_for_answer(self, words: str) -> None:
        """Say this where answers will be."""
        for shown in self.answers:
            shown.show_words(words)

    def note_taken(self, answer: Prediction) -> None:
        """Confirm that a picture was taken."""
        likeliest = percent(answer.top[0][1]) if answer.top else ""
        words = answer.error or self.tr("Picture taken: {answer}, {share}").format(
            answer=answer.answer if answer.is_known else self.tr("none of these"), share=likeliest
        )
        self.note_words(words)

    def note_words(self, words: str) -> None:
        """Say something about the last picture that was taken."""
        self.note.setText(words)
        announce(self.note, words)

    def done(self, result: int) -> None:
        """Forget what was seen."""
        super().done(result)
        self.preview.show_words("")
        self.closed.emit()

    @Slot()
    def _on_take(self) -> None:
        picture = self.preview.picture()
        if not picture.isNull():
            self.note.setText(self.tr("Looking at it…"))
            self.taken.emit(picture)

    @Slot(bool)
    def _on_live(self, live: bool) -> None:
        self.wait_for_answer(self.tr("Loading the model…") if live else self.tr("Take a picture, or switch Live on."))
        self.live_switched.emit(live)

    @Slot(int)
    def _on_camera(self, row: int) -> None:
        self.camera_chosen.emit(str(self.camera_box.itemData(row)))

    def _connect(self) -> None:
        self.take_button.clicked.connect(self._on_take)
        self.close_button.clicked.connect(self.reject)
        self.live_box.toggled.connect(self._on_live)
        self.mirror_box.toggled.connect(self.preview.set_mirrored)
        self.camera_box.activated.connect(self._on_camera)

    def _lay_out(self) -> None:
        set_kind(self.take_button, kind="primary")
        self.take_button.setDefault(True)
        self.close_button.setAutoDefault(False)
        for box in (self.live_box, self.mirror_box):  # a click leaves Space to the button
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        beside = QVBoxLayout()
        beside.setSpacing(12)
        beside.addWidget(text_label("heading", self.tr("What the model says")))
        for answer in self.answers:
            beside.addWidget(answer)
        beside.addWidget(text_label("hint", self.tr("The model looks at the bright part of the picture."), wrap=True))
        beside.addStretch(1)
        beside.addWidget(self.note)
        column = QWidget()
        column.setFixedWidth(_BESIDE)
        column.setLayout(beside)
        beside.setContentsMargins(0, 0, 0, 0)
        upper = QHBoxLayout()
        upper.setSpacing(16)
        upper.addWidget(self.preview, 1)
        upper.addWidget(column)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        for widget in (self.camera_box, self.live_box, self.mirror_box):
            lower.addWidget(widget)
        lower.addStretch(1)
        lower.addWidget(self.close_button)
        lower.addWidget(self.take_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(12)
        layout.addLayout(upper, 1)
        layout.addLayout(lower)
        layout.addWidget(self._privacy())

    def _privacy(self) -> QLabel:
        return text_label(
            "hint",
            self.tr(
                "Nothing the camera sees is kept or sent anywhere. Pictures you take are deleted with the list, or "
                "when the app is closed."
            ),
            wrap=True,
        )
