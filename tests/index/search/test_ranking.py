from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.ranking import Candidate, rank

PLAIN = Candidate(
    passage_id="p",
    article_id="a",
    similarity=0.5,
    words=3.0,
    article_words=4.0,
    published=None,
    outlet=None,
)
QUESTION = "Who bought the jets?"

candidates = st.lists(
    st.builds(
        Candidate,
        passage_id=st.uuids().map(str),
        article_id=st.sampled_from("abc"),
        similarity=st.floats(-1, 1),
        words=st.floats(0, 60),
        article_words=st.floats(0, 60),
        published=st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)),
        outlet=st.none() | st.sampled_from(["Türkiye Today", "CNN", "…"]),
    ),
    max_size=12,
    unique_by=lambda candidate: candidate.passage_id,
)


def order(question: str, *given: Candidate, as_of: date | None = None) -> list[str]:
    return [candidate.passage_id for candidate, _ in rank(question, given, as_of=as_of)]


def test_no_candidates_rank_to_nothing() -> None:
    assert rank(QUESTION, [], as_of=None) == []


@pytest.mark.parametrize("better", [{"words": 3.5}, {"article_words": 4.5}, {"similarity": 0.6}])
def test_each_kind_of_evidence_counts(better: dict[str, float]) -> None:
    stronger = replace(PLAIN, passage_id="q", **better)  # type: ignore[arg-type]  # the fields are floats
    assert order(QUESTION, PLAIN, stronger) == ["q", "p"]


def test_a_passage_without_a_word_in_common_can_win_by_meaning_when_no_other_has_one() -> None:
    near = replace(PLAIN, passage_id="near", similarity=0.7, words=0.0, article_words=0.0)
    far = replace(near, passage_id="far", similarity=0.1)
    assert order(QUESTION, far, near) == ["near", "far"]


def test_days_near_as_of_are_preferred_on_both_sides_and_none_is_hidden() -> None:
    near = replace(PLAIN, passage_id="near", published=date(2024, 3, 10))
    after = replace(PLAIN, passage_id="after", published=date(2024, 3, 30))
    old = replace(PLAIN, passage_id="old", published=date(2020, 1, 1))
    assert order(QUESTION, old, PLAIN, after, near, as_of=date(2024, 3, 15)) == [
        "near",
        "after",
        "old",
        "p",
    ]


def test_without_as_of_days_do_not_matter() -> None:
    old, new = (
        replace(PLAIN, article_id=str(year), published=date(year, 1, 1)) for year in (1999, 2024)
    )
    assert [score for _, score in rank(QUESTION, [old, new], as_of=None)] == pytest.approx(
        [2.6, 2.6]
    )


def test_the_days_that_a_question_names_are_preferred_to_as_of() -> None:
    then = replace(PLAIN, passage_id="then", published=date(2019, 7, 17))
    now = replace(PLAIN, passage_id="now", published=date(2024, 3, 15))
    assert order("Who bought the jets in July 2019?", now, then, as_of=date(2024, 3, 15)) == [
        "then",
        "now",
    ]


def test_as_of_counts_more_than_a_day_that_the_question_names_on_which_articles_look_back() -> None:
    then = replace(PLAIN, published=date(2019, 7, 17))
    _, named = rank("Who bought the jets in July 2019?", [then], as_of=None)[0]
    _, counted_from = rank(QUESTION, [then], as_of=date(2019, 7, 17))[0]
    assert rank(QUESTION, [then], as_of=None)[0][1] < named < counted_from


def test_another_article_comes_before_a_second_passage_that_is_hardly_better() -> None:
    first, second, much_better = (
        replace(PLAIN, passage_id=name, words=words)
        for name, words in (("first", 3.0), ("second", 2.9), ("much", 2.95))
    )
    other = replace(PLAIN, passage_id="other", article_id="b", words=2.5)
    assert order(QUESTION, second, other, first) == ["first", "other", "second"]
    far = replace(other, words=0.5, similarity=0.1)
    assert order(QUESTION, far, much_better, first) == ["first", "much", "other"]


@pytest.mark.parametrize(
    "question", ["What did Turkiye Today report?", "What did türkiye today's paper report?"]
)
def test_an_outlet_that_the_question_names_is_preferred(question: str) -> None:
    named = replace(PLAIN, passage_id="q", outlet="Türkiye Today")
    assert order(question, PLAIN, named) == ["q", "p"]


def test_a_part_of_a_word_names_no_outlet() -> None:
    _, score = rank("What is the sunset time?", [replace(PLAIN, outlet="The Sun")], as_of=None)[0]
    assert score == rank("What is the sunset time?", [PLAIN], as_of=None)[0][1]


def test_a_preference_is_weaker_than_the_evidence() -> None:
    preferred = replace(
        PLAIN,
        passage_id="q",
        words=0.5,
        article_words=1.0,
        outlet="CNN",
        published=date(2024, 3, 15),
    )
    assert order("What did CNN say of the jets?", preferred, PLAIN, as_of=date(2024, 3, 15)) == [
        "p",
        "q",
    ]


@given(given=candidates, as_of=st.none() | st.dates(date(1990, 1, 1), date(2030, 1, 1)))
def test_nothing_is_hidden_and_the_best_come_first(
    given: list[Candidate], as_of: date | None
) -> None:
    ranked = rank("What did CNN say last week?", given, as_of=as_of)
    assert {candidate.passage_id for candidate, _ in ranked} == {
        candidate.passage_id for candidate in given
    }
    scores = [score for _, score in ranked]
    assert scores == sorted(scores, reverse=True)
    assert rank("What did CNN say last week?", given[::-1], as_of=as_of) == ranked
