"""Cells of tables and entries of lists that a question names by their place."""

from __future__ import annotations

import pytest

from assistant.reading.base import Reading
from assistant.reading.entries import blank_rows, look_up
from corpus import Article, split_sentences
from index import Hit, Passage

TEXT = """Anna Berg won the election for mayor in Lund with a third of all votes.

Candidate\tVotes\tOld share\tNew share
Anna Berg\t12,345\t20.2 %\t33.1 %
Bo Ek\t11,002\t31.0 %\t29.5 %

These people are to lead the new committees:

Schools: Mette Krog
Roads: Arne Foss

Rank\tSkier\tTime
1\tIda Moe\t38:12.4
2\tLea Strand\t38:40.1

Party\tSpeaker\tWords
Green List\tPer Holm\t5,120
Left\tEva Lind\t4,010
Green List\tUno Bay\t980

ANNA BERG: I will not lead the roads committee, and nobody has asked me to do it so far."""


def make_hit(text: str = TEXT) -> Hit:
    article = Article(id="a", text=text, title="Election in Lund")
    passage = Passage(id="a:r:0", article_id="a", start=0, end=len(text), text=text)
    return Hit(article=article, passage=passage, score=1.0, similarity=0.5)


def ask(question: str) -> str | None:
    hit = make_hit()
    readings = [
        Reading(hit=hit, start=s.start, end=s.end, score=-5.0, features=(), short_answer=None)
        for s in split_sentences(TEXT)
        if not s.heading
    ]
    best = look_up(question, readings)[0]
    if best.score < 0:
        return None
    assert best.short_answer is not None
    assert best.start <= best.short_answer[0] < best.short_answer[1] <= best.end
    return TEXT[slice(*best.short_answer)]


@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("How many votes did Anna Berg get?", "12,345"),
        ("How many votes did Bo Ek get in Lund?", "11,002"),
        ("What was the new share of Bo Ek?", "29.5 %"),
        ("What was Anna Berg's old share?", "20.2 %"),
        ("Who will lead the schools committee?", "Mette Krog"),
        ("What was the time of Lea Strand?", "38:40.1"),
        ("How many words did Per Holm win?", "5,120"),
        ("How many words did the Left get?", "4,010"),
    ],
)
def test_a_cell_is_found_by_its_row_and_its_column(question: str, cell: str) -> None:
    assert ask(question) == cell


@pytest.mark.parametrize(
    "question",
    [
        "How many votes did Cia Dahl get?",
        "How many seats did Anna Berg get?",
        "How many votes did Anna Berg get in 2016?",
        "How old is Bo Ek?",
        "What was the share of Anna Berg?",
        "Why did Bo Ek get votes?",
        "Did Anna Berg get votes?",
        "When did Mette Krog lead the schools?",
        "Who will lead the museum committee?",
        "What will Anna Berg lead?",
        "And Anna Berg?",
        "How many words did the Green List get?",
    ],
)
def test_what_no_cell_says_is_not_found(question: str) -> None:
    assert ask(question) is None


def test_rows_are_blanked_for_the_reader_of_prose_and_offsets_stay() -> None:
    blank = blank_rows(make_hit())
    assert len(blank) == len(TEXT)
    assert "12,345" not in blank
    assert blank.index("Schools") == TEXT.index("Schools")
    prose = "The harbour   of Lund was closed.\n\nNobody was hurt."
    assert blank_rows(make_hit(prose)) == prose


def test_other_readings_keep_their_order() -> None:
    hit = make_hit()
    readings = [
        Reading(hit=hit, start=0, end=10, score=score, features=(), short_answer=None)
        for score in (3.0, 1.0, -2.0)
    ]
    assert look_up("How many votes did Anna Berg get?", readings) == readings
