"""The start of an app without CUDA: it goes on as the edition with CUDA that the user has fetched, if there is one.

Whatever is wrong with that one, the app itself starts. The driver is not asked: the edition with CUDA runs without a
GPU, too, and says what it lacks, while asking takes up to a second of every start.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from finetune_gui import bundle
from finetune_gui.engine.cuda_parts import installed

NOTE_VARIABLE = "FINETUNE_GUI_HANDED_OVER"  # tells the fetched edition which note to remove
COMMAND = "gpu-support"  # never handed over: it looks after what is handed over to

_TOLD: Mapping[installed.State, str] = {
    "stale": "GPU support was fetched by another version of Finetune GUI",
    "damaged": "GPU support is damaged",
    "failing": "GPU support did not start the last time",
}


def hand_over(program: str, arguments: Sequence[str]) -> None:
    """Go on as the fetched edition; returns where there is none, or it cannot be used, which is said.

    Args:
        program: Name of the running program; the bundle has one of the same name.
        arguments: Of the program, without its name.
    """
    _remove_note()
    if not bundle.is_bundle() or bundle.PARENT_VARIABLE in os.environ or COMMAND in arguments[:1]:
        return
    state = installed.look()
    if state in _TOLD:
        _tell(f"{_TOLD[state]}. This start goes without it; 'finetune-gui {COMMAND} --fetch' mends it.")
    if state == "ready":
        _become(installed.bundle_dir() / program, arguments)


def _become(program: Path, arguments: Sequence[str]) -> None:
    bundle.leave_libraries_to_others()
    note = installed.note_start()
    environment = bundle.environment_for_another() | ({NOTE_VARIABLE: str(note)} if note else {})
    command = [str(program), *arguments]
    try:
        if os.name == "nt":
            _run_as_child(command, environment, note)
        else:
            os.execve(program, command, environment)
    except OSError as error:
        _tell(f"GPU support cannot be started: {error.strerror}. This start goes without it.")
    if note:
        note.unlink(missing_ok=True)


def _run_as_child(command: Sequence[str], environment: Mapping[str, str], note: Path | None) -> None:
    """Where a process cannot become another one. Returns only if the program never came to life."""
    process = subprocess.Popen(command, env={**environment, bundle.PARENT_VARIABLE: str(os.getpid())})
    while True:
        with suppress(KeyboardInterrupt):  # it is the program's own to decide
            code = process.wait()
            break
    if code == 0 or note is None or not note.exists():
        sys.exit(code)
    _tell(f"GPU support ended at once, with code {code}. This start goes without it.")


def _remove_note() -> None:
    """In the fetched edition: it lives."""
    note = os.environ.pop(NOTE_VARIABLE, None)
    if note:
        with suppress(OSError):
            os.unlink(note)


def _tell(text: str) -> None:
    if sys.stderr is not None:
        print(text, file=sys.stderr)
