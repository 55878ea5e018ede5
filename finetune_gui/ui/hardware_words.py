"""What the machine does, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from finetune_gui.engine.hardware_limits import HardwareConcern
from finetune_gui.engine.nvidia import GpuReading
from finetune_gui.ui.words import count, locale, percent, size

if TYPE_CHECKING:
    from finetune_gui.engine.hardware import HardwareReading

_GB = 2**30  # memory is sold and shown in binary units, disks in decimal ones


def memory_size(num_bytes: int) -> str:
    """``12.3 GB`` or ``410 MB`` of memory."""
    binary = QLocale.DataSizeFormat.DataSizeTraditionalFormat
    return locale().formattedDataSize(num_bytes, 1 if num_bytes >= _GB else 0, binary)


def memory_of(used: int, total: int) -> str:
    """``12.3/32 GB``, short enough for the strip."""
    digits = 1 if used < 99.95 * _GB else 0
    return f"{locale().toString(used / _GB, 'f', digits)}/{count(round(total / _GB))} GB"


def degrees(celsius: float) -> str:
    """``71 °C``."""
    return f"{count(round(celsius))} °C"


def reading_words(reading: "HardwareReading") -> str:
    """All of a reading, a line each."""
    return "\n".join(_lines(reading))


def _lines(reading: "HardwareReading") -> Iterator[str]:
    translate = QCoreApplication.translate
    line = translate("hardware", "Processors (CPU): {0} busy").format(percent(reading.cpu, 0))
    yield f"{line}, {degrees(reading.cpu_temperature)}" if reading.cpu_temperature is not None else line
    used, total = memory_size(reading.memory_used), memory_size(reading.memory_total)
    yield translate("hardware", "Memory (RAM): {0} of {1} in use").format(used, total)
    for gpu in reading.gpus:
        yield _gpu_line(gpu)
    for disk in reading.disks:
        yield translate("hardware", "Disk of {0}: {1} free").format(disk.path, size(disk.free))


def _gpu_line(gpu: GpuReading) -> str:
    translate = QCoreApplication.translate
    parts = []
    if gpu.use is not None:
        parts.append(translate("hardware", "{0} busy").format(percent(gpu.use, 0)))
    if gpu.memory_used is not None and gpu.memory_total:
        used, total = memory_size(gpu.memory_used), memory_size(gpu.memory_total)
        parts.append(translate("hardware", "{0} of {1} of its memory (VRAM) in use").format(used, total))
    if gpu.temperature is not None:
        parts.append(degrees(gpu.temperature))
    return f"{gpu.name}: {', '.join(parts)}" if parts else gpu.name


def concern_words(concern: HardwareConcern) -> tuple[str, str]:
    """A sentence and a way out."""
    translate = QCoreApplication.translate
    match concern.kind:
        case "memory":
            message = translate("hardware", "Memory is nearly full: {0} are free.")
            hint = translate("hardware", "Close other programs. For the next run choose smaller batches or images.")
            return message.format(memory_size(int(concern.value))), hint
        case "gpu_memory":
            message = translate("hardware", "The memory of {0} is nearly full: {1} are free.")
            hint = translate("hardware", "Close other programs that use it. A run that runs short divides its batches.")
            return message.format(concern.subject, memory_size(int(concern.value))), hint
        case "disk":
            message = translate("hardware", "The disk of {0} is nearly full: {1} are free.")
            hint = translate("hardware", "Make room before it is full: old runs can be moved to the trash under Runs.")
            return message.format(concern.subject, size(int(concern.value))), hint
        case "gpu_temperature":
            message = translate("hardware", "{0} is hot: {1}.").format(concern.subject, degrees(concern.value))
        case "cpu_temperature":
            message = translate("hardware", "The processor is hot: {0}.").format(degrees(concern.value))
    return message, translate("hardware", "It will slow itself down. Give it air, or pause the run (F6) for a while.")
