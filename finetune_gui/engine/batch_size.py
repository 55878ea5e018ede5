"""The batch size that suits a device, from a few steps on made-up examples."""

import time

import psutil
import torch

from finetune_gui.engine.config import TrainConfig
from finetune_gui.engine.models.layer_tree import leaf_multipliers
from finetune_gui.engine.models.layers import freeze, train_mode
from finetune_gui.engine.out_of_memory import free_memory, is_out_of_memory
from finetune_gui.engine.seed import restore_rng_state, rng_state
from finetune_gui.engine.tasks.base import Task

SIZES = (8, 16, 32, 64, 128, 256)
MIN_STEPS = 8  # of an epoch: with fewer, larger batches only make learning slower
MIN_GAIN = 1.1  # in examples a second, for which a batch is doubled
MEMORY_SHARE = 0.5  # of what is free on the CPU, where too much is not refused but ends the process


def find_batch_size(task: Task, config: TrainConfig, device: torch.device) -> int:
    """Double the batch while that makes training faster, fits into memory, and leaves an epoch enough steps.

    The network, its statistics and all random generators are afterwards as they were.

    Args:
        task: Prepared.
        config: The plan whose first epoch is tried, and the number of examples by way of the task.
        device: Where to try.
    """
    model, drawn = task.model, rng_state(device)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    task.to(device)
    plan = config.plan.at(1)
    freeze(model, leaf_multipliers(task.tree, plan))
    train_mode(model, plan.batch_norm)
    largest = max(SIZES[0], task.num_examples("train") // MIN_STEPS)
    try:
        return _fastest(task, device, [size for size in SIZES if size <= largest])
    finally:
        model.zero_grad(set_to_none=True)
        model.load_state_dict(before)
        restore_rng_state(drawn, device)
        free_memory(device)


def _fastest(task: Task, device: torch.device, sizes: list[int]) -> int:
    found, speed = sizes[0], 0.0
    for size in sizes:
        try:
            kept = _step(task, size)  # warms up
            began = time.monotonic()
            _step(task, size)
            seconds = _waited(device) - began
        except Exception as error:
            if not is_out_of_memory(error) or size == sizes[0]:
                raise
            break
        if size / seconds < MIN_GAIN * speed:
            break
        found, speed = size, size / seconds
        if device.type == "cpu" and 2 * kept > MEMORY_SHARE * psutil.virtual_memory().available:
            break
    return found


def _step(task: Task, size: int) -> int:
    """Gradients of one batch; returns the bytes that were kept for them."""
    kept: dict[int, int] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        output = task.training_step(task.made_up_batch(size))
    assert output is not None  # it holds examples
    output.loss.backward()  # type: ignore[no-untyped-call]
    return sum(kept.values())


def _waited(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
    return time.monotonic()
