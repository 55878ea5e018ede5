"""Small pictures that are part of the document, and where in them the model looked."""

import base64
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from finetune_gui.engine.data.image import UnreadableImage, load_image, load_thumbnail
from finetune_gui.engine.errors import EngineError

if TYPE_CHECKING:  # it imports torch
    from finetune_gui.engine.explain.explainer import Explainer

SIDE = 168  # pixels
_QUALITY = 82


class PictureSource:
    """Pictures of a run's mistakes.

    Args:
        run_path: Its folder.
        heat_maps: Whether to paint where the wrong answer came from (Grad-CAM); the network is loaded for the first
            mistake, and where it cannot be asked they are left out.
    """

    def __init__(self, run_path: Path, *, heat_maps: bool) -> None:
        self._run_path = run_path
        self._explains = heat_maps
        self._explainer: Explainer | None = None

    def of_mistake(self, path: Path, class_name: str) -> tuple[str, str]:
        """Addresses that hold an image, and the same with what speaks for a class; empty where there is none."""
        try:
            if not self._explains:
                return data_uri(load_thumbnail(path, SIDE)), ""
            image = load_image(path, SIDE)
        except UnreadableImage:
            return "", ""
        return data_uri(image), self._heat(image, class_name)

    def _heat(self, image: Image.Image, class_name: str) -> str:
        from finetune_gui.engine.explain.explainer import load_explainer  # these import torch
        from finetune_gui.engine.explain.heat_map import paint

        try:
            self._explainer = self._explainer or load_explainer(self._run_path)
            heat = self._explainer.heat_map(image, class_name=class_name)
        except EngineError:  # no weights, too little memory, or a network without places to show
            self._explains = False
            return ""
        return data_uri(paint(image, heat, longest=3 * SIDE))


def data_uri(picture: Image.Image, side: int = SIDE) -> str:
    """The middle square of an image as a JPEG in an address of its own."""
    stream = BytesIO()
    ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS).save(stream, "JPEG", quality=_QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode()}"
