"""A question's kind, and what a follow-up leans on."""

from __future__ import annotations

import pytest

from assistant import Answer, Citation, QuestionError
from assistant.question import MAX_CHARACTERS, Kind, check_question, kind_of, leans, understand
from assistant.result import compose_text
from corpus import Article


def answered(query: str, quote: str, short_answer: str | None = None) -> Answer:
    article = Article(id="a", text=quote)
    citations = (Citation(number=1, article=article, start=0, end=len(quote), quote=quote),)
    return Answer(
        question=query,
        query=query,
        text=compose_text(citations),
        citations=citations,
        short_answer=short_answer,
        confidence=0.8,
    )


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Why was Türkiye removed from the F-35 program?", Kind.WHY),
        ("What led to the closure of the bridge?", Kind.WHY),
        ("How much had it already paid?", Kind.HOW_MUCH),
        ("What was the price of the contract?", Kind.HOW_MUCH),
        ("How many people died?", Kind.HOW_MANY),
        ("How long did the repairs take?", Kind.HOW_LONG),
        ("And when did the first deliveries arrive?", Kind.WHEN),
        ("In which year was the deal signed?", Kind.WHEN),
        ("Where did the ferry sink?", Kind.WHERE),
        ("Who won the 2022 World Cup?", Kind.WHO),
        ("Which company built it?", Kind.WHO),
        ("Did Türkiye move its S-400s to Incirlik?", Kind.YES_NO),
        ("What did the minister say?", Kind.OTHER),
    ],
)
def test_the_kind_of_a_question_is_read_from_its_words(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    "question",
    [
        "And when did the first deliveries arrive?",
        "How much had it already paid?",
        "Why did they refuse?",
        "What did he say about the dam?",
        "What about the crew?",
        "How many were injured?",
    ],
)
def test_a_question_that_points_back_leans(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2022 World Cup?",
        "Why did Türkiye say it would close the Incirlik base?",
        "Is there a tunnel under Mount Arden?",
        "Which animals were moved out of the flooded northern valley farms last spring?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    last = answered("Why was Norland removed from the X-7 program?", "Norland was removed over a purchase.")
    assert not leans(question)
    assert understand(question, [last]) == question


def test_a_follow_up_carries_the_names_of_the_last_exchange() -> None:
    last = answered("Why was Türkiye removed from the F-35 program?", "It was removed after a purchase from Moscow.")
    query = understand("How much had it already paid?", [last])
    assert query == "How much had it already paid? (Türkiye, F-35)"


def test_names_are_carried_through_several_follow_ups() -> None:
    first = answered("Why was Türkiye removed from the F-35 program?", "It was removed after a purchase from Moscow.")
    second = answered(understand("How much had it already paid?", [first]), "It had paid $1.4 billion.", "$1.4 billion")
    third = understand("And when did the first deliveries arrive?", [first, second])
    assert "Türkiye" in third
    assert "F-35" in third


def test_a_name_that_was_the_answer_is_carried() -> None:
    last = answered("Who led the inquiry?", "Judge Ada Merrow led the inquiry.", "Ada Merrow")
    assert "Ada Merrow" in understand("What did she find?", [last])


def test_without_history_nothing_is_added() -> None:
    assert understand("And then?", []) == "And then?"


@pytest.mark.parametrize("question", ["", "   \n", "?!…", "\x00\x00"])
def test_an_empty_question_is_refused_in_one_line(question: str) -> None:
    with pytest.raises(QuestionError, match=r"^the question is empty; .+$"):
        check_question(question)


def test_a_long_question_is_refused_with_its_length() -> None:
    with pytest.raises(QuestionError, match="50,000 characters, at most 2,000"):
        check_question("x" * 50_000)
    assert check_question("x" * MAX_CHARACTERS)


def test_a_question_that_is_no_text_is_refused() -> None:
    with pytest.raises(QuestionError, match="found a int"):
        check_question(42)  # type: ignore[arg-type] # the mistake under test


def test_lone_surrogates_and_line_breaks_do_not_get_through() -> None:
    assert check_question("Who\nis\ud800 it?") == "Who is? it?"
