"""How the confidence of the trained reader is fitted, on cases made by hand."""

from __future__ import annotations

import numpy as np

from assistant.question import Kind
from assistant.reader import FEATURES
from assistant.training.calibration import Example, find_threshold, fit


def example(span: float, *, right: bool, found: float = 1.0) -> Example:
    """A question of which one sentence was read."""
    return Example(
        kind=Kind.WHEN,
        rows=np.array([[span] + [0.5] * (len(FEATURES) - 1)]),
        answers=("2019",),
        right=np.array([right]),
        found=found,
        answerable=right,
        words=(10,),
    )


def test_a_better_span_is_fitted_to_be_surer_and_the_threshold_lies_between() -> None:
    examples = [example(n / 5, right=n > 0) for n in range(-20, 21) if n]
    fitted = fit(examples)
    low, high = fitted.scores(example(-2.0, right=False))[0], fitted.scores(example(2.0, right=True))[0]
    assert low < high
    threshold = find_threshold(fitted, examples)
    assert 1 / (1 + np.exp(-low)) < threshold < 1 / (1 + np.exp(-high))
