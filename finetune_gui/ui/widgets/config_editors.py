"""Editors of single settings: one way to show a value and to tell a new one, whatever the widget."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from finetune_gui.engine.errors import EngineError

EDITOR_WIDTH = 156


class SettingEditor(QObject):
    """Base of all.

    Signals:
        edited: the new value, in the unit of the config.
        refused: an ``EngineError``: what was written is no value.
        focused: the widget has the keyboard.
    """

    edited = Signal(object)
    refused = Signal(object)
    focused = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget
        self.row: QWidget = widget  # what is laid out: the widget, perhaps with a button beside it
        self.wrong = False
        widget.installEventFilter(self)

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        raise NotImplementedError

    def add_button(self, button: QPushButton) -> None:
        """Put a button beside the widget."""
        self.row = QWidget()
        layout = QHBoxLayout(self.row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.widget, 1)
        layout.addWidget(button)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell the focus; leave the wheel to the page while another widget has it."""
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit()
        wheel = event.type() == QEvent.Type.Wheel and isinstance(watched, (QAbstractSpinBox, QComboBox))
        if wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class WholeEditor(SettingEditor):
    """A whole number.

    Args:
        low: Lowest.
        high: Highest.
        suffix: Unit.
        lowest_word: Shown in place of the lowest one.
        scale: What the value of the config is multiplied by, as 100 for per cent.
    """

    def __init__(self, low: int, high: int, *, suffix: str = "", lowest_word: str = "", scale: int = 1) -> None:
        self._spin = QSpinBox()
        super().__init__(self._spin)
        self._scale = scale
        self._spin.setRange(low, high)
        self._spin.setSuffix(suffix)
        self._spin.setSpecialValueText(lowest_word)
        self._spin.setKeyboardTracking(False)
        self._spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._spin.valueChanged.connect(self._on_value)

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        with QSignalBlocker(self._spin):
            self._spin.setValue(round(value * self._scale))

    @Slot(int)
    def _on_value(self, value: int) -> None:
        self.edited.emit(value / self._scale if self._scale != 1 else value)


class WideEditor(SettingEditor):
    """A whole number that is too large for a ``QSpinBox``."""

    def __init__(self, high: int) -> None:
        self._spin = QDoubleSpinBox()
        super().__init__(self._spin)
        self._spin.setDecimals(0)
        self._spin.setRange(0, high)
        self._spin.setKeyboardTracking(False)
        self._spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._spin.valueChanged.connect(self._on_value)

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        with QSignalBlocker(self._spin):
            self._spin.setValue(value)

    @Slot(float)
    def _on_value(self, value: float) -> None:
        self.edited.emit(int(value))


class ChoiceEditor(SettingEditor):
    """One of a few values; another one that comes with a config is offered, too."""

    def __init__(self, choices: Sequence[tuple[Any, str]]) -> None:
        self._combo = QComboBox()
        super().__init__(self._combo)
        self._combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_choices(choices)
        self._combo.currentIndexChanged.connect(self._on_choice)

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Offer values as (value, text)."""
        with QSignalBlocker(self._combo):
            self._combo.clear()
            for value, text in choices:
                self._combo.addItem(text, value)

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        with QSignalBlocker(self._combo):
            place = next((row for row in range(self._combo.count()) if self._combo.itemData(row) == value), -1)
            if place < 0:
                self._combo.addItem(str(value), value)
                place = self._combo.count() - 1
            self._combo.setCurrentIndex(place)

    @Slot()
    def _on_choice(self) -> None:
        self.edited.emit(self._combo.currentData())


class NumberEditor(SettingEditor):
    """A number as it is written: ``0.001`` or ``1e-3``. Empty stands for the default, whose word is shown in grey."""

    def __init__(self, default: float | None, word: str) -> None:
        self._field = QLineEdit()
        super().__init__(self._field)
        self._default = default
        self._shown = ""
        self.set_word(word)
        self._field.editingFinished.connect(self._on_finished)

    def set_word(self, word: str) -> None:
        """What stands for the default."""
        self._field.setPlaceholderText(word)

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        if self.wrong:  # a wrong value stays until it is put right
            return
        self._shown = "" if value == self._default else f"{value:g}"
        self._field.setText(self._shown)

    @Slot()
    def _on_finished(self) -> None:
        text = self._field.text().strip().replace(",", ".")
        if text == self._shown and not self.wrong:  # what is shown may be rounded: leaving the field is no change
            return
        try:
            value = float(text) if text else self._default
        except ValueError:
            message = self.tr("'{0}' is not a number.").format(self._field.text().strip())
            self.refused.emit(EngineError(message, self.tr("Write 0.001 or 1e-3, or leave it empty.")))
            return
        self._shown = text
        self.edited.emit(value)


class SwitchEditor(SettingEditor):
    """On or off."""

    def __init__(self) -> None:
        self._box = QCheckBox()
        super().__init__(self._box)
        self._box.toggled.connect(self._on_toggled)

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        with QSignalBlocker(self._box):
            self._box.setChecked(value)

    @Slot(bool)
    def _on_toggled(self, on: bool) -> None:
        self.edited.emit(on)


class ButtonEditor(SettingEditor):
    """A value that is edited elsewhere: the button says what it is, and wishes to be edited.

    Signals:
        wanted: the button was pressed.
    """

    wanted = Signal()

    def __init__(self) -> None:
        self._button = QPushButton()
        super().__init__(self._button)
        self._button.clicked.connect(self._on_clicked)

    def show_value(self, value: Any) -> None:
        """Show a value; nothing is emitted."""
        number = sum(weight != 1 for weight in value.values())
        self._button.setText(self.tr("{0} set…").format(number) if number else self.tr("All 1…"))

    @Slot()
    def _on_clicked(self) -> None:
        self.wanted.emit()
