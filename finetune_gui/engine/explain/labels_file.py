"""What a check of the labels found, kept in the run folder: ``RUN/labels.json``."""

from pathlib import Path

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event, LabelsChecked
from finetune_gui.engine.files import read_json, write_json
from finetune_gui.engine.predictions_file import weights_stamp

FILE_NAME = "labels.json"


def write_labels_checked(run_path: Path, checked: LabelsChecked) -> None:
    """Keep it for the present best weights of a run.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full.
    """
    write_json(run_path / FILE_NAME, {"weights": weights_stamp(run_path), "labels": checked.to_json()})


def read_labels_checked(run_path: Path) -> LabelsChecked | None:
    """What was found with the present best weights of a run.

    Raises:
        EngineError: The file is damaged.
    """
    path = run_path / FILE_NAME
    if not path.is_file():
        return None
    plain = read_json(path)
    try:
        if plain["weights"] != weights_stamp(run_path):
            return None
        event = Event.from_json(plain["labels"])
    except (AttributeError, KeyError, TypeError) as error:
        raise EngineError(f"{path} is damaged: {error}.", "Remove it, and check the labels again.") from error
    return event if isinstance(event, LabelsChecked) else None
