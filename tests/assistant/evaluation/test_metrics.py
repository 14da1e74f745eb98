"""F1 and exact match by SQuAD 2.0's rules, AUROC, and intervals, on hand-made cases."""

from __future__ import annotations

import pytest

from assistant.evaluation.metrics import (
    auroc,
    calibration_error,
    exact_match,
    f1,
    holds,
    mean_score,
)


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        ("The Eiffel  Tower!", "eiffel tower"),
        ("a U.S. ambassador", "the US ambassador"),
        ("$1.4 billion", "1.4 billion"),
        ("Tom “Tommy” Barrack,", "tom “tommy” barrack"),
        ("July\n12, 2019", "July 12 2019"),
        ("", "the"),
    ],
)
def test_case_ascii_punctuation_articles_and_blanks_make_no_difference_to_an_exact_match(
    found: str, answer: str
) -> None:
    assert exact_match(found, [answer]) == 1
    assert f1(found, [answer]) == 1


@pytest.mark.parametrize(
    ("found", "answer"),
    [("Ankara", "Türkiye"), ("Turkiye", "Türkiye"), ("1.4", "1 4"), ("theatre", "re")],
)
def test_anything_else_makes_one(found: str, answer: str) -> None:
    assert exact_match(found, [answer]) == 0
    assert f1(found, [answer]) == 0


@pytest.mark.parametrize(
    ("found", "answer", "score"),
    [
        ("about $1.4 billion", "$1.4 billion", 2 * 2 / (3 + 2)),
        ("to be or to be", "to be", 2 * 2 / (5 + 2)),
        ("billion", "$1.4 billion", 2 * 1 / (1 + 2)),
        ("", "$1.4 billion", 0),
        ("$1.4 billion", "the", 0),
    ],
)
def test_f1_counts_shared_words_as_often_as_both_have_them(
    found: str, answer: str, score: float
) -> None:
    assert f1(found, [answer]) == pytest.approx(score)
    assert exact_match(found, [answer]) == 0


def test_the_best_of_several_answers_counts() -> None:
    answers = ["on Monday", "December 2020", "in December 2020"]
    assert exact_match("December 2020", answers) == 1
    assert f1("Dec. 2020", answers) == pytest.approx(2 * 1 / (2 + 2))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It paid $2.5 billion for it.", "$2.5 billion"),
        ("Türkiye paid.", "TURKIYE"),
        ("It was “completely\nfalse”, he said.", "completely false"),
        ("17 lives", "17 lives"),
    ],
)
def test_an_answer_stands_in_a_text_whatever_its_case_accents_and_punctuation(
    text: str, answer: str
) -> None:
    assert holds(text, [answer])
    assert holds(text, ["nothing of the kind", answer])


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("licensed for 120 people", "12"),
        ("2.50 billion", "2.5 billion"),
        ("false, completely", "completely false"),
    ],
)
def test_an_answer_stands_in_a_text_only_whole_and_in_its_order(text: str, answer: str) -> None:
    assert not holds(text, [answer])


def test_what_has_no_word_stands_in_no_text() -> None:
    assert not holds("What? Nothing!", ["?", ""])
    assert not holds("What?", [])


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert auroc([0.9, 0.4], [0.5, 0.1]).value == 3 / 4
    assert auroc([0.9, 0.8], [0.5, 0.1]).value == 1
    assert auroc([0.1], [0.5, 0.9]).value == 0
    assert auroc([0.5, 0.5], [0.5]).value == 1 / 2


def test_auroc_of_one_kind_alone_is_unknown() -> None:
    assert auroc([0.5], []).value is None
    assert auroc([], []).to_dict() == {"value": None, "low": None, "high": None, "count": 0}


def test_an_interval_holds_its_score_and_narrows_with_questions() -> None:
    few, many = mean_score([0, 1, 1, 1] * 3), mean_score([0, 1, 1, 1] * 100)
    for score in (few, many):
        assert score.value == 0.75
        assert score.low is not None
        assert score.high is not None
        assert 0 <= score.low < score.value < score.high <= 1
    assert few.low is not None
    assert many.low is not None
    assert few.low < many.low
    # for 400 questions the normal approximation is good: 1.96 * sqrt(.75 * .25 / 400) = .0424
    assert many.low == pytest.approx(0.75 - 0.0424, abs=0.01)
    assert (few.count, many.count) == (12, 400)


def test_the_same_values_have_the_same_interval() -> None:
    assert mean_score([0, 1, 0.5, 1]) == mean_score([0, 1, 0.5, 1])


def test_values_all_alike_do_not_say_how_sure_they_are() -> None:
    assert mean_score([1.0, 1.0]).to_dict() == {"value": 1.0, "low": None, "high": None, "count": 2}
    assert mean_score([]).value is None


def test_confidence_that_is_as_often_right_as_it_says_has_no_error() -> None:
    assert calibration_error([0.75] * 4, [True, True, True, False]).value == 0.0


def test_the_calibration_error_is_how_far_each_bin_is_off_by_its_share() -> None:
    score = calibration_error([0.95, 0.95, 0.15, 0.15], [True, False, False, False])
    assert score.value == pytest.approx((2 * 0.45 + 2 * 0.15) / 4)
    assert score.low is not None
    assert score.high is not None
    assert score.low < score.high


def test_full_confidence_falls_in_the_last_bin() -> None:
    assert calibration_error([1.0], [True]).value == 0.0
