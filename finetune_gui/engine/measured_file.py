"""What was measured of the best weights of a run, kept in its folder beside the digest of these weights."""

from pathlib import Path
from typing import TypeVar

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import Event
from finetune_gui.engine.files import read_json, write_json
from finetune_gui.engine.predictions_file import weights_stamp

AnyEvent = TypeVar("AnyEvent", bound=Event)


def write_measured(run_path: Path, name: str, field: str, event: Event) -> None:
    """Keep an event for the present best weights of a run.

    Args:
        run_path: Folder of the run.
        name: Of the file in it.
        field: What the event stands under.
        event: To keep.

    Raises:
        CannotWrite: The folder cannot be written to, or the disk is full.
    """
    write_json(run_path / name, {"weights": weights_stamp(run_path), field: event.to_json()})


def read_measured(run_path: Path, name: str, field: str, kind: type[AnyEvent], hint: str) -> AnyEvent | None:
    """What ``write_measured`` kept, if it is of the present best weights.

    Args:
        run_path: Folder of the run.
        name: Of the file in it.
        field: What the event stands under.
        kind: Of the event.
        hint: What to do where the file is damaged.

    Raises:
        EngineError: The file is damaged.
    """
    path = run_path / name
    if not path.is_file():
        return None
    plain = read_json(path)
    try:
        if plain["weights"] != weights_stamp(run_path):
            return None
        event = Event.from_json(plain[field])
    except (AttributeError, KeyError, TypeError) as error:
        raise EngineError(f"{path} is damaged: {error}.", hint) from error
    return event if isinstance(event, kind) else None
