"""What of old settings can be taken: data and model may be gone, or the device may be that of another machine."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from finetune_gui.engine.config import LayerPlan, TrainConfig, TwoRates, read_config

translate = QCoreApplication.translate


@dataclass(frozen=True, kw_only=True)
class Reuse:
    """A config that can be used here.

    Attributes:
        config: With an empty path where the data are gone: those that are chosen stay.
        missing: One sentence on what could not be taken; empty where all could.
    """

    config: TrainConfig
    missing: str


def read_reusable(file: Path, present: TrainConfig, devices: Collection[str]) -> Reuse:
    """Read settings, and put what is chosen now in the place of what is not there any more.

    Args:
        file: A ``config.json``.
        present: What is chosen now.
        devices: Ids of those of this machine; empty while they are not known.

    Raises:
        EngineError: It is no config.
    """
    config = read_config(file)
    missing: list[str] = []
    gone = next((path for path in (config.data.path, *config.data.class_folders) if not Path(path).exists()), None)
    if gone is not None and config.data.path:
        config = replace(config, data=replace(config.data, path="", class_folders=()))
        missing.append(translate("ConfigReuse", "the images are not in {0} any more").format(gone))
    kind, _, place = config.model.id.partition(":")
    if kind in ("file", "run") and not Path(place).exists():
        config = replace(config, model=present.model, plan=_fitting(config.plan))
        missing.append(translate("ConfigReuse", "the model {0} is gone").format(place))
    if devices and config.device not in ("auto", *devices):
        missing.append(translate("ConfigReuse", "there is no device {0}").format(config.device))
        config = replace(config, device="auto")
    return Reuse(config=config, missing=_sentence(missing))


def _fitting(plan: LayerPlan) -> LayerPlan:
    """Without what names layers of a network that is not the one that will be trained."""
    return replace(plan, rules=(), two_rates=TwoRates())


def _sentence(missing: list[str]) -> str:
    if not missing:
        return ""
    words = translate("ConfigReuse", "What is chosen now stays in its place: {0}.")
    return words.format("; ".join(missing))
