"""Cuts a network where learning begins.

Everything before the first layer that learns is a pure function of the image: run once per image, its result serves
every epoch. Where that place is follows from the data flow and not from the order of modules, so skip connections and
several tensors across the cut are fine. Only the forward of modules that hold both frozen and learning layers is
traced (``torch.fx``, Reed et al. 2022); all others run as they are. What cannot be traced is not cut.
"""

import copy
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, cast

import torch
from torch import fx, nn

from finetune_gui.engine.config import BatchNormPolicy
from finetune_gui.engine.models.folding import fold_batch_norm
from finetune_gui.engine.models.layers import BATCH_NORMS, train_mode
from finetune_gui.engine.models.sized_tracer import SizedTracer, without_content

log = logging.getLogger(__name__)

PACKAGES = ("torch", "torchvision", "timm")  # their layers may compute something else in another version
FOLDING_TOLERANCE = 1e-4  # relative: beyond this the BatchNorm of a network is not what it seems
Activations = tuple[torch.Tensor, ...]
"""What crosses the cut; each tensor has the batch as its first dimension."""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A network in two parts that share its layers: ``suffix(prefix(images))`` are its logits.

    Attributes:
        prefix: From images to activations. Pure; a copy in which BatchNorm is folded into convolutions.
        training_suffix: From activations to logits, while learning.
        evaluation_suffix: The same without dropout.
        shapes: Of one example of each activation.
        key: Tells prefixes with other layers, weights or statistics apart.
        num_layers: Layers with parameters that need not run again.
    """

    prefix: "Part"
    training_suffix: "Part"
    evaluation_suffix: "Part"
    shapes: tuple[tuple[int, ...], ...]
    key: str
    num_layers: int

    def to(self, device: torch.device) -> None:
        """Move it; the layers of the suffix are those of the network, which has to be moved too."""
        for part in (self.prefix, self.training_suffix, self.evaluation_suffix):
            part.to(device)


class Part:
    """A traced part of a network as a function of tensors.

    Args:
        module: The traced graph.
        constants: Values that cross the cut and are the same for every batch, by their position.
    """

    def __init__(self, module: fx.GraphModule, constants: dict[int, Any] | None = None) -> None:
        self.module = module
        self._run: Callable[..., Any] = module
        self._constants = constants or {}

    def to(self, device: torch.device) -> None:
        """Move its layers and constants."""
        self.module.to(device)
        for position, value in self._constants.items():
            if isinstance(value, torch.Tensor):
                self._constants[position] = value.to(device)

    def run_by(self, function: Callable[..., Any]) -> None:
        """Let something else that computes the same take the place of the module, such as a compiled one."""
        self._run = function

    def __call__(self, *tensors: torch.Tensor) -> Any:
        """Run it. Of a suffix: activations in, logits out; of a prefix: images in, activations out."""
        if not self._constants:
            return self._run(*tensors)
        waiting = iter(tensors)
        count = len(tensors) + len(self._constants)
        values = [self._constants[i] if i in self._constants else next(waiting) for i in range(count)]
        batch = tensors[0].shape[0]
        return self._run(*(batch if value is _BATCH_SIZE else value for value in values))


_BATCH_SIZE = object()  # stands among the constants for a number that follows the batch


def cut_network(model: nn.Module, batch_norm: BatchNormPolicy, example: torch.Tensor) -> Cut | None:
    """Cut a network whose layers are frozen (``layers.freeze``) before the first that learns.

    Args:
        model: On its device. Its mode is that of training afterwards.
        batch_norm: Whether the statistics of frozen layers adapt; then they are not pure.
        example: Three images as the network gets them, which differ.

    Returns:
        The parts, or None where nothing is frozen before the first learning layer or the network cannot be traced.
    """
    try:
        return _cut(model, batch_norm, example)
    except Exception as error:  # whatever a network does that tracing does not understand
        log.info("The network is not cut: %s: %s", type(error).__name__, error)
        return None
    finally:
        train_mode(model, batch_norm)


def _cut(model: nn.Module, batch_norm: BatchNormPolicy, example: torch.Tensor) -> Cut | None:
    root = _Root(model)
    train_mode(model, batch_norm)
    training = _trace(root, example)
    crossing = [node.name for node in _frontier(training, root)]
    model.eval()
    evaluation = _trace(root, example)
    names = {node.name for node in evaluation.nodes}
    if not crossing or not names.issuperset(crossing):
        return None
    prefix = _before(root, evaluation, crossing)
    layers = _layers_with_parameters(prefix)
    if not layers:
        return None
    results = _run(prefix, example)
    constants = _constants(prefix, example, results)
    positions = [index for index in range(len(crossing)) if index not in constants]
    wanted = tuple(results[position] for position in positions)
    folded, activations = _folded(_selected(prefix, positions), example, wanted)
    cut = Cut(
        prefix=Part(folded),
        training_suffix=Part(_after(root, training, crossing), constants),
        evaluation_suffix=Part(_after(root, evaluation, crossing), constants),
        shapes=tuple(tuple(tensor.shape[1:]) for tensor in activations),
        key=_key(prefix, crossing),
        num_layers=layers,
    )
    return cut if _agrees(cut, model, example, activations) else None


class _Root(nn.Module):
    """Gives every network the same signature: images in, logits out."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return cast(torch.Tensor, self.model(images))


