"""Images that a model is tried on: files, folders of them, pasted pictures."""

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from finetune_gui import paths
from finetune_gui.engine.data.formats import IMAGE_SUFFIXES
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.prediction import Prediction
from finetune_gui.ui.words import count
from finetune_gui.ui.workers.operation import Progress

MOST_TRIED = 20_000
_TOP_K = 5
_TOLD_EVERY = 0.5  # seconds


def predict_given(source: Path, image_paths: list[str], progress: Progress) -> list[Prediction]:
    """What a run or an export says of the images given, and of those in the folders given.

    Now and then ``progress`` is told all that is known so far; it hears of each image.
    """
    from finetune_gui.engine.predictor import predict_in_steps  # on the thread: it imports torch

    images = _images_in(image_paths, progress)
    found: list[Prediction] = []
    told = time.monotonic()
    for prediction in predict_in_steps(source, images, top_k=_TOP_K) if images else ():
        found.append(prediction)
        progress.report(len(found), len(images))
        if time.monotonic() - told > _TOLD_EVERY or progress.should_stop():
            progress.tell(list(found))
            told = time.monotonic()
        if progress.should_stop():
            break
    return found


def _images_in(given: list[str], progress: Progress) -> list[Path]:
    """The images given, and those in the folders given."""
    images: list[Path] = []
    for path in map(Path, given):
        if path.is_dir():
            found = (each for each in sorted(path.rglob("*")) if each.suffix.lower() in IMAGE_SUFFIXES)
            images.extend(each for each in found if each.is_file())
        else:
            images.append(path)
        if progress.should_stop():
            return []
    if not images:
        raise EngineError(
            QCoreApplication.translate("EvaluationPage", "There is no image in this folder."),
            QCoreApplication.translate("EvaluationPage", "Choose images, or a folder that holds some."),
        )
    if len(images) > MOST_TRIED:
        message = QCoreApplication.translate("EvaluationPage", "These are {count} images, too many to look at here.")
        hint = QCoreApplication.translate("EvaluationPage", "Choose fewer, or use “finetune-gui predict … --csv FILE”.")
        raise EngineError(message.format(count=count(len(images))), hint)
    return images


def keep_picture(picture: QImage) -> str:
    """Save a pasted picture, so that it is an image file like any other."""
    folder = make_folder(paths.cache_dir() / "pasted")
    return str(save_picture(picture, folder / time.strftime("pasted-%Y%m%d-%H%M%S.png")))


def make_folder(folder: Path) -> Path:
    """Make a folder for pictures, if it is not there yet.

    Raises:
        EngineError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = QCoreApplication.translate("EvaluationPage", "{folder} cannot be made: {reason}.")
        raise EngineError(
            message.format(folder=folder, reason=error.strerror),
            QCoreApplication.translate("EvaluationPage", "Check the permission of the folder."),
        ) from error
    return folder


def save_picture(picture: QImage, path: Path) -> Path:
    """Save a picture as an image file.

    Raises:
        EngineError: It cannot be saved.
    """
    if not picture.save(str(path)):
        message = QCoreApplication.translate("EvaluationPage", "The picture could not be saved in {folder}.")
        hint = QCoreApplication.translate("EvaluationPage", "Check the free space and the permission of the folder.")
        raise EngineError(message.format(folder=path.parent), hint)
    return path
