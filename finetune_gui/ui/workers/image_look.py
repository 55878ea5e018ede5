"""Looks at one image with a run: what the model says, where that comes from, what the image looked like."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from finetune_gui.engine.control import Stopped
from finetune_gui.engine.data.image import Box, decode_image, load_image
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.explain.features_file import Neighbour, RunFeatures, load_features, nearest
from finetune_gui.engine.explain.heat_map import HeatMap, Method, colours
from finetune_gui.ui.workers.operation import Progress
from finetune_gui.ui.workers.thumbnail_decoder import to_qimage

if TYPE_CHECKING:  # it imports torch
    from finetune_gui.engine.explain.explainer import Explainer, Glance

NEIGHBOURS = 8
_ENOUGH = 600  # the picture is shown with at least so many pixels a side, where it has them


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be explained.

    Attributes:
        path: The image.
        class_name: The class that something should speak for; empty for the likeliest.
        method: Of the heat map.
    """

    path: str
    class_name: str = ""
    method: Method = "gradcam"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is known of an image at once.

    Attributes:
        wish: What was asked.
        picture: The image.
        classes: All with their probabilities, the likeliest first.
        neighbours: Training images that it looked like; None where they were not looked at yet.
    """

    wish: Wish
    picture: QImage
    classes: tuple[tuple[str, float], ...]
    neighbours: tuple[Neighbour, ...] | None


@dataclass(frozen=True, kw_only=True)
class Heated:
    """What speaks for a class, ready to be painted.

    Attributes:
        wish: What was asked.
        overlay: With transparency; to be stretched over ``box``.
        box: Part of the image that the network sees, as shares of its sides.
        heat: As the engine found it; its values are in the overlay.
    """

    wish: Wish
    overlay: QImage
    box: Box
    heat: HeatMap


class ImageLook:
    """A run that was opened once for many images. Safe to call from several threads; they wait for each other."""

    def __init__(self, run_path: Path) -> None:
        self._run_path = run_path
        self._opening = threading.Lock()
        self._explainer: Explainer | None = None
        self._features: RunFeatures | None = None

    def look(self, wish: Wish, progress: Progress) -> Heated | None:
        """Tell what is ``Seen`` of an image, then find its heat map. None where the user gave up.

        Raises:
            EngineError: The run, its weights or the image cannot be used, or the network has no places to show.
        """
        explainer = self._opened()
        image = load_image(Path(wish.path), explainer.preprocessing.enough)
        glance = explainer.glance(image)
        if progress.should_stop():
            return None
        progress.tell(self._seen(wish, explainer, glance))
        try:
            heat = explainer.heat_map(
                image,
                class_name=wish.class_name or None,
                method=wish.method,
                on_progress=progress.report,
                should_stop=progress.should_stop,
            )
        except Stopped:
            return None
        return Heated(wish=wish, overlay=overlay_of(heat), box=heat.box, heat=heat)

    def forget_features(self) -> None:
        """Read them from the run folder again: they are new."""
        with self._opening:
            self._features = None

    def _opened(self) -> "Explainer":
        from finetune_gui.engine.explain.explainer import load_explainer  # on the thread: it imports torch

        with self._opening:
            if self._explainer is None:
                self._explainer = load_explainer(self._run_path)
            if self._features is None:
                self._features = load_features(self._run_path)
            return self._explainer

    def _seen(self, wish: Wish, explainer: "Explainer", glance: "Glance") -> Seen:
        order = (-glance.probabilities).argsort(kind="stable").tolist()
        features = self._features
        neighbours = None
        if features is not None:
            try:
                neighbours = tuple(nearest(features, glance.features, count=NEIGHBOURS, spared=wish.path))
            except EngineError:  # of another network: as if there were none
                neighbours = None
        return Seen(
            wish=wish,
            picture=to_qimage(decode_image(Path(wish.path), enough=_ENOUGH).image),
            classes=tuple((explainer.class_names[index], float(glance.probabilities[index])) for index in order),
            neighbours=neighbours,
        )


def overlay_of(heat: HeatMap) -> QImage:
    """A heat map as an image with transparency."""
    data = colours(heat.values).tobytes()
    height, width = heat.values.shape
    wrapped = QImage(data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    return wrapped.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy: the bytes belong to Python
