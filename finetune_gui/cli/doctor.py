"""``doctor``: facts about this machine and this installation. Those that need torch come last."""

import argparse
from collections.abc import Iterator

import psutil

from finetune_gui import paths
from finetune_gui.cli import output
from finetune_gui.cli.gpu_support import STATE_WORDS
from finetune_gui.engine.cuda_parts.installed import look
from finetune_gui.engine.hardware import HardwareReader, HardwareReading
from finetune_gui.engine.installation import PACKAGES, installed_versions, system_facts
from finetune_gui.engine.models.weight_files import weights_dir
from finetune_gui.engine.nvidia import GpuReading


def doctor(arguments: argparse.Namespace) -> int:
    """What a bug report needs."""
    collected: dict[str, dict[str, str]] = {}
    for section, values in facts():
        collected[section] = values
        if not arguments.json:
            print(section)
            for name, value in values.items():
                print(f"  {name:<20}{value}")
    if arguments.json:
        output.print_json(collected)
    return 0


def facts() -> Iterator[tuple[str, dict[str, str]]]:
    """Sections of name and value, the quick ones first."""
    reader = HardwareReader([paths.runs_dir()])
    reading = reader.read()
    reader.close()
    yield "System", system_facts() | _machine(reading)
    versions = installed_versions()
    yield "Versions", {name: versions.get(name, "not installed") for name in PACKAGES}
    yield "Folders", _folders(reading)
    if reading.gpus:
        yield "GPUs", {f"GPU {number}": _gpu(gpu) for number, gpu in enumerate(reading.gpus)}
    if (state := look()) != "none":
        yield "GPU support", {"state": STATE_WORDS[state], "folder": str(paths.gpu_support_dir())}
    yield "Devices", _devices()


def _machine(reading: HardwareReading) -> dict[str, str]:
    told = {
        "processors": str(psutil.cpu_count()),
        "memory": f"{_gigabytes(reading.memory_free)} free of {_gigabytes(reading.memory_total)}",
    }
    if reading.cpu_temperature is not None:
        told["temperature"] = f"{reading.cpu_temperature:.0f} °C"
    return told


def _gpu(gpu: GpuReading) -> str:
    parts = [gpu.name]
    if gpu.memory_used is not None and gpu.memory_total:
        parts.append(f"{_gigabytes(gpu.memory_total - gpu.memory_used)} free of {_gigabytes(gpu.memory_total)}")
    if gpu.use is not None:
        parts.append(f"{100 * gpu.use:.0f} % busy")
    if gpu.temperature is not None:
        parts.append(f"{gpu.temperature:.0f} °C")
    return ", ".join(parts)


def _folders(reading: HardwareReading) -> dict[str, str]:
    folders = {
        "runs": paths.runs_dir(),
        "samples": paths.samples_dir(),
        "weights": weights_dir(),
        "settings": paths.settings_file(),
        "cache": paths.cache_dir(),
        "logs": paths.log_dir(),
    }
    told = {name: str(path) for name, path in folders.items()}
    if reading.disks:
        told["free disk"] = _gigabytes(reading.disks[0].free)
    return told


def _devices() -> dict[str, str]:
    from finetune_gui.engine.devices import list_devices, unused_gpu

    told = {
        device.id: f"{device.name}, {_gigabytes(device.memory)}" if device.memory else device.name
        for device in list_devices()
    }
    problem = unused_gpu()
    return told | {"not used": f"{problem.message} {problem.hint}"} if problem else told


def _gigabytes(num_bytes: int) -> str:
    return f"{num_bytes / 1e9:.1f} GB"
