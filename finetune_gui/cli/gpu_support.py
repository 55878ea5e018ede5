"""``gpu-support``: what an app without CUDA needs to use an NVIDIA GPU; fetched and removed by choice."""

import argparse

from finetune_gui.cli import output
from finetune_gui.engine.cuda_parts import installed
from finetune_gui.engine.cuda_parts.fetching import Activity, fetch
from finetune_gui.engine.cuda_parts.manifest import Manifest
from finetune_gui.engine.cuda_parts.offer import Offer, look_for_offer
from finetune_gui.engine.errors import EngineError
from finetune_gui.paths import gpu_support_dir

STATE_WORDS: dict[installed.State, str] = {
    "none": "this edition has nothing to fetch: CUDA comes with it, or there is none for this system",
    "running": "fetched, and in use",
    "absent": "not fetched",
    "ready": "fetched: the next start uses it",
    "stale": "fetched by another version of the app; fetch it again, or remove it",
    "damaged": "damaged; fetch it again, which takes only what is missing",
    "failing": "fetched, but it did not start the last time; fetch it again to have it checked",
    "unwanted": "fetched, and to be removed at the next start of the window",
}
_DOING: dict[Activity, str] = {
    "check": "Checking what is here",
    "download": "Downloading",
    "unpack": "Unpacking",
    "copy": "Taking files of the app",
    "try": "Trying whether it starts",
}


def gpu_support(arguments: argparse.Namespace) -> int:
    """Say what there is; or fetch it, or remove it."""
    if arguments.remove:
        _tell_removed(installed.remove(), as_json=arguments.json)
    elif arguments.fetch:
        _fetch(as_json=arguments.json)
    else:
        _show(look_for_offer(), as_json=arguments.json)
    return 0


def _tell_removed(done: bool, *, as_json: bool) -> None:
    if as_json:
        output.print_json({"removed": done})
    else:
        print("GPU support is removed." if done else "GPU support is removed at the next start of the window.")


def _fetch(*, as_json: bool) -> None:
    offer = look_for_offer()
    if offer.obstacle:
        raise offer.obstacle
    manifest = offer.manifest
    if manifest is None:
        raise EngineError(
            "This edition has no GPU support to fetch.", "On Linux and Windows it comes with the CUDA edition."
        )
    with output.progress_bar() as progress:
        bar = progress.add_task("GPU support", total=None, note="")
        for advanced in fetch(manifest):
            if as_json:
                output.print_json({"activity": advanced.activity, "done": advanced.done, "total": advanced.total})
            progress.update(
                bar,
                description=_DOING[advanced.activity],
                completed=advanced.done // 1_000_000,
                total=advanced.total // 1_000_000 or None,
                note="MB",
            )
    _show(look_for_offer(), as_json=as_json)


def _show(offer: Offer, *, as_json: bool) -> None:
    if as_json:
        output.print_json(_as_json(offer))
        return
    rows = {"GPU support": STATE_WORDS[offer.state], "kept in": str(gpu_support_dir())}
    if offer.manifest:
        rows["to download"] = _amounts(offer.manifest)
        rows["graphics card"] = offer.driver.gpus[0][0] if offer.driver else "no NVIDIA GPU with a working driver"
    if offer.obstacle:
        rows["in the way"] = f"{offer.obstacle.message} {offer.obstacle.hint}"
    for name, value in rows.items():
        print(f"{name:<15}{value}")
    if offer.is_worth_it:
        print("'finetune-gui gpu-support --fetch' downloads it.")


def _amounts(manifest: Manifest) -> str:
    return f"{manifest.download_bytes / 1e9:.1f} GB; {manifest.installed_bytes / 1e9:.1f} GB on the disk"


def _as_json(offer: Offer) -> dict[str, object]:
    manifest, driver = offer.manifest, offer.driver
    return {
        "state": offer.state,
        "folder": str(gpu_support_dir()),
        "download_bytes": manifest.download_bytes if manifest else None,
        "installed_bytes": manifest.installed_bytes if manifest else None,
        "gpu": driver.gpus[0][0] if driver else None,
        "driver": driver.version if driver else None,
        "obstacle": offer.obstacle.message if offer.obstacle else None,
    }
