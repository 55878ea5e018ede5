"""Which tasks there are."""

from collections.abc import Callable

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.tasks.base import Task
from finetune_gui.engine.tasks.image_classification import ImageClassification

TASKS: dict[str, Callable[[TrainConfig], Task]] = {"image_classification": ImageClassification}


def create_task(config: TrainConfig) -> Task:
    """The task that a config names.

    Raises:
        EngineError: There is none of that name.
    """
    if config.task not in TASKS:
        raise EngineError(f"There is no task '{config.task}'.", f"Use {' or '.join(TASKS)}.")
    return TASKS[config.task](config)
