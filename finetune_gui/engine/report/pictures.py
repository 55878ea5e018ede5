"""Small pictures that are part of the document."""

import base64
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from finetune_gui.engine.data.image import UnreadableImage, load_thumbnail

SIDE = 168  # pixels
_QUALITY = 82


def data_uri(path: Path, side: int = SIDE) -> str:
    """The middle square of an image as a JPEG in an address of its own; empty where it cannot be read any more."""
    try:
        picture = load_thumbnail(path, side)
    except UnreadableImage:
        return ""
    stream = BytesIO()
    ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS).save(stream, "JPEG", quality=_QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode()}"
