"""Fingerprints of frozen tensors, computed where they are: equal before and after means bit-identical."""

import hashlib
from functools import cache

import torch
from torch import nn

from finetune_gui.engine.config import BatchNormPolicy
from finetune_gui.engine.models.layers import BATCH_NORMS

_BLOCK = 1 << 16  # elements that share a checksum; its temporaries fit a CPU's cache
_WORDS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}  # by the bytes of an element
_BLOCKS_AT_ONCE = {"cpu": 1, "cuda": 256}


def frozen_fingerprints(model: nn.Module, batch_norm: BatchNormPolicy) -> dict[str, str]:
    """Fingerprint of every frozen parameter, and of every buffer that belongs to a frozen layer.

    Statistics of a BatchNorm that may adapt are left out.
    """
    return {name: fingerprint(tensor) for name, tensor in frozen_tensors(model, batch_norm).items()}


def frozen_tensors(model: nn.Module, batch_norm: BatchNormPolicy) -> dict[str, torch.Tensor]:
    """What must not change, by its name in the state dict."""
    frozen = {}
    for path, module in model.named_modules():
        own = list(module.named_parameters(recurse=False))
        tensors = [(name, tensor) for name, tensor in own if not tensor.requires_grad]
        adapts = batch_norm == "adapts" and isinstance(module, BATCH_NORMS)
        if len(tensors) == len(own) and own and not adapts:
            tensors += list(module.named_buffers(recurse=False))
        frozen.update({f"{path}.{name}".lstrip("."): tensor.detach() for name, tensor in tensors})
    return frozen


def fingerprint(tensor: torch.Tensor) -> str:
    """SHA-256 over the checksums of the blocks of a tensor, its shape and type.

    A checksum is Σ mᵢ·xᵢ modulo 2⁶⁴ with fixed odd mᵢ (multilinear hashing, Lemire & Kaser 2014): one changed
    element changes it for certain, any other change goes unseen with a chance of about 2⁻⁴⁰. Nobody attacks here, so
    that is enough, and the tensor never leaves its device.
    """
    words = _words(tensor if tensor.device.type in _BLOCKS_AT_ONCE else tensor.cpu())
    step = _BLOCK * _BLOCKS_AT_ONCE[words.device.type]
    sums = [_checksums(words[start : start + step]) for start in range(0, len(words), step)]
    digest = hashlib.sha256(f"{tuple(tensor.shape)} {tensor.dtype}".encode())
    if sums:
        digest.update(torch.cat(sums).cpu().numpy().tobytes())
    return digest.hexdigest()


def _words(tensor: torch.Tensor) -> torch.Tensor:
    """The bits of a tensor in logical order, so that the memory format does not matter."""
    flat = tensor.detach().contiguous().reshape(-1)
    return flat.view(_WORDS[flat.element_size()])


def _checksums(words: torch.Tensor) -> torch.Tensor:
    """One int64 for each block of 1-D words; the arithmetic wraps modulo 2⁶⁴."""
    multipliers = _multipliers(words.device)
    num_whole = len(words) // _BLOCK
    whole, rest = words[: num_whole * _BLOCK].view(num_whole, _BLOCK), words[num_whole * _BLOCK :]
    last = (rest.long() * multipliers[: len(rest)]).sum().reshape(1)
    return torch.cat([(whole.long() * multipliers).sum(1), last])


@cache
def _multipliers(device: torch.device) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0x5EED)
    return (torch.randint(0, 2**62, (_BLOCK,), generator=generator) * 2 + 1).to(device)
