"""Two questions in one are told apart; their answers are joined with every promise kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant import Answer, Assistant, Citation
from assistant.result import Abstention, compose_text
from assistant.understanding.double_question import QUOTED, join_answers, split_question
from corpus import Article

ARTICLE = Article(
    id="a", text="It sank on Monday. Nine people died. It was built in 1987. Divers found it."
)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "When did it sink, and how many people died?",
            ("When did it sink?", "How many people died?"),
        ),
        ("when and where did it sink", ("When did it sink?", "Where did it sink?")),
        ("Who owned it? And who was its captain?", ("Who owned it?", "Who was its captain?")),
        ("What happened and why?", ("What happened?", "Why?")),
        ("Who bought it and for how much?", ("Who bought it?", "For how much?")),
        (
            "How hot an oven and how many minutes does it need?",
            ("How hot an oven does it need?", "How many minutes does it need?"),
        ),
        (
            "On what day, and at what hour, do they meet?",
            ("On what day do they meet?", "At what hour do they meet?"),
        ),
    ],
)
def test_two_questions_are_told_apart(question: str, parts: tuple[str, str]) -> None:
    assert split_question(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "What did the minister say about how and why it sank?",
        "Who is the minister of trade and industry?",
        "Did the mayor say who paid and why it was kept secret?",
        "Who or what was it named after?",
        "ferry sinking and who is to blame",
        "Is it true? Nobody knows.",
        "Why? And when?",
        "Why?",
        "?",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert split_question(question) == (question,)


def answered(question: str, *quotes: str, confidence: float = 0.8) -> Answer:
    places = [ARTICLE.text.index(quote) for quote in quotes]
    citations = tuple(
        Citation(number=n, article=ARTICLE, start=start, end=start + len(quote), quote=quote)
        for n, (start, quote) in enumerate(zip(places, quotes, strict=True), start=1)
    )
    return Answer(
        question=question,
        query=question,
        text=compose_text(citations),
        short_answer=quotes[0][:4],
        citations=citations,
        confidence=confidence,
    )


def declined(
    question: str, reason: Abstention = Abstention.NO_ANSWER, confidence: float = 0.2
) -> Answer:
    return Answer(
        question=question,
        query=question,
        text=reason.message(),
        abstention=reason,
        confidence=confidence,
    )


def test_both_answers_are_quoted_each_sentence_once_and_as_sure_as_the_less_sure_one() -> None:
    first = answered("When?", "It sank on Monday.", "Nine people died.", "It was built in 1987.")
    second = answered("How many?", "Nine people died.", "Divers found it.", confidence=0.6)
    joined = join_answers("When and how many?", (first, second))
    assert joined.text == "It sank on Monday. [1] Nine people died. [2] Divers found it. [3]"
    assert len(joined.citations) == QUOTED + 1
    assert joined.confidence == 0.6
    assert joined.short_answer == "It s"
    assert joined.query == "When? How many?"


@pytest.mark.parametrize("reason", [Abstention.NO_ANSWER, Abstention.NO_MATCH])
def test_the_part_without_an_answer_is_named(reason: Abstention) -> None:
    for parts in ((declined("Why?", reason), answered("When?", "It sank on Monday.")),):
        joined = join_answers("Why and when?", parts)
        assert joined.abstention is None
        assert joined.text.endswith("in the articles. It sank on Monday. [1]")
        assert "“Why?”" in joined.text
        assert joined.confidence == 0.8


def test_a_marker_in_the_question_is_no_citation() -> None:
    joined = join_answers(
        "", (declined("Who owns [1] and [7]?"), answered("When?", "It sank on Monday."))
    )
    assert "“Who owns (1) and (7)?”" in joined.text
    assert joined.text.count("[1]") == 1


def test_two_without_an_answer_are_an_abstention_as_sure_as_the_surer_one() -> None:
    joined = join_answers("Why and who?", (declined("Why?"), declined("Who?", confidence=0.4)))
    assert joined == replace(
        declined("Who?", confidence=0.4), question="Why and who?", query="Why? Who?"
    )


def test_the_second_question_is_understood_by_the_first(samples: Assistant) -> None:
    reply = samples.answer("How much is the final bill for Millgate Bridge and when will it open?")
    assert reply.query.startswith(
        "How much is the final bill for Millgate Bridge? When will it open? (Millgate"
    )
    assert len(reply.citations) >= 2
    assert all(c.article.text[c.start : c.end] == c.quote for c in reply.citations)


def test_one_part_on_the_topic_is_enough_not_to_say_that_nothing_was_found() -> None:
    off = declined("Who?", Abstention.NO_MATCH, confidence=0.3)
    joined = join_answers("Why and who?", (declined("Why?"), off))
    assert (joined.abstention, joined.confidence) == (Abstention.NO_ANSWER, 0.2)
    assert joined.text == Abstention.NO_ANSWER.message()
