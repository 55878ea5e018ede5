"""Two runs beside each other: settings that differ, and the paired test on the same images."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from finetune_gui.engine.config import DataConfig, LayerPlan, LayerRule, OptimConfig, TrainConfig
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.predictions_file import ImagePredictions, save_predictions
from finetune_gui.engine.run_comparison import compare_runs, config_differences, paired_test

NAMES = ("ant", "bee")


def predictions(right: list[int], *, start: int = 0, names: tuple[str, ...] = NAMES) -> ImagePredictions:
    """Of images ``start``, ``start + 1``, ...: even ones are ants; each is recognised or not."""
    targets = np.array([names.index(NAMES[(start + row) % 2]) for row in range(len(right))], dtype=np.int64)
    said = np.where(np.array(right, dtype=bool), targets, 1 - targets)
    logits = np.eye(len(names), dtype=np.float32)[said] * 4
    paths = tuple(f"/photos/{start + row:03}.jpg" for row in range(len(right)))
    return ImagePredictions(
        part="val",
        class_names=names,
        paths=paths,
        targets=targets,
        logits=logits,
        losses=np.zeros(len(right), dtype=np.float32),
    )


def test_the_better_one_is_named_beyond_chance_alone() -> None:
    weak, strong = predictions([1] * 10 + [0] * 10), predictions([1] * 9 + [0] + [1] * 10)
    test = paired_test(weak, strong)
    assert (test.num_shared, test.both_right, test.first_right, test.second_right) == (20, 9, 1, 10)
    assert test.p_value == pytest.approx(2 * (1 + 11) / 2**11)  # of 11 images at most one falls to the first
    assert test.accuracies == (0.5, 0.95)
    assert test.verdict == "second"
    assert paired_test(strong, weak).verdict == "first"
    assert paired_test(weak, weak).verdict == "same"
    five = paired_test(predictions([1] * 5), predictions([0] * 5))
    assert (five.p_value, five.verdict) == (pytest.approx(0.0625), "same")  # five of five may still be chance


def test_images_of_one_run_alone_are_left_out() -> None:
    test = paired_test(predictions([1] * 10), predictions([1] * 10, start=6))
    assert (test.num_shared, test.num_only_first, test.num_only_second) == (4, 6, 6)
    apart = paired_test(predictions([1] * 4), predictions([1] * 4, start=50))
    assert (apart.num_shared, apart.verdict, apart.p_value) == (0, "no_images", 1.0)
    assert apart.accuracies == (0.0, 0.0)


def test_classes_are_matched_by_name() -> None:
    swapped = paired_test(predictions([1, 1, 0, 1]), predictions([1, 1, 0, 1], names=("bee", "ant")))
    assert (swapped.both_right, swapped.same_classes, swapped.num_relabelled) == (3, True, 0)
    renamed = replace(predictions([1] * 4), class_names=("ant", "wasp"))
    test = paired_test(predictions([1] * 4), renamed)
    assert (test.num_shared, test.num_relabelled, test.same_classes) == (2, 2, False)


def test_from_run_folders(tmp_path: Path) -> None:
    for name, right in (("a", [1, 0, 1]), ("b", [1, 1, 1])):
        save_predictions(tmp_path / name, predictions(right))
    assert compare_runs(tmp_path / "a", tmp_path / "b").second_right == 1
    with pytest.raises(EngineError, match=r"a says of each test image is not kept"):
        compare_runs(tmp_path / "a", tmp_path / "b", "test")


def test_settings_that_differ() -> None:
    base = TrainConfig(data=DataConfig(path="/photos"))
    rules = LayerPlan(rules=(LayerRule(pattern="blocks.*", multiplier=0.1),))
    other = replace(base, plan=rules, optim=OptimConfig(lr=0.01), num_epochs=3)
    found = {each.field: each.values for each in config_differences([base, other, base])}
    assert found == {
        "plan.rules": ((), ({"pattern": "blocks.*", "multiplier": 0.1},), ()),
        "optim.lr": (None, 0.01, None),
        "num_epochs": (10, 3, 10),
    }
    assert config_differences([base, base]) == ()
