"""What ``doctor`` says of machines that are not this one."""

from types import SimpleNamespace

import pytest

from finetune_gui.cli import doctor
from finetune_gui.engine.hardware import DiskReading, HardwareReading
from finetune_gui.engine.nvidia import GpuReading

GB = 1_000_000_000
READING = HardwareReading(
    cpu=0.5,
    memory_used=4 * GB,
    memory_total=16 * GB,
    cpu_temperature=61.4,
    gpus=(
        GpuReading(name="Big GPU", use=0.93, memory_used=3 * GB, memory_total=24 * GB, temperature=71.0),
        GpuReading(name="Part of a GPU"),
    ),
    disks=(DiskReading(path="/runs", free=74 * GB, total=270 * GB),),
)


def test_the_machine_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = SimpleNamespace(read=lambda: READING, close=lambda: None)
    monkeypatch.setattr(doctor, "HardwareReader", lambda _folders: reader)
    sections = doctor.facts()
    told = dict(next(sections) for _ in range(4))  # the next one would import torch
    assert list(told) == ["System", "Versions", "Folders", "GPUs"]
    assert told["System"]["memory"] == "12.0 GB free of 16.0 GB"
    assert told["System"]["temperature"] == "61 °C"
    assert told["Folders"]["free disk"] == "74.0 GB"
    assert told["GPUs"] == {"GPU 0": "Big GPU, 21.0 GB free of 24.0 GB, 93 % busy, 71 °C", "GPU 1": "Part of a GPU"}
    assert told["Versions"]["torch"][0].isdigit()
