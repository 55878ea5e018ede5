"""The devices torch can compute on, and the one a run uses."""

from dataclasses import dataclass

import torch

from finetune_gui.engine.config import Precision
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.gpu_support import is_supported, read_driver, why_unused


@dataclass(frozen=True, kw_only=True)
class Device:
    """One choice of the device menu. Memory is in bytes, 0 where it is not known."""

    id: str
    name: str
    memory: int = 0


def list_devices() -> list[Device]:
    """What can be chosen here, fastest first; the CPU is always there."""
    devices = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            properties = torch.cuda.get_device_properties(index)
            capability = (properties.major, properties.minor)
            if torch.version.hip or is_supported(capability, torch.cuda.get_arch_list()):
                devices.append(Device(id=f"cuda:{index}", name=properties.name, memory=properties.total_memory))
    if torch.backends.mps.is_available():
        devices.append(Device(id="mps", name="Apple GPU"))
    devices.append(Device(id="cpu", name=f"CPU, {torch.get_num_threads()} threads"))
    return devices


def pick_device(wanted: str) -> torch.device:
    """The device for ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    Raises:
        EngineError: There is no such device on this machine.
    """
    available = [device.id for device in list_devices()]
    if wanted == "auto":
        return torch.device(available[0])
    if wanted == "cuda":
        wanted = "cuda:0"
    if wanted not in available:
        raise EngineError(
            f"There is no device '{wanted}' on this machine.", f"Use auto, or one of: {', '.join(available)}."
        )
    return torch.device(wanted)


def unused_gpu() -> EngineError | None:
    """Why the GPU of this machine is not among the devices; None if it is, or if there is none."""
    if torch.version.hip or any(device.id != "cpu" for device in list_devices()):
        return None
    driver = read_driver()
    return why_unused(driver, torch.version.cuda, torch.cuda.get_arch_list()) if driver else None


def pick_precision(wanted: Precision, device: torch.device) -> torch.dtype:
    """What the network computes in; weights stay in float32.

    ``auto`` takes bfloat16 on a GPU that has units for it (compute capability 8), float16 on one that has only those
    (7), and else float32: on a CPU the result stays what the pretrained network gives.
    """
    named = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
    if wanted != "auto":
        return named[wanted]
    if device.type != "cuda":
        return torch.float32
    major, _ = torch.cuda.get_device_capability(device)
    return torch.bfloat16 if major >= 8 else torch.float16 if major == 7 else torch.float32
