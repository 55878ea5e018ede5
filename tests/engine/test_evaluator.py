"""Evaluations of a real run: what is kept of each image, other folders, baselines."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from finetune_gui.engine.baselines import measure_baselines, nearest_targets
from finetune_gui.engine.baselines_file import read_baselines
from finetune_gui.engine.config import DataConfig
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import BaselinesMeasured, EvaluationFinished, Event, WarningRaised
from finetune_gui.engine.launcher import evaluate_run
from finetune_gui.engine.predictions_file import ImagePredictions, load_predictions, predictions_path, save_predictions
from tests.drawing import draw_class_folders
from tests.engine.small_runs import run_small, small_config
from tests.engine.test_metrics import check_against_scikit_learn


@pytest.fixture(scope="module")
def evaluated(finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, EvaluationFinished]:
    """A copy of a run, with its validation images evaluated."""
    path = tmp_path_factory.mktemp("evaluated") / "run"
    shutil.copytree(finished_run, path)
    result = list(evaluate_run(path, RunControl()))[-1]
    assert isinstance(result, EvaluationFinished)
    return path, result


def test_what_is_kept_of_each_image_gives_the_figures(evaluated: tuple[Path, EvaluationFinished]) -> None:
    path, result = evaluated
    kept = load_predictions(path)
    assert kept is not None
    assert len(kept.paths) == result.num_images
    assert all(Path(image).is_file() for image in kept.paths)
    assert kept.right.mean() == pytest.approx(result.accuracy)
    assert kept.losses.mean() == pytest.approx(result.loss, rel=1e-5)
    assert [int((kept.targets == label).sum()) for label in range(2)] == [each.support for each in result.classes]
    check_against_scikit_learn(kept.logits, kept.targets)
    assert kept.class_names == tuple(each.name for each in result.classes)


def test_predictions_are_those_of_the_weights_in_the_folder(
    evaluated: tuple[Path, EvaluationFinished], tmp_path: Path
) -> None:
    copy = tmp_path / "run"
    shutil.copytree(evaluated[0], copy)
    assert load_predictions(copy) is not None  # copied or moved, they stay those of these weights
    assert load_predictions(copy, "test") is None
    file = predictions_path(copy, "val")
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(EngineError, match="damaged"):
        load_predictions(copy)
    shutil.copy(predictions_path(evaluated[0], "val"), file)
    (copy / "checkpoints" / "best.safetensors").write_bytes((4).to_bytes(8, "little") + b"{  }")
    assert load_predictions(copy) is None


def test_paths_may_be_anything(tmp_path: Path) -> None:
    names = (str(tmp_path / "ä / ü\n.png"), str(tmp_path / "b" / "漢字.png"))
    images = ImagePredictions(
        part="/some/folder",
        class_names=("a/b", "🐜"),
        paths=names,
        targets=np.array([0, 1]),
        logits=np.zeros((2, 2), dtype=np.float32),
        losses=np.zeros(2, dtype=np.float32),
    )
    save_predictions(tmp_path, images)
    found = load_predictions(tmp_path, "/some/folder")
    assert found is not None
    assert (found.paths, found.class_names, found.part) == (names, ("a/b", "🐜"), "/some/folder")


def test_a_folder_with_other_classes_goes_by_names_and_tells(
    evaluated: tuple[Path, EvaluationFinished], tmp_path: Path
) -> None:
    path, _ = evaluated
    other = draw_class_folders(tmp_path / "other", {"aardvarks": 2, "WAVES": 3})
    (other / "WAVES" / "broken.png").write_bytes(b"no image")
    result = list(evaluate_run(path, RunControl(), data=other))[-1]
    assert isinstance(result, EvaluationFinished)
    assert result.num_images == 3
    assert result.unknown_classes == {"aardvarks": 2}
    assert [each.support for each in result.classes] == [0, 3]
    assert result.balanced_accuracy == result.accuracy  # of the one class that occurs
    assert len(result.skipped) == 1
    assert "broken.png" in result.skipped[0]
    assert load_predictions(path, str(other)).right.mean() == result.accuracy  # type: ignore[union-attr]
    assert Event.from_json(result.to_json()) == result


def test_what_cannot_be_evaluated_is_said_in_a_sentence(
    evaluated: tuple[Path, EvaluationFinished], tmp_path: Path
) -> None:
    path, _ = evaluated
    with pytest.raises(EngineError, match="no test images"):
        list(evaluate_run(path, RunControl(), part="test"))
    flat = draw_class_folders(tmp_path / "x", {"one": 2}) / "one"
    with pytest.raises(EngineError, match="class"):
        list(evaluate_run(path, RunControl(), data=flat))
    with pytest.raises(EngineError, match="does not exist"):
        list(evaluate_run(path, RunControl(), data=tmp_path / "gone"))


def test_the_figures_are_there_where_nothing_can_be_kept(
    evaluated: tuple[Path, EvaluationFinished], tmp_path: Path
) -> None:
    copy = tmp_path / "run"
    shutil.copytree(evaluated[0], copy, ignore=shutil.ignore_patterns("predictions"))
    (copy / "predictions").write_text("a file where the folder should be")
    *_, warning, result = evaluate_run(copy, RunControl())
    assert isinstance(warning, WarningRaised)
    assert "could not be written" in warning.message
    assert result == evaluated[1]


def test_test_images_and_many_classes(tmp_path: Path) -> None:
    data = draw_class_folders(tmp_path / "data", {f"class {n}": 4 for n in range(6)})
    divided = DataConfig(path=str(data), augment="none", test_split=0.25)
    run_small(small_config(data, num_epochs=1, data=divided), tmp_path / "run")
    result = list(evaluate_run(tmp_path / "run", RunControl(), part="test"))[-1]
    assert isinstance(result, EvaluationFinished)
    assert (result.split, result.num_images) == ("test", 6)
    kept = load_predictions(tmp_path / "run", "test")
    assert kept is not None
    order = np.argsort(-kept.logits, axis=1)[:, :5]
    assert result.top5_accuracy == pytest.approx((order == kept.targets[:, None]).any(axis=1).mean())
    list(evaluate_run(tmp_path / "run", RunControl()))
    with pytest.raises(EngineError, match="without pretrained weights"):
        list(measure_baselines(tmp_path / "run", RunControl()))


# -- baselines --------------------------------------------------------------------------------------------------------


def test_baselines_of_a_run(evaluated: tuple[Path, EvaluationFinished]) -> None:
    path, result = evaluated
    assert read_baselines(path) is None
    event = list(measure_baselines(path, RunControl()))[-1]
    assert isinstance(event, BaselinesMeasured)
    assert event.num_images == result.num_images
    assert event.model_accuracy == pytest.approx(result.accuracy)
    assert event.most_frequent_accuracy == pytest.approx(0.5)
    assert event.neighbour_accuracy > 0.5  # stripes and waves are far apart for any pretrained network
    assert read_baselines(path) == event


def test_baselines_can_be_given_up_and_need_an_evaluation(finished_run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(finished_run, copy, ignore=shutil.ignore_patterns("predictions"))
    with pytest.raises(EngineError, match="not been evaluated"):
        list(measure_baselines(copy, RunControl()))


def test_the_nearest_is_that_of_the_largest_cosine() -> None:
    known = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), dim=1)
    queries = torch.nn.functional.normalize(torch.tensor([[5.0, 1.0], [1.0, 7.0], [2.0, 1.9]]), dim=1)
    assert nearest_targets(queries, known, torch.tensor([7, 8, 9])).tolist() == [7, 9, 8]


@pytest.mark.parametrize(
    ("model", "frequent_p", "neighbour", "neighbour_p", "verdict"),
    [
        (0.5, 1.0, 0.9, 0.001, "learnt_nothing"),
        (0.3, 0.01, 0.9, 0.001, "learnt_nothing"),
        (0.9, 0.001, 0.88, 0.6, "same"),
        (0.9, 0.001, 0.7, 0.01, "better"),
        (0.7, 0.001, 0.9, 0.01, "worse"),
    ],
)
def test_verdicts(model: float, frequent_p: float, neighbour: float, neighbour_p: float, verdict: str) -> None:
    event = BaselinesMeasured(
        num_images=100,
        model_accuracy=model,
        most_frequent_class="a",
        most_frequent_accuracy=0.5,
        most_frequent_p=frequent_p,
        neighbour_accuracy=neighbour,
        neighbour_p=neighbour_p,
    )
    assert event.verdict == verdict
