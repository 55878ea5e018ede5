"""What tells one architecture from another: the names and shapes of its tensors. Torch-free.

The *body* of a network is everything but its output layer, for that is what fine-tuning replaces. Equal digests of two
bodies mean equal names and shapes. A bottom-k sketch (Broder 1997) says of unequal ones how much they share: the k
smallest hashes of a set are a sample of it, and the share of common ones in the sample of the union estimates the
Jaccard index.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

Shapes = Mapping[str, tuple[int, ...]]

SKETCH_SIZE = 16
_HASH_DIGITS = 8
# Counters and tables that are computed, not learnt; older files lack them or have more of them.
_COMPUTED = ("num_batches_tracked", "relative_position_index", "relative_coords_table", "attn_mask")
# Output layers that help training from scratch and that the app takes away.
_AUXILIARY = ("aux1.", "aux2.", "AuxLogits.")


def body(shapes: Shapes, head_paths: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The learnt tensors without those of the output layers."""
    heads = (*(f"{path}." for path in head_paths), *_AUXILIARY)
    return {
        name: tuple(shape)
        for name, shape in shapes.items()
        if not name.endswith(_COMPUTED) and not name.startswith(heads)
    }


def digest(shapes: Shapes) -> str:
    """A short hash of names and shapes, whatever their order."""
    return _hash("\n".join(sorted(_items(shapes))), 2 * _HASH_DIGITS)


def sketch(shapes: Shapes) -> tuple[str, ...]:
    """The smallest hashes of names with shapes."""
    return tuple(sorted(_hash(item, _HASH_DIGITS) for item in _items(shapes))[:SKETCH_SIZE])


def similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """Estimated share of common tensors of two networks, in [0, 1], from their sketches."""
    union = sorted({*one, *other})[:SKETCH_SIZE]
    common = {*one} & {*other}
    return sum(item in common for item in union) / len(union) if union else 0.0


def _items(shapes: Shapes) -> Iterable[str]:
    return (f"{name}:{'x'.join(map(str, shape))}" for name, shape in shapes.items())


def _hash(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]
