"""How the confidence of the trained reader is fitted, on cases made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.reader import FEATURES
from assistant.training.calibration import Example, calibration_error, find_threshold, fit


def example(span: float, *, right: bool, found: float = 1.0) -> Example:
    """A question of which one sentence was read."""
    return Example(
        rows=np.array([[span] + [0.5] * (len(FEATURES) - 1)]),
        answers=("2019",),
        right=np.array([right]),
        evidence=(found, 0.5),
        answerable=right,
        words=(10,),
    )


def test_confidence_that_is_as_often_right_as_it_says_has_no_error() -> None:
    assert calibration_error(np.array([0.75] * 4), np.array([1.0, 1.0, 1.0, 0.0])) == 0.0


def test_the_error_is_how_far_each_bin_is_off_by_its_share() -> None:
    chances, right = np.array([0.95, 0.95, 0.15, 0.15]), np.array([1.0, 0.0, 0.0, 0.0])
    assert calibration_error(chances, right) == pytest.approx((2 * 0.45 + 2 * 0.15) / 4)


def test_full_confidence_falls_in_the_last_bin() -> None:
    assert calibration_error(np.array([1.0]), np.array([1.0])) == 0.0


def test_a_better_span_is_fitted_to_be_surer_and_the_threshold_lies_between() -> None:
    examples = [example(n / 5, right=n > 0) for n in range(-20, 21) if n]
    fitted = fit(examples)
    low, high = fitted.scores(example(-2.0, right=False))[0], fitted.scores(example(2.0, right=True))[0]
    assert low < high
    threshold = find_threshold(fitted, examples)
    assert 1 / (1 + np.exp(-low)) < threshold < 1 / (1 + np.exp(-high))
