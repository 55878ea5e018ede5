"""Bring the weights of a model to this machine, if they are not there yet. Torch-free."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from finetune_gui.engine.events import PreparationAdvanced
from finetune_gui.engine.models.downloads import download
from finetune_gui.engine.models.http_reader import Download, DownloadFailed
from finetune_gui.engine.models.offline import weights_unavailable
from finetune_gui.engine.models.weight_files import PICKLE_NAME, SAFE_NAME, WeightsFile, find_weights

DOWNLOADING = "Downloading the weights"
_NOT_FOUND = 404


def fetch_weights(file: WeightsFile) -> Iterator[PreparationAdvanced]:
    """Download a file unless it is here, with progress in bytes. Closing the generator gives up; it goes on next time.

    Raises:
        EngineError: The file cannot be had; the hint names the file to bring and where it goes.
    """
    if find_weights(file) is not None:
        return
    try:
        yield from _download(file)
    except DownloadFailed as error:
        if error.status != _NOT_FOUND or not file.hub_id or file.name != SAFE_NAME:
            raise weights_unavailable(file, error) from error
        try:  # older repositories have the other format only
            yield from _download(replace(file, name=PICKLE_NAME))
        except DownloadFailed as second:
            raise weights_unavailable(file, second) from second


def ensure_weights(file: WeightsFile) -> Path:
    """The file on this machine, after downloading it if need be.

    Raises:
        EngineError: It cannot be had.
    """
    for _ in fetch_weights(file):
        pass
    path = find_weights(file)
    assert path is not None, f"{file.path} was downloaded and is gone"
    return path


def _download(file: WeightsFile) -> Iterator[PreparationAdvanced]:
    wanted = Download(url=_url(file), path=file.path, sha256=file.sha256, headers=_headers(file))
    for progress in download(wanted):
        yield PreparationAdvanced(activity=DOWNLOADING, done=progress.done, total=progress.total, in_bytes=True)


def _url(file: WeightsFile) -> str:
    if not file.hub_id:
        return file.url
    from huggingface_hub import hf_hub_url  # takes a moment to import

    return hf_hub_url(file.hub_id, file.name, endpoint=os.environ.get("HF_ENDPOINT"))


def _headers(file: WeightsFile) -> dict[str, str]:
    """The user's token of the hub, for weights whose license must be accepted there."""
    if not file.hub_id:
        return {}
    from huggingface_hub import get_token

    token = get_token()
    return {"Authorization": f"Bearer {token}"} if token else {}
