"""The catalog on the command line: list, search, fetch weights, take a brought file."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from finetune_gui.cli import output
from finetune_gui.engine.models.catalog import CATALOG, ModelInfo, weights_on_this_machine
from finetune_gui.engine.models.filtering import ModelFilter

_COLUMNS = (
    *(("id", "left"), ("parameters", "right"), ("work", "right"), ("input", "right")),
    *(("ImageNet", "right"), ("license", "left"), ("", "left")),
)


def models(arguments: argparse.Namespace) -> int:
    """The catalog, or what was asked to be done with one model of it."""
    if arguments.fetch:
        return _fetch(arguments.fetch, as_json=arguments.json)
    if arguments.take:
        return _take(*arguments.take, as_json=arguments.json)
    wanted = ModelFilter(
        text=" ".join(arguments.search or ()),
        here=arguments.here,
        light=arguments.light,
        self_supervised=arguments.self_supervised,
    )
    everything = arguments.all or wanted != ModelFilter()
    rows = [(info, weights_on_this_machine(info)) for info in (_all() if everything else CATALOG)]
    _show([row for row in rows if wanted.accepts(row[0], here=row[1], favourite=False)], as_json=arguments.json)
    return 0


def _all() -> Iterable[ModelInfo]:
    from finetune_gui.engine.models.library import load_library

    return load_library()


def _show(rows: Iterable[tuple[ModelInfo, bool]], *, as_json: bool) -> None:
    if not as_json:
        output.print_table(list(_COLUMNS), [_row(info, here) for info, here in rows])
        return
    for info, here in rows:
        plain: dict[str, Any] = msgspec.to_builtins(info)
        output.print_json(plain | {"light": info.is_light, "on_this_machine": here})


def _row(info: ModelInfo, here: bool) -> list[str]:
    return [
        info.id,
        f"{info.num_parameters / 1e6:.1f} M" if info.num_parameters else "?",
        f"{info.gmacs:.2f} GMAC" if info.gmacs else "?",
        f"{info.input_size} px",
        output.percent(info.top1) if info.top1 is not None else "",
        info.license or "not stated",
        "on this machine" if here else "to download",
    ]


def _fetch(model_id: str, *, as_json: bool) -> int:
    from finetune_gui.engine.config import ModelConfig
    from finetune_gui.engine.models.sources import fetch_weights, weights_file
    from finetune_gui.engine.models.weight_files import find_weights

    with output.progress_bar() as progress:
        bar = progress.add_task(model_id, total=None, note="")
        for event in fetch_weights(ModelConfig(id=model_id)):
            if as_json:
                output.print_event(event)
            progress.update(bar, description=event.activity, completed=event.done, total=event.total or None)
    file = weights_file(model_id)
    path = find_weights(file) if file else None
    _tell(model_id, path, as_json=as_json)
    return 0


def _take(model_id: str, path: str, *, as_json: bool) -> int:
    from finetune_gui.engine.models.taking import take_weights_file

    _tell(model_id, take_weights_file(model_id, Path(path)), as_json=as_json)
    return 0


def _tell(model_id: str, path: Path | None, *, as_json: bool) -> None:
    if as_json:
        output.print_json({"id": model_id, "path": str(path) if path else None})
    elif path is None:
        print(f"{model_id} needs no download.")
    else:
        print(f"The weights of {model_id} are in {path}.")
