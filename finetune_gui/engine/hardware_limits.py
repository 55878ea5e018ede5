"""When a machine comes near its limits: said before a run fails by it, and once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from finetune_gui.engine.hardware import HardwareReading

ConcernKind = Literal["memory", "gpu_memory", "disk", "gpu_temperature", "cpu_temperature"]

MEMORY_FREE, MEMORY_SHARE = 1_000_000_000, 0.1  # bytes, or this share of a smaller memory
GPU_FREE, GPU_SHARE = 500_000_000, 0.05
DISK_FREE = 2_000_000_000  # a checkpoint of a large network with its optimizer is about 1 GB
GPU_HOT = 87.0  # °C; most GPUs slow down at 90 and more
CPU_HOT = 97.0  # °C; most processors slow down at 100
_SLACK = 1.25  # a concern is over only when there is this much more room than where it began
_COOLER = 5.0  # °C, likewise
_PATIENCE = 3  # readings in a row: a peak of a moment is none


@dataclass(frozen=True, kw_only=True)
class HardwareConcern:
    """Something is nearly full (``value`` bytes are free) or hot (``value`` °C). ``subject``: a GPU or a folder."""

    kind: ConcernKind
    value: float
    subject: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The same for the same thing at another moment."""
        return self.kind, self.subject


class HardwareLimits:
    """Takes readings, tells what has become a concern, and keeps what still is one."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}
        self.active: dict[tuple[str, str], HardwareConcern] = {}

    def take(self, reading: "HardwareReading") -> list[HardwareConcern]:
        """Concerns that are new with this reading."""
        beyond = {concern.key: concern for concern in concerns(reading)}
        near = {concern.key for concern in concerns(reading, slack=_SLACK, cooler=_COOLER)}
        self._seen = {key: seen for key, seen in self._seen.items() if key in near}
        self.active = {key: beyond.get(key, concern) for key, concern in self.active.items() if key in near}
        new = []
        for key, concern in beyond.items():
            self._seen[key] = self._seen.get(key, 0) + 1
            if self._seen[key] >= _PATIENCE and key not in self.active:
                self.active[key] = concern
                new.append(concern)
        return new


def concerns(reading: "HardwareReading", *, slack: float = 1.0, cooler: float = 0.0) -> Iterator[HardwareConcern]:
    """What is beyond the limits now; ``slack`` above 1 and ``cooler`` above 0 draw them tighter."""
    if reading.memory_free < slack * min(MEMORY_FREE, MEMORY_SHARE * reading.memory_total):
        yield HardwareConcern(kind="memory", value=reading.memory_free)
    for gpu in reading.gpus:
        if gpu.memory_used is not None and gpu.memory_total:
            free = gpu.memory_total - gpu.memory_used
            if free < slack * min(GPU_FREE, GPU_SHARE * gpu.memory_total):
                yield HardwareConcern(kind="gpu_memory", value=free, subject=gpu.name)
        if gpu.temperature is not None and gpu.temperature > GPU_HOT - cooler:
            yield HardwareConcern(kind="gpu_temperature", value=gpu.temperature, subject=gpu.name)
    for disk in reading.disks:
        if disk.free < slack * DISK_FREE:
            yield HardwareConcern(kind="disk", value=disk.free, subject=disk.path)
    if reading.cpu_temperature is not None and reading.cpu_temperature > CPU_HOT - cooler:
        yield HardwareConcern(kind="cpu_temperature", value=reading.cpu_temperature)
