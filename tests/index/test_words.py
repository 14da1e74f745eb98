"""Laws of the word index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import words

PASSAGES = {
    1: ("Türkiye and the jets", ["Türkiye bought the S-400 system.", "The F-35 programme went on without it."]),
    2: ("Weather", ["Rain fell on Izmir.", "Iğd\u0131r stayed dry."]),
    3: ("Harbour", ["The bridge was closed.", "A ferry ran instead."]),
}


def fill(connection: sqlite3.Connection) -> sqlite3.Connection:
    for statement in words.SCHEMA.strip().split("\n"):
        connection.execute(statement)
    for number, (title, passages) in PASSAGES.items():
        words.put(connection, number, title, " ".join(passages), passages)
    return connection


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield fill(connection)
    connection.close()


def passage(article: int, ordinal: int) -> int:
    return article << words.PASSAGE_BITS | ordinal


def nearest(index: sqlite3.Connection, question: str, articles: list[int] | None = None) -> list[int]:
    scores = words.score_passages(index, question, 5, [], articles)
    return sorted(scores, key=lambda number: -scores[number])


@pytest.mark.parametrize("question", ["Türkiye", "Turkiye", "TÜRKİYE", "turk\u0131ye?"])
def test_spelling_with_and_without_accents_is_the_same(index: sqlite3.Connection, question: str) -> None:
    assert nearest(index, question) == [passage(1, 0)]


def test_dotless_i_is_i(index: sqlite3.Connection) -> None:
    assert nearest(index, "igdir") == [passage(2, 1)]


def test_a_compound_is_found_whole_before_its_parts(index: sqlite3.Connection) -> None:
    assert nearest(index, "F-35") == [passage(1, 1)]
    assert nearest(index, "the S-400s") == [passage(1, 0)]


def test_stop_words_find_nothing_unless_they_are_all_there_is(index: sqlite3.Connection) -> None:
    assert nearest(index, "was the bridge on") == [passage(3, 0)]
    assert nearest(index, "what was it") == [passage(3, 0), passage(1, 1)]


def test_scores_are_positive_and_only_of_what_shares_a_word(index: sqlite3.Connection) -> None:
    everything = [passage(n, ordinal) for n in PASSAGES for ordinal in range(2)]
    by_passage = words.score_passages(index, "bridge ferry", 1, everything)
    by_article = words.score_articles(index, "bridge ferry", PASSAGES)
    assert set(by_passage) == {passage(3, 0), passage(3, 1)}
    assert set(by_article) == {3}
    assert all(score > 0 for score in [*by_passage.values(), *by_article.values()])


def test_the_best_are_found_and_those_that_are_near_anyway_are_scored(index: sqlite3.Connection) -> None:
    every = words.score_passages(index, "bridge closed ferry", 9, [])
    assert set(every) == {passage(3, 0), passage(3, 1)}
    assert words.score_passages(index, "bridge closed ferry", 1, []) == {passage(3, 0): every[passage(3, 0)]}
    assert words.score_passages(index, "bridge closed ferry", 1, [passage(3, 1), passage(2, 0)]) == every


def test_a_word_of_the_title_weighs_more_than_one_of_the_text(index: sqlite3.Connection) -> None:
    words.put(index, 4, "Olives", "Figs were sold.", [])
    words.put(index, 5, "Figs", "Olives were sold.", [])
    by_article = words.score_articles(index, "olives", [4, 5])
    assert by_article[4] > by_article[5] > 0


def test_only_the_articles_asked_for_are_looked_in(index: sqlite3.Connection) -> None:
    assert nearest(index, "bridge Izmir jets", [2]) == [passage(2, 0)]
    assert nearest(index, "bridge Izmir", []) == []


def test_what_was_removed_is_not_found(index: sqlite3.Connection) -> None:
    words.remove(index, 3)
    assert nearest(index, "bridge ferry") == []
    words.check(index)


def test_an_index_cleared_and_filled_again_is_the_same(index: sqlite3.Connection) -> None:
    before = words.score_passages(index, "bridge F-35", 5, []), words.score_articles(index, "bridge F-35", [1, 3])
    words.clear(index)
    for number, (title, passages) in PASSAGES.items():
        words.put(index, number, title, " ".join(passages), passages)
    assert before == (
        words.score_passages(index, "bridge F-35", 5, []),
        words.score_articles(index, "bridge F-35", [1, 3]),
    )


@given(st.text(max_size=200))
def test_no_text_is_a_syntax_error(question: str) -> None:
    connection = fill(sqlite3.connect(":memory:"))
    words.score_passages(connection, question, 3, [])
    words.score_articles(connection, question, PASSAGES)
    connection.close()


def test_a_whole_page_as_a_question_is_cut_to_what_can_be_searched() -> None:
    question = " ".join(f"word{n}" for n in range(10_000))
    assert words.match_expression(question).count(" OR ") == 63
