"""The one sentence for weights that cannot be had."""

from finetune_gui.engine.errors import EngineError


def weights_unavailable(model_id: str, reason: Exception) -> EngineError:
    """The error for a download that failed."""
    detail = str(getattr(reason, "reason", None) or reason).splitlines()[0].rstrip(".")
    return EngineError(
        f"The pretrained weights of {model_id} are not on this machine and could not be downloaded ({detail}).",
        "Connect to the internet and try again, choose the starter model, which needs no download, "
        "or train from scratch with weights 'none'.",
    )
