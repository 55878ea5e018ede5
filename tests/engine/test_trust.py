"""Calibration, rejection, groups: known answers are found, and kept for whoever answers with the run."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.predictions_file import ImagePredictions
from finetune_gui.engine.trust.calibration import (
    NUM_BINS,
    confidences,
    expected_calibration_error,
    fit_temperature,
    negative_log_likelihood,
    probabilities,
    reliability,
)
from finetune_gui.engine.trust.groups import columns_of, group_figures, groups_from_folders, groups_from_table
from finetune_gui.engine.trust.rejection import rejection_curve
from finetune_gui.engine.trust.settings import Trust, fit_calibration, read_trust, write_trust


def drawn(num_images: int, temperature: float, *, num_classes: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are ``temperature`` times too large: targets are drawn from their calibrated probabilities."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(scale=2.0, size=(num_images, num_classes))
    cumulated = probabilities(honest).cumsum(axis=1)
    targets = (cumulated < rng.random((num_images, 1))).sum(axis=1)
    return (honest * temperature).astype(np.float32), targets.clip(max=num_classes - 1)


def predictions(paths: list[str], targets: list[int], predicted: list[int]) -> ImagePredictions:
    return ImagePredictions(
        part="val",
        class_names=("ants", "bees"),
        paths=tuple(paths),
        targets=np.array(targets),
        logits=np.eye(2, dtype=np.float32)[predicted] * 3,
        losses=np.zeros(len(paths), dtype=np.float32),
    )


# -- calibration ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_a_known_temperature_is_found(temperature: float) -> None:
    logits, targets = drawn(20_000, temperature)
    assert fit_temperature(logits, targets) == pytest.approx(temperature, rel=0.04)


@pytest.mark.parametrize("seed", range(8))
def test_the_likelihood_never_falls(seed: int) -> None:
    logits, targets = drawn(12 + seed, 0.3 + seed, seed=seed)
    targets[0] = logits[0].argmin()  # where all are right nothing is fitted
    fitted = fit_temperature(logits, targets)
    before, after = (negative_log_likelihood(logits, targets, each) for each in (1.0, fitted))
    assert after <= before
    for other in np.geomspace(0.051, 19.9, 50):  # and nothing is better
        assert after <= negative_log_likelihood(logits, targets, other) + 1e-6


def test_nothing_is_fitted_to_no_mistakes() -> None:
    logits = np.eye(3, dtype=np.float32)
    assert fit_temperature(logits, np.arange(3)) == 1.0
    assert fit_temperature(logits[:0], np.arange(0)) == 1.0


def test_reliability_counts_every_image_once() -> None:
    confidence = np.array([0.0, 0.2, 0.2 + 1e-9, 0.95, 1.0])
    right = np.array([False, True, True, True, False])
    bins = reliability(confidence, right, num_bins=5)
    assert [each.count for each in bins] == [2, 1, 0, 0, 2]
    assert bins[0].accuracy == 0.5
    assert bins[4].confidence == pytest.approx(0.975)
    assert expected_calibration_error(bins) == pytest.approx((2 * 0.4 + 1 * 0.8 + 2 * 0.475) / 5)
    assert expected_calibration_error(reliability(confidence[:0], right[:0])) == 0.0


def test_calibration_mends_the_error() -> None:
    logits, targets = drawn(5_000, 3.0)
    names = tuple("abcde")
    images = replace(predictions([], [], []), class_names=names, logits=logits, targets=targets)
    fitted = fit_calibration(images)
    assert fitted.error_before > 0.1
    assert fitted.error_after < 0.03
    assert fitted.nll_after < fitted.nll_before
    assert len(reliability(confidences(logits), images.right)) == NUM_BINS
    assert (probabilities(logits, fitted.temperature).argmax(axis=1) == logits.argmax(axis=1)).all()


def test_huge_logits_stay_numbers() -> None:
    logits = np.array([[5000.0, -5000.0], [0.0, 1.0]], dtype=np.float32)
    assert math.isfinite(negative_log_likelihood(logits, np.array([1, 1]), 0.05))
    assert probabilities(logits).sum(axis=1) == pytest.approx([1, 1])


# -- rejection --------------------------------------------------------------------------------------------------------


def test_the_curve_is_what_counting_gives() -> None:
    rng = np.random.default_rng(3)
    confidence, right = rng.integers(0, 20, 200) / 20, rng.random(200) < 0.7
    curve = rejection_curve(confidence, right)
    for threshold in (0.0, 0.3, 0.31, 0.95, 0.99):
        answered = confidence >= threshold
        found = curve.at(threshold)
        assert (found.num_answered, found.num_wrong) == (answered.sum(), (answered & ~right).sum())
    assert curve.at(1.0).coverage == 0.0
    assert curve.at(1.0).error == 0.0


def test_the_threshold_for_an_error_answers_as_much_as_it_may() -> None:
    curve = rejection_curve(np.array([0.2, 0.5, 0.5, 0.9]), np.array([False, True, False, True]))
    found = curve.for_error(1 / 3)
    assert found is not None
    assert (found.threshold, found.coverage, found.num_wrong) == (0.5, 0.75, 1)
    assert curve.for_error(1.0).coverage == 1.0  # type: ignore[union-attr]
    assert rejection_curve(np.array([0.5]), np.array([False])).for_error(0.1) is None
    assert rejection_curve(np.array([]), np.array([], dtype=bool)).at(0.5).coverage == 0.0


# -- groups -----------------------------------------------------------------------------------------------------------


def test_groups_by_folder_leave_classes_and_parts_out() -> None:
    paths = [f"/data/{part}/{name}/{site}/1.png" for part in ("val",) for name in ("ants", "bees") for site in "xy"]
    assert groups_from_folders(predictions(paths, [0] * 4, [0] * 4)) == ("x", "y", "x", "y")
    plain = [f"/data/val/{name}/1.png" for name in ("ants", "bees")]
    assert groups_from_folders(predictions(plain, [0, 1], [0, 1])) is None


def test_the_worst_group_comes_first_and_only_stands_out_beyond_chance() -> None:
    right = [0] * 38 + [1] * 2
    images = predictions([f"/d/{n}.png" for n in range(80)], [0] * 80, right + [0] * 15 + [1] * 25)
    worst, best = group_figures(images, ["good"] * 40 + ["bad"] * 40)
    assert (worst.name, worst.right, worst.support, worst.stands_out) == ("bad", 15, 40, True)
    assert (best.name, best.stands_out) == ("good", False)
    few = predictions([f"/d/{n}.png" for n in range(6)], [0] * 6, [0, 0, 0, 0, 0, 1])
    assert [each.stands_out for each in group_figures(few, ["a"] * 4 + ["b"] * 2)] == [False, False]
    assert [each.name for each in group_figures(few, ["", "", "", "", "c", "c"])] == ["c"]


def test_groups_by_a_column_of_a_table(tmp_path: Path) -> None:
    images = predictions(["/d/ants/1.png", "/d/bees/2.png", "/d/bees/3.png"], [0, 1, 1], [0, 1, 1])
    table = tmp_path / "cameras.csv"
    table.write_text("note;image;camera\nx;1.png;A\nx;bees\\2.png;B\nx;other.png;C\n")
    assert columns_of(table) == ("note", "image", "camera")
    assert groups_from_table(images, table, "camera") == ("A", "B", "")
    with pytest.raises(EngineError, match="no column 'site'"):
        groups_from_table(images, table, "site")
    table.write_text("image,camera\nz.png,A\n")
    with pytest.raises(EngineError, match="names none of the 3 images"):
        groups_from_table(images, table, "camera")
    with pytest.raises(EngineError, match="cannot be read"):
        columns_of(tmp_path / "gone.csv")
    table.write_text("")
    with pytest.raises(EngineError, match="is empty"):
        columns_of(table)


# -- trust.json -------------------------------------------------------------------------------------------------------


def test_trust_is_kept_for_the_weights_that_it_was_made_for(tmp_path: Path) -> None:
    weights = tmp_path / "checkpoints" / "best.safetensors"
    weights.parent.mkdir()
    weights.write_bytes((2).to_bytes(8, "little") + b"{}")
    assert read_trust(tmp_path) == Trust()
    trust = Trust(temperature=1.7, threshold=0.6, num_images=80)
    write_trust(tmp_path, trust)
    assert read_trust(tmp_path) == trust
    weights.write_bytes((3).to_bytes(8, "little") + b"{ }")  # trained on
    assert read_trust(tmp_path) == Trust()


def test_damaged_trust_is_an_error(tmp_path: Path) -> None:
    write_trust(tmp_path, Trust(temperature=2.0))
    path = tmp_path / "trust.json"
    plain = json.loads(path.read_text())
    for damage in ({"temperature": "hot"}, {"temperature": -1.0}, {"threshold": 7}, None):
        path.write_text(json.dumps(plain | {"trust": damage}))
        with pytest.raises(EngineError):
            read_trust(tmp_path)
    path.write_text("[]")
    with pytest.raises(EngineError, match="damaged"):
        read_trust(tmp_path)
