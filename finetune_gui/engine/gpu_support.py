"""Why a GPU that is in the machine is not computed on: its driver or the GPU itself is too old, or there is no CUDA."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from finetune_gui import paths
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.nvidia import load_nvml

Version = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class NvidiaDriver:
    """What the driver tells.

    Attributes:
        version: Of the driver, such as ``550.54.14``.
        cuda: The newest CUDA that it knows.
        gpus: Pairs of a name and a compute capability.
    """

    version: str
    cuda: Version
    gpus: tuple[tuple[str, Version], ...]


def read_driver(load: Callable[[], Any] = load_nvml) -> NvidiaDriver | None:
    """Ask NVIDIA's driver; None where there is none, or no GPU.

    Args:
        load: Gives NVIDIA's module ``pynvml``.
    """
    try:
        nvml = load()
        nvml.nvmlInit()
    except Exception:  # whatever is wrong with a driver, the CPU is not concerned
        return None
    try:
        handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        cuda = nvml.nvmlSystemGetCudaDriverVersion_v2()
        gpus = tuple(
            (_text(nvml.nvmlDeviceGetName(handle)), tuple(nvml.nvmlDeviceGetCudaComputeCapability(handle)))
            for handle in handles
        )
        version = _text(nvml.nvmlSystemGetDriverVersion())
        return NvidiaDriver(version=version, cuda=(cuda // 1000, cuda % 1000 // 10), gpus=gpus) if gpus else None
    except Exception:
        return None
    finally:
        with contextlib.suppress(Exception):
            nvml.nvmlShutdown()


def why_unused(driver: NvidiaDriver, cuda: str | None, architectures: Iterable[str]) -> EngineError | None:
    """What keeps torch from the first GPU, and what would help; None if nothing is known to.

    Args:
        driver: What is in the machine.
        cuda: The CUDA that torch was built with, such as ``13.2``; None for a torch without.
        architectures: What it was built for, such as ``sm_80``.
    """
    name, capability = driver.gpus[0]
    if cuda is None:
        return EngineError(f"The {name} is not used: this installation has no CUDA.", _way_to_cuda())
    major = int(cuda.partition(".")[0])
    if driver.cuda[0] < major:
        return EngineError(
            f"The {name} is not used: its driver {driver.version} knows CUDA {_dotted(driver.cuda)}, "
            f"and CUDA {major}.0 is needed.",
            "Install a newer driver from NVIDIA. Until then training runs on the CPU.",
        )
    if not is_supported(capability, architectures):
        oldest = min(version for _, version in _parsed(architectures))
        return EngineError(
            f"The {name} is not used: it has compute capability {_dotted(capability)}, "
            f"and {_dotted(oldest)} is needed.",
            "Training runs on the CPU.",
        )
    return None


def _way_to_cuda() -> str:
    if paths.cuda_manifest_file().is_file():
        return "Help > GPU support, or 'finetune-gui gpu-support --fetch', downloads what is missing."
    return "Install the CUDA edition to train on the GPU."


def is_supported(capability: Version, architectures: Iterable[str]) -> bool:
    """Whether there is code for a GPU: machine code of its generation, or an older intermediate form to translate."""
    return any(
        version <= capability if kind == "compute" else version[0] == capability[0] and version <= capability
        for kind, version in _parsed(architectures)
    )


def _parsed(architectures: Iterable[str]) -> list[tuple[str, Version]]:
    """``sm_90a`` is ("sm", (9, 0))."""
    parsed = []
    for name in architectures:
        kind, _, number = name.partition("_")
        digits = "".join(character for character in number if character.isdigit())
        if len(digits) >= 2:
            parsed.append((kind, (int(digits[:-1]), int(digits[-1]))))
    return parsed


def _dotted(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def _text(name: str | bytes) -> str:
    return name.decode(errors="replace") if isinstance(name, bytes) else name
