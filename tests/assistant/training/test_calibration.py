"""How the trained reader's confidence is fitted, on hand-made cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant import GoldQuestion, read_questions
from assistant.reading.trained import FEATURES, THRESHOLD
from assistant.training.calibration import (
    ABSENT,
    ABSENT_TOPICS,
    FOLDS,
    Example,
    cross_fit,
    fit,
    judge,
    measure,
)


def example(number: int, span: float, *, right: bool) -> Example:
    """A question for which one sentence was read."""
    return Example(
        question=GoldQuestion(
            id=str(number), question="When?", answerable=right, answers=("2019",) if right else ()
        ),
        rows=np.array([[span] + [0.5] * (len(FEATURES) - 1)]),
        answers=("2019",),
        right=np.array([right]),
        short=("2019",),
        words=(10,),
    )


EXAMPLES = [example(n, n / 5, right=n > 0) for n in range(-20, 21) if n]


def test_a_better_span_is_fitted_to_be_surer_and_the_threshold_lies_between() -> None:
    fitted = fit(EXAMPLES)
    low, high = (one.confidence for one in judge(fitted, [EXAMPLES[10], EXAMPLES[30]]))
    assert low < THRESHOLD <= high


def test_questions_on_absent_topics_make_it_less_sure_and_are_scored_apart() -> None:
    absent = [
        replace(
            example(n, 1.0, right=False),
            question=GoldQuestion(id=f"a{n}", question="When?", answerable=False, kind=ABSENT),
        )
        for n in range(200)
    ]
    (before,), (after,) = (
        judge(fit(some), [EXAMPLES[25]]) for some in (EXAMPLES, [*EXAMPLES, *absent])
    )
    assert after.confidence < before.confidence
    scores = measure(judge(fit(EXAMPLES), [*EXAMPLES, *absent]), threshold=0.0)
    assert scores["absent topics answered"].count == len(absent)
    assert scores["near misses answered"].count == len(EXAMPLES) // 2


def test_the_questions_on_absent_topics_are_a_question_set() -> None:
    questions = read_questions(ABSENT_TOPICS)
    assert len({one.question for one in questions}) == 240
    assert not any(one.answerable for one in questions)
    assert {one.kind for one in questions} == {ABSENT}


def test_each_question_is_judged_once_without_its_own_fold() -> None:
    outcomes = cross_fit(EXAMPLES)
    assert sorted(one.example.question.id for one in outcomes) == sorted(
        one.question.id for one in EXAMPLES
    )
    for fold in range(FOLDS):
        others = fit([one for one in EXAMPLES if one.fold != fold])
        own = [one for one in outcomes if one.example.fold == fold]
        again = judge(others, [one.example for one in own])
        assert [one.confidence for one in own] == [one.confidence for one in again]


def test_the_scores_count_what_they_say() -> None:
    scores = measure(judge(fit(EXAMPLES), EXAMPLES), threshold=0.0)
    assert scores["best sentence right"].value == 1.0
    assert scores["near misses answered"].value == 1.0
    assert scores["right, of those answered"].value == pytest.approx(0.5)
    assert scores["AUROC, answerable or not"].value == 1.0
    assert scores["short answer exact"].value == 1.0
