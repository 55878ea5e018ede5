"""The table of architectures: size, work and signature of every network of torchvision and timm. Torch-free.

The table is shipped with the app (``resources/models/architectures.json``); ``packaging/list_architectures.py`` writes
it by building each network on the meta device, where nothing is allocated, and counting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from finetune_gui.engine.models.signatures import Shapes, body, digest, similarity, sketch
from finetune_gui.paths import resources_dir


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One network, at one input size and with one output layer.

    Attributes:
        id: A model of the catalog that is built like this, such as ``timm/resnet50.a1_in1k``.
        input_size: Side of the input, in pixels.
        num_outputs: Of the published output layer; 0 where there is none.
        num_parameters: With that layer.
        gmacs: Multiply-adds of one image, in billions.
        heads: Paths of the output layers, whose outputs are averaged; empty where the library names none.
        digest: Of its body, see ``signatures``.
        sketch: Of its body.
    """

    id: str
    input_size: int
    num_outputs: int
    num_parameters: int
    gmacs: float
    heads: tuple[str, ...]
    digest: str
    sketch: tuple[str, ...]


def table_file() -> Path:
    """Where the table is."""
    return resources_dir() / "models" / "architectures.json"


@cache
def known_architectures() -> tuple[Architecture, ...]:
    """The shipped table; empty where it is missing."""
    try:
        content = table_file().read_bytes()
    except OSError:
        return ()
    return msgspec.json.decode(content, type=tuple[Architecture, ...])


def figures_key(model_id: str, input_size: int, num_outputs: int) -> tuple[str, int, int]:
    """Weights that share this share their figures: the name before the tag, input and outputs."""
    return model_id.partition(".")[0], input_size, num_outputs


def with_body(shapes: Shapes) -> list[Architecture]:
    """The architectures whose body has just these tensors, whatever the output layer; torchvision's come first."""
    found = {heads: digest(body(shapes, heads)) for heads in {each.heads for each in known_architectures()}}
    fitting = [each for each in known_architectures() if found[each.heads] == each.digest]
    return sorted(fitting, key=lambda each: not each.id.startswith("torchvision/"))


def nearest(shapes: Shapes, count: int = 5) -> list[Architecture]:
    """The architectures that share most tensors with a file, the nearest first; none that share nothing."""
    own = sketch(body(shapes, _heads_in(shapes)))
    scored = [(similarity(own, each.sketch), each) for each in known_architectures()]
    scored.sort(key=lambda pair: -pair[0])
    return [each for score, each in scored[:count] if score > 0]


def _heads_in(shapes: Shapes) -> list[str]:
    """Paths of output layers that occur in a file."""
    names: Iterable[str] = {head for each in known_architectures() for head in each.heads}
    return [head for head in names if f"{head}.weight" in shapes]
