"""Lines of a form: title, editor, and beneath them what is wrong with a value."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.theme import set_kind
from finetune_gui.ui.widgets.config_editors import EDITOR_WIDTH, SettingEditor
from finetune_gui.ui.widgets.config_setting import Setting


class SettingGrid(QWidget):
    """The settings of one section.

    Args:
        settings: In order.
        buttons: To stand beside editors, by the name of the setting.

    Signals:
        changed: name of a setting and its new value.
        explained: name of a setting that wants to be explained.
    """

    changed = Signal(str, object)
    explained = Signal(str)

    def __init__(self, settings: Iterable[Setting], buttons: Mapping[str, QPushButton] | None = None) -> None:
        super().__init__()
        self._buttons = buttons or {}
        self.lines: dict[str, SettingLine] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 0, 14, 8)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        for setting in settings:
            self._add(SettingLine(setting, self))

    def _add(self, line: "SettingLine") -> None:
        row = self._grid.rowCount()
        if line.setting.name in self._buttons:
            line.editor.add_button(self._buttons[line.setting.name])
        line.editor.row.setFixedWidth(EDITOR_WIDTH)
        self._grid.addWidget(line.label, row, 0)
        self._grid.addWidget(line.editor.row, row, 1)
        self._grid.addWidget(line.error, row + 1, 0, 1, 2)
        self.lines[line.setting.name] = line
        line.changed.connect(self.changed)
        line.explained.connect(self.explained)


class SettingLine(QObject):
    """Title, editor and error of one setting.

    Signals:
        changed: name of the setting and its new value.
        explained: the name, when the editor gets the keyboard.
    """

    changed = Signal(str, object)
    explained = Signal(str)

    def __init__(self, setting: Setting, parent: QObject) -> None:
        super().__init__(parent)
        self.setting = setting
        self.label = QLabel(setting.title)
        self.editor: SettingEditor = setting.editor()
        self.error = QLabel()
        self.error.setWordWrap(True)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        set_kind(self.error, kind="error")
        widget = self.editor.widget
        self.label.setBuddy(widget)
        widget.setObjectName(setting.name)
        widget.setAccessibleName(setting.title)
        self.show_error(None)
        for each in (self.label, widget):
            each.setToolTip(setting.help)
        self.editor.edited.connect(self._on_edited)
        self.editor.refused.connect(self.show_error)
        self.editor.focused.connect(self._on_focused)

    def show_config(self, config: TrainConfig) -> None:
        """Show what a config holds."""
        self.editor.show_value(self.setting.value(config))
        shown = self.setting.shown(config)
        for widget in (self.label, self.editor.row):
            widget.setVisible(shown)
        self.error.setVisible(shown and bool(self.error.text()))

    @Slot(object)
    def show_error(self, error: EngineError | None) -> None:
        """Show what is wrong with the value, or that nothing is."""
        self.editor.wrong = error is not None
        self.error.setText(str(error) if error else "")
        self.error.setVisible(error is not None)
        set_kind(self.editor.widget, invalid="true" if error else "false")
        self.editor.widget.setAccessibleDescription(str(error) if error else self.setting.help)

    def set_locked(self, reason: str) -> None:
        """Close it for a reason; an empty reason opens it."""
        for widget in (self.editor.widget, self.label):
            widget.setEnabled(not reason)
            widget.setToolTip(reason or self.setting.help)

    @Slot(object)
    def _on_edited(self, value: object) -> None:
        self.changed.emit(self.setting.name, value)

    @Slot()
    def _on_focused(self) -> None:
        self.explained.emit(self.setting.name)
