"""Fields of a config and their values as people read them, for comparing runs."""

from typing import Any

from PySide6.QtCore import QCoreApplication

from finetune_gui.ui.widgets.config_setting import FIELD_OF, Setting
from finetune_gui.ui.widgets.learning_settings import common_settings, schedule_settings, update_settings
from finetune_gui.ui.widgets.run_settings import (
    loss_settings,
    reproducibility_settings,
    speed_settings,
    stopping_settings,
)
from finetune_gui.ui.words import (
    UNKNOWN,
    counted,
    data_name,
    figure,
    model_name,
    optimizer_name,
    preset_words,
    schedule_name,
)

translate = QCoreApplication.translate
_MOST_LISTED = 4


def setting_titles() -> dict[str, str]:
    """What each field of a ``TrainConfig`` is called in the window, by its path, such as ``optim.lr``."""
    forms = (
        common_settings(),
        schedule_settings(),
        update_settings(),
        loss_settings(),
        stopping_settings(),
        speed_settings(),
        reproducibility_settings(),
    )
    return _other_titles() | {_field(setting): setting.title for form in forms for setting in form}


def _field(setting: Setting) -> str:
    part, _, name = setting.name.partition(".")
    return FIELD_OF.get(part, f"{part}.") + name


def _other_titles() -> dict[str, str]:
    """Of what is chosen on other pages than Train."""
    return {
        "data.path": translate("SettingWords", "Images"),
        "data.class_folders": translate("SettingWords", "Class folders"),
        "data.class_level": translate("SettingWords", "Folder that names the class"),
        "data.test_split": translate("SettingWords", "Test share"),
        "data.group_pattern": translate("SettingWords", "Groups by file name"),
        "data.group_look_alikes": translate("SettingWords", "Look-alikes stay together"),
        "data.balance": translate("SettingWords", "Balance of classes"),
        "data.edits": translate("SettingWords", "Decisions about images"),
        "model.id": translate("SettingWords", "Model"),
        "model.weights": translate("SettingWords", "Weights"),
        "model.architecture": translate("SettingWords", "Architecture"),
        "plan.preset": translate("SettingWords", "Layers"),
        "plan.rules": translate("SettingWords", "Rules of layers"),
        "plan.batch_norm": translate("SettingWords", "BatchNorm"),
        "plan.two_rates.up_to": translate("SettingWords", "First rate up to"),
        "plan.two_rates.multiplier": translate("SettingWords", "λ beyond"),
        "plan.schedule": translate("SettingWords", "Unfreezing"),
        "task": translate("SettingWords", "Task"),
    }


def setting_value(field: str, value: Any) -> str:
    """A value of a field, in plain types, in words."""
    names = {
        "data.path": data_name,
        "model.id": model_name,
        "plan.preset": preset_words,
        "optim.optimizer": optimizer_name,
        "optim.schedule": schedule_name,
    }
    if field in names:
        return names[field](value) or UNKNOWN
    if field == "data.edits":
        number = sum(len(decisions) for decisions in value.values())
        return counted(translate("SettingWords", "{count} decision(s)", "", number), number)
    if field == "plan.rules":
        return _listed([f"{rule['pattern']} λ {figure(rule['multiplier'])}" for rule in value])
    if field == "plan.schedule":
        words = translate("SettingWords", "from epoch {epoch} on: {preset}")
        return _listed([words.format(epoch=c["from_epoch"], preset=preset_words(c["preset"])) for c in value])
    return _plain(value)


def _plain(value: Any) -> str:
    match value:
        case True:
            return translate("SettingWords", "yes")
        case False:
            return translate("SettingWords", "no")
        case None:
            return translate("SettingWords", "automatic")
        case dict():
            return _listed([f"{name} {_plain(each)}" for name, each in value.items()])
        case list() | tuple():
            return _listed([str(each) for each in value])
        case int() | float():
            return figure(value) if isinstance(value, float) else str(value)
    return str(value).replace("_", " ") or translate("SettingWords", "none")


def _listed(words: list[str]) -> str:
    """The first few, and how many more there are."""
    if not words:
        return translate("SettingWords", "none")
    more = [f"+ {len(words) - _MOST_LISTED}"] if len(words) > _MOST_LISTED else []
    return ", ".join(words[:_MOST_LISTED] + more)
