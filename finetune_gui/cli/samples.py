"""``samples``: the gallery of sample data sets, and one of them on this machine."""

import argparse
from typing import Any

from finetune_gui import paths
from finetune_gui.cli import output
from finetune_gui.engine.data.gallery import GALLERY, GalleryEntry, find_entry, is_on_this_machine
from finetune_gui.engine.data.gallery_fetch import Activity, FetchAdvanced, fetch

_WORDS: dict[Activity, str] = {
    "start": "Starting",
    "draw": "Drawing",
    "check": "Checking the file",
    "download": "Downloading",
    "unpack": "Unpacking",
    "arrange": "Sorting into class folders",
}


def samples(arguments: argparse.Namespace) -> int:
    """List the gallery; or bring one data set onto this machine and print its folder."""
    if arguments.name:
        return _fetch(find_entry(arguments.name), as_json=arguments.json)
    rows = [(entry, is_on_this_machine(entry, paths.samples_dir())) for entry in GALLERY]
    if arguments.json:
        for entry, here in rows:
            output.print_json(_as_json(entry, here))
        return 0
    _print_list(rows)
    return 0


def _print_list(rows: list[tuple[GalleryEntry, bool]]) -> None:
    columns = {"name": "left", "images": "right", "classes": "right", "size": "left", "": "left", "terms": "left"}
    output.print_table(
        [*columns.items(), ("makers' page", "left")],
        [
            [
                entry.id,
                f"{entry.num_images:,}",
                str(entry.num_classes),
                entry.image_size,
                _where(entry, here),
                entry.license,
                entry.homepage,
            ]
            for entry, here in rows
        ],
    )


def _fetch(entry: GalleryEntry, *, as_json: bool) -> int:
    with output.progress_bar() as progress:
        bar = progress.add_task(_WORDS["start"], total=None, note="")

        def show(advanced: FetchAdvanced) -> None:
            is_download = advanced.activity == "download"
            unit = 1_000_000 if is_download else 1
            progress.update(
                bar,
                description=_WORDS[advanced.activity],
                completed=advanced.done // unit,
                total=advanced.total // unit or None,
                note="MB" if is_download else "",
            )

        folder = fetch(entry, paths.samples_dir(), on_progress=show)
    output.print_json({"id": entry.id, "folder": str(folder)}) if as_json else print(folder)
    return 0


def _as_json(entry: GalleryEntry, here: bool) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "description": entry.description,
        "num_images": entry.num_images,
        "num_classes": entry.num_classes,
        "image_size": entry.image_size,
        "parts": entry.parts,
        "makers": entry.makers,
        "license": entry.license,
        "homepage": entry.homepage,
        "download_bytes": entry.download_bytes,
        "on_this_machine": here,
    }


def _where(entry: GalleryEntry, here: bool) -> str:
    if here:
        return "built in" if entry.is_built_in else "on this machine"
    return f"to download, {entry.download_bytes / 1e6:.0f} MB"
