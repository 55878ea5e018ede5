"""Features of a run, what images looked like, labels that are probably wrong, and images in two parts."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from finetune_gui.engine.control import RunControl, Stopped
from finetune_gui.engine.data.image import load_image
from finetune_gui.engine.data.look_alikes import look_of
from finetune_gui.engine.data.store import DataStore
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import LabelIssue, LabelsChecked, PreparationAdvanced
from finetune_gui.engine.explain import features_file
from finetune_gui.engine.explain.closest_looks import closest_looks, is_same_picture
from finetune_gui.engine.explain.duplicates import find_near_duplicates
from finetune_gui.engine.explain.explainer import load_explainer
from finetune_gui.engine.explain.features_file import RunFeatures, load_features, nearest, save_features
from finetune_gui.engine.explain.label_issues import doubt_labels, out_of_fold_probabilities
from finetune_gui.engine.explain.labels_check import check_labels
from finetune_gui.engine.explain.labels_file import read_labels_checked
from finetune_gui.engine.explain.run_features import run_features
from finetune_gui.engine.launcher import evaluate_run
from finetune_gui.engine.predictions_file import load_predictions
from tests.engine.small_runs import run_small, small_config


def probabilities_of(features: np.ndarray, labels: np.ndarray, num_classes: int) -> np.ndarray:
    steps = out_of_fold_probabilities(features, labels, num_classes)
    done = []
    while True:
        try:
            done.append(next(steps))
        except StopIteration as end:
            assert done == [1, 2, 3, 4, 5]
            return np.asarray(end.value)


def clusters(num_images: int, num_classes: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around a direction a class; the classes are of different size."""
    rng = np.random.default_rng(0)
    labels = np.minimum(rng.geometric(0.4, num_images) - 1, num_classes - 1)
    rows = rng.normal(0, 1, (num_classes, 40))[labels] + rng.normal(0, spread, (num_images, 40))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), labels


def test_planted_errors_are_found() -> None:
    features, true = clusters(400, 4, 0.9)
    rng = np.random.default_rng(1)
    planted = rng.choice(400, 40, replace=False)
    labels = true.copy()
    labels[planted] = (true[planted] + rng.integers(1, 4, 40)) % 4
    doubts = doubt_labels(probabilities_of(features, labels, 4), labels)
    found, wrong = set(doubts.rows.tolist()), set(planted.tolist())
    assert len(found & wrong) > 0.9 * len(found)
    assert len(found & wrong) > 0.6 * len(wrong)
    assert len({*np.argsort(doubts.margins)[:40].tolist()} & wrong) > 0.7 * 40
    assert (np.diff(doubts.margins[doubts.rows]) >= 0).all()


def test_right_labels_are_hardly_doubted() -> None:
    features, labels = clusters(300, 3, 0.5)
    doubts = doubt_labels(probabilities_of(features, labels, 3), labels)
    assert len(doubts.rows) == 0
    assert np.array_equal(doubts.suggested, labels)


def test_how_likely_another_class_must_be_depends_on_the_class() -> None:
    """An image labelled 0 is as likely a 1 as a 2; the probe is usually surer of what is labelled 2."""
    probabilities = np.array(
        [[0.2, 0.4, 0.4], [0.9, 0.05, 0.05], [0.7, 0.3, 0.0], [0.2, 0.3, 0.5], [0.1, 0.0, 0.9]], dtype=np.float32
    )
    labels = np.array([0, 0, 1, 1, 2])
    doubts = doubt_labels(probabilities, labels)
    assert doubts.suggested.tolist() == [1, 0, 0, 1, 2]  # of 1 a probability of 0.3 is enough, of 0 0.55, of 2 0.9
    assert doubts.rows.tolist() == [2, 0]
    assert doubts.margins.tolist() == pytest.approx([-0.2, 0.85, -0.4, -0.2, 0.8])