# -- tracing ----------------------------------------------------------------------------------------------------------


def _trace(root: _Root, example: torch.Tensor) -> fx.Graph:
    """Look as deep as tracing can follow: a module that branches on its values is taken as a whole.

    Raises:
        Exception: Not even the outermost forward can be traced.
    """
    shadow = without_content(root).eval()
    images = torch.empty_like(example, device="meta")
    mixed = _mixed_modules(root)
    while True:
        try:
            return SizedTracer(mixed, shadow, images).trace(root)
        except Exception:
            depth = max(name.count(".") for name in mixed)
            if depth == 0:
                raise
            mixed = {name for name in mixed if name.count(".") < depth}


def _mixed_modules(root: _Root) -> set[str]:
    """The network itself, and the modules in it that hold both frozen and learning layers."""
    mixed = {"model"}
    for name, module in root.named_modules():
        if name and len({parameter.requires_grad for parameter in module.parameters()}) == 2:
            mixed.add(name)
    return mixed


def _frontier(graph: fx.Graph, root: _Root) -> list[fx.Node]:
    """Nodes whose results are pure and are used by something that is not."""
    pure: set[fx.Node] = set()
    for node in graph.nodes:
        if node.op == "placeholder" or (
            node.op != "output" and pure.issuperset(node.all_input_nodes) and _is_pure(node, root)
        ):
            pure.add(node)
    # A lone tensor of the network has no inputs: the suffix fetches it itself.
    return [
        node
        for node in graph.nodes
        if node in pure and node.op not in ("placeholder", "get_attr") and not pure.issuperset(node.users)
    ]


def _is_pure(node: fx.Node, root: _Root) -> bool:
    """Whether a node gives the same for the same input, in every epoch."""
    if node.op == "get_attr":
        owner, _, name = str(node.target).rpartition(".")
        tensor = getattr(root.get_submodule(owner), name)
        return not (isinstance(tensor, nn.Parameter) and tensor.requires_grad)
    if node.op == "call_module":
        module = root.get_submodule(str(node.target))
        learns = any(parameter.requires_grad for parameter in module.parameters())
        return not learns and not any(_changes(inner) for inner in module.modules())
    if node.target is torch.nn.functional.dropout:  # its share may be 0
        return not node.kwargs.get("training", True)
    return True


def _changes(module: nn.Module) -> bool:
    """Whether a module gives another result each time, or changes its statistics."""
    if not module.training:
        return False
    if isinstance(module, BATCH_NORMS):
        return True
    name = type(module).__name__
    if not any(word in name for word in ("Drop", "Stochastic", "RReLU", "Noise")):
        return False
    share = next((getattr(module, key) for key in ("p", "drop_prob", "prob") if hasattr(module, key)), 1.0)
    return bool(share)


# -- the two parts ----------------------------------------------------------------------------------------------------


def _before(root: _Root, graph: fx.Graph, crossing: Sequence[str]) -> fx.GraphModule:
    """From images to what crosses the cut."""
    part, copies = fx.Graph(), dict[fx.Node, fx.Node]()
    by_name = {node.name: node for node in graph.nodes}
    outputs = [by_name[name] for name in crossing]
    for node in _needed(graph, outputs, given=set()):
        copies[node] = part.node_copy(node, lambda other: copies[other])
    part.output(tuple(copies[node] for node in outputs))
    return fx.GraphModule(root, part)


def _after(root: _Root, graph: fx.Graph, crossing: Sequence[str]) -> fx.GraphModule:
    """From what crosses the cut to logits."""
    part, copies = fx.Graph(), dict[fx.Node, fx.Node]()
    by_name = {node.name: node for node in graph.nodes}
    for name in crossing:
        copies[by_name[name]] = part.placeholder(name)
    output = next(node for node in graph.nodes if node.op == "output")
    for node in _needed(graph, [output], given={by_name[name] for name in crossing}):
        if node.op == "output":
            part.output(fx.map_arg(node.args[0], lambda other: copies[other]))
        else:
            copies[node] = part.node_copy(node, lambda other: copies[other])
    return fx.GraphModule(root, part)


