"""What is known of one image, and what can be done about it."""

from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFormLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from finetune_gui.engine.config import SPLIT_NAMES, SplitName
from finetune_gui.engine.data.facts import ImageFacts
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.basics import fill_scrolling, text_label
from finetune_gui.ui.words import UNKNOWN, count, part_name, size
from finetune_gui.ui.workers.picture import Picture

_WIDTH = 300


@dataclass(frozen=True, kw_only=True)
class ImageDetails:
    """What the data page knows of an image.

    Attributes:
        path: The file.
        class_name: Its class; empty for none.
        part: The part of the data it belongs to; None where it has none.
        left_out: Why it is not used; empty where it is.
        findings: What was noticed about it, a sentence each.
        facts: What the inspection found; None where it has not come to it.
        can_leave_out: Whether leaving it out, or using it again, is for the user to decide.
        can_move: Whether it may go to another part.
    """

    path: str
    class_name: str = ""
    part: SplitName | None = None
    left_out: str = ""
    findings: tuple[str, ...] = ()
    facts: ImageFacts | None = None
    can_leave_out: bool = False
    can_move: bool = False


class ImageFactsPanel(QFrame):
    """Facts as a list, findings as sentences, wishes as buttons.

    Signals:
        leave_out_wished: True to leave the image out, False to use it again.
        move_wished: the part it shall go to.
        folder_wished: the folder shall be shown.
    """

    leave_out_wished = Signal(bool)
    move_wished = Signal(str)
    folder_wished = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setFixedWidth(_WIDTH)
        self._details = ImageDetails(path="")
        self._picture: Picture | None = None
        self._name = text_label("heading", wrap=True)
        self._values = {name: _value() for name in self._labels()}
        self._left_out = text_label("warning", wrap=True)
        self._findings = text_label("hint", wrap=True)
        self._leave_out = QPushButton()
        self._leave_out.clicked.connect(self._on_leave_out)
        self._folder = QPushButton(self.tr("Show in folder"))
        theme.bind_icon(self._folder, "folder-open", "text_muted")
        self._folder.clicked.connect(self.folder_wished)
        self._parts = QButtonGroup(self)
        self._part_row = self._make_part_row()
        self._lay_out()

    def show_details(self, details: ImageDetails, picture: Picture | None) -> None:
        """Show this; what the inspection does not know yet is taken from the picture, once it is decoded."""
        self._details, self._picture = details, picture
        self._name.setText(_breakable(PurePath(details.path).name))
        for name, text in self._texts().items():
            self._values[name].setText(text)
        self._left_out.setText(self.tr("Left out: {reason}").format(reason=details.left_out))
        self._left_out.setVisible(bool(details.left_out))
        self._findings.setText("\n".join(f"• {sentence}" for sentence in details.findings))
        self._findings.setVisible(bool(details.findings))
        self._leave_out.setText(self.tr("Use it again") if details.left_out else self.tr("Leave it out"))
        self._leave_out.setEnabled(details.can_leave_out)
        for button in self._parts.buttons():
            button.setChecked(self._parts.id(button) == self._part_place())
        self._part_row.setEnabled(details.can_move)

    def text_of(self, name: str) -> str:
        """What is said of ``folder``, ``class``, ``part``, ``pixels``, ``bytes``, ``format`` or ``camera``."""
        return self._values[name].text()

    def remarks(self) -> str:
        """Why it is left out, and what was noticed."""
        shown = [label.text() for label in (self._left_out, self._findings) if not label.isHidden()]
        return "\n".join(shown)

    def part_button(self, part: SplitName) -> QPushButton:
        """The button that moves the image to a part."""
        button = self._parts.button(SPLIT_NAMES.index(part))
        assert isinstance(button, QPushButton)
        return button

    @property
    def leave_out_button(self) -> QPushButton:
        """Leaves the image out, or uses it again."""
        return self._leave_out

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _labels(self) -> dict[str, str]:
        return {
            "folder": self.tr("Folder"),
            "class": self.tr("Class"),
            "part": self.tr("Part"),
            "pixels": self.tr("Size"),
            "bytes": self.tr("File size"),
            "format": self.tr("Format"),
            "camera": self.tr("Camera"),
        }

    def _texts(self) -> dict[str, str]:
        details, facts = self._details, self._details.facts or self._picture
        known = facts if facts is not None and facts.width else self._picture
        pixels = f"{count(known.width)} × {count(known.height)} px" if known else UNKNOWN
        return {
            "folder": _breakable(str(PurePath(details.path).parent)),
            "class": details.class_name or UNKNOWN,
            "part": part_name(details.part) if details.part else UNKNOWN,
            "pixels": pixels,
            "bytes": size(facts.num_bytes) if facts else UNKNOWN,
            "format": " · ".join(word for word in (known.format, known.mode) if word) if known else UNKNOWN,
            "camera": (known.camera if known else "") or UNKNOWN,
        }

    def _part_place(self) -> int:
        return SPLIT_NAMES.index(self._details.part) if self._details.part else -1

    def _make_part_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._parts.setExclusive(False)  # what is checked says where the image is, not what was pressed
        for place, part in enumerate(SPLIT_NAMES):
            button = QPushButton(part_name(part))
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.setAccessibleName(self.tr("Move to {part}").format(part=part_name(part)))
            self._parts.addButton(button, place)
            layout.addWidget(button, 1)
        self._parts.idClicked.connect(self._on_part)
        return row

    @Slot(int)
    def _on_part(self, place: int) -> None:
        for button in self._parts.buttons():  # until who decides says that it has moved
            button.setChecked(self._parts.id(button) == self._part_place())
        if place != self._part_place():
            self.move_wished.emit(SPLIT_NAMES[place])

    @Slot()
    def _on_leave_out(self) -> None:
        self.leave_out_wished.emit(not self._details.left_out)

    def _lay_out(self) -> None:
        facts = QFormLayout()
        facts.setContentsMargins(0, 0, 0, 0)
        facts.setHorizontalSpacing(14)
        facts.setVerticalSpacing(6)
        facts.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, label in self._labels().items():
            facts.addRow(text_label("hint", label), self._values[name])
        content = QWidget()
        words = QVBoxLayout(content)
        words.setContentsMargins(16, 14, 16, 14)
        words.setSpacing(12)
        words.addWidget(self._name)
        words.addLayout(facts)
        words.addWidget(self._left_out)
        words.addWidget(self._findings)
        words.addStretch(1)
        upper = QFrame()
        fill_scrolling(upper, content, self.tr("About this image"))
        buttons = QVBoxLayout()
        buttons.setContentsMargins(16, 8, 16, 14)
        buttons.setSpacing(8)
        buttons.addWidget(text_label("caption", self.tr("Move to")))
        for widget in (self._part_row, self._leave_out, self._folder):
            buttons.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(upper, 1)
        layout.addLayout(buttons)


def _value() -> QLabel:
    label = text_label("", wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _breakable(text: str) -> str:
    """Long names may be broken after what separates their words: a label breaks at spaces only."""
    for mark in "/\\_-.":
        text = text.replace(mark, f"{mark}\u200b")
    return text
