"""One seed for everything random in a run, and the state of what draws from it."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

RngStates = dict[str, torch.Tensor]


def seed_everything(seed: int) -> None:
    """Seed Python, numpy and torch on all devices."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (libraries still draw from the global generator)
    torch.manual_seed(seed)


@contextmanager
def deterministic_algorithms(wanted: bool) -> Iterator[None]:
    """Let torch use only algorithms that give the same result each time, if that is wanted."""
    before = torch.are_deterministic_algorithms_enabled()
    if wanted:
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS asks for it
    torch.use_deterministic_algorithms(wanted or before)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def torch_rng_state(device: torch.device) -> RngStates:
    """States of the generators that layers draw from (dropout and like)."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def rng_state(device: torch.device) -> RngStates:
    """States of all generators, as tensors."""
    return torch_rng_state(device) | _python_state() | _numpy_state()


def restore_rng_state(states: RngStates, device: torch.device) -> None:
    """Put the generators back to where ``rng_state`` or ``torch_rng_state`` found them."""
    if "cpu" in states:
        torch.set_rng_state(states["cpu"])
    if "cuda" in states and device.type == "cuda":
        torch.cuda.set_rng_state(states["cuda"], device)
    if "mps" in states and device.type == "mps":
        torch.mps.set_rng_state(states["mps"])
    if "python" in states:
        words, last = states["python"].tolist(), states["python_gauss"].tolist()
        random.setstate((random.getstate()[0], tuple(words), last[0] if last else None))
    if "numpy" in states:
        *words, position, has_gauss = states["numpy"].tolist()
        state = ("MT19937", np.array(words, np.uint32), position, has_gauss, float(states["numpy_gauss"]))
        np.random.set_state(state)  # noqa: NPY002


def _python_state() -> RngStates:
    _, words, last = random.getstate()
    gauss = torch.tensor([] if last is None else [last], dtype=torch.float64)
    return {"python": torch.tensor(words, dtype=torch.int64), "python_gauss": gauss}


def _numpy_state() -> RngStates:
    _, words, position, has_gauss, last = np.random.get_state()  # noqa: NPY002
    numbers = [*(int(word) for word in words), position, has_gauss]
    return {"numpy": torch.tensor(numbers, dtype=torch.int64), "numpy_gauss": torch.tensor(last, dtype=torch.float64)}
