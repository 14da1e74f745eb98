"""Promises that hold by construction: no wrong quotation, no uncited answer."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Abstention, Answer, Citation, Near
from assistant.result import compose_text
from corpus import Article
from index import Hit, Passage

ARTICLE = Article(
    id="a1",
    title="Bridge reopens",
    text="The bridge reopened on Monday.\n\nIt cost $4 million, the council said.",
    outlet="Harbour Post",
    published=date(2025, 3, 3),
)
COPY = Article(id="a2", text=ARTICLE.text, outlet="Coast Courier")


def citation(start: int, end: int, number: int = 1) -> Citation:
    return Citation(
        number=number, article=ARTICLE, start=start, end=end, quote=ARTICLE.text[start:end]
    )


def near(start: int = 0, end: int = 30, sentence: str | None = None) -> Near:
    passage = Passage(id="a1:r:0", article_id="a1", start=0, end=30, text=ARTICLE.text[:30])
    said = ARTICLE.text[start:end] if sentence is None else sentence
    return Near(
        article=ARTICLE,
        passage=passage,
        score=1.5,
        similarity=0.5,
        also_in=(COPY,),
        sentence=said,
        start=start,
        end=end,
    )


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [(0, 30, "Not what stands there"), (5, 5, None), (0, 31, None), (-1, 3, None)],
)
def test_a_near_sentence_is_one_that_its_passage_holds(
    start: int, end: int, sentence: str | None
) -> None:
    with pytest.raises(ValueError, match=r"outside its passage|does not say this"):
        near(start, end, sentence)


def test_a_near_sentence_is_a_hit_too() -> None:
    assert isinstance(near(), Hit)
    with pytest.raises(ValueError, match="no copy of itself"):
        replace(near(), also_in=(ARTICLE,))


@given(st.integers(-5, 90), st.integers(-5, 90), st.text(min_size=1, max_size=40))
def test_a_quotation_that_the_article_does_not_hold_cannot_exist(
    start: int, end: int, quote: str
) -> None:
    inside = 0 <= start < end <= len(ARTICLE.text)
    if inside and ARTICLE.text[start:end] == quote and quote.strip():
        assert Citation(number=1, article=ARTICLE, start=start, end=end, quote=quote).quote == quote
    else:
        with pytest.raises(ValueError, match="citation 1"):
            Citation(number=1, article=ARTICLE, start=start, end=end, quote=quote)


@given(st.integers(0, len(ARTICLE.text) - 1), st.integers(1, 40))
def test_every_span_of_an_article_can_be_quoted_unless_blank(start: int, length: int) -> None:
    end = min(start + length, len(ARTICLE.text))
    if ARTICLE.text[start:end].strip():
        assert citation(start, end).quote == ARTICLE.text[start:end]


@pytest.mark.parametrize(
    "broken",
    [
        {"citations": ()},
        {"abstention": Abstention.NO_MATCH},
        {"text": " "},
        {"text": "The bridge reopened on Monday."},
        {"confidence": 1.2},
        {"confidence": float("nan")},
        {"short_answer": "Tuesday"},
        {"short_answer": ""},
        {"citations": (citation(0, 30, number=2),)},
    ],
    ids=lambda broken: str(next(iter(broken))),
)
def test_an_answer_that_breaks_a_promise_cannot_exist(broken: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "question": "When?",
        "query": "When?",
        "text": "The bridge reopened on Monday. [1]",
        "short_answer": "Monday",
        "citations": (citation(0, 30),),
        "confidence": 0.9,
    }
    assert Answer(**right).citations
    with pytest.raises(ValueError, match=r"answer|citation|confidence"):
        Answer(**{**right, **broken})


def test_an_article_is_no_copy_of_itself() -> None:
    with pytest.raises(ValueError, match="no copy of itself"):
        Citation(number=1, article=ARTICLE, start=0, end=3, quote="The", also_in=(ARTICLE,))


def test_an_answer_survives_json_and_lists_each_article_once() -> None:
    citations = (citation(0, 30), citation(32, len(ARTICLE.text), number=2))
    answer = Answer(
        question="When?",
        query="When?",
        text=compose_text(citations),
        short_answer="Monday",
        citations=citations,
        confidence=0.75,
        nearest=(near(),),
    )
    data = json.loads(json.dumps(answer.to_dict()))
    assert [article["id"] for article in data["articles"]] == ["a1", "a2"]
    assert Answer.from_dict(data) == answer


def test_an_abstention_survives_json() -> None:
    answer = Answer(
        question="Who?",
        query="Who?",
        text="Not here.",
        abstention=Abstention.NO_ANSWER,
        nearest=(near(),),
    )
    assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer


def test_a_forged_quotation_is_refused_on_the_way_back_from_json() -> None:
    citations = (citation(0, 30),)
    data = Answer(
        question="When?",
        query="When?",
        text=compose_text(citations),
        citations=citations,
        confidence=0.5,
    ).to_dict()
    data["citations"][0]["quote"] = "The bridge reopened on Sunday."
    with pytest.raises(ValueError, match="does not say this"):
        Answer.from_dict(data)


def test_a_quoted_row_shows_the_row_that_names_its_columns_outside_of_the_quotation() -> None:
    text = "Votes were counted.\n\nParty\tVotes\nGreen List\t11,930\nCentre\t5,112"
    article = Article(id="rows", text=text)
    start = text.index("Green")
    row = Citation(
        number=1, article=article, start=start, end=start + 17, quote="Green List\t11,930"
    )
    assert row.header == "Party\tVotes"
    assert row.sentence == "Green List | 11,930"
    prose = Citation(number=1, article=article, start=0, end=19, quote=text[:19])
    assert prose.header is None
    answer = Answer(question="q", query="q", text="Green List | 11,930 [1]", citations=(row,))
    assert answer.to_dict()["citations"][0]["header"] == "Party\tVotes"
    assert Answer.from_dict(answer.to_dict()).citations[0].header == "Party\tVotes"
