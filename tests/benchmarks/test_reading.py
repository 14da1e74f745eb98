"""The best threshold, chosen as in the official script of SQuAD 2.0, on hand-made cases."""

from __future__ import annotations

import pytest

from tests.benchmarks.reading import Given, best_mean, measure_squad


@pytest.mark.parametrize(
    ("scores", "answered", "declined", "best"),
    [
        ([3.0, 2.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0], 1.0),  # answer two, decline one
        ([1.0, 2.0], [0.0, 0.0], [1.0, 1.0], 1.0),  # decline all
        ([1.0, 2.0], [0.5, 1.0], [0.0, 0.0], 0.75),  # answer all
        ([3.0, 2.0], [0.0, 1.0], [1.0, 0.0], 0.5),  # the surer one is wrong: no threshold has both
    ],
)
def test_the_best_threshold_is_found(
    scores: list[float], answered: list[float], declined: list[float], best: float
) -> None:
    assert best_mean(scores, answered, declined) == best


def test_the_measure_gives_a_decline_its_due_and_a_span_its_f1() -> None:
    given = [
        Given(question="q", passage="p", accepted=("the red bridge",), answerable=True),
        Given(question="q", passage="p", accepted=(), answerable=False),
    ]
    scores = measure_squad(given, [(2.0, "red bridge"), (-1.0, "bridge")])
    assert scores["F1, best threshold"] == scores["exact match, best threshold"] == 1.0
    scores = measure_squad(given, [(2.0, "bridge"), (-1.0, "bridge")])
    assert scores["F1, best threshold"] == pytest.approx((2 / 3 + 1) / 2)
    assert scores["exact match, best threshold"] == 0.5
    assert scores["AUROC, answerable or not"] == 1.0
