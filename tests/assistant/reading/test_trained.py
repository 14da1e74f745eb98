"""What the trained reader finds in passages: spans, their sentences, and their joint confidence."""

from __future__ import annotations

from math import isfinite

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.network import Network
from assistant.reading.trained import SpanReader, compare
from corpus import Article
from index import Hit, Passage
from tests.assistant.reading.test_rules import STORY, hits


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader(Network())


@pytest.mark.parametrize(
    ("question", "short_answer"),
    [
        ("How much had Norland already paid for the jets?", "$1.4 billion"),
        ("How many radars arrived?", "four"),
        ("When did the first radars arrive?", "July 12, 2019"),
        ("Where did the first radars arrive?", "Port Arden"),
    ],
)
def test_the_span_that_answers_is_found_in_its_sentence(
    reader: SpanReader, question: str, short_answer: str
) -> None:
    best = reader.read(question, hits(STORY))[0]
    assert best.short_answer is not None
    assert (
        STORY.text[slice(*best.short_answer)]
        .removeprefix("in ")
        .removeprefix("about ")
        .removeprefix("the first of ")
        == short_answer
    )
    assert best.start <= best.short_answer[0] < best.short_answer[1] <= best.end


def test_a_question_that_the_passage_answers_scores_higher_than_one_that_it_does_not(
    reader: SpanReader,
) -> None:
    here = reader.read("When did the first radars arrive?", hits(STORY))[0]
    elsewhere = reader.read("Who won the chess championship?", hits(STORY))[0]
    assert here.score > elsewhere.score + 1


def test_headings_are_not_read(reader: SpanReader) -> None:
    assert all(
        reading.text != "What happened?" for reading in reader.read("What happened?", hits(STORY))
    )


def test_nothing_to_read_is_nothing_read(reader: SpanReader) -> None:
    assert reader.read("Who?", []) == []
    assert reader.read("Who?", hits(Article(id="bare", text="* * *\n\n— — —"))) == []


def test_the_end_of_a_passage_longer_than_a_window_is_read(reader: SpanReader) -> None:
    filler = "The council met again and spoke of roads and of water for most of the day. " * 60
    long = Article(
        id="long", text=filler + "The first radars arrived in Port Arden on July 12, 2019."
    )
    best = reader.read("Where did the first radars arrive?", hits(long))[0]
    assert best.text.startswith("The first radars")


@pytest.mark.parametrize(
    "question", ["?", " ", "Почему?", "為什麼？", "x" * 2_000, "who " * 500, "\u0000\ufffd"]
)
@pytest.mark.parametrize(
    "text", [STORY.text, "北京。" * 300, "a" * 5_000, "…", "\u200b\u200b word."]
)
def test_whatever_is_asked_of_whatever_text_the_scores_are_numbers(
    reader: SpanReader, question: str, text: str
) -> None:
    article = Article(id="odd", text=text)
    for reading in reader.read(question, hits(article)):
        assert isfinite(reading.score)
        assert article.text[reading.start : reading.end] == reading.text
        if reading.short_answer:
            assert reading.start <= reading.short_answer[0] < reading.short_answer[1] <= reading.end


def test_a_passage_in_the_middle_of_an_article_keeps_the_articles_offsets(
    reader: SpanReader,
) -> None:
    start = STORY.text.index("The first of four")
    end = STORY.text.index("Norland had already")
    passage = Passage(
        id="story:1", article_id="story", start=start, end=end, text=STORY.text[start:end]
    )
    hit = Hit(article=STORY, passage=passage, score=1.0, similarity=0.5)
    best = reader.read("When did the first radars arrive?", [hit])[0]
    assert best.short_answer is not None
    assert STORY.text[slice(*best.short_answer)] == "July 12, 2019"


LOGITS = st.lists(st.floats(-30, 30), min_size=1, max_size=8)


@given(LOGITS)
def test_answers_share_one_probability_with_none_at_all(logits: list[float]) -> None:
    scores = compare(np.array(logits), [str(n) for n in range(len(logits))])
    chances = 1 / (1 + np.exp(-scores))
    assert np.isfinite(scores).all()
    assert chances.sum() <= 1 + 1e-6
    assert scores[np.argmax(logits)] == pytest.approx(scores.max())


def test_sentences_that_give_the_same_answer_vouch_for_it() -> None:
    logits = np.array([0.0, -0.5, 0.3])
    apart = compare(logits, ["2019", "2020", "2021"])
    together = compare(logits, ["2019", "2019", "2021"])
    assert together[0] > apart[0]
    assert together[0] > together[2]
    assert together[1] == pytest.approx(together[0] - 0.5)


def test_answers_that_share_some_words_vouch_for_each_other_in_part() -> None:
    logits = np.array([0.0, -0.5])
    apart, partly, wholly = (
        compare(logits, ["ada merrow", other])[0]
        for other in ("ivo lund", "minister merrow", "ada merrow")
    )
    assert apart < partly < wholly
