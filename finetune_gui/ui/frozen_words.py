"""What is said of frozen layers that run once instead of in every epoch."""

from PySide6.QtCore import QCoreApplication

from finetune_gui.engine.events import FrozenLayersKept
from finetune_gui.ui.words import count, counted, size


def kept_words(event: FrozenLayersKept, num_epochs: int) -> str:
    """What it saves, where it is kept, and what was known before."""
    return " ".join(filter(None, (_saving(event, num_epochs), _known(event))))


def _saving(event: FrozenLayersKept, num_epochs: int) -> str:
    layers = counted(
        QCoreApplication.translate("FrozenWords", "{count} frozen layer(s)", "", event.num_layers), event.num_layers
    )
    if event.place == "nowhere":
        words = QCoreApplication.translate(
            "FrozenWords", "{layers} run without gradients; there is no room to keep what they give."
        )
        return words.format(layers=layers)
    times = max(event.num_views, 1)
    if times < num_epochs:
        words = QCoreApplication.translate(
            "FrozenWords", "{layers} run {times} instead of {epochs} times for each image; kept {place}, {size}."
        )
    else:
        words = QCoreApplication.translate("FrozenWords", "What {layers} give is kept {place}, {size}.")
    return words.format(
        layers=layers, times=count(times), epochs=count(num_epochs), place=_place(event), size=size(event.num_bytes)
    )


def _place(event: FrozenLayersKept) -> str:
    if event.persistent:
        return QCoreApplication.translate("FrozenWords", "for later runs too")
    return QCoreApplication.translate("FrozenWords", "in memory for this run")


def _known(event: FrozenLayersKept) -> str:
    if not event.num_ready or event.place == "nowhere":
        return ""
    if event.num_ready >= event.num_wanted:
        return QCoreApplication.translate("FrozenWords", "All of it was known before.")
    words = QCoreApplication.translate("FrozenWords", "{ready} of {wanted} views were known before.")
    return words.format(ready=count(event.num_ready), wanted=count(event.num_wanted))
