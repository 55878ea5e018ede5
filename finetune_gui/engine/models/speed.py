"""How fast this machine computes: measured once on the starter, for estimates of what another model would take."""

import time
from collections.abc import Callable

import msgspec
import torch

from finetune_gui import paths
from finetune_gui.engine.config import ModelConfig
from finetune_gui.engine.devices import pick_device
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import replacing
from finetune_gui.engine.models.catalog import STARTER_ID, find_info
from finetune_gui.engine.models.sources import load_model

_BATCH_SIZE = 8
_PASSES = 3


def gmacs_per_second(wanted: str, should_stop: Callable[[], bool] = lambda: False) -> tuple[str, float]:
    """Kind of a device (``cpu``, ``cuda``, ``mps``) and its billions of multiply-adds a second in the starter.

    Larger networks use a GPU better than the starter does, so an estimate from this is on the safe side.

    Asked to stop, it returns after the pass that it is in.

    Raises:
        EngineError: There is no such device.
    """
    device = pick_device(wanted)
    key = f"{device}/{torch.get_num_threads()}/{torch.__version__}"
    known = _known()
    if key not in known:
        known[key] = _measure(device, should_stop)
        if not should_stop():
            _keep(known)
    return device.type, known[key]


def _measure(device: torch.device, should_stop: Callable[[], bool]) -> float:
    info = find_info(STARTER_ID)
    assert info is not None
    model = load_model(ModelConfig(id=STARTER_ID, weights="none"), 2).model.eval()
    model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = torch.zeros(_BATCH_SIZE, 3, info.input_size, info.input_size, device=device)
    images = images.contiguous(memory_format=torch.channels_last)  # as the trainer does
    seconds = []
    with torch.inference_mode():
        for _ in range(_PASSES + 1):
            begun = time.perf_counter()
            model(images).sum().item()  # waits for the device
            seconds.append(time.perf_counter() - begun)
            if should_stop():
                break
    return _BATCH_SIZE * info.gmacs / min(seconds[1:] or seconds)  # the first pass sets things up


def _known() -> dict[str, float]:
    try:
        return msgspec.json.decode((paths.cache_dir() / "speed.json").read_bytes(), type=dict[str, float])
    except (OSError, msgspec.DecodeError):
        return {}


def _keep(known: dict[str, float]) -> None:
    try:
        with replacing(paths.cache_dir() / "speed.json") as temporary:
            temporary.write_bytes(msgspec.json.encode(known))
    except EngineError:  # it is measured again the next time
        return
