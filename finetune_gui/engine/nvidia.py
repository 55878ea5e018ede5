"""What NVIDIA's management library tells of the GPUs. Harmless where there is no driver, or none any more."""

import importlib
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)

_MOST_FAILURES = 3  # in a row; then it is not asked any more


@dataclass(frozen=True, kw_only=True)
class GpuReading:
    """One GPU. ``use`` is a share, memory is in bytes, the temperature in °C; None where the GPU does not tell."""

    name: str
    use: float | None = None
    memory_used: int | None = None
    memory_total: int | None = None
    temperature: float | None = None


class NvidiaGpus:
    """Reads all GPUs that CUDA may use here, in the order of the driver.

    Args:
        load: Gives NVIDIA's module ``pynvml``; it is called at the first reading, since the import takes a while.
    """

    def __init__(self, load: Callable[[], Any] | None = None) -> None:
        self._load = load or load_nvml
        self._nvml: Any = None
        self._handles: list[Any] = []
        self._failures = 0
        self._given_up = False

    def read(self) -> tuple[GpuReading, ...]:
        """The GPUs as they are now; empty where there is none, or while the driver fails."""
        if self._given_up:
            return ()
        try:
            if self._nvml is None:
                self._open()
            readings = tuple(self._read_gpu(handle) for handle in self._handles)
        except Exception as error:  # whatever a driver does, a run must not notice
            self._forget(error)
            return ()
        self._failures = 0
        return readings

    def close(self) -> None:
        """Leave the driver alone from now on."""
        self._given_up = True
        self._shut_down()

    def _open(self) -> None:
        nvml = self._load()
        nvml.nvmlInit()
        self._nvml = nvml
        handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        uuids = [_text(nvml.nvmlDeviceGetUUID(handle)) for handle in handles]
        self._handles = [handles[index] for index in visible_gpus(uuids, os.environ.get("CUDA_VISIBLE_DEVICES"))]

    def _read_gpu(self, handle: Any) -> GpuReading:
        nvml = self._nvml
        memory = self._ask("nvmlDeviceGetMemoryInfo", handle)
        rates = self._ask("nvmlDeviceGetUtilizationRates", handle)
        temperature = self._ask("nvmlDeviceGetTemperature", handle, nvml.NVML_TEMPERATURE_GPU)
        if temperature is None:  # that call ends with CUDA 14, and older drivers do not have this one
            temperature = self._ask("nvmlDeviceGetTemperatureV", handle, nvml.NVML_TEMPERATURE_GPU)
        return GpuReading(
            name=_text(nvml.nvmlDeviceGetName(handle)),
            use=None if rates is None else rates.gpu / 100,
            memory_used=None if memory is None else int(memory.used),
            memory_total=None if memory is None else int(memory.total),
            temperature=None if temperature is None else float(temperature),
        )

    def _ask(self, name: str, *arguments: Any) -> Any:
        """The answer, or None where this GPU has none to give: a part of one, or one that shares the main memory."""
        nvml = self._nvml
        function = getattr(nvml, name, None)
        if function is None:
            return None
        try:
            return function(*arguments)
        except nvml.NVMLError as error:
            if error.value in (nvml.NVML_ERROR_NOT_SUPPORTED, nvml.NVML_ERROR_FUNCTION_NOT_FOUND):
                return None
            raise

    def _forget(self, error: Exception) -> None:
        """Begin anew at the next reading, such as after the driver was renewed; but not for ever."""
        never_worked = self._nvml is None and self._failures == 0
        self._failures += 1
        self._given_up = never_worked or self._failures >= _MOST_FAILURES
        if never_worked:
            log.debug("No NVIDIA GPU can be read: %s", error)
        else:
            log.info("The NVIDIA GPU could not be read: %s", error)
        self._shut_down()

    def _shut_down(self) -> None:
        nvml, self._nvml, self._handles = self._nvml, None, []
        if nvml is not None:
            try:
                nvml.nvmlShutdown()
            except Exception as error:  # a driver that is gone cannot be said good-bye to
                log.debug("NVML did not shut down: %s", error)


def visible_gpus(uuids: list[str], visible: str | None) -> list[int]:
    """Which of the GPUs ``CUDA_VISIBLE_DEVICES`` leaves to CUDA, by index; all where it names none that is known."""
    if visible is None:
        return list(range(len(uuids)))
    names = [name.strip() for name in visible.split(",") if name.strip()]
    if not names or names[0] == "-1":
        return []
    found = [_index(name, uuids) for name in names]
    known = [index for index in found if index is not None]
    return known or list(range(len(uuids)))


def _index(name: str, uuids: list[str]) -> int | None:
    if name.isdecimal():
        return int(name) if int(name) < len(uuids) else None
    return next((index for index, uuid in enumerate(uuids) if uuid.startswith(name)), None)


def _text(name: str | bytes) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else name


def load_nvml() -> Any:
    """NVIDIA's module. Raises whatever keeps it from being imported."""
    if sys.platform == "darwin":
        raise OSError("there is no NVIDIA driver for macOS")
    return importlib.import_module("pynvml")