def test_classes_of_one_image_and_of_none() -> None:
    features, labels = clusters(60, 2, 0.5)
    labels[0] = 3
    probabilities = probabilities_of(features, labels, 5)
    assert np.isfinite(probabilities).all()
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert {*doubt_labels(probabilities, labels).rows.tolist()} <= {0}
    with pytest.raises(Stopped):
        list(out_of_fold_probabilities(features, labels, 5, should_stop=lambda: True))


# -- of a run ---------------------------------------------------------------------------------------------------------


def blobs(kind: int, seed: int) -> Image.Image:
    """A picture like no other, reddish or bluish."""
    pixels = np.random.default_rng([kind, seed]).integers(0, 160, (7, 8, 3), np.uint8)
    pixels[..., 2 * kind] += 95
    return Image.fromarray(pixels).resize((80, 70), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def noisy_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on folders with images in the wrong one, and with training images among those that are validated."""
    root = tmp_path_factory.mktemp("noisy")
    for part, number in (("train", 16), ("val", 6)):
        for kind, name in enumerate(("reds", "blues")):
            (root / "data" / part / name).mkdir(parents=True)
            for index in range(number):
                picture = blobs(kind, index + 100 * (part == "val"))
                picture.save(root / "data" / part / name / f"{name}_{index:02}.jpg", quality=92)
    train = root / "data" / "train"
    (train / "reds" / "reds_03.jpg").rename(train / "blues" / "wrong.jpg")
    copied, resized = train / "blues" / "blues_05.jpg", train / "reds" / "reds_07.jpg"
    shutil.copy(copied, root / "data" / "val" / "blues" / "copied.jpg")
    with Image.open(resized) as picture:
        picture.resize((140, 110)).save(root / "data" / "val" / "reds" / "resized.png")
    with Image.open(train / "blues" / "blues_09.jpg") as picture:
        ImageOps.mirror(picture).save(root / "data" / "val" / "blues" / "mirrored.jpg")
    with Image.open(train / "reds" / "reds_11.jpg") as picture:
        harsh = ImageEnhance.Contrast(ImageOps.mirror(picture).convert("L")).enhance(1.8)
        harsh.save(root / "data" / "val" / "reds" / "harsh.jpg", quality=40)
    run_small(small_config(root / "data", num_epochs=1), root / "run")
    return root / "run"


def drain(run: Path) -> tuple[list, LabelsChecked]:
    *before, last = check_labels(run, RunControl())
    assert isinstance(last, LabelsChecked)
    return before, last


def test_labels_of_a_run_are_checked_and_features_kept(noisy_run: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(noisy_run, tmp_path / "run"))
    before, checked = drain(run)
    assert checked.num_images == 48
    assert any("Looking" in event.activity for event in before if isinstance(event, PreparationAdvanced))
    assert all(isinstance(issue, LabelIssue) and issue.given != issue.suggested for issue in checked.issues)
    assert read_labels_checked(run) == checked
    again, same = drain(run)
    assert same == checked
    assert not any("Looking" in event.activity for event in again)  # what was kept is taken

    stale = load_features(run)
    assert stale is not None
    stale.stamps[0] += 1
    save_features(run, stale)
    afresh, _ = drain(run)
    assert any("Looking" in event.activity for event in afresh)
    (run / "features.safetensors").write_bytes(b"damaged")
    assert load_features(run) is None
    control = RunControl()
    control.stop()
    assert not any(isinstance(event, LabelsChecked) for event in check_labels(run, control))


def test_too_many_features_are_refused_before_the_work(
    noisy_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Path(shutil.copytree(noisy_run, tmp_path / "run"))
    monkeypatch.setattr(features_file, "MAX_NUMBERS", 48 * 4)
    told = []
    with pytest.raises(EngineError, match="48 images of 256 features each are too many"):
        told += check_labels(run, RunControl())
    assert not any("Looking" in event.activity for event in told)


def test_nearest_training_images(noisy_run: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(noisy_run, tmp_path / "run"))
    for _ in run_features(run, RunControl()):
        pass
    features = load_features(run)
    assert features is not None
    explainer = load_explainer(run)
    copied = features.root / "val" / "blues" / "copied.jpg"
    query = explainer.glance(load_image(copied)).features
    neighbours = nearest(features, query, count=3)
    assert Path(neighbours[0].path).name == "blues_05.jpg"
    assert neighbours[0].class_name == "blues"
    assert neighbours[0].similarity == pytest.approx(1, abs=2e-3)
    assert [each.similarity for each in neighbours] == sorted((each.similarity for each in neighbours), reverse=True)
    without = nearest(features, query, count=3, spared=neighbours[0].path)
    assert [each.path for each in without[:2]] == [each.path for each in neighbours[1:]]
    with pytest.raises(EngineError, match="another network"):
        nearest(features, query[:-1], count=3)


def test_images_in_two_parts_are_all_found(noisy_run: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(noisy_run, tmp_path / "run"))
    for _ in evaluate_run(run, RunControl()):
        pass
    predictions = load_predictions(run)
    assert predictions is not None
    found = find_near_duplicates(run, predictions)
    assert found is not None
    pairs = {Path(each.path).name: Path(each.training_path).name for each in found.found}
    assert pairs == {
        "copied.jpg": "blues_05.jpg",
        "resized.png": "reds_07.jpg",
        "mirrored.jpg": "blues_09.jpg",
        "harsh.jpg": "reds_11.jpg",
    }
    assert find_near_duplicates(run, predictions) == found  # what was compared is remembered
    DataStore.default().facts_file.unlink()
    assert find_near_duplicates(run, predictions) is None  # looking does not decode a whole data set
    assert (found.num_images, found.num_others) == (16, 12)
    right = dict(zip(predictions.paths, predictions.right.tolist(), strict=True))
    others = [is_right for path, is_right in right.items() if Path(path).name not in pairs]
    assert found.accuracy_without == sum(others) / 12
    assert found.accuracy == predictions.right.mean()


def test_closest_looks_are_compared_by_their_pixels(tmp_path: Path) -> None:
    pictures = [blobs(0, seed) for seed in range(30)]
    looks = [look_of(picture) for picture in pictures]
    assert closest_looks(looks, looks) == {row: row for row in range(30)}
    assert closest_looks(looks[:3], looks[3:]) == {}  # too different
    assert closest_looks((), looks) == closest_looks(looks, ()) == {}
    assert closest_looks(looks, looks, lambda: True) == {}
    first, brighter, other, mirrored = (tmp_path / f"{name}.png" for name in ("a", "b", "c", "d"))
    pictures[0].save(first)
    ImageEnhance.Brightness(pictures[0]).enhance(1.3).save(brighter)
    pictures[1].save(other)
    ImageOps.mirror(pictures[0]).save(mirrored)
    assert is_same_picture(first, brighter, mirrored=False)
    assert is_same_picture(first, mirrored, mirrored=True)
    assert not is_same_picture(first, mirrored, mirrored=False)
    assert not is_same_picture(first, other, mirrored=False)
    assert not is_same_picture(first, tmp_path / "gone.png", mirrored=False)


def test_what_cannot_be_checked_is_said(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="not a run folder"):
        list(check_labels(tmp_path, RunControl()))
    features = RunFeatures(
        class_names=("a", "b"),
        root=tmp_path,
        paths=("1.png", "2.png"),
        rows=np.zeros((2, 4), dtype=np.float16),
        targets=np.zeros(2, dtype=np.int64),
        parts=np.zeros(2, dtype=np.uint8),
        stamps=np.full((2, 2), -1, dtype=np.int64),
    )
    save_features(tmp_path, features)
    with pytest.raises(EngineError, match="2 images are too few"):
        list(check_labels(tmp_path, RunControl()))
