"""What is exported: a network with its sidecars, and where it comes from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import nn

from finetune_gui.engine.predictor_protocol import Sidecars


@dataclass(frozen=True, kw_only=True)
class Exportable:
    """A tuned network.

    Attributes:
        model: In evaluation mode: normalised images in, logits out.
        sidecars: Names of its outputs, preparation of its images, calibration.
        model_id: Of the catalog.
        calibration_squares: Real images to calibrate eight-bit numbers with, of shape (count, 3, size, size); they are
            decoded when this is called.
    """

    model: nn.Module
    sidecars: Sidecars
    model_id: str
    calibration_squares: Callable[[], npt.NDArray[np.uint8]]
