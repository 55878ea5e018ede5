"""Answers for images, from a run folder or from an export. The same code path as in training, up to the network."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from finetune_gui.engine.answer_settings import AnswerSettings
from finetune_gui.engine.checkpoint import load_weights
from finetune_gui.engine.data.image import Preprocessing, UnreadableImage, load_image
from finetune_gui.engine.data.split import load_split
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.export_formats import FORMATS
from finetune_gui.engine.models.loaded import LoadedModel
from finetune_gui.engine.models.sources import load_model
from finetune_gui.engine.prediction import Prediction
from finetune_gui.engine.predictor_protocol import Predictor, Probabilities, Sidecars
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.runtimes import TorchPredictor, open_export
from finetune_gui.engine.trust.settings import read_trust

BATCH_SIZE = 16


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
    loaded, class_names = load_tuned(path)
    trust = read_trust(path)
    answer = AnswerSettings(temperature=trust.temperature, threshold=trust.threshold)
    return TorchPredictor(
        loaded.model, Sidecars(class_names=class_names, preprocessing=loaded.preprocessing, answer=answer)
    )


def load_tuned(path: Path) -> tuple[LoadedModel, tuple[str, ...]]:
    """The network of a run with its best weights, and its classes. The images of the run are not looked at.

    Raises:
        EngineError: The run has no weights yet, or they are damaged.
    """
    run = RunFolder.open(path)
    class_names = load_split(run.split_file).class_names
    loaded = load_model(replace(run.config().model, weights="none"), len(class_names), class_names)
    load_weights(run.best_checkpoint, loaded.model)
    return loaded, class_names


def predict_images(source: Path, images: Sequence[Path], *, top_k: int = 3) -> list[Prediction]:
    """The likeliest classes of each image; an image that cannot be read gets an error in its place.

    Raises:
        EngineError: The source is neither a run nor an export.
    """
    return list(predict_in_steps(source, images, top_k=top_k))


def predict_in_steps(source: Path, images: Sequence[Path], *, top_k: int) -> Iterator[Prediction]:
    """As ``predict_images``, one after the other."""
    yield from predict(load_predictor(source), images, top_k=top_k)


def predict(predictor: Predictor, images: Sequence[Path], *, top_k: int) -> Iterator[Prediction]:
    """As ``predict_images``, one after the other, with a few images in memory at a time."""
    for start in range(0, len(images), BATCH_SIZE):
        yield from _predict_batch(predictor, images[start : start + BATCH_SIZE], top_k)


def predict_picture(predictor: Predictor, picture: Image.Image, *, top_k: int) -> Prediction:
    """The likeliest classes of an upright RGB picture that is in no file, as ``predict`` would tell them of a file."""
    began = time.perf_counter()
    [probabilities] = predictor.probabilities([picture])
    answer = _prediction(Path(), probabilities, predictor.sidecars, top_k)
    return replace(answer, path="", seconds=time.perf_counter() - began)


def _predict_batch(predictor: Predictor, paths: Sequence[Path], top_k: int) -> Iterator[Prediction]:
    pictures, seconds = [], []
    for path in paths:
        began = time.perf_counter()
        pictures.append(_picture(path, predictor.sidecars.preprocessing))
        seconds.append(time.perf_counter() - began)
    readable = [picture for picture in pictures if not isinstance(picture, UnreadableImage)]
    began = time.perf_counter()
    answers = iter(predictor.probabilities(readable) if readable else ())
    share = (time.perf_counter() - began) / max(1, len(readable))
    for path, picture, reading in zip(paths, pictures, seconds, strict=True):
        if isinstance(picture, UnreadableImage):
            yield Prediction(path=str(path), top=(), error=picture.message)
        else:
            answer = _prediction(path, next(answers), predictor.sidecars, top_k)
            yield replace(answer, seconds=reading + share)


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
