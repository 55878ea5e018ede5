"""A zip for whoever shall find out what went wrong: log, settings and events of the run, versions, the machine.

Images are never in it, nor what they show, nor the list of all of them; the user's home folder is written as ``~``.
Whoever saves it sees it first: ``collect_report`` gives the files, ``save_report`` writes just these.
"""

import os
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from finetune_gui import paths
from finetune_gui.engine.anonymous import anonymous
from finetune_gui.engine.files import replacing
from finetune_gui.engine.hardware import HardwareReader
from finetune_gui.engine.installation import installed_versions, system_facts
from finetune_gui.engine.runs import RunFolder

MAX_BYTES = 2_000_000  # of one file; of a longer one the end is what counts
# Events that name images, and those of every step, of which there may be millions.
_LEFT_OUT = (b'"event":"EvaluationFinished"', b'"event":"StepCompleted"', b'"event":"ValidationAdvanced"')


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """One file of a report; ``text`` is all that will be in it."""

    name: str
    text: str

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.text.encode())


def collect_report(*, traceback: str = "", run_path: Path | None = None) -> list[ReportFile]:
    """What a report would hold; what cannot be read is left out.

    Args:
        traceback: Of the bug, if one is reported.
        run_path: The run that was under way, or was last.
    """
    files = [_versions(), _hardware()]
    if traceback:
        files.insert(0, ReportFile(name="traceback.txt", text=traceback))
    files += _logs()
    if run_path is not None:
        files += _run(RunFolder(run_path))
    return [ReportFile(name=file.name, text=anonymous(file.text)) for file in files if file.text]


def save_report(files: list[ReportFile], path: Path) -> Path:
    """Write the zip, whole or not at all.

    Raises:
        EngineError: It cannot be written there.
    """
    moment = time.localtime()[:6]
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, moment)
            entry.external_attr = 0o644 << 16  # or nobody could read it where it is unpacked
            archive.writestr(entry, file.text.encode(), zipfile.ZIP_DEFLATED)
    return path


def report_name() -> str:
    """A name for the zip that sorts by time."""
    return f"finetune-gui-report-{time.strftime('%Y%m%d-%H%M%S')}.zip"


def _versions() -> ReportFile:
    rows = system_facts() | installed_versions() | {"time": time.strftime("%Y-%m-%d %H:%M:%S %z")}
    return ReportFile(name="versions.txt", text="".join(f"{name}: {value}\n" for name, value in rows.items()))


def _hardware() -> ReportFile:
    reader = HardwareReader([paths.runs_dir(), paths.cache_dir()])
    try:
        reading = reader.read()
    finally:
        reader.close()
    return ReportFile(name="hardware.json", text=msgspec.json.format(msgspec.json.encode(reading), indent=2).decode())


def _logs() -> Iterator[ReportFile]:
    for path in (paths.log_file(), paths.crash_file()):
        yield ReportFile(name=path.name, text=_end_of(path).decode(errors="replace"))


def _run(run: RunFolder) -> Iterator[ReportFile]:
    yield ReportFile(name="run/config.json", text=_end_of(run.config_file).decode(errors="replace"))
    lines = [line for line in _end_of(run.events_file).splitlines() if not any(part in line for part in _LEFT_OUT)]
    yield ReportFile(name="run/events.jsonl", text=b"\n".join([*lines, b""]).decode(errors="replace").lstrip())


def _end_of(path: Path) -> bytes:
    """The file, from a line's beginning where it is cut; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            beyond = max(0, os.fstat(file.fileno()).st_size - MAX_BYTES)
            file.seek(beyond)
            content = file.read(MAX_BYTES)
    except OSError:
        return b""
    return content.partition(b"\n")[2] if beyond else content
