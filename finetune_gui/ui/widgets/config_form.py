"""The settings of a run as a form: shows a config, emits changes, decides nothing."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.recipes import closest_recipe
from finetune_gui.ui.theme import Theme, set_kind
from finetune_gui.ui.widgets.collapsible_section import CollapsibleSection
from finetune_gui.ui.widgets.config_editors import ButtonEditor, ChoiceEditor, NumberEditor
from finetune_gui.ui.widgets.config_setting import Setting, changed_settings
from finetune_gui.ui.widgets.learning_settings import common_settings, schedule_settings, update_settings
from finetune_gui.ui.widgets.run_settings import (
    loss_settings,
    reproducibility_settings,
    speed_settings,
    stopping_settings,
)
from finetune_gui.ui.widgets.setting_grid import SettingGrid, SettingLine
from finetune_gui.ui.words import figure, recipe_words

WIDTH = 320


class ConfigForm(QFrame):
    """A few settings that most people look at, and all others in sections that can be folded away.

    Names of settings are a part and a field: ``training.num_epochs``, ``optim.lr``, ``data.augment``.

    Signals:
        changed: name of a setting and its new value; None where the app should choose.
        recipes_wished: choose a recipe.
        lr_search_wished: find a learning rate.
        weights_wished: edit what an image of a class counts.
        copy_wished: copy the command that gives the same run.
        save_wished: save the settings to a file.
        open_wished: take settings from a file.
        section_toggled: name of a section, and whether the user opened or closed it.
    """

    changed = Signal(str, object)
    recipes_wished = Signal()
    lr_search_wished = Signal()
    weights_wished = Signal()
    copy_wished = Signal()
    save_wished = Signal()
    open_wished = Signal()
    section_toggled = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._config: TrainConfig | None = None
        self._lines: dict[str, SettingLine] = {}
        self._sections: dict[str, tuple[CollapsibleSection, tuple[Setting, ...]]] = {}
        self._unbuilt: list[str] = []  # sections that nobody has opened yet
        self._locked: dict[str, str] = {}
        self._devices: list[tuple[str, str]] = []
        self.setProperty("kind", "card")
        self.setAccessibleName(self.tr("Settings"))
        self.setFixedWidth(WIDTH)
        self.recipe_button = QPushButton()
        self.find_button = QPushButton(self.tr("Find…"))
        self.more_button = QToolButton()
        self._inner = QVBoxLayout()
        self._help, self._note = QLabel(), QLabel()
        self._add_common()
        self._add_sections()
        self._inner.addStretch(1)
        self._lay_out()
        self.show_help("training.num_epochs")

    # -- what is shown --------------------------------------------------------------------------------------------

    def show_config(self, config: TrainConfig) -> None:
        """Show the values of a config; nothing is emitted."""
        self._config = config
        for line in self._lines.values():
            line.show_config(config)
        for section, settings in self._sections.values():
            section.set_changed(len(changed_settings(settings, config)))
        words = recipe_words(*closest_recipe(config))
        self.recipe_button.setText(words)
        self.recipe_button.setAccessibleName(self.tr("Recipe: {0}").format(words))

    def show_auto_lr(self, lr: float | None) -> None:
        """Say which learning rate "Auto" was in the last run."""
        editor = self._line("optim.lr").editor
        assert isinstance(editor, NumberEditor)
        editor.set_word(self.tr("Auto") if lr is None else self.tr("Auto {0}").format(figure(lr)))

    def show_error(self, name: str, error: EngineError | None) -> None:
        """Show what is wrong with the value of a setting, or that nothing is."""
        if error is not None or name in self._lines:
            self._line(name).show_error(error)

    def set_locked(self, name: str, reason: str) -> None:
        """Close a setting for a reason; an empty reason opens it."""
        self._locked[name] = reason
        if name in self._lines:
            self._lines[name].set_locked(reason)

    def set_devices(self, devices: Sequence[tuple[str, str]], chosen: str) -> None:
        """Offer devices as (id, name)."""
        self._devices = list(devices)
        if "training.device" in self._lines:
            self._offer_devices(chosen)

    def _offer_devices(self, chosen: str) -> None:
        editor = self._line("training.device").editor
        assert isinstance(editor, ChoiceEditor)
        editor.set_choices([("auto", self.tr("Automatic")), *self._devices])
        editor.show_value(chosen)

    def set_note(self, text: str) -> None:
        """A sentence under the title, such as that changes are for the next run."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def set_search(self, reason: str) -> None:
        """Why no learning rate can be searched for now; empty where it can."""
        self.find_button.setEnabled(not reason)
        self.find_button.setToolTip(
            reason or self.tr("Try learning rates for a moment each, and see which learns best")
        )

    def open_sections(self, names: Iterable[str]) -> None:
        """Open these sections, and close the others."""
        wanted = set(names)
        for name, (section, _) in self._sections.items():
            if name in wanted:
                self._build(name)
            section.set_open(name in wanted)

    @Slot(str)
    def show_help(self, name: str) -> None:
        """Explain a setting in the line at the bottom."""
        setting = self._line(name).setting
        self._help.setText(f"<b>{setting.title}</b><br>{setting.help}")

    def editor(self, name: str) -> QWidget:
        """The widget of a setting."""
        return self._line(name).editor.widget

    def section(self, name: str) -> CollapsibleSection:
        """A section: ``optimizer``, ``loss``, ``stopping``, ``speed`` or ``again``."""
        return self._sections[name][0]

    def error(self, name: str) -> str:
        """The error shown at a setting; empty when there is none."""
        return self._line(name).error.text()

    def help_text(self) -> str:
        """The explanation shown."""
        return self._help.text()

    # -- building -------------------------------------------------------------------------------------------------

    def _add_common(self) -> None:
        set_kind(self.find_button, kind="inline")
        self.find_button.setAccessibleName(self.tr("Find a learning rate"))
        self.find_button.clicked.connect(self._on_find)
        self.recipe_button.clicked.connect(self._on_recipes)
        set_kind(self.recipe_button, kind="pick")
        text = self.tr("Settings that go well together, to take as they are or to start from")
        self.recipe_button.setToolTip(text)
        self.recipe_button.setAccessibleDescription(text)
        self._inner.addWidget(self._grid(common_settings(), {"optim.lr": self.find_button}))

    def _add_sections(self) -> None:
        self._add_section("optimizer", self.tr("Optimizer"), (*schedule_settings(), *update_settings()))
        self._add_section("loss", self.tr("Loss"), loss_settings())
        self._add_section("stopping", self.tr("Validation and stopping"), stopping_settings())
        self._add_section("speed", self.tr("Speed"), speed_settings())
        self._add_section("again", self.tr("Reproducibility"), reproducibility_settings())

    def _add_section(self, name: str, title: str, settings: tuple[Setting, ...]) -> None:
        section = CollapsibleSection(self._theme, title)
        section.setObjectName(name)
        section.opened.connect(self._on_opened)
        section.reset_wished.connect(self._on_reset)
        self._sections[name] = (section, settings)
        self._unbuilt.append(name)
        self._inner.addWidget(section)

    def build_rest(self) -> bool:
        """Build one section that is not there yet; False when all are. Each takes some milliseconds."""
        if self._unbuilt:
            self._build(self._unbuilt[0])
            return True
        return False

    def _build(self, name: str) -> None:
        """Build the lines of a section, if they are not there yet."""
        if name not in self._unbuilt:
            return
        self._unbuilt.remove(name)
        section, settings = self._sections[name]
        grid = self._grid(settings, {})
        section.set_content(grid)
        if self._config is not None:
            for line in grid.lines.values():
                line.show_config(self._config)
        for setting in settings:
            self._lines[setting.name].set_locked(self._locked.get(setting.name, ""))
        if name == "speed" and self._config is not None:
            self._offer_devices(self._config.device)
        weights = grid.lines["loss.class_weights"].editor if name == "loss" else None
        if isinstance(weights, ButtonEditor):
            weights.wanted.connect(self.weights_wished)

    def _line(self, name: str) -> SettingLine:
        """The line of a setting; its section is built if it is not there yet."""
        if name not in self._lines:
            self._build(next(key for key, (_, all_) in self._sections.items() if name in [each.name for each in all_]))
        return self._lines[name]

    def _grid(self, settings: Iterable[Setting], buttons: dict[str, QPushButton]) -> SettingGrid:
        grid = SettingGrid(settings, buttons)
        grid.changed.connect(self.changed)
        grid.explained.connect(self.show_help)
        self._lines |= grid.lines
        return grid

    def _lay_out(self) -> None:
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.setSpacing(2)
        inner = QWidget()
        inner.setLayout(self._inner)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        line = QFrame()
        set_kind(line, kind="separator")
        for label in (self._note, self._help):
            label.setWordWrap(True)
            set_kind(label, kind="hint")
        self._note.hide()
        self._note.setContentsMargins(16, 0, 16, 0)
        self._help.setMinimumHeight(4 * self._help.fontMetrics().lineSpacing() + 4)
        self._help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._help.setContentsMargins(16, 2, 16, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 10, 1, 8)
        layout.setSpacing(8)
        layout.addLayout(self._header())
        layout.addWidget(self._note)
        layout.addWidget(area, 1)
        layout.addWidget(line)
        layout.addWidget(self._help)

    def _header(self) -> QHBoxLayout:
        heading = QLabel(self.tr("Recipe"))
        heading.setBuddy(self.recipe_button)
        set_kind(heading, kind="heading")
        menu = QMenu(self)
        menu.addAction(self.tr("Copy as command")).triggered.connect(self.copy_wished)
        menu.addAction(self.tr("Save config…")).triggered.connect(self.save_wished)
        menu.addAction(self.tr("Open config…")).triggered.connect(self.open_wished)
        self.more_button.setText("⋯")
        self.more_button.setAccessibleName(self.tr("Copy, save or open settings"))
        self.more_button.setToolTip(self.more_button.accessibleName())
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more_button.setMenu(menu)
        header = QHBoxLayout()
        header.setContentsMargins(16, 0, 12, 0)
        header.setSpacing(10)
        header.addWidget(heading)
        header.addWidget(self.recipe_button, 1)
        header.addWidget(self.more_button)
        return header

    # -- slots ----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_find(self) -> None:
        self.lr_search_wished.emit()

    @Slot()
    def _on_recipes(self) -> None:
        self.recipes_wished.emit()

    @Slot(bool)
    def _on_opened(self, is_open: bool) -> None:
        section = self.sender()
        assert isinstance(section, CollapsibleSection)
        self._build(section.objectName())
        self.section_toggled.emit(section.objectName(), is_open)

    @Slot()
    def _on_reset(self) -> None:
        section = self.sender()
        assert isinstance(section, CollapsibleSection)
        assert self._config is not None  # there was something to put back
        settings = self._sections[section.objectName()][1]
        for setting in changed_settings(settings, self._config):
            self.show_error(setting.name, None)
            self.changed.emit(setting.name, setting.default)
