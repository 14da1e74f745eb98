"""The kind of a question, and what is not a question."""

from __future__ import annotations

import pytest

from assistant import QuestionError
from assistant.understanding.question import MAX_CHARACTERS, QuestionKind, check_question, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Why was Türkiye removed from the F-35 program?", QuestionKind.WHY),
        ("What led to the closure of the bridge?", QuestionKind.WHY),
        ("How much had it already paid?", QuestionKind.HOW_MUCH),
        ("What was the price of the contract?", QuestionKind.HOW_MUCH),
        ("How many people died?", QuestionKind.HOW_MANY),
        ("How long did the repairs take?", QuestionKind.HOW_LONG),
        ("And when did the first deliveries arrive?", QuestionKind.WHEN),
        ("In which year was the deal signed?", QuestionKind.WHEN),
        ("Where did the ferry sink?", QuestionKind.WHERE),
        ("Who won the 2022 World Cup?", QuestionKind.WHO),
        ("Which company built it?", QuestionKind.WHO),
        ("Did Türkiye move its S-400s to Incirlik?", QuestionKind.YES_NO),
        ("What did the minister say?", QuestionKind.OTHER),
    ],
)
def test_the_kind_of_a_question_is_read_from_its_words(question: str, kind: QuestionKind) -> None:
    assert kind_of(question) is kind


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
