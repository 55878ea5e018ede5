"""Readings of the machine, with drivers that are missing, that fail in mid-run, and that tell half of it."""

import os
import shutil
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from finetune_gui.engine.hardware import DiskReading, HardwareReader, HardwareReading
from finetune_gui.engine.hardware_limits import HardwareLimits
from finetune_gui.engine.nvidia import GpuReading, NvidiaGpus, visible_gpus

GB = 1_000_000_000
CALM = HardwareReading(
    cpu=0.3,
    memory_used=4 * GB,
    memory_total=16 * GB,
    cpu_temperature=60.0,
    gpus=(GpuReading(name="G", use=0.9, memory_used=4 * GB, memory_total=8 * GB, temperature=70.0),),
    disks=(DiskReading(path="/runs", free=50 * GB, total=100 * GB),),
)


class Driver:
    """Stands where NVIDIA's module would; ``broken`` makes every call fail with that code."""

    NVML_ERROR_NOT_SUPPORTED, NVML_ERROR_FUNCTION_NOT_FOUND, NVML_TEMPERATURE_GPU = 3, 13, 0

    class NVMLError(Exception):
        def __init__(self, value: int) -> None:
            self.value = value

    def __init__(self) -> None:
        self.broken: int | None = None
        self.unsupported: set[str] = set()
        self.opened = self.closed = self.calls = 0

    def _answer(self, value: object, name: str = "") -> object:
        self.calls += 1
        if self.broken is not None:
            raise self.NVMLError(self.broken)
        if name in self.unsupported:
            raise self.NVMLError(self.NVML_ERROR_NOT_SUPPORTED)
        return value

    def nvmlInit(self) -> None:
        self._answer(None)
        self.opened += 1

    def nvmlShutdown(self) -> None:
        self.closed += 1

    def nvmlDeviceGetCount(self) -> object:
        return self._answer(2)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> object:
        return self._answer(index)

    def nvmlDeviceGetUUID(self, handle: int) -> object:
        return self._answer(f"GPU-{handle}abc")

    def nvmlDeviceGetName(self, handle: int) -> object:
        return self._answer(f"GPU {handle}".encode())  # older versions gave bytes

    def nvmlDeviceGetMemoryInfo(self, _: int) -> object:
        return self._answer(SimpleNamespace(used=3 * GB, total=8 * GB), "memory")

    def nvmlDeviceGetUtilizationRates(self, _: int) -> object:
        return self._answer(SimpleNamespace(gpu=55), "use")

    def nvmlDeviceGetTemperature(self, _: int, sensor: int) -> object:
        assert sensor == self.NVML_TEMPERATURE_GPU
        return self._answer(71, "temperature")


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return Driver()


def test_this_machine(tmp_path: Path) -> None:
    reader = HardwareReader([tmp_path / "not" / "yet" / "there", tmp_path])
    reading = reader.read()
    reader.close()
    assert 0 <= reading.cpu <= 1
    assert reading.memory_total == psutil.virtual_memory().total
    assert 0 < reading.memory_free < reading.memory_total
    assert len(reading.disks) == 1  # the same disk
    assert reading.disks[0].total == shutil.disk_usage(tmp_path).total