def _needed(graph: fx.Graph, wanted: Sequence[fx.Node], *, given: set[fx.Node]) -> Iterator[fx.Node]:
    """The nodes that some wanted ones need once others are given, in order; the wanted ones among them."""
    needed, waiting = set(wanted), list(wanted)
    while waiting:
        for node in waiting.pop().all_input_nodes:
            if node not in given and node not in needed:
                needed.add(node)
                waiting.append(node)
    return (node for node in graph.nodes if node in needed)


def _selected(prefix: fx.GraphModule, positions: Sequence[int]) -> fx.GraphModule:
    """The prefix with some of its outputs only, sharing nothing with the network."""
    part = copy.deepcopy(prefix)
    output = next(node for node in part.graph.nodes if node.op == "output")
    output.args = (tuple(output.args[0][position] for position in positions),)
    part.graph.eliminate_dead_code()
    part.recompile()
    part.requires_grad_(False)
    return part.eval()


def _constants(prefix: fx.GraphModule, example: torch.Tensor, results: tuple[Any, ...]) -> dict[int, Any]:
    """Outputs that do not depend on the images, such as a size; by their position.

    Args:
        prefix: From images to what crosses the cut.
        example: Three images.
        results: What the prefix makes of them.

    Raises:
        ValueError: An output follows the batch in a way that is not understood.
    """
    if all(isinstance(result, torch.Tensor) and result.ndim and len(result) == 3 for result in results):
        return {}
    constants: dict[int, Any] = {}
    for position, (first, second) in enumerate(zip(results, _run(prefix, example[1:3]), strict=True)):
        if isinstance(first, torch.Tensor) and first.ndim and len(first) == 3 and len(second) == 2:
            continue
        if isinstance(first, int) and (first, second) == (3, 2):
            constants[position] = _BATCH_SIZE
        elif _same(first, second):
            constants[position] = first
        else:
            raise ValueError(f"output {position} of the frozen layers depends on the batch")
    return constants


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, torch.Tensor):
        return isinstance(second, torch.Tensor) and torch.equal(first, second)
    return bool(first == second)


def _run(prefix: fx.GraphModule, images: torch.Tensor) -> tuple[Any, ...]:
    with torch.no_grad():
        return cast(tuple[Any, ...], prefix(images))


def _agrees(cut: Cut, model: nn.Module, example: torch.Tensor, activations: Activations) -> bool:
    """Whether both parts together give what the whole gives, for any number of images, and the same each time."""
    model.eval()
    with torch.no_grad():
        whole = model(example)
        parts = cut.evaluation_suffix(*activations)
        fewer = cut.evaluation_suffix(*cut.prefix(example[:2]))
    return _close(parts, whole) and _close(fewer, whole[:2])


def _close(found: torch.Tensor, wanted: torch.Tensor) -> bool:
    scale = float(wanted.abs().max()) or 1.0
    return float((found - wanted).abs().max()) <= FOLDING_TOLERANCE * scale


def _layers_with_parameters(prefix: fx.GraphModule) -> int:
    return sum(any(True for _ in module.parameters(recurse=False)) for module in prefix.modules())


def _key(prefix: fx.GraphModule, crossing: Sequence[str]) -> str:
    """SHA-256 over what the prefix computes and with which numbers."""
    code = [*(f"{name} {version(name)}" for name in PACKAGES), prefix.code, ",".join(crossing)]
    digest = hashlib.sha256("\n".join(code).encode())
    for name, module in prefix.named_modules():
        digest.update(f"{name} {type(module).__qualname__} {module.extra_repr()}\n".encode())
    for name, tensor in sorted(prefix.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        content = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        digest.update(content.numpy().data)
    return digest.hexdigest()


# -- faster inference -------------------------------------------------------------------------------------------------


def _folded(prefix: fx.GraphModule, example: torch.Tensor, wanted: Activations) -> tuple[fx.GraphModule, Activations]:
    """Fold each BatchNorm into the convolution whose output it alone gets, unless the result would be another one.

    Returns:
        The prefix, folded or as it was, and what it makes of the example.
    """
    folded = copy.deepcopy(prefix)
    if fold_batch_norm(folded, example[:1]):
        found = _run(folded, example)
        if all(_close(new, old) for new, old in zip(found, wanted, strict=True)):
            return folded, found
    return prefix, wanted
