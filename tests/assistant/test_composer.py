"""From scored sentences to quotations: best first, no duplicates, none that cannot stand alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.composer import MAX_CITATIONS, compose
from assistant.reading.base import Reading
from assistant.reading.rules import FEATURES
from assistant.result import compose_text
from assistant.terms import content_stems
from assistant.widening import leans_back
from corpus import Article, split_sentences
from index import Hit, Passage

STORY = Article(
    id="story",
    title="Norland buys radars",
    text=(
        "Norland bought four radars from Ostia in 2017.\n\n"
        "The move prompted Washington to expel Norland from the X-7 program.\n\n"
        "He said the matter would be settled next year. Norland has paid $1.4 billion so far.\n\n"
        "What happened?\n\n"
        "They were delivered in July 2019."
    ),
)
OTHER = Article(
    id="other",
    text="Washington expelled Norland from the X-7 program over its radars, officials said.",
)


def readings(*articles: Article, scores: dict[str, float] | None = None) -> list[Reading]:
    found = []
    for article in articles:
        passage = Passage(
            id=f"{article.id}:0",
            article_id=article.id,
            start=0,
            end=len(article.text),
            text=article.text,
        )
        hit = Hit(article=article, passage=passage, score=1.0, similarity=0.5)
        for sentence in split_sentences(article.text):
            text = article.text[sentence.start : sentence.end]
            score = next(
                (value for start, value in (scores or {}).items() if text.startswith(start)), -9.0
            )
            found.append(
                Reading(
                    hit=hit,
                    start=sentence.start,
                    end=sentence.end,
                    score=score,
                    features=(0.0,) * len(FEATURES),
                    short_answer=None,
                )
            )
    return sorted(found, key=lambda reading: -reading.score)


def test_a_sentence_that_leans_on_the_one_before_brings_it_along() -> None:
    (citation,) = compose(readings(STORY, scores={"The move": 3.0}))
    assert citation.sentence == (
        "Norland bought four radars from Ostia in 2017. "
        "The move prompted Washington to expel Norland from the X-7 program."
    )


def test_a_sentence_that_stands_alone_comes_alone() -> None:
    (citation,) = compose(readings(STORY, scores={"Norland has paid": 3.0}))
    assert citation.quote == "Norland has paid $1.4 billion so far."


def test_a_heading_is_never_quoted() -> None:
    (citation,) = compose(readings(STORY, scores={"They were": 3.0}))
    assert citation.quote == "They were delivered in July 2019."


def test_another_article_comes_before_more_of_the_same() -> None:
    scores = {"The move": 3.0, "Norland has": 2.9, "Washington expelled": 2.2}
    citations = compose(readings(STORY, OTHER, scores=scores))
    assert {citation.article.id for citation in citations} == {"story", "other"}


def test_quotations_far_below_the_best_are_left_out() -> None:
    citations = compose(
        readings(STORY, OTHER, scores={"Norland has": 3.0, "Washington expelled": 0.5})
    )
    assert [citation.article.id for citation in citations] == ["story"]


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        (
            (
                "Ostia sold the radars to Norland. The move prompted Washington to drop it from "
                "its X-7 program."
            ),
            True,
        ),
        (
            (
                "Ostia sold the radars to Norland. Washington is known to dislike deals of such a "
                "kind."
            ),
            False,
        ),  # not asked
        (
            "Norland was once expelled from the X-7 program, and nobody knows for what reason.",
            False,
        ),  # not the answer
    ],
)
def test_another_article_that_says_the_same_is_quoted_however_it_scores(
    said: str, quoted: bool
) -> None:
    best, *rest = readings(STORY, Article(id="third", text=said), scores={"Norland bought": 3.0})
    best = replace(best, short_answer=(0, len("Norland bought four radars from Ostia")))
    citations = compose(
        [best, *rest],
        asked=content_stems("Why was Norland expelled from the X-7 program?"),
        floor=0,
    )
    assert ("third" in {citation.article.id for citation in citations}) is quoted


def test_without_a_short_answer_no_other_article_says_the_same() -> None:
    third = Article(id="third", text="Norland bought the radars and left the X-7 program.")
    pool = readings(STORY, third, scores={"Norland bought four": 3.0})
    assert {
        citation.article.id for citation in compose(pool, asked=content_stems("radars"), floor=0)
    } == {"story"}


def test_two_sentences_that_say_the_same_are_not_both_quoted() -> None:
    copy = Article(id="copy", text="Norland has paid $1.4 billion so far, officials said.")
    citations = compose(readings(STORY, copy, scores={"Norland has": 3.0}))
    assert len(citations) == 1


@given(st.lists(st.floats(-3, 3), min_size=6, max_size=6))
def test_citations_are_numbered_disjoint_few_and_spell_the_text(values: list[float]) -> None:
    pool = [
        Reading(
            hit=reading.hit,
            start=reading.start,
            end=reading.end,
            score=value,
            features=reading.features,
            short_answer=None,
        )
        for reading, value in zip(readings(STORY, OTHER), values * 2, strict=False)
    ]
    citations = compose(sorted(pool, key=lambda reading: -reading.score))
    assert [citation.number for citation in citations] == list(range(1, len(citations) + 1))
    assert 1 <= len(citations) <= MAX_CITATIONS
    spans = sorted((citation.article.id, citation.start, citation.end) for citation in citations)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(spans))
    text = compose_text(citations)
    for citation in citations:
        text = text.replace(f" [{citation.number}]", "", 1)
    assert text == " ".join(citation.sentence for citation in citations)


@pytest.mark.parametrize(
    "sentence",
    [
        "The move prompted Washington to act.",
        "However, they declined.",
        "The deliveries led Washington to end its part in the program.",
        "“It was a mistake,” the mayor said.",
        "Following this, some reports appeared.",
        "He said that he expects a solution.",
    ],
)
def test_a_sentence_that_points_back_is_known_by_its_opening(sentence: str) -> None:
    assert leans_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Norland bought radars.",
        "The ferry sank.",
        "It is known that the purchase strained relations.",
        "Hers is the plan.",
    ],
)
def test_a_sentence_that_stands_alone_does_not_point_back(sentence: str) -> None:
    assert not leans_back(sentence)
