"""Heat maps without looking inside: RISE (Petsiuk, Das and Saenko, BMVC 2018).

Random parts of the image are covered; how likely the class is then is credited to the parts that were seen. It needs
no layer and no gradient, so it works for every network, and what it shows is what the answer depends on; it takes some
hundred passes. As in the paper masks are grids of 7 x 7 fields, each seen with probability 1/2, enlarged smoothly and
shifted at random. Each mask is used with its opposite too, which halves what has to be averaged out.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional as F

from finetune_gui.engine.control import Stopped

FIELDS = 7
NUM_MASKS = 300
BATCH_SIZE = 20


def rise(
    model: nn.Module,
    image: torch.Tensor,
    class_index: int,
    *,
    num_masks: int = NUM_MASKS,
    seed: int = 0,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> npt.NDArray[np.float32]:
    """What speaks for a class, by covering parts of the image.

    Args:
        model: In evaluation mode.
        image: Shape (1, 3, size, size), normalised, on the device of the model. What is covered becomes 0: the mean
            colour.
        class_index: Of the logits.
        num_masks: That are tried.
        seed: Of the masks.
        on_progress: Told how many of how many masks were tried.
        should_stop: Polled once a batch.

    Returns:
        Shape (size, size): how much likelier the class is where this place is seen than on average.

    Raises:
        Stopped: ``should_stop`` said so.
    """
    size, device = image.shape[-1], image.device
    generator = torch.Generator().manual_seed(seed)
    seen = torch.zeros(size, size, dtype=torch.float64)
    credited = torch.zeros(size, size, dtype=torch.float64)
    total = 0.0
    for done in range(0, num_masks, BATCH_SIZE):
        if should_stop():
            raise Stopped
        masks = draw_masks(min(BATCH_SIZE, num_masks - done), size, generator)
        with torch.inference_mode():
            probabilities = model(image * masks[:, None].to(device)).float().softmax(1)[:, class_index].double().cpu()
        seen += masks.double().sum(0)
        credited += torch.einsum("n,nhw->hw", probabilities, masks.double())
        total += float(probabilities.sum())
        on_progress(done + len(masks), num_masks)
    found: npt.NDArray[np.float32] = (credited / seen - total / num_masks).float().numpy()
    return found


def draw_masks(number: int, size: int, generator: torch.Generator) -> torch.Tensor:
    """Smooth random masks, each followed by its opposite.

    Returns:
        Shape (number, size, size), from 0 (covered) to 1 (seen).
    """
    field = -(-size // FIELDS)
    grids = (torch.rand(-(-number // 2), 1, FIELDS + 1, FIELDS + 1, generator=generator) < 0.5).float()
    side = (FIELDS + 1) * field
    large = F.interpolate(grids, (side, side), mode="bilinear", align_corners=False)[:, 0]
    shifts = torch.randint(0, field, (len(large), 2), generator=generator).tolist()
    cut = [mask[top : top + size, left : left + size] for mask, (top, left) in zip(large, shifts, strict=True)]
    masks = torch.stack(cut)
    return torch.stack([masks, 1 - masks], dim=1).flatten(0, 1)[:number]
