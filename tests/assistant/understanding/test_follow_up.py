"""What a question in a conversation may mean: as it stands, or completed by earlier turns."""

from __future__ import annotations

from math import inf

import pytest

from assistant import Answer, Citation
from assistant.result import compose_text
from assistant.understanding.follow_up import CARRIED, complete, find_forms, leaning
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
    "question",
    [
        "And when?",
        "Why?",
        "And Velden?",
        "What about the crew?",
    ],
)
def test_a_question_that_says_nothing_of_its_own_is_always_completed(question: str) -> None:
    assert leaning(question) == inf


@pytest.mark.parametrize(
    "question",
    [
        "How much had it already paid?",
        "Why did they refuse?",
        "What did he say about the dam?",
        "Is she his wife?",
    ],
)
def test_a_pronoun_speaks_for_completing(question: str) -> None:
    assert 0 < leaning(question) < inf


@pytest.mark.parametrize(
    "question",
    [
        "Are they endangered, monarch butterflies?",
        "How old are the people who live there, in Velden?",
    ],
)
def test_a_pronoun_that_is_explained_in_the_question_speaks_against_it(question: str) -> None:
    assert leaning(question) < 0


@pytest.mark.parametrize("question", ["And what smells at Cambridge?", "Were any others hurt?"])
def test_some_questions_are_open(question: str) -> None:
    assert leaning(question) == 0


@pytest.mark.parametrize(
    "question",
    ["Who won the 2022 World Cup?", "Why did Türkiye say it would close the Incirlik base?"],
)
def test_a_question_with_names_of_its_own_is_left_alone(question: str) -> None:
    last = answered(
        "Why was Norland removed from the X-7 program?", "Norland was removed over a purchase."
    )
    (form,) = (
        find_forms(question, [last])
        if leaning(question) == -inf
        else find_forms(question, [last])[:1]
    )
    assert form.query == question
    assert leaning(question) < 0


def test_where_the_words_leave_it_open_both_forms_are_handed_on() -> None:
    last = answered("Who is the captain of the Lady Marit?", "Leif Arne Dahl is.", "Leif Arne Dahl")
    alone, completed = find_forms("What is the inflation rate of today?", [last])
    assert (alone.query, alone.prior) == ("What is the inflation rate of today?", 0.0)
    assert completed.query == "What is the inflation rate of today? (Lady Marit, Leif Arne Dahl)"
    assert completed.prior == 0


def test_a_follow_up_carries_the_names_of_the_last_exchange() -> None:
    last = answered(
        "Why was Türkiye removed from the F-35 program?",
        "It was removed after a purchase from Moscow.",
    )
    assert (
        complete("How much had it already paid?", [last])
        == "How much had it already paid? (Türkiye, F-35)"
    )


def test_names_are_carried_through_several_follow_ups_and_do_not_pile_up() -> None:
    history = [answered("Why was Türkiye removed from the F-35 program?", "It was.")]
    for name in ("Ada Merrow", "Ivo Lund", "Ostia", "Port Arden"):
        query = complete("How much had it already paid?", history)
        assert "Türkiye" in query
        assert "F-35" in query
        assert query.count(",") < CARRIED
        history.append(answered(query, f"{name} had paid.", name))


def test_a_name_that_was_the_answer_is_carried() -> None:
    last = answered("Who led the inquiry?", "Judge Ada Merrow led the inquiry.", "Ada Merrow")
    assert "Ada Merrow" in complete("What did she find?", [last])


def test_of_a_question_without_names_its_words_are_carried() -> None:
    last = answered("Where did the mystery dog illness start?", "It started in the north.")
    assert (
        complete("How many cases are there?", [last])
        == "How many cases are there? (mystery dog illness start)"
    )


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("What about Velden?", "How many flights did Velden scrap on Sunday?"),
        ("And for United Air?", "How many flights did United Air scrap on Sunday?"),
    ],
)
def test_what_about_another_name_asks_again_what_was_asked(question: str, query: str) -> None:
    last = answered("How many flights did Delta scrap on Sunday?", "Delta scrapped 90.")
    (form,) = find_forms(question, [last])
    assert form.query == query


def test_without_history_nothing_is_added() -> None:
    assert [form.query for form in find_forms("And then?", [])] == ["And then?"]
