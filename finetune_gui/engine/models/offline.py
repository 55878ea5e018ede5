"""What people are told when weights cannot be had."""

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.http_reader import DownloadFailed
from finetune_gui.engine.models.weight_files import WeightsFile

_REFUSED = (401, 403)


def weights_unavailable(file: WeightsFile, error: DownloadFailed) -> EngineError:
    """The error for a download that failed: it names the file to bring, and where it goes."""
    message = (
        f"The pretrained weights of {file.model_id} are not on this machine and could not be downloaded "
        f"({error.reason})."
    )
    if error.status in _REFUSED:
        return EngineError(
            message,
            f"Accept the license of {file.hub_id or file.model_id} on its page and sign in with 'hf auth login', "
            "or choose another model.",
        )
    return EngineError(
        message,
        f"Connect to the internet and try again; or bring {file.description} from another machine and put it into "
        f"{file.path.parent}; or choose the starter model, which needs no download.",
    )
