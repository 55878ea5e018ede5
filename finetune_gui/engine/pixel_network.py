"""A network with what belongs before and behind it: raw pixels of any size in, class probabilities out."""

from typing import cast

import torch
from torch import nn

from finetune_gui.engine.answer_settings import AnswerSettings
from finetune_gui.engine.data.image import Interpolation, Preprocessing


class CentreSquare(nn.Module):
    """``data.image.centre_square`` as arithmetic, so that it can be a part of an exported graph: the same pixels.

    Pillow resizes in two passes, across and down, by Pillow's ``Resample.c``: the weights of the filter are rounded to
    multiples of 2^-22, and the sum of each pass to a whole number. Here a pass is a product with a matrix of these
    weights. A float32 cannot hold such a sum, so the weights are divided into multiples of 2^-14 and what is left of
    them: either part is summed without any rounding, whatever the order (filters of up to a hundred pixels).
    """

    def __init__(self, spec: Preprocessing) -> None:
        super().__init__()
        self._size = spec.size
        self._resize = spec.resize
        self._interpolation: Interpolation = spec.interpolation

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """uint8 RGB of shape (batch, height, width, 3) to whole numbers of shape (batch, 3, size, size), as float32."""
        rows = torch.arange(images.shape[1], dtype=torch.float64, device=images.device)
        columns = torch.arange(images.shape[2], dtype=torch.float64, device=images.device)
        shorter = torch.minimum(rows[-1:], columns[-1:]) + 1
        across, down = self._weights(columns, shorter), self._weights(rows, shorter)
        pixels = images.permute(0, 3, 1, 2).float()
        pixels = _rounded(*(pixels @ part.T for part in _parts(across)))
        return _rounded(*(part @ pixels for part in _parts(down)))

    def _weights(self, positions: torch.Tensor, shorter: torch.Tensor) -> torch.Tensor:
        """How much each pixel along one side counts for each pixel of the square: (size, length), rows sum to 1."""
        length = positions[-1:] + 1
        resized = (self._resize * length / shorter).floor().clamp(min=self._size)
        offset = ((resized - self._size) / 2).round()
        begin = (offset * length / resized).float()  # Pillow keeps the corners of a box as float32
        end = torch.minimum((offset + self._size) * length / resized, length).float()
        scale = (end - begin).double() / self._size
        outputs = torch.arange(self._size, dtype=torch.float64, device=positions.device)
        centres = begin.double() + (outputs + 0.5) * scale
        distance = (positions[None] + 0.5 - centres[:, None]).abs() / scale.clamp(min=1.0)
        weights = _triangle(distance) if self._interpolation == "bilinear" else _cubic(distance)
        return weights / weights.sum(1, keepdim=True)


def _parts(weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights as Pillow rounds them, away from zero where they lie half-way: multiples of 2^-14, and the rest."""
    steps = weights * 2**22
    whole = torch.where(steps < 0, (steps - 0.5).ceil(), (steps + 0.5).floor())
    coarse = (whole / 2**8).round()
    return (coarse / 2**14).float(), ((whole - coarse * 2**8) / 2**22).float()


def _rounded(coarse: torch.Tensor, rest: torch.Tensor) -> torch.Tensor:
    """The sum of both as a whole number from 0 to 255, halves up; no step of this rounds anything else."""
    half_up = coarse + 0.5
    whole = half_up.floor()
    return (whole + (half_up - whole + rest).floor()).clamp(0, 255)


def _triangle(distance: torch.Tensor) -> torch.Tensor:
    return (1 - distance).clamp(min=0.0)


def _cubic(distance: torch.Tensor, a: float = -0.5) -> torch.Tensor:
    """Keys 1981, with the slope that Pillow uses."""
    near = ((a + 2) * distance - (a + 3)) * distance * distance + 1
    far = (((distance - 5) * distance + 8) * distance - 4) * a
    return torch.where(distance < 1, near, torch.where(distance < 2, far, torch.zeros_like(distance)))


class Normalise(nn.Module):
    """Pixels in 0..255 to what the network was pretrained on."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, spec: Preprocessing) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(spec.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(spec.std).view(1, 3, 1, 1))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Shape (batch, 3, size, size)."""
        return (pixels.float() / 255 - self.mean) / self.std


class Answer(nn.Module):
    """Logits to probabilities, and whether the likeliest class is likely enough."""

    def __init__(self, settings: AnswerSettings) -> None:
        super().__init__()
        self._temperature = settings.temperature
        self._threshold = settings.threshold or 0.0

    def forward(self, logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Probabilities of shape (batch, num_classes), and bool of shape (batch,): False means none of these."""
        probabilities = (logits / self._temperature).softmax(1)
        return probabilities, probabilities.amax(1) >= self._threshold


class SquareNetwork(nn.Module):
    """What follows once a square is cut: pixels of shape (batch, 3, size, size) to the two results of ``Answer``."""

    def __init__(self, model: nn.Module, spec: Preprocessing, answer: AnswerSettings) -> None:
        super().__init__()
        self.normalise = Normalise(spec)
        self.model = model
        self.answer = Answer(answer)

    def forward(self, squares: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """See the class."""
        return cast(tuple[torch.Tensor, torch.Tensor], self.answer(self.model(self.normalise(squares))))


class PixelNetwork(nn.Module):
    """All of it: raw uint8 RGB of shape (batch, height, width, 3) to the two results of ``Answer``."""

    def __init__(self, model: nn.Module, spec: Preprocessing, answer: AnswerSettings) -> None:
        super().__init__()
        self.square = CentreSquare(spec)
        self.network = SquareNetwork(model, spec, answer)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """See the class."""
        return cast(tuple[torch.Tensor, torch.Tensor], self.network(self.square(images)))
