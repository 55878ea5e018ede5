"""What the window remembers between two starts: one INI file, read value by value."""

from pathlib import Path
from typing import Any, cast, get_args

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal

from finetune_gui.paths import settings_file
from finetune_gui.ui.theme import Mode

SCHEMA_VERSION = 1
MAX_RECENT = 10


class Preferences(QObject):
    """Typed access to the settings file. A damaged file, or a damaged value in it, costs only itself.

    Signals:
        recent_folders_changed: the list of folders, or their order.
    """

    recent_folders_changed = Signal()

    def __init__(self, file: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        path = file or settings_file()
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        if self._settings.status() != QSettings.Status.NoError:
            self._settings.clear()
        if not self._settings.contains("schema_version"):
            self._settings.setValue("schema_version", SCHEMA_VERSION)

    # -- folders --------------------------------------------------------------------------------------------------

    @property
    def last_folder(self) -> str:
        """The data folder opened last; empty at first."""
        return self._text("folders/last")

    @last_folder.setter
    def last_folder(self, path: str) -> None:
        self._settings.setValue("folders/last", path)

    @property
    def recent_folders(self) -> list[str]:
        """Data folders, the last one first; those that are gone are in it too."""
        value = self._settings.value("folders/recent", [])
        found = [value] if isinstance(value, str) else value  # INI keeps a list of one as a text
        if not isinstance(found, list):
            return []
        return [path for path in found if isinstance(path, str) and path][:MAX_RECENT]

    def add_recent_folder(self, path: str) -> None:
        """Put a folder first, and remember it as the last one."""
        others = [known for known in self.recent_folders if known != path]
        self._settings.setValue("folders/recent", [path, *others][:MAX_RECENT])
        self.last_folder = path
        self.recent_folders_changed.emit()

    def clear_recent_folders(self) -> None:
        """Forget them."""
        self._settings.remove("folders/recent")
        self.recent_folders_changed.emit()

    @property
    def last_export_folder(self) -> str:
        """Where a model was exported to last; empty at first."""
        return self._text("folders/export")

    @last_export_folder.setter
    def last_export_folder(self, path: str) -> None:
        self._settings.setValue("folders/export", path)

    # -- choices --------------------------------------------------------------------------------------------------

    @property
    def theme_mode(self) -> Mode:
        """Colours: as the system, light or dark."""
        text = self._text("window/theme", "system")
        return cast(Mode, text) if text in get_args(Mode) else "system"

    @theme_mode.setter
    def theme_mode(self, mode: Mode) -> None:
        self._settings.setValue("window/theme", mode)

    @property
    def last_model_id(self) -> str:
        """The model chosen last; empty at first."""
        return self._text("model/last")

    @last_model_id.setter
    def last_model_id(self, model_id: str) -> None:
        self._settings.setValue("model/last", model_id)

    @property
    def favourite_models(self) -> list[str]:
        """Ids of the models that are marked with a star."""
        value = self._settings.value("model/favourites", [])
        found = [value] if isinstance(value, str) else value  # INI keeps a list of one as a text
        if not isinstance(found, list):
            return []
        return [model_id for model_id in found if isinstance(model_id, str) and model_id]

    @favourite_models.setter
    def favourite_models(self, ids: list[str]) -> None:
        self._settings.setValue("model/favourites", ids)

    @property
    def declined_gpu_support(self) -> str:
        """Digest of the GPU support that the user did not want to download."""
        return self._text("gpu_support/declined")

    @declined_gpu_support.setter
    def declined_gpu_support(self, digest: str) -> None:
        self._settings.setValue("gpu_support/declined", digest)

    # -- runs -----------------------------------------------------------------------------------------------------

    @property
    def notify_of_runs(self) -> bool:
        """Whether the end of a run is told on the desktop."""
        return self._text("runs/notify", "true") != "false"

    @notify_of_runs.setter
    def notify_of_runs(self, wanted: bool) -> None:
        self._settings.setValue("runs/notify", "true" if wanted else "false")

    @property
    def closed_on_run(self) -> str:
        """Folder of the run that was stopped because the window was closed; else empty."""
        return self._text("runs/closed_on")

    @closed_on_run.setter
    def closed_on_run(self, path: str) -> None:
        self._settings.setValue("runs/closed_on", path)

    @property
    def declined_run(self) -> str:
        """Folder of the interrupted run that the user did not want to go on with, at the last offer."""
        return self._text("runs/declined")

    @declined_run.setter
    def declined_run(self, path: str) -> None:
        self._settings.setValue("runs/declined", path)

    @property
    def open_sections(self) -> list[str]:
        """Sections of the settings of a run that are open."""
        value = self._settings.value("training/open_sections", [])
        found = [value] if isinstance(value, str) else value  # INI keeps a list of one as a text
        return [name for name in found if isinstance(name, str) and name] if isinstance(found, list) else []

    @open_sections.setter
    def open_sections(self, names: list[str]) -> None:
        self._settings.setValue("training/open_sections", names)

    # -- window ---------------------------------------------------------------------------------------------------

    @property
    def geometry(self) -> QByteArray:
        """Place and size of the window, as ``saveGeometry`` gives it; empty at first."""
        value = self._value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._settings.setValue("window/geometry", geometry)

    @property
    def summary_visible(self) -> bool:
        """Whether the summary at the left is shown."""
        return self._text("window/summary", "true") != "false"

    @summary_visible.setter
    def summary_visible(self, visible: bool) -> None:
        self._settings.setValue("window/summary", "true" if visible else "false")

    def save(self) -> None:
        """Write to the disk now; QSettings replaces the file as a whole."""
        self._settings.sync()

    def _value(self, key: str) -> Any:
        return self._settings.value(key)

    def _text(self, key: str, default: str = "") -> str:
        value = self._value(key)
        return value if isinstance(value, str) else default
