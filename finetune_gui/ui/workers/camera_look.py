"""Looks at pictures of a camera with models that stay open. Only pictures that are taken go to the disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QImage

from finetune_gui.engine.data.image import Box, centre_box, inside
from finetune_gui.engine.prediction import Prediction
from finetune_gui.engine.predictor_protocol import Predictor
from finetune_gui.ui.taken_pictures import TakenPictures

TOP_K = 5


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What the models say of a picture.

    Attributes:
        answers: One of each model.
        box: The part of the picture that they see, as shares of its sides: left, top, right, bottom.
        taken: Whether it was taken, so that it has a file; else it is forgotten by now.
    """

    answers: tuple[Prediction, ...]
    box: Box
    taken: bool


class CameraLook:
    """Models that are opened with the first picture. For one thread.

    Args:
        sources: Run folders or exports.
        kept: Where pictures go that are taken.
    """

    def __init__(self, sources: Sequence[Path], kept: TakenPictures) -> None:
        self._sources = tuple(sources)
        self._kept = kept
        self._predictors: tuple[Predictor, ...] = ()

    def glance(self, picture: QImage) -> Looked:
        """Answer for a picture that is not kept.

        Raises:
            EngineError: A model cannot be opened.
        """
        from finetune_gui.engine.predictor import predict_picture  # on the thread: it imports torch

        image = to_pillow(picture)
        answers = tuple(predict_picture(each, image, top_k=TOP_K) for each in self._opened())
        return Looked(answers=answers, box=self._box(picture), taken=False)

    def take(self, picture: QImage) -> Looked:
        """Keep a picture as a file, and answer for it as for any other file.

        Raises:
            EngineError: A model cannot be opened, or the picture not be saved.
        """
        from finetune_gui.engine.predictor import predict  # on the thread: it imports torch

        predictors = self._opened()
        path = self._kept.keep(picture)
        answers = tuple(answer for each in predictors for answer in predict(each, [path], top_k=TOP_K))
        return Looked(answers=answers, box=self._box(picture), taken=True)

    def _opened(self) -> "tuple[Predictor, ...]":
        from finetune_gui.engine.predictor import load_predictor  # on the thread: it imports torch

        if not self._predictors:
            self._predictors = tuple(load_predictor(source) for source in self._sources)
        return self._predictors

    def _box(self, picture: QImage) -> Box:
        width, height = picture.width(), picture.height()
        seen = centre_box((width, height), self._predictors[0].sidecars.preprocessing)
        left, top, right, bottom = inside(seen, (width, height))
        return left / width, top / height, right / width, bottom / height


def to_pillow(picture: QImage) -> Image.Image:
    """A picture of Qt as an RGB image of Pillow."""
    rgb = picture.convertToFormat(QImage.Format.Format_RGB888)
    size = rgb.width(), rgb.height()
    return Image.frombytes("RGB", size, bytes(rgb.constBits()), "raw", "RGB", rgb.bytesPerLine())
