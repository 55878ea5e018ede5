"""What the user says of a run: a name, a note, tags. Kept in ``RUN/notes.json``; the folder itself keeps its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import read_json, write_json

SCHEMA_VERSION = 1
FILE_NAME = "notes.json"


@dataclass(frozen=True, kw_only=True)
class RunNotes:
    """Words of the user.

    Attributes:
        title: Name to show in place of the folder's; empty for that one. Since the folder is not renamed, models and
            commands that were given its path still find it.
        note: Free text.
        tags: Single words or short phrases, to find runs by.
    """

    title: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()


def clean_tags(words: Iterable[str]) -> tuple[str, ...]:
    """Without blanks around them, and each once, however it is capitalised."""
    tags: dict[str, str] = {}
    for word in words:
        if tag := " ".join(word.split()):
            tags.setdefault(tag.casefold(), tag)
    return tuple(tags.values())


def read_notes(run_path: Path) -> RunNotes:
    """What was written down; nothing where there is no such file.

    Raises:
        EngineError: The file is damaged, or of a newer version of the app.
    """
    path = run_path / FILE_NAME
    if not path.is_file():
        return RunNotes()
    plain = read_json(path)
    if isinstance(plain, dict) and plain.get("schema_version") == SCHEMA_VERSION:
        try:
            return msgspec.convert(plain, RunNotes)
        except msgspec.ValidationError as error:
            raise EngineError(f"{path} is damaged: {error}.", "Remove it, and name the run again.") from error
    raise EngineError(f"{path} is not of this version of the app.", "Update the app, or remove the file.")


def write_notes(run_path: Path, notes: RunNotes) -> None:
    """Keep them.

    Raises:
        EngineError: The run is gone, or its folder cannot be written to.
    """
    if not run_path.is_dir():
        raise EngineError(f"The run {run_path.name} is not there any more.", "Choose another one.")
    write_json(run_path / FILE_NAME, {"schema_version": SCHEMA_VERSION, **msgspec.to_builtins(notes)})
