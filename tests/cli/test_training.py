"""What a terminal says of a run and of a search for a learning rate."""

from pathlib import Path

import pytest

from finetune_gui import cli
from finetune_gui.__main__ import open_window
from finetune_gui.cli.training import drain_training
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.events import (
    BatchDivided,
    BatchSizeChosen,
    Event,
    RunFinished,
    RunPaused,
    RunResumed,
    RunRolledBack,
)

EVENTS: list[Event] = [
    BatchSizeChosen(batch_size=64, seconds=3.0),
    BatchDivided(global_step=2, batch_size=32, micro_batch=16),
    RunRolledBack(global_step=7, to_step=4, lr_factor=0.2),
    RunPaused(global_step=8, reason="The disk is full.", hint="Free some space."),
    RunResumed(global_step=8),
    RunFinished(
        outcome="completed", run_dir="/r", best_epoch=1, best_val_accuracy=0.9, seconds=9.0, stopped_early=True
    ),
]


def test_what_came_in_the_way_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert drain_training(iter(EVENTS), RunControl(), as_json=False) == 0
    out, told = capsys.readouterr()
    lines = [
        "Batches of 64 images suit this device (tried in 3 s).",
        "Memory ran out: batches of 32 go through in parts of 16; the result is the same.",
        "The loss was no longer a number in step 7: back to step 4, and on with 0.2 of the learning rate.",
        "Waiting: The disk is full. Free some space.",
        "Going on from step 8.",
    ]
    assert told.splitlines() == lines
    assert out.splitlines()[0] == "Stopped early: no epoch was better for a while."


def test_find_lr_prints_the_curve_and_what_to_write(tiny_data: Path, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["find-lr", str(tiny_data), "--batch-size", "8", "--device", "cpu", "--augment", "none"]
    assert cli.run(arguments, open_window) == 0
    out = capfd.readouterr().out.splitlines()
    assert out[0].split() == ["rate", "loss"]
    assert out[1].split()[0] == "1.0e-07"
    assert out[1].endswith("#")
    assert out[-1].startswith("Suggested: --lr 0.")


def test_help_is_grouped(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.run(["train", "--help"], open_window)
    assert end.value.code == 0
    text = capfd.readouterr().out
    for group in ("model and layers:", "learning:", "loss:", "stopping:", "speed:", "reproducibility:", "data:"):
        assert f"\n{group}\n" in text


@pytest.mark.parametrize("size", ["0", "many"])
def test_a_batch_size_is_a_number_or_auto(size: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.run(["train", "x", "--batch-size", size], open_window)
    assert end.value.code == 2
    assert "--batch-size" in capfd.readouterr().err
