"""Answers for images, from a run folder or from an export. The same code path as in training, up to the network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from finetune_gui.engine.answer_settings import AnswerSettings
from finetune_gui.engine.checkpoint import load_weights
from finetune_gui.engine.data.image import Preprocessing, UnreadableImage, load_image
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.export_formats import FORMATS
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.runtimes import Predictor, Probabilities, Sidecars, TorchPredictor, open_export
from finetune_gui.engine.tasks.image_classification import ImageClassification
from finetune_gui.engine.trust.settings import read_trust

BATCH_SIZE = 16


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """The likeliest classes of one image with their probabilities; or why there is no answer.

    Attributes:
        path: The image.
        top: The likeliest first.
        error: Why there is no answer; else empty.
        is_known: False where no class is likely enough, so that the answer is "none of these".
    """

    path: str
    top: tuple[tuple[str, float], ...]
    error: str = ""
    is_known: bool = True


def load_predictor(source: Path, *, trusted: bool = False) -> Predictor:
    """Make a run folder or an export ready to answer.

    Args:
        source: The folder, or the file of a network in an export.
        trusted: Open a program of ``torch.export`` that was not written here.

    Raises:
        EngineError: It is neither, or it is damaged, or a program from elsewhere.
    """
    if not source.exists():
        raise EngineError(f"{source} does not exist.", "Give a run folder or an export.")
    exported = open_export(source if source.is_dir() else source.parent, trusted=trusted)
    if exported is not None:
        return exported
    if source.is_dir() and (source / "config.json").is_file():
        return load_run(source)
    files = ", ".join(sorted({info.file for info in FORMATS.values()}))
    raise EngineError(
        f"{source} is neither a run folder nor an export of this app.",
        f"Give a folder that holds config.json or one of {files}.",
    )


def load_run(path: Path) -> TorchPredictor:
    """The best weights of a run.

    Raises:
        EngineError: The run has none yet, or they are damaged.
    """
    run = RunFolder.open(path)
    task = ImageClassification(run.config())
    for _ in task.restore(run):
        pass
    load_weights(run.best_checkpoint, task.model)
    trust = read_trust(path)
    answer = AnswerSettings(temperature=trust.temperature, threshold=trust.threshold)
    return TorchPredictor(
        task.model, Sidecars(class_names=task.class_names, preprocessing=task.preprocessing, answer=answer)
    )


def predict_images(source: Path, images: Sequence[Path], *, top_k: int = 3) -> list[Prediction]:
    """The likeliest classes of each image; an image that cannot be read gets an error in its place.

    Raises:
        EngineError: The source is neither a run nor an export.
    """
    return list(predict(load_predictor(source), images, top_k=top_k))


def predict(predictor: Predictor, images: Sequence[Path], *, top_k: int) -> Iterator[Prediction]:
    """As ``predict_images``, one after the other, with a few images in memory at a time."""
    for start in range(0, len(images), BATCH_SIZE):
        paths = images[start : start + BATCH_SIZE]
        pictures = [_picture(path, predictor.sidecars.preprocessing) for path in paths]
        readable = [picture for picture in pictures if not isinstance(picture, UnreadableImage)]
        answers = iter(predictor.probabilities(readable) if readable else ())
        for path, picture in zip(paths, pictures, strict=True):
            if isinstance(picture, UnreadableImage):
                yield Prediction(path=str(path), top=(), error=picture.message)
            else:
                yield _prediction(path, next(answers), predictor.sidecars, top_k)


def _picture(path: Path, preprocessing: Preprocessing) -> Image.Image | UnreadableImage:
    try:
        return load_image(path, preprocessing.enough)
    except UnreadableImage as error:
        return error


def _prediction(path: Path, probabilities: Probabilities, sidecars: Sidecars, top_k: int) -> Prediction:
    order = np.argsort(-probabilities, kind="stable")[:top_k]
    return Prediction(
        path=str(path),
        top=tuple((sidecars.class_names[index], float(probabilities[index])) for index in order),
        is_known=float(probabilities.max()) >= (sidecars.answer.threshold or 0.0),
    )
