"""What was measured without fine-tuning, kept in the run folder: ``RUN/baselines.json``."""

from pathlib import Path

from finetune_gui.engine.events import BaselinesMeasured
from finetune_gui.engine.measured_file import read_measured, write_measured

FILE_NAME = "baselines.json"
VERDICTS = {
    "learnt_nothing": "The run is no better, beyond chance, than always giving the same answer.",
    "worse": "Fine-tuning did harm: comparing images by pretrained features alone is better.",
    "same": "Fine-tuning did not pay yet: comparing images by pretrained features alone is as good, within chance.",
    "better": "Fine-tuning paid: it is better, beyond chance, than comparing images by pretrained features alone.",
}


def write_baselines(run_path: Path, baselines: BaselinesMeasured) -> None:
    """Keep them for the present best weights of a run; raises as ``write_measured``."""
    write_measured(run_path, FILE_NAME, "baselines", baselines)


def read_baselines(run_path: Path) -> BaselinesMeasured | None:
    """What was measured for the present best weights of a run; raises as ``read_measured``."""
    return read_measured(
        run_path, FILE_NAME, "baselines", BaselinesMeasured, "Remove it, and measure the baselines again."
    )
