"""Images that a model is tried on: files, folders of them, pasted pictures."""

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from finetune_gui import paths
from finetune_gui.engine.data.formats import IMAGE_SUFFIXES
from finetune_gui.engine.errors import EngineError
from finetune_gui.ui.widgets.prediction_list import PredictionLike
from finetune_gui.ui.workers.operation import Progress

_MOST_TRIED = 200


def predict_given(run_path: Path, image_paths: list[str], progress: Progress) -> list[PredictionLike]:
    """What a run says of the images given, and of those in the folders given."""
    from finetune_gui.engine.predictor import predict_images  # on the thread: it imports torch

    images = _images_in(image_paths)
    if progress.should_stop():
        return []
    return list(predict_images(run_path, images, top_k=3))


def _images_in(given: list[str]) -> list[Path]:
    """The images given, and those in the folders given."""
    images: list[Path] = []
    for path in map(Path, given):
        if path.is_dir():
            found = (each for each in sorted(path.rglob("*")) if each.suffix.lower() in IMAGE_SUFFIXES)
            images.extend(each for each in found if each.is_file())
        else:
            images.append(path)
    if not images:
        raise EngineError(
            QCoreApplication.translate("EvaluationPage", "There is no image in this folder."),
            QCoreApplication.translate("EvaluationPage", "Choose images, or a folder that holds some."),
        )
    return images[:_MOST_TRIED]


def keep_picture(picture: QImage) -> str:
    """Save a pasted picture, so that it is an image file like any other."""
    folder = paths.cache_dir() / "pasted"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = QCoreApplication.translate("EvaluationPage", "{folder} cannot be made: {reason}.")
        raise EngineError(
            message.format(folder=folder, reason=error.strerror),
            QCoreApplication.translate("EvaluationPage", "Check the permission of the folder."),
        ) from error
    path = folder / time.strftime("pasted-%Y%m%d-%H%M%S.png")
    if not picture.save(str(path)):
        message = QCoreApplication.translate("EvaluationPage", "The picture could not be saved in {folder}.")
        hint = QCoreApplication.translate("EvaluationPage", "Save it as a file and drop that here.")
        raise EngineError(message.format(folder=folder), hint)
    return str(path)
