"""Write resources/models/architectures.json: size, work and signature of every network of torchvision and timm.

Run it after torchvision or timm were updated: ``python packaging/list_architectures.py``. It takes some ten minutes,
and goes on from where it was when it is started again.
"""

import logging
import sys
import warnings
from pathlib import Path

import msgspec
import timm
import torch
import torchvision.models as tv
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from finetune_gui.engine.models.architectures import Architecture, figures_key
from finetune_gui.engine.models.signatures import body, digest, sketch

TARGET = Path(__file__).resolve().parent.parent / "resources" / "models" / "architectures.json"


def torchvision_networks():
    for name in tv.list_models(module=tv):
        sets = tv.get_model_weights(name)
        for entry in sorted(sets, key=lambda entry, best=sets.DEFAULT: entry != best):  # the best one stands for all
            size = entry.transforms().crop_size[0]
            outputs = len(entry.meta["categories"] or ()) or 1000

            def build(name=name, size=size):
                options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
                if name.startswith("vit_"):
                    options["image_size"] = size
                return tv.get_model(name, **options)

            tag = "" if entry == sets.DEFAULT else f".{entry.name}"
            yield f"torchvision/{name}{tag}", size, outputs, build, ()


def timm_networks():
    for name in timm.list_models(pretrained=True):
        cfg = timm.models.get_pretrained_cfg(name)
        heads = (cfg.classifier,) if isinstance(cfg.classifier, str) else tuple(cfg.classifier or ())
        yield (
            f"timm/{name}",
            cfg.input_size[-1],
            cfg.num_classes,
            lambda name=name: timm.create_model(name, pretrained=False),
            heads,
        )


def last_layer(model: nn.Module, num_outputs: int) -> tuple[str, ...]:
    """Path of torchvision's output layer."""
    for path, module in reversed(list(model.named_modules())):
        if getattr(module, "out_features", getattr(module, "out_channels", 0)) == num_outputs:
            return (path,)
    return ()


def count(model_id: str, size: int, outputs: int, build, heads: tuple[str, ...]) -> Architecture:
    try:
        with torch.device("meta"):
            model = build().eval()
    except NotImplementedError:  # some constructors compute with tensors
        model = build().eval().to("meta")
    counter = FlopCounterMode(display=False)
    with counter:  # with gradients, which the counter needs to follow some modules
        model(torch.empty(1, 3, size, size, device="meta"))
    heads = heads or (last_layer(model, outputs) if model_id.startswith("torchvision/") else ())
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    own = body(shapes, heads)
    return Architecture(
        id=model_id,
        input_size=size,
        num_outputs=outputs,
        num_parameters=sum(parameter.numel() for parameter in model.parameters()),
        gmacs=round(counter.get_total_flops() / 2e9, 3),
        heads=heads,
        digest=digest(own),
        sketch=sketch(own),
    )


def main() -> None:
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    torch.set_num_threads(1)
    known = {}
    if TARGET.is_file() and "--anew" not in sys.argv:
        known = {
            figures_key(each.id, each.input_size, each.num_outputs): each
            for each in msgspec.json.decode(TARGET.read_bytes(), type=list[Architecture])
        }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    networks = [*torchvision_networks(), *timm_networks()]
    for index, (model_id, size, outputs, build, heads) in enumerate(networks, start=1):
        key = figures_key(model_id, size, outputs)
        if key in known:
            continue
        try:
            known[key] = count(model_id, size, outputs, build, heads)
        except Exception as error:
            print(f"{model_id}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            continue
        if index % 100 == 0:
            print(f"{index} of {len(networks)}", file=sys.stderr, flush=True)
            write(known)
    write(known)


def write(known: dict) -> None:
    lines = (msgspec.json.encode(known[key]) for key in sorted(known))
    TARGET.write_bytes(b"[\n" + b",\n".join(lines) + b"\n]\n")


if __name__ == "__main__":
    main()
