"""What a check of the labels found, kept in the run folder: ``RUN/labels.json``."""

from pathlib import Path

from finetune_gui.engine.events import LabelsChecked
from finetune_gui.engine.measured_file import read_measured, write_measured

FILE_NAME = "labels.json"


def write_labels_checked(run_path: Path, checked: LabelsChecked) -> None:
    """Keep it for the present best weights of a run; raises as ``write_measured``."""
    write_measured(run_path, FILE_NAME, "labels", checked)


def read_labels_checked(run_path: Path) -> LabelsChecked | None:
    """What was found with the present best weights of a run; raises as ``read_measured``."""
    return read_measured(run_path, FILE_NAME, "labels", LabelsChecked, "Remove it, and check the labels again.")
