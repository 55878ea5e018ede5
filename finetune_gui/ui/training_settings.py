"""Between the form of settings and the session, and the dialogs and files that settings go through."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from finetune_gui.engine.command_line import config_arguments, shell_line, train_arguments
from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import write_json
from finetune_gui.engine.recipes import closest_recipe
from finetune_gui.ui.dialogs.class_weights_dialog import ClassWeightsDialog
from finetune_gui.ui.dialogs.recipe_dialog import RecipeDialog
from finetune_gui.ui.preferences import Preferences
from finetune_gui.ui.session import Session
from finetune_gui.ui.theme import Theme
from finetune_gui.ui.widgets.config_form import ConfigForm
from finetune_gui.ui.workers.latest_operation import LatestOperation

CONFIG_FILES = "config.json"


class TrainingSettings(QObject):
    """Does what the form wishes.

    Signals:
        told: (message, hint) on something that was done.
        unsaid: an ``EngineError``: settings that no command can say, but a saved file.
        failed: an ``EngineError``.
        crashed: the traceback of a bug.
        config_chosen: a file whose settings shall be taken.
    """

    told = Signal(str, str)
    unsaid = Signal(object)
    failed = Signal(object)
    crashed = Signal(str)
    config_chosen = Signal(Path)

    def __init__(
        self, form: ConfigForm, session: Session, theme: Theme, preferences: Preferences, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._form = form
        self._session = session
        self._theme = theme
        self._preferences = preferences
        self._window = parent
        self._saving = LatestOperation(self)
        self._saving.succeeded.connect(self._on_saved)
        self._saving.failed.connect(self.failed)
        self._saving.crashed.connect(self.crashed)
        form.open_sections(preferences.open_sections)
        form.changed.connect(self._on_changed)
        form.section_toggled.connect(self._on_section)
        form.recipes_wished.connect(self.choose_recipe)
        form.weights_wished.connect(self.edit_weights)
        form.copy_wished.connect(self.copy_command)
        form.save_wished.connect(self.save_config)
        form.open_wished.connect(self.open_config)
        session.config_changed.connect(self._show_config)
        session.dataset_changed.connect(self._on_dataset)
        self._show_config()
        self._on_dataset()

    def shutdown(self) -> None:
        """The window closes."""
        self._saving.shutdown()

    # -- dialogs --------------------------------------------------------------------------------------------------

    @Slot()
    def choose_recipe(self) -> None:
        """Let the user pick settings that go well together."""
        dialog = RecipeDialog(self._theme, *closest_recipe(self._session.config), self._window)
        dialog.chosen.connect(self._session.use_recipe)
        dialog.open()

    @Slot()
    def edit_weights(self) -> None:
        """Let the user say what an image of each class counts."""
        dataset = self._session.dataset
        names = dataset.class_names if dataset else ()
        weights = self._session.config.loss.class_weights
        dialog = ClassWeightsDialog(self._theme, names, weights, self._window)
        dialog.chosen.connect(self._on_weights)
        dialog.open()

    # -- command and file -----------------------------------------------------------------------------------------

    @Slot()
    def copy_command(self) -> None:
        """Put the line for the terminal that gives the same run into the clipboard."""
        config = self._session.config
        if not config.data.path:
            message = self.tr("There is no run to copy yet.")
            self.failed.emit(EngineError(message, self.tr("Open a folder of images first.")))
            return
        arguments = train_arguments(config)
        if arguments is None:
            message = self.tr("Decisions about single images have no option of their own.")
            hint = self.tr("Save the settings as a file; then the command names that file.")
            self.unsaid.emit(EngineError(message, hint))
            return
        line = shell_line(arguments)
        QGuiApplication.clipboard().setText(line)
        self.told.emit(self.tr("The command is in the clipboard. It gives the same run."), line)

    @Slot()
    def save_config(self) -> None:
        """Ask for a file, and write the settings to it."""
        dialog = self._file_dialog(self.tr("Save the settings"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(CONFIG_FILES)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the settings to a file."""
        config = self._session.config
        self._saving.start(lambda _: _write(config, Path(path)))

    @Slot()
    def open_config(self) -> None:
        """Ask for a file to take settings from."""
        dialog = self._file_dialog(self.tr("Open settings"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_opened)
        dialog.open()

    def _file_dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, self._preferences.last_export_folder or str(Path.home()))
        dialog.setNameFilters([self.tr("Settings (*.json)"), self.tr("All files (*)")])
        return dialog

    # -- slots ----------------------------------------------------------------------------------------------------

    @Slot()
    def _show_config(self) -> None:
        self._form.show_config(self._session.config)

    @Slot()
    def _on_dataset(self) -> None:
        dataset = self._session.dataset
        own = dataset is not None and "val" in dataset.split_names()
        reason = self.tr("The folder has its own validation images, so none are kept aside.") if own else ""
        self._form.set_locked("data.val_split", reason)

    @Slot(str, object)
    def _on_changed(self, name: str, value: object) -> None:
        part, _, field = name.partition(".")
        session = self._session
        setters = {
            "training": session.set_training,
            "optim": session.set_optim,
            "loss": session.set_loss,
            "stopping": session.set_stopping,
            "data": session.set_data,
            "head": session.set_head,
            "speed": session.set_speed,
        }
        try:
            setters[part](**{field: value})
        except EngineError as error:
            self._form.show_error(name, error)
        else:
            self._form.show_error(name, None)

    @Slot(dict)
    def _on_weights(self, weights: dict[str, float]) -> None:
        self._session.set_loss(class_weights=weights)

    @Slot(str, bool)
    def _on_section(self, name: str, is_open: bool) -> None:
        others = [known for known in self._preferences.open_sections if known != name]
        self._preferences.open_sections = [*others, name] if is_open else others

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        line = shell_line(config_arguments(path))
        QGuiApplication.clipboard().setText(line)
        self.told.emit(self.tr("Saved. The command that gives the same run is in the clipboard."), line)

    @Slot(str)
    def _on_opened(self, path: str) -> None:
        self.config_chosen.emit(Path(path))


def _write(config: TrainConfig, path: Path) -> Path:
    write_json(path, config.to_json())
    return path
