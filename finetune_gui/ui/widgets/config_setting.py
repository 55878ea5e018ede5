"""What a line of the form of a run is made of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from finetune_gui.engine.command_line import field_value
from finetune_gui.engine.config import DataConfig, TrainConfig
from finetune_gui.ui.widgets.config_editors import SettingEditor

_DEFAULTS = TrainConfig(data=DataConfig(path=""))
FIELD_OF = {"training": "", "head": "model."}  # where the form's name of a part is not the config's


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One line of the form.

    Attributes:
        name: Part and field: ``training.num_epochs``, ``optim.lr``, ``head.head_dropout``.
        title: At the left of the editor.
        help: What it does, in a sentence.
        editor: Makes the editor.
        shown: Whether it has a bearing on a run of this config.
    """

    name: str
    title: str
    help: str
    editor: Callable[[], SettingEditor]
    shown: Callable[[TrainConfig], bool] = lambda _: True

    def value(self, config: TrainConfig) -> Any:
        """What a config holds."""
        part, _, field = self.name.partition(".")
        return field_value(config, FIELD_OF.get(part, f"{part}.") + field)

    @property
    def default(self) -> Any:
        """What it is unless it is set."""
        return self.value(_DEFAULTS)


def changed_settings(settings: Iterable[Setting], config: TrainConfig) -> list[Setting]:
    """Those that have a bearing on a config and are not as they are by default."""
    return [each for each in settings if each.shown(config) and each.value(config) != each.default]
