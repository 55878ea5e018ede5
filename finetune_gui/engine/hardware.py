"""How busy this machine is: processors, memory, GPUs, disks. Torch-free and quick, so it can be asked every second."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from finetune_gui.engine.nvidia import GpuReading, NvidiaGpus

# Sensors of processors, as Linux names them; others (disks, batteries, network cards) say nothing about training.
_CPU_SENSORS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "cpu-thermal", "soc_thermal")


@dataclass(frozen=True, kw_only=True)
class DiskReading:
    """Room on the disk of one of the app's folders, in bytes."""

    path: str
    free: int
    total: int


@dataclass(frozen=True, kw_only=True)
class HardwareReading:
    """One look at the machine. Shares are in [0, 1], memory is in bytes, temperatures are in °C."""

    cpu: float  # of all processors, since the reading before
    memory_used: int
    memory_total: int
    cpu_temperature: float | None = None  # of the hottest sensor; None where the system does not tell
    gpus: tuple[GpuReading, ...] = ()
    disks: tuple[DiskReading, ...] = ()

    @property
    def memory_free(self) -> int:
        """What programs can still get."""
        return self.memory_total - self.memory_used


class HardwareReader:
    """Looks at the machine again and again; to be used by one thread at a time.

    Args:
        folders: Whose disks are looked at; of those on the same disk, the first.
        gpus: What reads the GPUs.
    """

    def __init__(self, folders: Iterable[Path] = (), gpus: NvidiaGpus | None = None) -> None:
        self._folders = list(folders)
        self._gpus = gpus or NvidiaGpus()
        psutil.cpu_percent()  # from now on

    def read(self) -> HardwareReading:
        """The machine as it is now."""
        memory = psutil.virtual_memory()
        return HardwareReading(
            cpu=psutil.cpu_percent() / 100,
            memory_used=memory.total - memory.available,
            memory_total=memory.total,
            cpu_temperature=_cpu_temperature(),
            gpus=self._gpus.read(),
            disks=tuple(_disks(self._folders)),
        )

    def close(self) -> None:
        """Let go of the driver."""
        self._gpus.close()


def existing_folder(path: Path) -> Path:
    """The path, or its nearest parent that is there."""
    return next(candidate for candidate in (path, *path.parents) if candidate.exists())


def _disks(folders: list[Path]) -> Iterable[DiskReading]:
    seen: set[int] = set()
    for folder in folders:
        try:
            place = existing_folder(folder)
            disk = os.stat(place).st_dev
            if disk in seen:
                continue
            usage = shutil.disk_usage(place)
        except (OSError, StopIteration):  # unplugged; whoever needs it will say so
            continue
        seen.add(disk)
        yield DiskReading(path=str(folder), free=usage.free, total=usage.total)


def _cpu_temperature() -> float | None:
    sensors = getattr(psutil, "sensors_temperatures", None)  # Linux and FreeBSD alone
    try:
        found = sensors() if sensors else {}
    except (OSError, ValueError, KeyError):  # a sensor that is broken
        return None
    temperatures = [entry.current for name in _CPU_SENSORS for entry in found.get(name, ())]
    return max((float(value) for value in temperatures if value), default=None)
