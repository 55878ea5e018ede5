"""What was measured without fine-tuning, kept in the run folder: ``RUN/baselines.json``."""

from pathlib import Path

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import BaselinesMeasured, Event
from finetune_gui.engine.files import read_json, write_json
from finetune_gui.engine.predictions_file import weights_stamp

FILE_NAME = "baselines.json"
VERDICTS = {
    "learnt_nothing": "The run is no better, beyond chance, than always giving the same answer.",
    "worse": "Fine-tuning did harm: comparing images by pretrained features alone is better.",
    "same": "Fine-tuning did not pay yet: comparing images by pretrained features alone is as good, within chance.",
    "better": "Fine-tuning paid: it is better, beyond chance, than comparing images by pretrained features alone.",
}


def write_baselines(run_path: Path, baselines: BaselinesMeasured) -> None:
    """Keep them for the present best weights of a run.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full.
    """
    write_json(run_path / FILE_NAME, {"weights": weights_stamp(run_path), "baselines": baselines.to_json()})


def read_baselines(run_path: Path) -> BaselinesMeasured | None:
    """What was measured for the present best weights of a run.

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
        event = Event.from_json(plain["baselines"])
    except (AttributeError, KeyError, TypeError) as error:
        raise EngineError(f"{path} is damaged: {error}.", "Remove it, and measure the baselines again.") from error
    return event if isinstance(event, BaselinesMeasured) else None
