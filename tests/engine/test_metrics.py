"""Figures agree with scikit-learn, on random answers and on those of a network."""

import math

import numpy as np
import pytest
from sklearn import metrics as reference

from finetune_gui.engine.metrics import (
    accuracy,
    balanced_accuracy,
    class_figures,
    confusion_matrix,
    macro_f1,
    mcnemar_exact,
    top_k_hits,
    wilson_interval,
)


@pytest.mark.parametrize(("num_images", "num_classes"), [(20, 2), (60, 3), (500, 10), (900, 100)])
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true:UserWarning")  # of scikit-learn, and meant
def test_figures_agree_with_scikit_learn(num_images: int, num_classes: int) -> None:
    rng = np.random.default_rng(num_images)
    targets = rng.integers(0, num_classes, num_images)
    logits = rng.normal(size=(num_images, num_classes)).astype(np.float32)
    logits[np.arange(num_images), targets] += 1.5
    check_against_scikit_learn(logits, targets)


def check_against_scikit_learn(logits: np.ndarray, targets: np.ndarray) -> None:
    num_classes = logits.shape[1]
    predicted, labels = logits.argmax(axis=1), np.arange(num_classes)
    confusion = confusion_matrix(targets, predicted, num_classes)
    figures = class_figures(confusion, [f"class {label}" for label in labels])
    np.testing.assert_array_equal(confusion, reference.confusion_matrix(targets, predicted, labels=labels))
    assert accuracy(confusion) == pytest.approx(reference.accuracy_score(targets, predicted))
    assert balanced_accuracy(figures) == pytest.approx(reference.balanced_accuracy_score(targets, predicted))
    present = np.union1d(targets, predicted)
    wanted = reference.f1_score(targets, predicted, labels=present, average="macro", zero_division=0)
    assert macro_f1(figures) == pytest.approx(wanted)
    by_class = reference.precision_recall_fscore_support(targets, predicted, labels=labels, zero_division=np.nan)
    for label, figure in enumerate(figures):
        ours = [math.nan if value is None else value for value in (figure.precision, figure.recall)]
        assert ours == pytest.approx([by_class[0][label], by_class[1][label]], nan_ok=True)
        if figure.f1:  # scikit-learn has several opinions about F1 where precision or recall is undefined
            assert figure.f1 == pytest.approx(by_class[2][label])
        assert figure.support == by_class[3][label]
    if num_classes > 5:
        wanted = reference.top_k_accuracy_score(targets, logits, k=5, labels=labels, normalize=False)
        assert top_k_hits(logits, targets) == wanted


def test_an_equally_likely_class_does_not_push_the_true_one_out() -> None:
    assert top_k_hits(np.zeros((4, 9), dtype=np.float32), np.arange(4)) == 4


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(146, 153, 0.9086, 0.9777), (10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (0, 0, 0.0, 1.0)],
)
def test_wilson_interval(right: int, total: int, low: float, high: float) -> None:
    # R: prop.test(right, total, correct = FALSE)
    assert wilson_interval(right, total) == pytest.approx((low, high), abs=2e-4)


@pytest.mark.parametrize(("first", "second", "p"), [(0, 0, 1.0), (5, 5, 1.0), (9, 1, 0.021484375), (0, 6, 0.03125)])
def test_mcnemar(first: int, second: int, p: float) -> None:
    assert mcnemar_exact(first, second) == pytest.approx(p)  # R: binom.test(first, first + second)
    assert mcnemar_exact(second, first) == mcnemar_exact(first, second)