def test_gpus_that_cuda_may_use(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = NvidiaGpus(lambda: driver)
    assert gpus.read()[1] == GpuReading(
        name="GPU 1", use=0.55, memory_used=3 * GB, memory_total=8 * GB, temperature=71.0
    )
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert [gpu.name for gpu in NvidiaGpus(lambda: driver).read()] == ["GPU 1"]
    assert visible_gpus(["GPU-a", "GPU-b"], "GPU-b,0") == [1, 0]
    assert visible_gpus(["GPU-a", "GPU-b"], "7") == [0, 1]  # wrong, so CUDA's business
    assert visible_gpus(["GPU-a"], "") == visible_gpus(["GPU-a"], "-1") == []


def test_a_gpu_tells_what_it_can(driver: Driver) -> None:
    driver.unsupported = {"use", "memory"}
    first = NvidiaGpus(lambda: driver).read()[0]
    assert (first.use, first.memory_used, first.memory_total, first.temperature) == (None, None, None, 71.0)


def test_no_driver_is_asked_for_once() -> None:
    asked = []

    def load() -> object:
        asked.append(1)
        raise ImportError("No module named 'pynvml'")

    gpus = NvidiaGpus(load)
    assert [gpus.read(), gpus.read()] == [(), ()]
    assert len(asked) == 1
    gpus.close()


def test_a_driver_that_fails_in_mid_run_is_tried_again_and_then_left_alone(driver: Driver) -> None:
    gpus = NvidiaGpus(lambda: driver)
    assert len(gpus.read()) == 2
    driver.broken = 15  # GPU is lost
    assert gpus.read() == ()
    assert driver.closed == 1
    driver.broken = None  # the driver was renewed
    assert len(gpus.read()) == 2
    assert driver.opened == 2
    driver.broken = 999
    assert [gpus.read() for _ in range(3)] == [(), (), ()]
    driver.broken, calls = None, driver.calls
    assert gpus.read() == ()
    assert driver.calls == calls


FAKE_NVML = """
    #include <string.h>
    typedef struct { unsigned long long total, free, used; } memory_t;
    typedef struct { unsigned int gpu, memory; } rates_t;
    static int calls = 0;
    int nvmlInitWithFlags(unsigned int flags) { return 0; }
    int nvmlShutdown(void) { return 0; }
    const char *nvmlErrorString(int code) { return "fault"; }
    int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 1; return 0; }
    int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **handle) { *handle = (void *)1; return 0; }
    int nvmlDeviceGetUUID(void *handle, char *text, unsigned int length) { strcpy(text, "GPU-1"); return 0; }
    int nvmlDeviceGetName(void *handle, char *text, unsigned int length) { strcpy(text, "Drawn GPU"); return 0; }
    int nvmlDeviceGetMemoryInfo(void *handle, memory_t *memory) {
        if (++calls == 2) return 15; /* GPU is lost */
        memory->total = 8; memory->free = 5; memory->used = 3; return 0; }
    int nvmlDeviceGetUtilizationRates(void *handle, rates_t *rates) { return 3; /* not supported */ }
    int nvmlDeviceGetTemperatureV(void *handle, void *answer) { ((int *)answer)[2] = 66; return 0; }
"""


@pytest.mark.skipif(not sys.platform.startswith("linux") or not shutil.which("cc"), reason="needs Linux and a compiler")
def test_nvidias_own_module_over_a_driver_that_fails(tmp_path: Path) -> None:
    """The real ``pynvml`` calls a library made for this test, which loses its GPU at the second reading."""
    source, library = tmp_path / "nvml.c", tmp_path / "libnvidia-ml.so.1"
    source.write_text(textwrap.dedent(FAKE_NVML))
    subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", library, source], check=True)
    code = "from finetune_gui.engine.nvidia import NvidiaGpus\ngpus = NvidiaGpus()\n" + "print(gpus.read())\n" * 3
    environment = os.environ | {"LD_LIBRARY_PATH": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("CUDA_VISIBLE_DEVICES", None)
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    whole = "(GpuReading(name='Drawn GPU', use=None, memory_used=3, memory_total=8, temperature=66.0),)"
    assert told.stdout.splitlines() == [whole, "()", whole]


def kinds(limits: HardwareLimits, reading: HardwareReading, times: int = 1) -> list[str]:
    return [concern.kind for _ in range(times) for concern in limits.take(reading)]


def test_a_concern_is_told_once_and_ends_when_there_is_room_again() -> None:
    limits = HardwareLimits()
    full = replace(CALM, memory_used=int(15.5 * GB))
    assert kinds(limits, CALM, 5) == []
    assert kinds(limits, full, 2) == []  # a peak of a moment
    assert kinds(limits, CALM) == []
    assert kinds(limits, full, 10) == ["memory"]
    assert [concern.value for concern in limits.active.values()] == [0.5 * GB]
    assert kinds(limits, replace(CALM, memory_used=int(14.9 * GB)), 9) == []  # hardly better
    assert list(limits.active) == [("memory", "")]
    assert kinds(limits, CALM) == []
    assert limits.active == {}
    assert kinds(limits, full, 3) == ["memory"]


def test_every_limit() -> None:
    gpu = CALM.gpus[0]
    strained = replace(
        CALM,
        cpu_temperature=99.0,
        gpus=(replace(gpu, memory_used=int(7.8 * GB)), replace(gpu, name="H", temperature=90.0), GpuReading(name="I")),
        disks=(DiskReading(path="/runs", free=GB, total=100 * GB),),
    )
    limits = HardwareLimits()
    assert kinds(limits, strained, 3) == ["gpu_memory", "gpu_temperature", "disk", "cpu_temperature"]
    assert {concern.subject for concern in limits.active.values()} == {"G", "H", "/runs", ""}
