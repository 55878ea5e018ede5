"""Take a file of weights that the user brought to a machine without internet."""

import shutil
from dataclasses import replace
from pathlib import Path

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import file_sha256, replacing
from finetune_gui.engine.models.catalog import split_id
from finetune_gui.engine.models.sources import weights_file
from finetune_gui.engine.models.tensor_files import is_safetensors, read_tensor_file
from finetune_gui.engine.models.weight_files import PICKLE_NAME, SAFE_NAME, WeightsFile


def take_weights_file(model_id: str, path: Path) -> Path:
    """Check a file and copy it to where the weights of a model are looked for; returns that place.

    Raises:
        EngineError: The model needs none, the file is another one or damaged, or it cannot be copied.
    """
    file = weights_file(model_id)
    if file is None:
        raise EngineError(f"The model {model_id} needs no file of weights.", "It is ready to be used.")
    if not path.is_file():
        raise EngineError(f"There is no file {path}.", f"Choose {file.description}.")
    _require_right(file, path)
    if file.hub_id:
        file = replace(file, name=SAFE_NAME if is_safetensors(path) else PICKLE_NAME)
    with replacing(file.path) as temporary:
        shutil.copyfile(path, temporary)
    return file.path


def _require_right(file: WeightsFile, path: Path) -> None:
    """By its checksum where that is known, else by loading it."""
    wrong = EngineError(f"{path} is not the file of {file.model_id}.", f"Choose {file.description}.")
    if file.sha256:
        if not file_sha256(path).startswith(file.sha256):
            raise wrong
        return
    from finetune_gui.engine.models import timm_source  # only its models come without a checksum

    tensors = read_tensor_file(path).tensors
    try:
        timm_source.check_weights(split_id(file.model_id)[1], tensors)
    except (RuntimeError, KeyError, ValueError) as error:  # its converters expect what they expect
        raise wrong from error
