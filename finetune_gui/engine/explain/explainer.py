"""A run that can be asked why: what it says of an image, where that comes from, and by which features."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from finetune_gui.engine.allocator import reusing_memory
from finetune_gui.engine.data.image import Preprocessing, centre_box, centre_square, load_image
from finetune_gui.engine.devices import pick_device
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.explain.grad_cam import grad_cam
from finetune_gui.engine.explain.heat_map import HeatMap, Method, scaled
from finetune_gui.engine.explain.rise import NUM_MASKS, rise
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.out_of_memory import is_out_of_memory
from finetune_gui.engine.penultimate import noted_features
from finetune_gui.engine.pixel_network import Normalise
from finetune_gui.engine.predictor import load_tuned
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.trust.settings import read_trust

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What a network says of an image.

    Attributes:
        probabilities: Of each class, after the temperature of the run; shape (classes,).
        features: What goes into the output layer, of length 1; shape (features,).
    """

    probabilities: Floats
    features: Floats


def load_explainer(run_path: Path) -> "Explainer":
    """The best weights of a run. Its images are not needed.

    Raises:
        EngineError: The run has none yet, or they are damaged.
    """
    loaded, class_names = load_tuned(run_path)
    device = pick_device(RunFolder(run_path).config().device)
    return Explainer(loaded, class_names, temperature=read_trust(run_path).temperature, device=device)


def explain_image(
    run_path: Path, image_path: Path, *, class_name: str | None = None, method: Method = "gradcam"
) -> HeatMap:
    """A heat map of one image; of several, ask an ``Explainer``. ``heat_map.paint`` shows it over the image.

    Raises:
        EngineError: The run, the image, the class or the method cannot be used.
    """
    explainer = load_explainer(run_path)
    return explainer.heat_map(load_image(image_path), class_name=class_name, method=method)


class Explainer:
    """One call at a time uses the network; others wait.

    Args:
        loaded: The network with its tuned weights.
        class_names: In the order of the outputs.
        temperature: That logits are divided by.
        device: Where to compute.
    """

    def __init__(
        self,
        loaded: LoadedModel,
        class_names: tuple[str, ...],
        *,
        temperature: float = 1.0,
        device: torch.device | None = None,
    ) -> None:
        self.class_names = class_names
        self._device = device or torch.device("cpu")
        self._loaded = loaded
        # channels_last is what convolutions are fastest in
        self._model = loaded.model.eval().to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._normalise = Normalise(loaded.preprocessing).to(self._device)
        self._temperature = temperature
        self._turn = threading.Lock()

    @property
    def preprocessing(self) -> Preprocessing:
        """How images are prepared."""
        return self._loaded.preprocessing

    def glance(self, image: Image.Image) -> Glance:
        """What the network says of an upright RGB image of any size."""
        with self._turn, noted_features(self._model, self._loaded.head_path) as seen, torch.inference_mode():
            logits = self._model(self._prepared(image)).float()
            features = torch.cat(seen, dim=1)[0].float()
        return Glance(
            probabilities=(logits[0] / self._temperature).softmax(0).cpu().numpy(),
            features=(features / features.norm().clamp(min=1e-12)).cpu().numpy(),
        )

    def heat_map(
        self,
        image: Image.Image,
        *,
        class_name: str | None = None,
        method: Method = "gradcam",
        num_masks: int = NUM_MASKS,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> HeatMap:
        """Where in an image the answer comes from.

        Args:
            image: Upright RGB, of any size.
            class_name: What speaks for this class; by default for the likeliest.
            method: ``gradcam`` takes one pass and its gradients, ``rise`` hundreds of passes.
            num_masks: Of RISE.
            on_progress: Of RISE: told how many of how many masks were tried.
            should_stop: Of RISE: polled; when true it ends with ``Stopped``.

        Raises:
            EngineError: There is no such class, the network has no places to show, or memory does not suffice.
        """
        probabilities = self.glance(image).probabilities
        index = int(probabilities.argmax()) if class_name is None else self._index_of(class_name)
        layer = ""
        with self._turn, _memory_told(), reusing_memory(self._device.type):
            pixels = self._prepared(image)
            if method == "gradcam":
                values, layer = grad_cam(self._model, pixels, index)
            else:
                values = rise(
                    self._model, pixels, index, num_masks=num_masks, on_progress=on_progress, should_stop=should_stop
                )
        return HeatMap(
            values=scaled(values),
            box=_shares(image.size, self.preprocessing),
            class_name=self.class_names[index],
            probability=float(probabilities[index]),
            method=method,
            layer=layer,
        )

    def _index_of(self, class_name: str) -> int:
        if class_name not in self.class_names:
            raise EngineError(
                f"The model knows no class '{class_name}'.", f"Use one of: {', '.join(self.class_names[:8])}."
            )
        return self.class_names.index(class_name)

    def _prepared(self, image: Image.Image) -> torch.Tensor:
        square = torch.from_numpy(centre_square(image, self.preprocessing).copy()).permute(2, 0, 1)[None]
        with torch.no_grad():
            prepared: torch.Tensor = self._normalise(square.to(self._device))
        return prepared.contiguous(memory_format=torch.channels_last)


def _shares(size: tuple[int, int], spec: Preprocessing) -> tuple[float, float, float, float]:
    left, top, right, bottom = centre_box(size, spec)
    return left / size[0], top / size[1], right / size[0], bottom / size[1]


@contextmanager
def _memory_told() -> Iterator[None]:
    """Say in a sentence that memory did not suffice."""
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise EngineError(
            "There is not enough memory to explain this image.",
            "Close other programs, or wait until no run is training.",
        ) from error
