"""When memory runs out: batches go through the network in smaller parts, with the same gradient."""

import gc

import torch

from finetune_gui.engine.errors import EngineError

# What allocators say where they have no exception of their own: of the CPU (Linux, Windows), cuBLAS, cuDNN, MPS.
_TEXTS = ("can't allocate memory", "not enough memory", "alloc_failed", "out of memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, on any device."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(text in str(error).lower() for text in _TEXTS)


def free_memory(device: torch.device) -> None:
    """Give back what nothing uses any more."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


class MicroBatches:
    """How many images go through the network at once.

    Args:
        size: At first.
    """

    def __init__(self, size: int) -> None:
        self.size = size

    def halve(self, batch: int, smallest: int, device: torch.device) -> None:
        """After memory ran out with parts of this size, or with the whole of a batch of ``batch`` images.

        Args:
            batch: Images of that batch.
            smallest: Fewest images that can go through; BatchNorm that learns needs two.
            device: Where there was no room.

        Raises:
            EngineError: The parts cannot be smaller.
        """
        tried = min(self.size, batch)
        if tried <= smallest:
            raise EngineError(
                f"The memory of {device} is too small for this network, even with {_images(tried)} at a time.",
                "Freeze more layers, choose a smaller model, or close other programs.",
            )
        self.size = max(smallest, -(-tried // 2))
        free_memory(device)


def _images(count: int) -> str:
    return f"{count} image" if count == 1 else f"{count} images"
